#include "center/qr_code.h"

#include <qrencode.h>

#include <memory>

namespace anlan::center {

constexpr int k_quiet = 4;

Result<QrCode> QrCode::of(const std::string& text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(
        QRcode_encodeString(text.c_str(), 0, QR_ECLEVEL_M, QR_MODE_8, 1), QRcode_free);
    if (!made) return fail(errors::k_internal, {{"what", "QR code"}});
    QrCode out{.size = made->width};
    const auto count = static_cast<std::size_t>(made->width) * made->width;
    for (std::size_t i = 0; i < count; ++i) out.dark.push_back((made->data[i] & 1) != 0);
    return out;
}

std::string QrCode::svg(const std::string& title) const {
    const auto side = std::to_string(size + 2 * k_quiet);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"" +
                      title + "\" viewBox=\"0 0 " + side + ' ' + side +
                      "\" width=\"240\" height=\"240\" shape-rendering=\"crispEdges\">"
                      "<path fill=\"#fff\" d=\"M0 0h" +
                      side + "v" + side + "H0z\"/><path d=\"";
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            if (dark[static_cast<std::size_t>(y * size + x)])
                out += 'M' + std::to_string(x + k_quiet) + ' ' + std::to_string(y + k_quiet) +
                       "h1v1h-1z";
        }
    }
    return out + "\"/></svg>";
}

std::string QrCode::terminal() const {
    const auto is_dark = [&](int x, int y) {
        return x >= 0 && y >= 0 && x < size && y < size &&
               dark[static_cast<std::size_t>(y * size + x)];
    };
    std::string out;
    for (int y = -2; y < size + 2; y += 2) {
        out += "  \x1b[30;107m";
        for (int x = -2; x < size + 2; ++x) {
            const bool upper = is_dark(x, y), lower = is_dark(x, y + 1);
            out += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ");
        }
        out += "\x1b[0m\n";
    }
    return out;
}

}  // namespace anlan::center
