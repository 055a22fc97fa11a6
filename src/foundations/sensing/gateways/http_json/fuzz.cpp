// Any text: no crash, and what is accepted keeps the limits.
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <cmath>

using namespace anlan::sensing;

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_http_json
int fuzz_http_json(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

int ENTRY(const std::uint8_t* data, std::size_t size) {
    const auto decoded =
        http_json::decode(std::string_view(reinterpret_cast<const char*>(data), size));
    static_cast<void>(http_json::to_json(decoded));
    if (!decoded) return 0;
    ASSERT(decoded->size() <= http_json::k_readings_max);
    for (const Reading& r : *decoded) ASSERT(std::isfinite(r.value));
    for (const Reading& r : *decoded)
        ASSERT(!r.channel.empty() && r.channel.size() <= http_json::k_channel_bytes_max);
    return 0;
}
