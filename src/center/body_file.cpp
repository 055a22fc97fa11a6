#include "center/body_file.h"

#include "foundations/bigdata/errors.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace anlan::center {
namespace {

std::unexpected<Error> failed(const char* what) {
    const int why = errno;
    if (why == ENOSPC || why == EDQUOT) return fail(errors::k_disk_full);
    return fail(errors::k_io, {{"what", std::string(what) + ": " + std::strerror(why)}});
}

}  // namespace

Result<std::unique_ptr<BodyFile>> BodyFile::create(const std::string& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) return failed("temporary file");
    return std::unique_ptr<BodyFile>(new BodyFile(file));
}

BodyFile::~BodyFile() {
    if (m_data != nullptr) ::munmap(const_cast<char*>(m_data), m_size);
    ::close(m_file);
}

Result<void> BodyFile::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto done = ::write(m_file, bytes.data(), bytes.size());
        if (done < 0) {
            if (errno == EINTR) continue;
            return failed("temporary file");
        }
        m_size += static_cast<std::size_t>(done);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> BodyFile::finish() {
    if (m_size == 0) return {};
    void* data = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, m_file, 0);
    if (data == MAP_FAILED) return failed("mapping a temporary file");
    m_data = static_cast<const char*>(data);
    return {};
}

}  // namespace anlan::center
