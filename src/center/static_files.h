// The built screens, read once and kept in memory with their gzip and brotli forms: a few
// megabytes.
#pragma once

#include "center/http.h"

#include <filesystem>
#include <map>
#include <string>

namespace anlan::center {

class StaticFiles {
  public:
    /// An absent folder gives no files: a page then says that the screens are not built.
    static Result<StaticFiles> load(const std::filesystem::path& folder);

    /// Answers GET and HEAD of everything outside /api; false for what is not its own. A path
    /// without a file and without a dot in its last segment is a page of the screens: index.html.
    bool answer(const Request& request, Response& response) const;
    [[nodiscard]] std::size_t count() const { return m_files.size(); }

  private:
    struct File {
        std::string content_type, etag;
        Bytes plain, packed, brotli;  ///< `packed` is nothing where gzip gains nothing.
        bool immutable = false;
    };
    std::map<std::string, File, std::less<>> m_files;
};

}  // namespace anlan::center
