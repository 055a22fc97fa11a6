// Any bytes: no crash, and however a stream is cut, the same comes out. The first byte chooses how.
#include "foundations/sensing/gateways/hydrant/decoder.h"

#include <algorithm>

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_hydrant
int fuzz_hydrant(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

using namespace anlan::sensing::hydrant;

int ENTRY(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t step = std::max<std::size_t>(data[0], 1);
    std::string whole, pieces;
    FrameReader at_once, bit_by_bit;
    at_once.push({data + 1, size - 1});
    decode_stream(at_once, Input::ends, [&](const anlan::json::object& o) {
        whole += anlan::to_text(o);
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
