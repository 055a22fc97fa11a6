#include "center/check.h"

#include "center/applications.h"
#include "center/data_folder.h"
#include "center/lake_settings.h"
#include "center/program.h"
#include "foundations/bigdata/store.h"

namespace anlan::center {
namespace {

Result<std::vector<bigdata::MigrationOutcome>> try_store(const bigdata::Catalog& catalog,
                                                         const std::filesystem::path& store) {
    TRY_ASSIGN(folder, DataFolder::open(store));
    const SystemClock clock;
    return sqlite::at_door([&] {
        sqlite::Connection connection(folder.register_file(), sqlite::Mode::create);
        const bigdata::Tables tables(catalog);
        return bigdata::migrate(connection, catalog, tables, clock.now(), bigdata::Migrate::trial);
    });
}

}  // namespace

CheckReport check_all(const Configuration& configuration, const std::filesystem::path& store) {
    CheckReport out;
    out.problems = Applications::check_settings(configuration);
    if (const auto kept = read_lake_settings(configuration.catalog / "settings/lake.yaml", {});
        !kept)
        out.problems.push_back(kept.error());
    const auto catalog = bigdata::Catalog::load(configuration.catalog);
    if (!catalog) {
        // Zone and store can only be held against a catalog that is good.
        out.problems.insert(out.problems.begin(), catalog.error());
        return out;
    }
    out.catalog_version = catalog->version();
    if (const auto zone = Program::check(configuration))
        out.records = *zone;
    else
        out.problems.push_back(zone.error());
    std::error_code error;
    if (store.empty() || !std::filesystem::exists(store / "register.db", error)) return out;
    if (auto tried = try_store(*catalog, store))
        out.migrations = std::move(*tried);
    else
        out.problems.push_back(std::move(tried).error());
    return out;
}

}  // namespace anlan::center
