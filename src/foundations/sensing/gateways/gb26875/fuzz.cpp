// Any bytes: no crash, and what decodes encodes back to the same frame. libFuzzer's entry; the unit
// test runs it too, over the captures and seeded mutations of them.
#include "foundations/sensing/gateways/gb26875/encoder.h"
#include "foundations/sensing/gateways/gb26875/stream.h"

#include <algorithm>

using namespace anlan::sensing::gb26875;

namespace {

void check_round_trip(const Frame& frame) {
    Unit unit;
    if (!decode(frame, unit) || unit.type == 0) return;
    const auto again = encode_unit(unit.type, unit.objects);
    ASSERT(again && std::ranges::equal(*again, frame.unit));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // The first byte chooses how the stream is cut, so that half and sticky frames are met.
    if (size == 0) return 0;
    const std::size_t step = std::max<std::size_t>(data[0], 1);
    FrameReader reader;
    for (std::size_t at = 1; at < size; at += step) {
        reader.push({data + at, std::min(step, size - at)});
        while (auto next = reader.next()) {
            if (*next) check_round_trip(**next);
        }
    }
    FrameReader whole;
    whole.push({data + 1, size - 1});
    std::size_t objects = 0;
    decode_stream(whole, Input::ends, [&](const anlan::json::object&) { ++objects; });
    ASSERT(objects <= size);
    return 0;
}
