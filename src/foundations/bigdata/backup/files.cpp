#include "foundations/bigdata/backup/files.h"

#include "core/hash_stream.h"
#include "foundations/bigdata/backup/errors.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace anlan::bigdata::backup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_piece_bytes = 256UZ << 10;
/// Flushed this often, so that nobody's sync has to wait for much of ours.
constexpr std::uint64_t k_flush_bytes = 8ULL << 20;
/// Longest sleep at once: a stop is heard in this time.
constexpr std::int64_t k_nap_ns = 50'000'000;

std::unexpected<Error> io_error(const fs::path& path, int number) {
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        return fail(errors::k_backup_no_room, {{"what", path.parent_path().string()}});
    return fail(errors::k_io, {{"what", path.string() + ": " + std::strerror(number)}});
}

class Handle {
  public:
    Handle(const fs::path& path, int flags) : m_handle(::open(path.c_str(), flags, 0600)) {}
    ~Handle() {
        if (m_handle >= 0) close(m_handle);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    [[nodiscard]] int get() const { return m_handle; }
    [[nodiscard]] bool good() const { return m_handle >= 0; }

  private:
    int m_handle;
};

Result<void> write_all(const Handle& out, const fs::path& path, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(out.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return io_error(path, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

/// Reads to the end; `take` gets every piece.
Result<Hashed> read_through(const fs::path& file, Pace& pace,
                            const std::function<Result<void>(std::string_view)>& take) {
    const Handle in(file, O_RDONLY | O_CLOEXEC);
    if (!in.good()) return io_error(file, errno);
    std::string piece(k_piece_bytes, '\0');
    Sm3Stream hash;
    Hashed out;
    for (;;) {
        const ssize_t got = ::read(in.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error(file, errno);
        if (got == 0) break;
        const std::string_view bytes(piece.data(), static_cast<std::size_t>(got));
        hash.add(bytes);
        out.bytes += bytes.size();
        TRY(take(bytes));
        TRY(pace.spend(bytes.size()));
    }
    out.sm3 = hex(hash.finish());
    return out;
}

std::int64_t steady_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Pace::Pace(std::uint64_t bytes_per_s, std::stop_token stop)
    : m_bytes_per_s(bytes_per_s), m_stop(std::move(stop)) {}

Result<void> Pace::spend(std::uint64_t bytes) {
    m_spent += bytes;
    if (m_progress) m_progress(m_spent);
    if (m_bytes_per_s > 0) {
        const double cost_ns =
            static_cast<double>(bytes) * 1e9 / static_cast<double>(m_bytes_per_s);
        m_next_ns = std::max(m_next_ns, steady_ns()) + static_cast<std::int64_t>(cost_ns);
        for (std::int64_t left = m_next_ns - steady_ns(); left > 0 && !m_stop.stop_requested();
             left = m_next_ns - steady_ns())
            std::this_thread::sleep_for(std::chrono::nanoseconds(std::min(left, k_nap_ns)));
    }
    if (m_stop.stop_requested()) return fail(errors::k_backup_stopped);
    return {};
}

Result<Hashed> hash_file(const fs::path& file, Pace& pace) {
    return read_through(file, pace, [](std::string_view) -> Result<void> { return {}; });
}

Result<Hashed> copy_file(const fs::path& from, const fs::path& to, Pace& pace) {
    const Handle out(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC);
    if (!out.good()) return io_error(to, errno);
    std::uint64_t dirty = 0;
    TRY_ASSIGN(hashed, read_through(from, pace, [&](std::string_view bytes) -> Result<void> {
                   TRY(write_all(out, to, bytes));
                   dirty += bytes.size();
                   if (dirty < k_flush_bytes) return {};
                   dirty = 0;
                   if (fdatasync(out.get()) != 0) return io_error(to, errno);
                   return {};
               }));
    if (fsync(out.get()) != 0) return io_error(to, errno);
    return std::move(hashed);
}

Result<void> write_file(const fs::path& file, std::string_view bytes) {
    const Handle out(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
    if (!out.good()) return io_error(file, errno);
    TRY(write_all(out, file, bytes));
    if (fsync(out.get()) != 0) return io_error(file, errno);
    return {};
}

Result<std::string> read_file(const fs::path& file, std::uint64_t bytes_max) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error) return fail(errors::k_io, {{"what", file.string() + ": " + error.message()}});
    if (size > bytes_max)
        return fail(errors::k_io,
                    {{"what", file.string() + ": over " + std::to_string(bytes_max) + " bytes"}});
    std::string out;
    Pace unpaced;
    TRY(read_through(file, unpaced, [&](std::string_view bytes) -> Result<void> {
        out += bytes;
        return {};
    }));
    return out;
}

Result<void> sync_path(const fs::path& path) {
    const Handle handle(path, O_RDONLY | O_CLOEXEC);
    if (!handle.good() || fsync(handle.get()) != 0) return io_error(path, errno);
    return {};
}

Result<void> replace_file(const fs::path& file, std::string_view bytes) {
    const fs::path fresh = file.string() + ".new";
    TRY(write_file(fresh, bytes));
    TRY(move_path(fresh, file));
    return sync_path(file.parent_path());
}

Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) fs::permissions(folder, fs::perms::owner_all, error);
    if (error) return io_error(folder, error.value());
    return {};
}

Result<void> move_path(const fs::path& from, const fs::path& to) {
    if (rename(from.c_str(), to.c_str()) != 0) return io_error(to, errno);
    return {};
}

Result<std::vector<std::string>> files_below(const fs::path& folder) {
    std::vector<std::string> out;
    std::error_code error;
    if (!fs::exists(folder, error)) return out;
    fs::recursive_directory_iterator walk(folder, error);
    for (const fs::recursive_directory_iterator end; !error && walk != end; walk.increment(error)) {
        if (walk->is_regular_file(error) && !walk->is_symlink(error))
            out.push_back(walk->path().lexically_relative(folder).string());
    }
    if (error) return fail(errors::k_io, {{"what", folder.string() + ": " + error.message()}});
    std::ranges::sort(out);
    return out;
}

Result<FileLock> FileLock::take(const fs::path& file, const ErrorRow& held) {
    const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (handle < 0) return io_error(file, errno);
    if (flock(handle, LOCK_EX | LOCK_NB) != 0) {
        close(handle);
        return fail(held);
    }
    return FileLock(handle);
}

FileLock::~FileLock() {
    if (m_handle >= 0) close(m_handle);
}
FileLock::FileLock(FileLock&& other) noexcept : m_handle(std::exchange(other.m_handle, -1)) {}

}  // namespace anlan::bigdata::backup
