// Guards: conditions on a move that need thought, as named C++ functions in one table. A procedure
// names them (`guards: [{name: not_by, fields: [rectified_by_id]}]`); the loader checks name and
// number of fields. A guard sees the record as it will be: after the move's fields, before its
// effects.
#pragma once

#include "core/label.h"
#include "core/result.h"
#include "core/time.h"
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/record.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

struct Kind;

struct GuardContext {
    const Kind& kind;
    const Record& record;
    const Author& author;
    Timestamp now;
    const std::vector<std::string>& fields;  ///< As the procedure names them.
};

struct GuardRow {
    std::string_view name;
    std::size_t fields_min, fields_max;
    const ErrorRow* refusal;
    /// True lets the move pass. Fields without a value pass, unless the row says otherwise: what
    /// must be there is said by `required`.
    bool (*passes)(const GuardContext&);
};

std::span<const GuardRow> guards();
const GuardRow* find_guard(std::string_view name);

}  // namespace anlan::bigdata
