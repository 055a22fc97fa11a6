// GB 18030 by ICU. Converters are costly to open and not thread-safe: one per thread.
#include "foundations/sensing/gateways/gb26875/decoder.h"

#include <unicode/ucnv.h>

#include <memory>

namespace anlan::sensing::gb26875 {
namespace {

struct CloseConverter {
    void operator()(UConverter* c) const { ucnv_close(c); }
};

UConverter* converter() {
    thread_local const std::unique_ptr<UConverter, CloseConverter> kept = [] {
        UErrorCode status = U_ZERO_ERROR;
        return std::unique_ptr<UConverter, CloseConverter>(ucnv_open("gb18030", &status));
    }();
    return kept.get();
}

bool plain(std::string_view text) {
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0x80) != 0) return false;
    }
    return true;
}

}  // namespace

std::string text_of(Bytes gb18030) {
    std::string_view in(reinterpret_cast<const char*>(gb18030.data()), gb18030.size());
    in = in.substr(0, in.find('\0'));
    while (!in.empty() && in.back() == ' ') in.remove_suffix(1);
    if (plain(in)) return std::string(in);
    UConverter* c = converter();
    if (c == nullptr) return std::string(in.size(), '?');
    UErrorCode status = U_ZERO_ERROR;
    // Two bytes of GB 18030 are at most three of UTF-8, one malformed byte becomes three.
    std::string out(in.size() * 3 + 1, '\0');
    const auto size =
        ucnv_toAlgorithmic(UCNV_UTF8, c, out.data(), static_cast<std::int32_t>(out.size()),
                           in.data(), static_cast<std::int32_t>(in.size()), &status);
    if (U_FAILURE(status)) return std::string(in.size(), '?');
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string gb18030_of(std::string_view utf8, std::size_t size) {
    std::string out(utf8.size() * 4 + 1, '\0');
    UErrorCode status = U_ZERO_ERROR;
    UConverter* c = converter();
    if (c == nullptr) return std::string(size, ' ');
    const auto length =
        ucnv_fromAlgorithmic(c, UCNV_UTF8, out.data(), static_cast<std::int32_t>(out.size()),
                             utf8.data(), static_cast<std::int32_t>(utf8.size()), &status);
    out.resize(U_FAILURE(status) ? 0 : static_cast<std::size_t>(length));
    if (size == 0) return out;
    while (out.size() > size) {
        // Cut whole characters: drop the last one of the source and convert again.
        std::size_t end = utf8.size() - 1;
        while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80) --end;
        utf8 = utf8.substr(0, end);
        out = gb18030_of(utf8, 0);
    }
    out.resize(size, ' ');
    return out;
}

}  // namespace anlan::sensing::gb26875
