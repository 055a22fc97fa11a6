// Any text: no crash, what is accepted is finite, and what is told can be read by others.
#include "foundations/sensing/gateways/sensorthings/decoder.h"

#include <cmath>

using namespace anlan::sensing;

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_sensorthings
int fuzz_sensorthings(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

int ENTRY(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    ASSERT(anlan::parse_json(anlan::to_text(sensorthings::to_json(body)), {.bytes = 64 << 20}));
    const auto parsed = anlan::parse_json(body);
    if (!parsed) return 0;
    if (const auto one = sensorthings::decode_observation(*parsed))
        ASSERT(std::isfinite(one->value));
    if (const auto rows = sensorthings::decode_arrays(*parsed)) {
        ASSERT(rows->size() <= k_readings_max);
        for (const auto& each : *rows) ASSERT(!each || std::isfinite(each->value));
    }
    return 0;
}
