// What a file is, by its own bytes: what its sender says of it is not believed.
#pragma once

#include <optional>
#include <string_view>

namespace anlan::center {

struct FileType {
    std::string_view media_type;
    std::string_view extension;  ///< ".jpg"
    bool picture = false;        ///< Browsers may show it inside a page.
};

/// Nothing for what is not known, and for everything a browser might run: HTML, SVG, XML, scripts
/// with a shebang. Looks at the first 64 KiB; text is also checked as UTF-8 there.
std::optional<FileType> sniff(std::string_view bytes);

}  // namespace anlan::center
