// The columns of a kind's sheet, the same for export, import and template: the record's id, its
// fields, its state, its place, whom it belongs to, its revision.
#pragma once

#include "foundations/bigdata/catalog.h"

#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata::exchange {

enum class ColumnUse {
    id,
    field,
    state,
    longitude,
    latitude,
    geometry,  ///< WKT.
    scope,     ///< Whom the record belongs to: `target_kind` says which of the three.
    revision,  ///< As exported: tells whether the record has moved on since.
    updated_at
};

struct Column {
    ColumnUse use = ColumnUse::field;
    std::string name;  ///< Of the field; "id", "state", "longitude", "scope.grid", …
    Label label;
    const Field* field = nullptr;
    std::string target_kind;  ///< Of references, persons and scopes.
    bool required = false;

    /// "存量（kg）", "Inventory (kg)"; times say that they are Beijing's.
    [[nodiscard]] std::string title(Language language) const;
};

/// In the order of a sheet: id, fields, state, place, scope, revision, updated_at. `catalog` must
/// outlive the columns.
std::vector<Column> columns_of(const Catalog& catalog, const Kind& kind);

/// The field that names a record for people who know no ids: its natural key, the first field
/// declared unique. Null when there is none.
const Field* key_of(const Kind& kind);

/// A header's text without what writers add: spaces, case, width, "*", a unit in brackets.
struct Heading {
    std::string text;
    std::string unit;  ///< Of the brackets at the end; empty without.
};
Heading heading_of(std::string_view title);

/// The column that a header means, by name or label in either language; null for none.
const Column* column_for(const std::vector<Column>& columns, const Heading& heading);

}  // namespace anlan::bigdata::exchange
