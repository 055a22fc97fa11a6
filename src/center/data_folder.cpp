#include "center/data_folder.h"

#include "center/errors.h"
#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/restore.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace anlan::center {
namespace {

std::unexpected<Error> io_error(const std::filesystem::path& path, const std::string& what) {
    return fail(errors::k_io, {{"what", path.string() + ": " + what}});
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return io_error(folder, error.message());
    if (std::filesystem::exists(folder / bigdata::backup::k_restoring, error))
        return fail(errors::k_restore_unfinished, {{"folder", folder.string()}});
    for (const auto& each :
         {folder, folder / "secrets", folder / "lake", folder / "temporary", folder / "files"}) {
        std::filesystem::create_directory(each, error);
        if (!error) std::filesystem::permissions(each, std::filesystem::perms::owner_all, error);
        if (error) return io_error(each, error.message());
    }
    const auto lock_file = folder / "lock";
    const int lock = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) return io_error(lock_file, std::strerror(errno));
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        close(lock);
        return fail(errors::k_data_in_use, {{"folder", folder.string()}});
    }
    return DataFolder(folder, lock);
}

bigdata::backup::Source DataFolder::source(const bigdata::Lake& lake, const Clock& clock,
                                           std::string program, std::string catalog) const {
    return {.register_file = register_file(),
            .accounts_file = accounts_file(),
            .files = files(),
            .secrets = secrets(),
            .lake = &lake,
            .clock = &clock,
            .program = std::move(program),
            .catalog = std::move(catalog)};
}

DataFolder::~DataFolder() {
    if (m_lock >= 0) close(m_lock);
}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : m_folder(std::move(other.m_folder)), m_lock(std::exchange(other.m_lock, -1)) {}

Result<void> write_secret(const std::filesystem::path& file, std::string_view bytes) {
    const auto fresh = std::filesystem::path(file.string() + ".new");
    const int out = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) return io_error(fresh, std::strerror(errno));
    bool good = true;
    while (good && !bytes.empty()) {
        const ssize_t written = ::write(out, bytes.data(), bytes.size());
        good = written > 0;
        if (good) bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    good = good && fsync(out) == 0;
    good = close(out) == 0 && good;
    if (!good || rename(fresh.c_str(), file.c_str()) != 0)
        return io_error(file, std::strerror(errno));
    return {};
}

}  // namespace anlan::center
