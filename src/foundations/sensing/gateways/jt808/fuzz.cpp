// Any bytes: no crash, and however a stream is cut, the same comes out. libFuzzer's entry; the unit
// test runs it too, over the captures and seeded mutations of them.
#include "foundations/sensing/gateways/jt808/decoder.h"

#include <algorithm>

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_jt808
int fuzz_jt808(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

using namespace anlan::sensing::jt808;

int ENTRY(const std::uint8_t* data, std::size_t size) {
    // The first byte chooses how the stream is cut, so that half and sticky messages are met.
    if (size == 0) return 0;
    const std::size_t step = std::max<std::size_t>(data[0], 1);
    std::string whole, pieces;
    MessageReader at_once, bit_by_bit;
    at_once.push({data + 1, size - 1});
    decode_stream(at_once, Input::ends, [&](const anlan::json::object& o) {
        whole += anlan::to_text(o);
        // What is told must be readable by others.
        ASSERT(anlan::parse_json(anlan::to_text(o), {.bytes = 16 << 20}));
    });
    const auto add = [&](const anlan::json::object& o) { pieces += anlan::to_text(o); };
    for (std::size_t at = 1; at < size; at += step) {
        bit_by_bit.push({data + at, std::min(step, size - at)});
        decode_stream(bit_by_bit, Input::goes_on, add);
    }
    decode_stream(bit_by_bit, Input::ends, add);
    ASSERT(whole == pieces);
    return 0;
}
