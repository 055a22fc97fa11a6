// A QR code (ISO/IEC 18004, level M) as a picture and as text for a terminal.
#pragma once

#include "core/result.h"

#include <string>
#include <vector>

namespace anlan::center {

struct QrCode {
    int size = 0;              ///< Modules a side, without the quiet zone.
    std::vector<bool> dark{};  ///< Row by row.

    /// Errors: internal (longer than a code holds, 2,331 bytes).
    static Result<QrCode> of(const std::string& text);
    /// Black on white with the quiet zone of four modules, whatever the page's colours.
    [[nodiscard]] std::string svg(const std::string& title) const;
    /// Two modules a character; for dark and light terminals alike.
    [[nodiscard]] std::string terminal() const;
};

}  // namespace anlan::center
