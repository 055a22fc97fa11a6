#include "foundations/sensing/gateways/gb26875/frame.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"

#include <algorithm>
#include <cstring>

namespace anlan::sensing::gb26875 {
namespace {

constexpr std::uint8_t k_start = 0x40;
constexpr std::uint8_t k_end = 0x23;
constexpr std::size_t k_length_at = 24;

std::uint16_t word_at(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] | (bytes[at + 1] << 8));
}

std::string hex_of(Bytes bytes) {
    return hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

Frame frame_of(Bytes raw, std::uint64_t offset) {
    Frame frame;
    frame.offset = offset;
    frame.sequence = word_at(raw, 2);
    frame.version_main = raw[4];
    frame.version_user = raw[5];
    std::copy_n(raw.begin() + 6, 6, frame.time.bytes.begin());
    std::copy_n(raw.begin() + 12, 6, frame.source.bytes.begin());
    std::copy_n(raw.begin() + 18, 6, frame.destination.bytes.begin());
    frame.command = static_cast<Command>(raw[26]);
    frame.unit = raw.subspan(k_header_bytes, raw.size() - k_around_bytes);
    frame.raw = raw;
    return frame;
}

}  // namespace

std::string Address::text() const {
    std::array<char, 6> reversed{};
    std::reverse_copy(bytes.begin(), bytes.end(), reversed.begin());
    return hex(std::string_view(reversed.data(), reversed.size()));
}

std::optional<Address> Address::parse(std::string_view text) {
    if (text.size() != 12) return std::nullopt;
    const auto digits = unhex(text);
    if (!digits) return std::nullopt;
    Address out;
    std::reverse_copy(digits->begin(), digits->end(), out.bytes.begin());
    return out;
}

std::optional<Timestamp> WireTime::instant() const {
    return from_civil({2000 + bytes[5], bytes[4], bytes[3], bytes[2], bytes[1], bytes[0], 0, 0},
                      k_beijing_offset_ms);
}

WireTime WireTime::of(Timestamp t) {
    const CivilTime c = civil(t, k_beijing_offset_ms);
    const auto byte = [](int v) { return static_cast<std::uint8_t>(std::clamp(v, 0, 255)); };
    return {{byte(c.second), byte(c.minute), byte(c.hour), byte(c.day), byte(c.month),
             byte(c.year - 2000)}};
}

std::uint8_t sum_of(Bytes bytes) {
    unsigned sum = 0;
    for (const std::uint8_t b : bytes) sum += b;
    return static_cast<std::uint8_t>(sum);
}

void FrameReader::push(Bytes bytes) {
    if (m_begin > 0) {
        m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(m_begin));
        m_buffer_at += m_begin;
        m_begin = 0;
    }
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
}

std::optional<Error> FrameReader::skip_to_start() {
    const std::size_t from = m_begin;
    while (m_begin < m_buffer.size()) {
        const void* found = std::memchr(&m_buffer[m_begin], k_start, m_buffer.size() - m_begin);
        if (found == nullptr) {
            m_begin = m_buffer.size();
            break;
        }
        m_begin =
            static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - m_buffer.data());
        if (m_begin + 1 == m_buffer.size() || m_buffer[m_begin + 1] == k_start) break;
        ++m_begin;
    }
    if (m_begin == from || m_lost) return std::nullopt;
    m_lost = true;
    return Error(errors::k_gb26875_rubbish, {{"byte", at(from)}});
}

Result<std::size_t> FrameReader::measure(Bytes rest) const {
    const std::size_t length = word_at(rest, k_length_at);
    if (length > k_unit_bytes_max) {
        return fail(errors::k_gb26875_too_long, {{"byte", at(m_begin + k_length_at)},
                                                 {"length", std::to_string(length)},
                                                 {"max", std::to_string(k_unit_bytes_max)}});
    }
    return k_around_bytes + length;
}

std::optional<Result<Frame>> FrameReader::next() {
    for (;;) {
        if (auto rubbish = skip_to_start()) return std::unexpected(std::move(*rubbish));
        const Bytes rest = Bytes(m_buffer).subspan(m_begin);
        if (rest.size() < k_length_at + 2) return std::nullopt;
        auto size = measure(rest);
        if (size && rest.size() < *size) return std::nullopt;
        const std::size_t begin = m_begin;
        if (size && (rest[*size - 2] != k_end || rest[*size - 1] != k_end)) {
            size = fail(
                errors::k_gb26875_wrong_end,
                {{"byte", at(begin + *size - 2)}, {"found", hex_of(rest.subspan(*size - 2, 2))}});
        }
        if (!size) {
            // The start mark may have been chance, or the frame cut short: the next may begin
            // within.
            ++m_begin;
            if (std::exchange(m_lost, true)) continue;
            return std::unexpected(std::move(size).error());
        }
        // Both marks stand where the length says: these are a frame's bounds, whatever its sum.
        m_begin += *size;
        m_lost = false;
        const std::uint8_t expected = sum_of(rest.subspan(2, *size - 5));
        const std::uint8_t found = rest[*size - 3];
        if (expected != found) {
            return fail(errors::k_gb26875_wrong_sum, {{"byte", at(begin + *size - 3)},
                                                      {"expected", hex_of({&expected, 1})},
                                                      {"found", hex_of({&found, 1})}});
        }
        return frame_of(rest.first(*size), m_buffer_at + begin);
    }
}

std::optional<Error> FrameReader::give_up() {
    if (!waiting()) return std::nullopt;
    const Bytes rest = Bytes(m_buffer).subspan(m_begin);
    std::size_t wanted = k_around_bytes;
    if (rest.size() >= k_length_at + 2) wanted += word_at(rest, k_length_at);
    Error error(errors::k_gb26875_cut,
                {{"byte", at(m_buffer.size())},
                 {"missing", std::to_string(wanted - std::min(wanted, rest.size()))}});
    ++m_begin;
    m_lost = true;
    return error;
}

}  // namespace anlan::sensing::gb26875
