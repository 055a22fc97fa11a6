// The register's database: tables of all kinds, the journal's, the exercises', and what makes an
// old database fit a grown catalog.
#pragma once

#include "foundations/bigdata/migrate.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/table.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace anlan::bigdata {

/// Tables by kind; lives as long as the catalog it was made from.
class Tables {
  public:
    explicit Tables(const Catalog& catalog);
    [[nodiscard]] const Table* find(std::string_view kind) const;
    [[nodiscard]] const std::map<std::string, Table, std::less<>>& all() const { return m_tables; }

  private:
    std::map<std::string, Table, std::less<>> m_tables;
};

/// A trial says what would happen and changes nothing.
enum class Migrate { now, trial };

/// Applies numbered migrations, then makes what is missing: tables, columns, indexes; all or
/// nothing. Errors: store_version; migration_refused; store_unfit, naming every kind and field that
/// would lose data.
Result<std::vector<MigrationOutcome>> migrate(sqlite::Connection& connection,
                                              const Catalog& catalog, const Tables& tables,
                                              Timestamp at, Migrate how = Migrate::now);

/// The exercises of all zones. A space's base never changes.
struct Space {
    std::int64_t base = 0;  ///< Journal sequence that it shows the live register as of.
    bool open = true;
};
using SpaceKey = std::pair<std::string, std::string>;  ///< Zone and space.
using Spaces = std::map<SpaceKey, Space>;

Spaces load_spaces(sqlite::Connection& connection);
void store_space(sqlite::Connection& connection, const SpaceKey& key, const Space& space,
                 Timestamp at);

}  // namespace anlan::bigdata
