// What a changed declaration does to a store that already holds records.
//
// Additive changes (a kind, a field, an index, a code, a state) need nothing. Whatever would lose
// or reinterpret data is said in a numbered file, applied once, in order, in one transaction with
// the rest of the start:
//
//   catalog/migrations/0001-pressure-in-pascal.yaml
//     number: 1
//     title: {zh: 压力改用帕, en: Pressure in pascals}
//     steps:
//       - {rename: hydrant.pressure, to: pressure_pa}
//       - {change: hydrant.pressure_pa, to: number, factor: 1000000}
//       - {drop: hydrant.owner, reason: "…"}
//       - {map: hydrant.type, codes: {ground: above_ground}}
//       - {map_states: hydrant, states: {old: retired}}
//       - {fill: hydrant.road, value: "不详"}        # where it is empty: a field newly required
//       - {drop_kind: pond, reason: "…"}
//
// A change of type that cannot take a value over (text "about 3" to number) is refused, naming the
// records, and nothing is changed; add a `map` step for those values, or mend them first. The same
// for a rename onto a field that has values of its own.
//
// Applied migrations stand in table `migration` (number, title, catalog version before and after,
// journal sequence, time, rows changed). Rows keep revision and sequence: the journal is not
// rewritten, and no entry is made. A store that has none of our tables yet takes all of them as
// applied.
//
// History over a migration: an entry holds the record under the names, types and codes of its day,
// and says which catalog that was (`catalog`). Readers show it as it was written; they compare it
// with later entries by those names. What is asked "as of" a time is read from the kept forms of
// the record (h_<kind>), which migrations do change, and so has today's names.
#pragma once

#include "core/label.h"
#include "foundations/bigdata/catalog.h"

#include <map>
#include <string>
#include <vector>

namespace anlan::bigdata {

struct MigrationStep {
    enum class Do { rename, drop, change, map_codes, map_states, fill, drop_kind };
    Do what = Do::rename;
    std::string kind, field;
    std::string to;  ///< The new name; the new type of `change`.
    FieldType type = FieldType::text;
    double factor = 1;                       ///< Of `change` to number or integer.
    std::map<std::string, std::string> map;  ///< Codes or states, old to new.
    json::value value;                       ///< Of `fill`.
    std::string reason;                      ///< Of the drops.
};

struct Migration {
    int number = 0;
    Label title;
    std::string file;
    std::vector<MigrationStep> steps;
};

}  // namespace anlan::bigdata
