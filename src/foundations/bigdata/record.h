// Records: what the bureau keeps. A record has a kind (catalog/kinds/), a stable id, a zone and a
// space, a revision, a state, a scope, a validity interval, perhaps a geometry, and typed fields.
#pragma once

#include "core/geo.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/time.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata {

/// The space of real things. Every other space is an exercise: the text of its record's id.
inline constexpr std::string_view k_live = "live";

/// Whom a record belongs to; nil where it belongs to nobody in particular.
struct Scope {
    Uuid grid, enterprise, organisation;
    friend bool operator==(const Scope&, const Scope&) = default;
};

struct Record {
    Uuid id;
    std::string kind;
    std::string zone;
    std::string space;
    std::int64_t revision = 0;  ///< 1 when created; grows by one with every change.
    std::string state;          ///< Of the kind's procedure; empty for kinds without states.
    Scope scope;
    Timestamp valid_from;
    std::optional<Timestamp> valid_to;
    std::optional<Geometry> geometry;
    json::object fields;        ///< Every declared field that has a value; nothing else.
    std::int64_t sequence = 0;  ///< Journal sequence of the last change.
    Timestamp created_at, updated_at;
    bool deleted = false;
    /// By law: of this form of the record only kind, ids, times and state are left.
    bool erased = false;
};

json::object to_json(const Scope& scope);

/// The record as the API, the journal and the live feed write it:
/// {id, kind, zone, space, revision, state, scope{grid,enterprise,organisation}, valid_from,
///  valid_to, geometry, sequence, created_at, updated_at, deleted?, erased?, fields{…}}
json::object to_json(const Record& record);
Result<Record> record_from_json(const json::object& o);

}  // namespace anlan::bigdata
