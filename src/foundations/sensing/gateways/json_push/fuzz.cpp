// Any text: no crash, and what is accepted keeps the limits. The first byte chooses the profile.
#include "foundations/sensing/gateways/json_push/decoder.h"

#include <cmath>

using namespace anlan::sensing;

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_json_push
int fuzz_json_push(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

int ENTRY(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto when = [&](unsigned bit, const char* path) {
        return (data[0] >> bit & 1U) != 0 ? std::string(path) : std::string();
    };
    const auto pushed = json_push::decode(
        body, {when(0, "batch"), when(1, "metrics"), when(2, "timestamp"), when(3, "deviceId")});
    if (pushed) {
        ASSERT(pushed->readings.size() <= k_readings_max);
        for (const Reading& r : pushed->readings)
            ASSERT(std::isfinite(r.value) && !r.channel.empty() &&
                   r.channel.size() <= k_channel_bytes_max);
    }
    ASSERT(anlan::parse_json(anlan::to_text(json_push::to_json(body)), {.bytes = 64 << 20}));
    return 0;
}
