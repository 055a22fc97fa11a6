// The one folder that holds everything the program keeps. Its owner alone may look inside, and one
// process at a time may serve it.
#pragma once

#include "core/result.h"
#include "foundations/bigdata/backup/make.h"

#include <filesystem>

namespace anlan::center {

class DataFolder {
  public:
    /// Makes the folder and its parts (0700) and locks it until destroyed.
    /// Errors: io, data_in_use, restore_unfinished.
    static Result<DataFolder> open(const std::filesystem::path& folder);
    ~DataFolder();
    DataFolder(DataFolder&& other) noexcept;
    DataFolder& operator=(DataFolder&&) = delete;

    [[nodiscard]] std::filesystem::path register_file() const { return m_folder / "register.db"; }
    [[nodiscard]] std::filesystem::path accounts_file() const { return m_folder / "accounts.db"; }
    [[nodiscard]] std::filesystem::path lake() const { return m_folder / "lake"; }
    [[nodiscard]] std::filesystem::path lake_archive() const { return m_folder / "lake-archive"; }
    [[nodiscard]] std::filesystem::path imports() const { return m_folder / "imports"; }
    [[nodiscard]] std::filesystem::path secrets() const { return m_folder / "secrets"; }
    /// For what is received and not yet kept; nothing in it outlives the process.
    [[nodiscard]] std::filesystem::path temporary() const { return m_folder / "temporary"; }
    [[nodiscard]] std::filesystem::path files() const { return m_folder / "files"; }
    /// All of it, for a backup. `lake` and `clock` must outlive what is returned.
    [[nodiscard]] bigdata::backup::Source source(const bigdata::Lake& lake, const Clock& clock,
                                                 std::string program, std::string catalog) const;

  private:
    DataFolder(std::filesystem::path folder, int lock)
        : m_folder(std::move(folder)), m_lock(lock) {}
    std::filesystem::path m_folder;
    int m_lock;
};

/// Writes a file that its owner alone may read, whole or not at all.
Result<void> write_secret(const std::filesystem::path& file, std::string_view bytes);

}  // namespace anlan::center
