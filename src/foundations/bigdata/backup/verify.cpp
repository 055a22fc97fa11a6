#include "foundations/bigdata/backup/verify.h"

#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/shelf.h"
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/lake_archive.h"
#include "foundations/bigdata/sqlite.h"

#include <algorithm>

namespace anlan::bigdata::backup {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_streams_bytes_max = 256ULL << 20;
constexpr JsonLimits k_streams_limits{.bytes = k_streams_bytes_max, .depth = 3};

class Verifier {
  public:
    Verifier(const fs::path& folder, const VerifyOptions& options)
        : m_folder(folder), m_options(options), m_pace(options.bytes_per_s, options.stop) {}

    Result<Verification> run();

  private:
    Result<void> compare_files();
    Result<void> find_strays();
    void look_into_register();
    void look_into_accounts();
    Result<void> look_into_lake();
    void fault(const std::string& where, const ErrorRow& row, ErrorParameters parameters = {}) {
        m_out.faults.push_back({where, &row, std::move(parameters)});
    }
    void unsound(const std::string& where, std::string what) {
        fault(where, errors::k_backup_unsound, {{"what", std::move(what)}});
    }
    /// The manifest names it, and nothing has been found wrong with it.
    [[nodiscard]] bool is_whole(std::string_view path) const {
        return m_out.manifest.find(path) != nullptr &&
               std::ranges::none_of(m_out.faults,
                                    [&](const auto& fault) { return fault.where == path; });
    }

    const fs::path& m_folder;
    const VerifyOptions& m_options;
    Pace m_pace;
    Verification m_out;
};

Result<void> Verifier::compare_files() {
    for (const auto& each : m_out.manifest.files) {
        std::error_code error;
        const fs::path file = m_folder / each.path;
        if (!fs::is_regular_file(file, error)) {
            fault(each.path, errors::k_backup_file_missing);
            continue;
        }
        if (const auto size = fs::file_size(file, error); !error && size != each.bytes) {
            fault(each.path, errors::k_backup_file_size,
                  {{"found", std::to_string(size)}, {"wanted", std::to_string(each.bytes)}});
            continue;
        }
        auto hashed = hash_file(file, m_pace);
        if (!hashed && hashed.error().is(errors::k_backup_stopped))
            return std::unexpected(std::move(hashed).error());
        if (!hashed)
            unsound(each.path, text_of(hashed.error(), Language::en));
        else if (hashed->sm3 != each.sm3)
            fault(each.path, errors::k_backup_file_hash);
    }
    return {};
}

Result<void> Verifier::find_strays() {
    TRY_ASSIGN(there, files_below(m_folder));
    for (const auto& path : there) {
        if (path != k_manifest_file && path != k_verified_file &&
            m_out.manifest.find(path) == nullptr)
            fault(path, errors::k_backup_file_stray);
    }
    for (const std::string path : {"register.db", "accounts.db", "lake/streams.json"}) {
        if (m_out.manifest.find(path) == nullptr) fault(path, errors::k_backup_file_missing);
    }
    return {};
}

/// "ok", or the first thing that SQLite finds.
std::string integrity_of(sqlite::Connection& database) {
    auto row = database.prepare("PRAGMA integrity_check(1)");
    return row.step() ? std::string(row.text(0)) : "no answer";
}

void Verifier::look_into_register() {
    const std::string name = "register.db";
    if (!is_whole(name)) return;
    const auto looked = sqlite::at_door([&]() -> Result<void> {
        sqlite::Connection database(m_folder / name, sqlite::Mode::read_only);
        if (const auto answer = integrity_of(database); answer != "ok") unsound(name, answer);
        return {};
    });
    if (!looked) return unsound(name, text_of(looked.error(), Language::en));
    const auto verdict = verify_journal(m_folder / name);
    if (!verdict) return unsound(name, text_of(verdict.error(), Language::en));
    if (verdict->broken_at) {
        unsound(name,
                "journal: entry " + std::to_string(*verdict->broken_at) + ": " + verdict->what);
    } else if (verdict->entries != m_out.manifest.sequence ||
               verdict->head != m_out.manifest.head) {
        unsound(name, "journal: its head is " + std::to_string(verdict->entries) + " " +
                          verdict->head + ", the manifest's is " +
                          std::to_string(m_out.manifest.sequence) + " " + m_out.manifest.head);
    }
}

void Verifier::look_into_accounts() {
    const std::string name = "accounts.db";
    if (!is_whole(name)) return;
    const auto looked = sqlite::at_door([&]() -> Result<void> {
        sqlite::Connection database(m_folder / name, sqlite::Mode::read_only);
        if (const auto answer = integrity_of(database); answer != "ok") unsound(name, answer);
        auto count = database.prepare("SELECT count(*) FROM account");
        if (!count.step() || count.integer(0) != m_out.manifest.accounts)
            unsound(name, "accounts: not " + std::to_string(m_out.manifest.accounts));
        return {};
    });
    if (!looked) unsound(name, text_of(looked.error(), Language::en));
}

Result<void> Verifier::look_into_lake() {
    const std::string list = "lake/streams.json";
    if (!is_whole(list)) return {};
    const auto streams = load_streams(m_folder);
    if (!streams) {
        unsound(list, text_of(streams.error(), Language::en));
        return {};
    }
    if (static_cast<std::int64_t>(streams->size()) != m_out.manifest.lake_streams)
        unsound(list, std::to_string(streams->size()) + " streams");
    std::int64_t said = 0;
    for (const auto& each : m_out.manifest.files) {
        said += each.rows;
        if (each.rows == 0 || !is_whole(each.path)) continue;
        std::int64_t rows = 0;
        const auto read = read_archive(
            m_folder / each.path, [&](std::span<const Observation> piece) -> Result<void> {
                rows += static_cast<std::int64_t>(piece.size());
                for (const auto& row : piece) {
                    if (row.stream >= streams->size())
                        return fail(errors::k_backup_unsound,
                                    {{"what", "stream " + std::to_string(row.stream)}});
                }
                return m_pace.spend(0);
            });
        if (!read && read.error().is(errors::k_backup_stopped))
            return std::unexpected(read.error());
        if (!read)
            unsound(each.path, text_of(read.error(), Language::en));
        else if (rows != each.rows)
            unsound(each.path, std::to_string(rows) + " rows");
    }
    if (said != m_out.manifest.lake_rows)
        unsound(list, "files for " + std::to_string(said) + " rows of " +
                          std::to_string(m_out.manifest.lake_rows));
    return {};
}

Result<Verification> Verifier::run() {
    TRY_ASSIGN(manifest, load_manifest(m_folder));
    m_out.manifest = std::move(manifest);
    if (m_options.progress) {
        m_pace.tell([progress = m_options.progress, work = m_out.manifest.bytes()](
                        std::uint64_t done) { progress(std::min(done, work), work + 1); });
    }
    TRY(compare_files());
    TRY(find_strays());
    look_into_register();
    look_into_accounts();
    TRY(look_into_lake());
    if (m_options.progress) m_options.progress(1, 1);
    return std::move(m_out);
}

}  // namespace

Result<std::vector<StreamKey>> load_streams(const fs::path& backup) {
    TRY_ASSIGN(text, read_file(backup / "lake/streams.json", k_streams_bytes_max));
    TRY_ASSIGN(value, parse_json(text, k_streams_limits));
    std::vector<StreamKey> out;
    const auto* array = value.if_array();
    if (array == nullptr) return fail(errors::k_backup_unsound, {{"what", "no list of streams"}});
    for (const auto& each : *array) {
        const auto* object = each.if_object();
        const auto id =
            object == nullptr ? std::nullopt : Uuid::parse(text_at(*object, "datastream"));
        if (!id)
            return fail(errors::k_backup_unsound,
                        {{"what", "stream " + std::to_string(out.size())}});
        out.push_back({*id, std::string(text_at(*object, "space"))});
    }
    return out;
}

Result<Verification> verify(const fs::path& backup, const VerifyOptions& options) {
    return Verifier(backup, options).run();
}

}  // namespace anlan::bigdata::backup
