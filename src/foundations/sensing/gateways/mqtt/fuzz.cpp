// Any bytes: no crash, however a stream is cut the same comes out, and what was decoded reads back
// the same once it is encoded again. libFuzzer's entry; the unit test runs it too, over the
// captures and seeded mutations of them.
#include "foundations/sensing/gateways/mqtt/server.h"

#include <algorithm>

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_mqtt
int fuzz_mqtt(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

using namespace anlan::sensing;
using namespace anlan::sensing::mqtt;

namespace {

std::string text_of(Bytes bytes) {
    std::string out;
    const auto own = decoder();
    own->push(bytes, [&](const anlan::json::object& o) {
        anlan::json::object copy = o;
        copy.erase("bytes");
        copy.erase("offset");
        out += anlan::to_text(copy);
    });
    return out;
}

void read_back(const Frame& frame, Version version) {
    Packet packet;
    if (!decode(frame, version, {}, packet)) return;
    Out out;
    if (const auto* connect = std::get_if<Connect>(&packet)) {
        encode(out, *connect);
        version = connect->version;
    } else if (version == Version::v5) {
        return;  // Without its CONNECT the text of the others would be taken for 3.1.1's.
    } else if (const auto* publish = std::get_if<Publish>(&packet)) {
        encode(out, *publish, version);
    } else if (const auto* subscribe = std::get_if<Subscribe>(&packet)) {
        encode(out, *subscribe, version);
    } else {
        return;
    }
    Out whole;
    whole.push_back(
        static_cast<std::uint8_t>(static_cast<unsigned>(frame.type) << 4U | frame.flags));
    std::size_t left = frame.body.size();
    do {
        whole.push_back(static_cast<std::uint8_t>((left & 0x7FU) | (left > 0x7F ? 0x80U : 0U)));
        left >>= 7U;
    } while (left > 0);
    whole.insert(whole.end(), frame.body.begin(), frame.body.end());
    ASSERT(text_of(whole) == text_of(out));
}

}  // namespace

int ENTRY(const std::uint8_t* data, std::size_t size) {
    // The first byte chooses how the stream is cut, so that half and sticky packets are met.
    if (size == 0) return 0;
    const std::size_t step = std::max<std::size_t>(data[0], 1);
    std::string whole, pieces;
    const auto at_once = decoder(), bit_by_bit = decoder();
    const auto add_whole = [&](const anlan::json::object& o) {
        whole += anlan::to_text(o);
        // What is told must be readable by others.
        ASSERT(anlan::parse_json(anlan::to_text(o), {.bytes = 16 << 20}));
    };
    at_once->push({data + 1, size - 1}, add_whole);
    at_once->end(add_whole);
    const auto add = [&](const anlan::json::object& o) { pieces += anlan::to_text(o); };
    for (std::size_t at = 1; at < size; at += step)
        bit_by_bit->push({data + at, std::min(step, size - at)}, add);
    bit_by_bit->end(add);
    ASSERT(whole == pieces);

    PacketReader reader;
    Version version = Version::v311;
    reader.push({data + 1, size - 1});
    while (const auto next = reader.next()) {
        if (!*next) break;
        Packet packet;
        const bool good = decode(**next, version, {}, packet).has_value();
        if (const auto* connect = std::get_if<Connect>(&packet); good && connect != nullptr)
            version = connect->version;
        read_back(**next, version);
    }
    return 0;
}
