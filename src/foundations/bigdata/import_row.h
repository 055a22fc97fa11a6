// One row of an import: its checks against the catalog and the register, and its staged form.
#pragma once

#include "foundations/bigdata/import.h"
#include "foundations/bigdata/register.h"
#include "foundations/bigdata/table.h"

#include <string>
#include <utility>
#include <vector>

namespace anlan::bigdata {

struct CheckedRow {
    std::vector<FieldProblem> problems;
    Uuid id;                 ///< Of the record it changes, or the one it brings; nil: a new one.
    bool fresh = false;      ///< Creates.
    bool unchanged = false;  ///< The record is so already.
    std::string content;     ///< For import_change().
    /// Field and value that no other row may have; "" for the id.
    std::vector<std::pair<std::string, sqlite::Value>> unique;
    struct Reference {
        std::string where, kind;
        Uuid id;
    };
    std::vector<Reference> references;
};

CheckedRow check_import_row(const Catalog& catalog, const Table& table,
                            const ImportRequest& request, const ImportRow& row,
                            sqlite::Connection& reader);
/// The change that a staged row asks for.
Change import_change(const Table& table, std::string_view content);

/// Among the live records of the zone.
bool record_exists(sqlite::Connection& reader, const Table& table, const std::string& zone,
                   const Uuid& id);

}  // namespace anlan::bigdata
