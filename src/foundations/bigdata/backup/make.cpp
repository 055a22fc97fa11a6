#include "foundations/bigdata/backup/make.h"

#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/seal.h"
#include "foundations/bigdata/backup/shelf.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_archive.h"
#include "foundations/bigdata/sqlite_copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

namespace anlan::bigdata::backup {

namespace {

namespace fs = std::filesystem;

constexpr int k_pages_a_step = 256;  // 1 MiB
/// A row of the lake in memory; in a file it takes a third (lake_archive.h).
constexpr std::uint64_t k_row_bytes = 33;
/// Left to others on the backup's disk.
constexpr std::uint64_t k_spare_bytes = 16ULL << 20;
constexpr std::uint64_t k_secret_bytes_max = 1ULL << 20;

std::uint64_t size_of(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    return error ? 0 : size;
}

std::int64_t modified_ns(const fs::path& file) {
    struct stat found{};
    if (stat(file.c_str(), &found) != 0) return 0;
    return found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec;
}

/// A part that is still being written beside its place.
bool is_unfinished(std::string_view path) {
    return path.starts_with('.') || path.find("/.") != std::string_view::npos ||
           path.ends_with(".new") || path.ends_with(".part");
}

class Maker {
  public:
    Maker(const Source& source, const MakeOptions& options)
        : m_source(source), m_options(options), m_pace(options.bytes_per_s, options.stop) {}

    Result<Made> run();

  private:
    Result<void> take_moment();
    Result<void> look_at_last();
    Result<void> find_room();
    Result<void> copy_all();
    Result<void> copy_database(sqlite::Moment& from, const std::string& name);
    Result<void> copy_lake();
    Result<void> copy_files();
    Result<void> seal_secrets();
    Result<void> finish();

    void add(std::string path, Hashed hashed, std::int64_t rows = 0, std::int64_t modified = 0) {
        m_manifest.files.push_back(
            {std::move(path), hashed.bytes, std::move(hashed.sm3), rows, modified});
    }
    /// Links to the earlier backup's file; false when that is not possible.
    bool link_to_last(const FileEntry& entry);
    [[nodiscard]] const FileEntry* last(std::string_view path) const {
        return m_last ? m_last->manifest->find(path) : nullptr;
    }
    /// The earlier backup's full file of the lake that holds these rows.
    [[nodiscard]] const FileEntry* last_rows(const std::string& path) const {
        if (!m_last || m_last->manifest->lake_identity != m_extent.identity) return nullptr;
        const auto* entry = last(path);
        return entry != nullptr && entry->rows == k_archive_rows ? entry : nullptr;
    }

    const Source& m_source;
    const MakeOptions& m_options;
    Pace m_pace;
    Manifest m_manifest;
    LakeExtent m_extent;
    std::optional<sqlite::Moment> m_register, m_accounts;
    const LakeRows* m_lake = nullptr;
    std::optional<Kept> m_last;
    std::vector<std::string> m_attachments;
    fs::path m_folder;  ///< While it is being made.
    std::uint64_t m_linked = 0;
};

/// Files end at multiples of k_archive_rows, wherever the lake begins.
std::int64_t file_end(std::int64_t first, std::int64_t rows) {
    return std::min((first / k_archive_rows + 1) * k_archive_rows, rows);
}

std::string rows_file(std::int64_t first) {
    return fmt::format("lake/observation-{:012}.parquet", first);
}

Result<void> Maker::take_moment() {
    TRY_ASSIGN(rows, rows_of(*m_source.lake));
    m_lake = rows;
    TRY_ASSIGN(extent, m_lake->extent());
    m_extent = std::move(extent);
    m_manifest.made_at = m_source.clock->now();
    m_register.emplace(m_source.register_file);
    m_accounts.emplace(m_source.accounts_file);
    const auto head =
        m_register->first_row("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1");
    m_manifest.sequence = head.empty() ? 0 : std::atoll(head[0].c_str());
    m_manifest.head = head.empty() ? std::string(64, '0') : head[1];
    m_manifest.accounts =
        std::atoll(m_accounts->first_row("SELECT count(*) FROM account").at(0).c_str());
    m_manifest.program = m_source.program;
    m_manifest.catalog = m_source.catalog;
    m_manifest.lake_rows = m_extent.rows - m_extent.first;
    m_manifest.lake_streams = static_cast<std::int64_t>(m_extent.streams.size());
    m_manifest.lake_identity = m_extent.identity;
    return {};
}

Result<void> Maker::look_at_last() {
    TRY_ASSIGN(all, list(m_options.shelf));
    for (auto kept = all.rbegin(); kept != all.rend() && !m_last; ++kept) {
        // What is known to be damaged is not handed on.
        if (kept->manifest && (!kept->verified || kept->verified->faults == 0))
            m_last = std::move(*kept);
    }
    return {};
}

/// Refuses early what would fill the disk, and tells the progress what to expect.
Result<void> Maker::find_room() {
    std::uint64_t fresh = size_of(m_source.register_file) + size_of(m_source.accounts_file);
    std::uint64_t work = 2 * fresh;
    for (std::int64_t first = m_extent.first; first < m_extent.rows;
         first = file_end(first, m_extent.rows)) {
        const auto rows = static_cast<std::uint64_t>(file_end(first, m_extent.rows) - first);
        if (last_rows(rows_file(first)) != nullptr) continue;
        fresh += rows * k_row_bytes / 2;  // Half: values less regular than most.
        work += rows * k_row_bytes;
    }
    TRY_ASSIGN(attachments, files_below(m_source.files));
    m_attachments = std::move(attachments);
    for (const auto& path : m_attachments) {
        const auto* before = last("files/" + path);
        if (before != nullptr && before->bytes == size_of(m_source.files / path)) continue;
        fresh += size_of(m_source.files / path);
        work += size_of(m_source.files / path);
    }
    std::error_code error;
    const auto space = fs::space(m_options.shelf, error);
    if (!error && space.available < fresh + k_spare_bytes) {
        return fail(errors::k_backup_no_room,
                    {{"what", fmt::format("{}: {} MB free, {} MB needed", m_options.shelf.string(),
                                          space.available >> 20, (fresh + k_spare_bytes) >> 20)}});
    }
    if (m_options.progress) {
        m_pace.tell([progress = m_options.progress, work](std::uint64_t done) {
            progress(std::min(done, work), work + 1);
        });
    }
    return {};
}

bool Maker::link_to_last(const FileEntry& entry) {
    if (link((m_last->folder / entry.path).c_str(), (m_folder / entry.path).c_str()) != 0)
        return false;
    m_manifest.files.push_back(entry);
    m_linked += entry.bytes;
    return true;
}

Result<void> Maker::copy_database(sqlite::Moment& from, const std::string& name) {
    const fs::path to = m_folder / name;
    TRY(write_file(to, ""));  // Before SQLite, for the mode of the file.
    Result<void> went;
    std::int64_t flushed = 0, seen = 0;
    const auto step = [&](std::int64_t done) {
        went = m_pace.spend(static_cast<std::uint64_t>(done - seen));
        seen = done;
        if (went && done - flushed >= (8 << 20)) {
            went = sync_path(to);
            flushed = done;
        }
        return went.has_value();
    };
    auto copied = sqlite::at_door([&]() -> Result<void> {
        from.copy_into(to, k_pages_a_step, step);
        return {};
    });
    TRY(std::move(went));  // Why the copy was ended, if it was.
    TRY(std::move(copied));
    TRY(sync_path(to));
    TRY_ASSIGN(hashed, hash_file(to, m_pace));
    add(name, std::move(hashed));
    return {};
}

Result<void> Maker::copy_lake() {
    TRY(make_folder(m_folder / "lake"));
    json::array streams;
    for (const auto& key : m_extent.streams)
        streams.push_back(
            json::object{{"datastream", key.datastream.text()}, {"space", key.space}});
    TRY(write_file(m_folder / "lake/streams.json", canonical_text(streams)));
    TRY_ASSIGN(hashed, hash_file(m_folder / "lake/streams.json", m_pace));
    add("lake/streams.json", std::move(hashed));
    for (std::int64_t first = m_extent.first; first < m_extent.rows;
         first = file_end(first, m_extent.rows)) {
        const std::int64_t end = file_end(first, m_extent.rows);
        const std::string path = rows_file(first);
        if (const auto* before = last_rows(path); before != nullptr && link_to_last(*before))
            continue;
        TRY(archive_rows(*m_lake, first, end, m_folder / path));
        TRY(sync_path(m_folder / path));
        std::error_code ignored;
        fs::permissions(m_folder / path, fs::perms::owner_read | fs::perms::owner_write, ignored);
        Pace unpaced;
        TRY_ASSIGN(file, hash_file(m_folder / path, unpaced));
        add(path, std::move(file), end - first);
        TRY(m_pace.spend(static_cast<std::uint64_t>(end - first) * k_row_bytes));
    }
    TRY_ASSIGN(hours, archive_hours(*m_lake, m_folder / k_hours_file));
    if (hours == 0) return {};
    TRY(sync_path(m_folder / k_hours_file));
    Pace unpaced;
    TRY_ASSIGN(file, hash_file(m_folder / k_hours_file, unpaced));
    add(std::string(k_hours_file), std::move(file));
    return {};
}

/// After the register's moment: what a record of it refers to is there. What has come since is
/// taken along, what has gone is no longer referred to.
Result<void> Maker::copy_files() {
    for (const auto& path : m_attachments) {
        if (is_unfinished(path)) continue;
        const fs::path from = m_source.files / path, to = m_folder / "files" / path;
        TRY(make_folder(to.parent_path()));
        const std::int64_t modified = modified_ns(from);
        const auto* before = last("files/" + path);
        if (before != nullptr && before->bytes == size_of(from) &&
            before->modified_ns == modified && link_to_last(*before))
            continue;
        auto copied = copy_file(from, to, m_pace);
        std::error_code error;
        if (!copied && !fs::exists(from, error)) continue;
        TRY_ASSIGN(hashed, std::move(copied));
        add("files/" + path, std::move(hashed), 0, modified);
    }
    return {};
}

Result<void> Maker::seal_secrets() {
    TRY_ASSIGN(names, files_below(m_source.secrets));
    std::erase_if(names, is_unfinished);
    if (names.empty()) return {};
    m_manifest.secrets = Secrets::left_out;
    if (!m_options.passphrase) return {};
    SecretFiles secrets;
    for (const auto& name : names) {
        TRY_ASSIGN(bytes, read_file(m_source.secrets / name, k_secret_bytes_max));
        secrets.emplace(name, std::move(bytes));
    }
    TRY_ASSIGN(sealed, seal(secrets, *m_options.passphrase));
    TRY(write_file(m_folder / "secrets.sealed", sealed));
    TRY_ASSIGN(hashed, hash_file(m_folder / "secrets.sealed", m_pace));
    add("secrets.sealed", std::move(hashed));
    m_manifest.secrets = Secrets::sealed;
    return {};
}

Result<void> Maker::copy_all() {
    TRY(make_folder(m_folder));
    // The register first: while it is being copied its log cannot shrink.
    TRY(copy_database(*m_register, "register.db"));
    m_register.reset();
    TRY(copy_database(*m_accounts, "accounts.db"));
    m_accounts.reset();
    TRY(copy_lake());
    TRY(copy_files());
    return seal_secrets();
}

Result<void> Maker::finish() {
    std::ranges::sort(m_manifest.files, {}, &FileEntry::path);
    TRY(write_file(m_folder / k_manifest_file, to_text(m_manifest)));
    std::set<fs::path> folders{m_folder};
    for (const auto& each : m_manifest.files) {
        for (fs::path at = (m_folder / each.path).parent_path(); folders.insert(at).second;)
            at = at.parent_path();
    }
    for (const auto& each : folders) TRY(sync_path(each));
    const fs::path place = m_options.shelf / name_of(m_manifest.made_at);
    TRY(move_path(m_folder, place));
    TRY(sync_path(m_options.shelf));
    m_folder = place;
    if (m_options.progress) m_options.progress(1, 1);
    return {};
}

Result<Made> Maker::run() {
    if (m_options.passphrase && m_options.passphrase->size() < k_passphrase_min)
        return fail(errors::k_passphrase_weak, {{"min", std::to_string(k_passphrase_min)}});
    std::error_code error;
    if (!fs::is_directory(m_options.shelf, error)) TRY(make_folder(m_options.shelf));
    const auto held = lock(m_options.shelf);
    if (!held) return std::unexpected(held.error());
    TRY(sweep(m_options.shelf));
    TRY(look_at_last());
    TRY(sqlite::at_door([this] { return take_moment(); }));
    TRY(find_room());
    m_folder = m_options.shelf / (".making-" + name_of(m_manifest.made_at));
    const auto all = [this]() -> Result<void> {
        TRY(copy_all());
        return finish();
    };
    if (auto done = all(); !done) {
        m_register.reset();
        m_accounts.reset();
        std::error_code ignored;
        fs::remove_all(m_folder, ignored);
        if (done.error().is(errors::k_disk_full))
            return fail(errors::k_backup_no_room, {{"what", m_options.shelf.string()}});
        return std::unexpected(std::move(done).error());
    }
    return Made{m_folder, std::move(m_manifest), m_linked};
}

}  // namespace

Result<Made> make(const Source& source, const MakeOptions& options) {
    return Maker(source, options).run();
}

}  // namespace anlan::bigdata::backup
