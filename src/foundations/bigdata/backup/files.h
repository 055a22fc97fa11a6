// Files of a backup: copied, hashed and flushed at a pace that leaves the disk to others.
//
// Everything written is readable by its owner alone. Errors: backup_no_room when the disk is full,
// backup_stopped, io with path and reason.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata::backup {

/// How fast, and whether still. Not thread-safe.
class Pace {
  public:
    /// 0 bytes a second: as fast as it goes.
    explicit Pace(std::uint64_t bytes_per_s = 0, std::stop_token stop = {});
    /// Called with the bytes spent so far, now and then.
    void tell(std::function<void(std::uint64_t)> progress) { m_progress = std::move(progress); }
    /// Waits until so many more bytes are allowed. Errors: backup_stopped.
    Result<void> spend(std::uint64_t bytes);

  private:
    std::uint64_t m_bytes_per_s;
    std::stop_token m_stop;
    std::function<void(std::uint64_t)> m_progress;
    std::uint64_t m_spent = 0;
    std::int64_t m_next_ns = 0;  ///< Steady time before which nothing more is allowed.
};

struct Hashed {
    std::uint64_t bytes = 0;
    std::string sm3;
};

Result<Hashed> hash_file(const std::filesystem::path& file, Pace& pace);
/// `to` must not exist. Flushed to the disk when this returns.
Result<Hashed> copy_file(const std::filesystem::path& from, const std::filesystem::path& to,
                         Pace& pace);
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes);
Result<std::string> read_file(const std::filesystem::path& file, std::uint64_t bytes_max);
/// Contents of the file, or names in the folder, are on the disk when this returns.
Result<void> sync_path(const std::filesystem::path& path);
/// Whole or not at all: written beside, flushed, renamed.
Result<void> replace_file(const std::filesystem::path& file, std::string_view bytes);
Result<void> make_folder(const std::filesystem::path& folder);
Result<void> move_path(const std::filesystem::path& from, const std::filesystem::path& to);
/// Regular files below `folder`, as paths relative to it, sorted; links and others left out. A
/// folder that is not there has none.
Result<std::vector<std::string>> files_below(const std::filesystem::path& folder);

/// Another process, or another thread, cannot hold the same file meanwhile. Errors: `held`.
class FileLock {
  public:
    static Result<FileLock> take(const std::filesystem::path& file, const ErrorRow& held);
    ~FileLock();
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;

  private:
    explicit FileLock(int handle) : m_handle(handle) {}
    int m_handle;
};

}  // namespace anlan::bigdata::backup
