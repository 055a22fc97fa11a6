// A large request's body: on disk and mapped, so that an upload costs no memory.
#pragma once

#include "core/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace anlan::center {

/// A request's body that was too large for memory: a nameless file of the data folder, mapped. It
/// is gone when nobody holds it.
class BodyFile {
  public:
    /// In `folder`, which must exist. Errors: io.
    static Result<std::unique_ptr<BodyFile>> create(const std::string& folder);
    ~BodyFile();
    BodyFile(const BodyFile&) = delete;
    BodyFile& operator=(const BodyFile&) = delete;

    /// Errors: disk_full, io.
    Result<void> append(std::string_view bytes);
    /// Maps it; nothing may be appended from then on. Errors: io.
    Result<void> finish();
    [[nodiscard]] std::string_view bytes() const { return {m_data, m_data ? m_size : 0}; }

  private:
    explicit BodyFile(int file) : m_file(file) {}
    int m_file;
    std::size_t m_size = 0;
    const char* m_data = nullptr;
};

}  // namespace anlan::center
