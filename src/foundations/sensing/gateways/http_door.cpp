#include "foundations/sensing/gateways/http_door.h"

#include "core/hash.h"
#include "foundations/bigdata/base64url.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_errors.h"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace anlan::sensing {
namespace {

constexpr std::size_t k_sample_bytes = 512;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// The password of `Basic <user:password in base 64>`.
std::string basic_password(std::string_view packed) {
    std::string plain(packed);
    while (plain.ends_with('=')) plain.pop_back();
    std::ranges::replace(plain, '+', '-');
    std::ranges::replace(plain, '/', '_');
    const auto pair = bigdata::from_base64url(plain);
    const auto colon = pair ? pair->find(':') : std::string::npos;
    return colon == std::string::npos ? std::string() : pair->substr(colon + 1);
}

std::string token_of(const Call& call) {
    if (!call.bearer.empty()) return call.bearer;
    const std::string_view header = call.authorization;
    if (header.starts_with("Token ")) return std::string(header.substr(6));
    if (header.starts_with("Basic ")) return basic_password(header.substr(6));
    return std::string(call.asked("p"));
}

/// For quarantine: the beginning, not cut inside a character.
std::string sample_of(std::string_view body) {
    body = body.substr(0, k_sample_bytes);
    return std::string(body.substr(0, not_utf8_at(body).value_or(body.size())));
}

/// zlib's state, ended however its use ends.
struct Inflater {
    z_stream stream{};
    Inflater() {
        constexpr int k_gzip_window_bits = 15 + 16;
        const int ready = inflateInit2(&stream, k_gzip_window_bits);
        ASSERT(ready == Z_OK);  // fails only without memory
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() { inflateEnd(&stream); }
};

}  // namespace

std::string media_type(std::string_view content_type) {
    content_type = content_type.substr(0, content_type.find(';'));
    while (content_type.ends_with(' ')) content_type.remove_suffix(1);
    return lower(content_type);
}

std::optional<std::size_t> not_utf8_at(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<std::uint8_t>(text[i]);
        if (lead < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        if (lead < 0xC2 || lead > 0xF4 || i + more >= text.size()) return i;
        std::uint32_t point = lead & (0x3FU >> more);
        for (std::size_t k = 1; k <= more; ++k) {
            const auto next = static_cast<std::uint8_t>(text[i + k]);
            if ((next & 0xC0U) != 0x80) return i;
            point = point << 6U | (next & 0x3FU);
        }
        const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
        if (overlong || (point >= 0xD800 && point <= 0xDFFF) || point > 0x10FFFF) return i;
        i += more + 1;
    }
    return std::nullopt;
}

Result<std::string> gunzip(std::string_view packed, std::size_t bytes_max) {
    Inflater inflater;
    z_stream& z = inflater.stream;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z.avail_in = static_cast<uInt>(packed.size());
    const auto broken = [&] {
        return fail(errors::k_bad_gzip, {{"byte", std::to_string(packed.size() - z.avail_in)}});
    };
    std::string out;
    std::array<char, 64 << 10> piece{};
    for (int state = Z_OK;;) {
        z.next_out = reinterpret_cast<Bytef*>(piece.data());
        z.avail_out = static_cast<uInt>(piece.size());
        state = inflate(&z, Z_NO_FLUSH);
        const std::size_t got = piece.size() - z.avail_out;
        if (out.size() + got > bytes_max)
            return fail(errors::k_inflates_too_large, {{"max", std::to_string(bytes_max)}});
        out.append(piece.data(), got);
        if (state == Z_STREAM_END) {
            if (z.avail_in == 0) return out;
            inflateReset(&z);  // another member follows
            continue;
        }
        if (state != Z_OK || (z.avail_in == 0 && z.avail_out != 0)) return broken();
    }
}

Result<std::string_view> body_of(const Call& call, std::string& unpacked) {
    std::string_view body = call.raw;
    const std::string encoding = lower(call.content_encoding);
    if (encoding == "gzip" || encoding == "x-gzip") {
        TRY_ASSIGN(plain, gunzip(body, k_unpacked_bytes_max));
        unpacked = std::move(plain);
        body = unpacked;
    } else if (!encoding.empty() && encoding != "identity") {
        return fail(errors::k_body_encoding, {{"encoding", encoding.substr(0, 40)}});
    }
    return body;
}

Result<Hub::DeviceKey> device_of(const HttpDoor& door, const Call& call) {
    const std::string token = token_of(call);
    const auto device = token.empty() ? std::nullopt : door.hub->by_credential(hex(sm3(token)));
    if (!device) return fail(errors::k_bad_device_token);
    return *device;
}

Reply store(const HttpDoor& door, const Call& call, const Hub::DeviceKey& device,
            std::string_view body, Timestamp received, std::vector<Reading> readings,
            json::value answer, std::vector<std::pair<std::string, std::string>> headers) {
    // Shared with the hub, which may answer after the deadline.
    const auto later = std::make_shared<Later>(
        door.deadline_s, Error(errors::k_not_durable,
                               {{"seconds", std::to_string(static_cast<int>(door.deadline_s))}}));
    door.hub->take({device.protocol, device.space, device.address, call.peer, sample_of(body),
                    received, std::move(readings)},
                   [later, answer = std::move(answer)](Result<void> stored) mutable {
                       if (stored)
                           later->set(std::move(answer));
                       else
                           later->set(std::unexpected(std::move(stored).error()));
                   });
    Reply reply;
    reply.headers = std::move(headers);
    reply.later = later;
    return reply;
}

RouteRow http_row(std::string path, Label summary,
                  std::function<Result<Reply>(const Call&)> handler, int success) {
    RouteRow row;
    row.method = Method::post;
    row.path = std::move(path);
    row.right = k_public;
    row.summary = std::move(summary);
    row.success = success;
    row.handler = [handler = std::move(handler)](const Call& call, const json::value&) {
        return handler(call);
    };
    row.body_bytes_max = k_http_body_bytes_max;
    return row;
}

}  // namespace anlan::sensing
