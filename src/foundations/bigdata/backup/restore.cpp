#include "foundations/bigdata/backup/restore.h"

#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/seal.h"
#include "foundations/bigdata/backup/shelf.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_archive.h"
#include "foundations/bigdata/sqlite.h"

#include <algorithm>
#include <charconv>

namespace anlan::bigdata::backup {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_sealed_bytes_max = 64ULL << 20;

/// Empty, or holding nothing but what a restore that was cut off has left.
Result<void> check_empty(const fs::path& data) {
    std::error_code error;
    if (!fs::exists(data, error)) return {};
    if (!fs::is_directory(data, error))
        return fail(errors::k_folder_not_empty, {{"folder", data.string()}});
    const bool cut_off = fs::exists(data / k_restoring, error);
    fs::directory_iterator each(data, error);
    for (const fs::directory_iterator end; !error && each != end; each.increment(error)) {
        const auto name = each->path().filename();
        if (name == "lock" || name == "lost+found" || cut_off) continue;
        return fail(errors::k_folder_not_empty, {{"folder", data.string()}});
    }
    if (error) return fail(errors::k_io, {{"what", data.string() + ": " + error.message()}});
    return {};
}

class Restorer {
  public:
    Restorer(const fs::path& backup, const RestoreOptions& options)
        : m_backup(backup),
          m_options(options),
          m_staging(options.data / k_restoring),
          m_pace(0, options.stop) {}

    Result<Manifest> run();

  private:
    Result<void> check();
    Result<void> open_secrets();
    Result<void> fill_staging();
    Result<void> end_sessions();
    Result<void> restore_rows();
    Result<void> move_into_place();

    const fs::path& m_backup;
    const RestoreOptions& m_options;
    const fs::path m_staging;
    Pace m_pace;
    Manifest m_manifest;
    SecretFiles m_secrets;
};

Result<void> Restorer::check() {
    TRY_ASSIGN(manifest, load_manifest(m_backup));
    m_manifest = std::move(manifest);
    if (compare_versions(m_manifest.program, m_options.program) > 0) {
        return fail(errors::k_backup_newer,
                    {{"theirs", m_manifest.program}, {"ours", m_options.program}});
    }
    TRY(check_empty(m_options.data));
    TRY(open_secrets());
    TRY_ASSIGN(verification,
               verify(m_backup,
                      {.bytes_per_s = 0, .progress = m_options.progress, .stop = m_options.stop}));
    if (!verification.faults.empty()) {
        return fail(
            errors::k_backup_damaged,
            {{"name", m_backup.string()}, {"count", std::to_string(verification.faults.size())}},
            std::move(verification.faults));
    }
    return {};
}

Result<void> Restorer::open_secrets() {
    if (m_manifest.secrets != Secrets::sealed || m_options.secrets == WithSecrets::no) return {};
    if (!m_options.passphrase) return fail(errors::k_passphrase_needed);
    TRY_ASSIGN(sealed, read_file(m_backup / "secrets.sealed", k_sealed_bytes_max));
    TRY_ASSIGN(secrets, unseal(sealed, *m_options.passphrase));
    for (const auto& [path, contents] : secrets) {
        const fs::path whole(path);
        if (whole.is_absolute() || std::ranges::find(whole, fs::path("..")) != whole.end())
            return fail(errors::k_passphrase_wrong);
    }
    m_secrets = std::move(secrets);
    return {};
}

Result<void> Restorer::restore_rows() {
    TRY_ASSIGN(streams, load_streams(m_backup));
    std::vector<fs::path> files;
    for (const auto& each : m_manifest.files) {
        if (each.rows > 0) files.push_back(m_backup / each.path);
    }
    Lake::Options options;
    options.folder = m_staging / "lake";
    options.clock = m_options.clock;
    TRY(make_folder(options.folder));
    const auto hours =
        m_manifest.find(k_hours_file) == nullptr ? fs::path() : m_backup / k_hours_file;
    TRY(restore_lake(options, streams, files, hours));
    TRY_ASSIGN(lake, Lake::open(options));
    TRY_ASSIGN(rows, rows_of(*lake));
    TRY_ASSIGN(extent, rows->extent());
    if (extent.rows != m_manifest.lake_rows)
        return fail(errors::k_backup_unsound,
                    {{"what", "the lake has " + std::to_string(extent.rows) + " rows"}});
    return {};
}

Result<void> Restorer::fill_staging() {
    std::error_code error;
    fs::remove_all(m_staging, error);
    TRY(make_folder(m_staging));
    TRY(sync_path(m_options.data));
    for (const auto& each : m_manifest.files) {
        if (each.path.starts_with("lake/") || each.path == "secrets.sealed") continue;
        TRY(make_folder((m_staging / each.path).parent_path()));
        TRY_ASSIGN(copied, copy_file(m_backup / each.path, m_staging / each.path, m_pace));
        if (copied.sm3 != each.sm3)
            return fail(errors::k_backup_damaged, {{"name", m_backup.string()}, {"count", "1"}},
                        {{each.path, &errors::k_backup_file_hash, {}}});
    }
    TRY(end_sessions());
    TRY(make_folder(m_staging / "secrets"));
    for (const auto& [path, contents] : m_secrets) {
        TRY(make_folder((m_staging / "secrets" / path).parent_path()));
        TRY(write_file(m_staging / "secrets" / path, contents));
    }
    return restore_rows();
}

/// Whoever was signed out since the backup stays out; everybody signs in again.
Result<void> Restorer::end_sessions() {
    return sqlite::at_door([this]() -> Result<void> {
        sqlite::Connection accounts(m_staging / "accounts.db", sqlite::Mode::create);
        accounts.execute("DELETE FROM session; DELETE FROM link;");
        return {};
    });
}

Result<void> Restorer::move_into_place() {
    // The register last: a folder with a register is a folder with everything.
    std::vector<std::string> names{"lake", "secrets", "files", "accounts.db", "register.db"};
    std::error_code error;
    for (const auto& name : names) {
        if (!fs::exists(m_staging / name, error)) continue;
        fs::remove_all(m_options.data / name, error);  // Of a restore that was cut off here.
        TRY(move_path(m_staging / name, m_options.data / name));
    }
    TRY(sync_path(m_options.data));
    fs::remove_all(m_staging, error);
    if (error) return fail(errors::k_io, {{"what", m_staging.string() + ": " + error.message()}});
    return sync_path(m_options.data);
}

Result<Manifest> Restorer::run() {
    TRY(check());
    TRY(make_folder(m_options.data));
    // The lock of `anlan serve`.
    const auto held = FileLock::take(m_options.data / "lock", errors::k_folder_in_use);
    if (!held) return std::unexpected(held.error());
    auto filled = fill_staging();
    if (!filled && filled.error().is(errors::k_disk_full))
        return fail(errors::k_backup_no_room, {{"what", m_options.data.string()}});
    TRY(std::move(filled));
    TRY(move_into_place());
    return std::move(m_manifest);
}

std::int64_t next_number(std::string_view& version) {
    std::int64_t out = 0;
    const auto* begin = version.data();
    const auto* end = begin + version.size();
    const auto [after, error] = std::from_chars(begin, end, out);
    if (error != std::errc{}) out = 0;
    version.remove_prefix(static_cast<std::size_t>(after - begin));
    version.remove_prefix(std::min(version.size(), version.find_first_of('.') + 1));
    return out;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
    for (int part = 0; part < 4; ++part) {
        const auto left = next_number(a), right = next_number(b);
        if (left != right) return left < right ? -1 : 1;
    }
    return 0;
}

Result<Manifest> restore(const fs::path& backup, const RestoreOptions& options) {
    return Restorer(backup, options).run();
}

}  // namespace anlan::bigdata::backup
