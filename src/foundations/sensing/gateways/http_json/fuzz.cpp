// Any text: no crash, and what is accepted keeps the limits. The quick way takes nothing that the
// thorough one would not, and reads the same from it.
#include "foundations/sensing/gateways/http_json/decoder.h"
#include "foundations/sensing/gateways/http_json/plain.h"

#include <algorithm>
#include <cmath>

using namespace anlan::sensing;

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_http_json
int fuzz_http_json(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

namespace {

/// The two readers of numbers may differ in the last digit.
bool same(const Reading& a, const Reading& b) {
    return a.channel == b.channel && a.at == b.at &&
           std::abs(a.value - b.value) <= 1e-14 * std::abs(a.value);
}

void compare(std::string_view text) {
    const auto plain = http_json::decode_plain(text);
    if (!plain) return;
    const auto body = anlan::parse_json(text);
    if (!body) {
        // 0e999 is zero, which Boost.JSON does not see; nothing else may differ.
        ASSERT(std::ranges::any_of(*plain, [](const Reading& r) { return r.value == 0; }));
        return;
    }
    const auto thorough = http_json::decode(*body);
    ASSERT(thorough && thorough->size() == plain->size());
    for (std::size_t i = 0; i < plain->size(); ++i) ASSERT(same((*plain)[i], (*thorough)[i]));
}

}  // namespace

int ENTRY(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    compare(text);
    const auto decoded = http_json::decode(text);
    static_cast<void>(http_json::to_json(decoded));
    if (!decoded) return 0;
    ASSERT(decoded->size() <= k_readings_max);
    for (const Reading& r : *decoded) ASSERT(std::isfinite(r.value));
    for (const Reading& r : *decoded)
        ASSERT(!r.channel.empty() && r.channel.size() <= k_channel_bytes_max);
    return 0;
}
