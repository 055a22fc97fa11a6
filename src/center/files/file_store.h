// Attachments, stored by what they are: a file is named by the SM3 hash of its bytes, so the same
// picture sent twice lies there once and a name can never come to mean other bytes.
//
//   files/ab/cd/abcd….bin      the bytes
//   files/ab/cd/abcd….json     what is known of it: type, size, name, senders, references
//   files/ab/cd/abcd….jpg      its thumbnail, made when first asked for
//
// Who may read a file: those who may read a record that refers to it (the field not masked), and
// its sender. A reference is remembered for good, as the journal is; a file that no record has ever
// referred to goes after a day. The index of what is known is kept in memory: some 500 bytes a
// file. Thread-safe.
#pragma once

#include "core/geo.h"
#include "core/principal.h"
#include "core/time.h"
#include "foundations/bigdata/access.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/register.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace anlan::center {

/// catalog/settings/attachments.yaml
struct FileRules {
    std::vector<std::string> media_types;
    std::uint64_t bytes_max = 0;
    std::uint64_t organisation_bytes_max = 0;
    std::int64_t unreferenced_hours = 0;
    /// Errors: io, bad_configuration.
    static Result<FileRules> load(const std::filesystem::path& file);
};

struct FileReference {
    std::string kind, field, space;
    Uuid record;
    friend bool operator==(const FileReference&, const FileReference&) = default;
};

struct StoredFile {
    std::string hash;  ///< 64 hexadecimal digits.
    std::string media_type, name;
    std::uint64_t size = 0;
    Timestamp stored_at;
    std::string zone;
    std::vector<Uuid> senders, organisations;
    std::vector<FileReference> references;
    std::optional<LonLat> place;
    std::string taken_at;  ///< As the camera wrote it; empty when unknown or left out.
    std::uint32_t width = 0, height = 0;
};

enum class KeepPlace { yes, no };

class FileStore {
  public:
    struct Options {
        std::filesystem::path folder;
        FileRules rules;
        const bigdata::Catalog* catalog = nullptr;
        const bigdata::Access* access = nullptr;
        const bigdata::Register* records = nullptr;
        const Clock* clock = nullptr;
    };
    /// Reads what is known of every file. Errors: io.
    static Result<std::unique_ptr<FileStore>> open(Options options);

    /// Keeps the bytes. A picture without its place is stripped of all that its camera wrote.
    /// Errors: file_type_refused, body_too_large, quota_reached, disk_full, io.
    Result<StoredFile> keep(const Principal& who, std::string_view bytes, std::string_view name,
                            KeepPlace place);
    /// What is known, for whoever may read it. Errors: no_such_file (also when it may not be read).
    [[nodiscard]] Result<StoredFile> find(const Principal& who, std::string_view hash) const;
    /// Errors: io.
    [[nodiscard]] Result<std::string> read(const std::string& hash, std::uint64_t offset,
                                           std::size_t count) const;
    /// Errors: no_thumbnail, io.
    Result<std::string> thumbnail(const StoredFile& file);

    /// Remembers what records refer to.
    void on_entry(const bigdata::Entry& entry);
    /// Lets go of what nobody has referred to for long enough; the number of files.
    std::size_t sweep();
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] std::size_t count() const;

  private:
    explicit FileStore(Options options) : m_options(std::move(options)) {}
    [[nodiscard]] std::filesystem::path path_of(std::string_view hash, const char* extension) const;
    [[nodiscard]] bool may_read(const Principal& who, const StoredFile& file) const;
    [[nodiscard]] Result<void> check_room(const Principal& who, std::uint64_t size) const;
    Result<void> write_facts(const StoredFile& file) const;

    const Options m_options;
    mutable std::mutex m_mutex;
    std::map<std::string, StoredFile, std::less<>> m_files;
};

}  // namespace anlan::center
