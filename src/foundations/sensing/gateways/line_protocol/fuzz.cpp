// Any text: no crash, what is accepted keeps the limits, and what is told can be read by others.
// The first byte chooses the precision.
#include "foundations/sensing/gateways/line_protocol/decoder.h"

#include <array>
#include <cmath>

using namespace anlan::sensing;

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_line_protocol
int fuzz_line_protocol(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

int ENTRY(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::array<std::string_view, 6> k_names{"ns", "us", "ms", "s", "m", "h"};
    const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
    line_protocol::Options options;
    options.precision = *line_protocol::precision_named(k_names[data[0] % k_names.size()]);
    if (data[0] >= 0x80) options.tags = {"host"};
    const auto points = line_protocol::decode(body, options);
    if (points) {
        ASSERT(points->readings.size() <= k_readings_max);
        for (const Reading& r : points->readings)
            ASSERT(std::isfinite(r.value) && !r.channel.empty() &&
                   r.channel.size() <= k_channel_bytes_max);
    }
    ASSERT(anlan::parse_json(anlan::to_text(line_protocol::to_json(body)), {.bytes = 64 << 20}));
    return 0;
}
