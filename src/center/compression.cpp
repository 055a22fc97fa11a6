#include "center/compression.h"

#include "core/result.h"

#include <zlib.h>

namespace anlan::center {

std::string gzip(std::string_view bytes, int level) {
    z_stream stream{};
    constexpr int k_gzip_window_bits = 15 + 16;
    const int ready =
        deflateInit2(&stream, level, Z_DEFLATED, k_gzip_window_bits, 8, Z_DEFAULT_STRATEGY);
    ASSERT(ready == Z_OK);  // fails only without memory
    std::string out;
    out.resize(deflateBound(&stream, bytes.size()));
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int done = deflate(&stream, Z_FINISH);
    ASSERT(done == Z_STREAM_END);  // deflateBound promised room
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

bool worth_gzip(std::string_view content_type, std::size_t size) {
    if (size <= 1024 || size > (64U << 20)) return false;
    const auto type = content_type.substr(0, content_type.find(';'));
    return type.starts_with("text/") || type.ends_with("json") || type.ends_with("javascript") ||
           type.ends_with("xml") || type.ends_with("wasm") ||
           type == "application/vnd.mapbox-vector-tile" || type == "application/x-protobuf";
}

bool accepts(std::string_view accept_encoding, std::string_view coding) {
    while (!accept_encoding.empty()) {
        const auto comma = accept_encoding.find(',');
        auto part = accept_encoding.substr(0, comma);
        accept_encoding.remove_prefix(comma == accept_encoding.npos ? accept_encoding.size()
                                                                    : comma + 1);
        const auto first = part.find_first_not_of(" \t");
        if (first == part.npos) continue;
        part.remove_prefix(first);
        const auto name = part.substr(0, part.find_first_of("; \t"));
        if (name != coding) continue;
        const auto quality = part.find("q=");
        return quality == part.npos ||
               part.substr(quality + 2).find_first_of("123456789") != part.npos;
    }
    return false;
}

}  // namespace anlan::center
