#include "core/ids.h"

#include "core/hash.h"
#include "core/random.h"
#include "core/time.h"

#include <algorithm>

namespace anlan {

namespace {

constexpr char k_hex[] = "0123456789abcdef";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

void stamp(Uuid& u, std::uint8_t version) {
    u.bytes[6] = static_cast<std::uint8_t>((u.bytes[6] & 0x0f) | (version << 4));
    u.bytes[8] = static_cast<std::uint8_t>((u.bytes[8] & 0x3f) | 0x80);
}

}  // namespace

std::string Uuid::text() const {
    std::string out;
    out.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += k_hex[bytes[i] >> 4];
        out += k_hex[bytes[i] & 0x0f];
    }
    return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid out;
    std::size_t at = 0;
    for (std::size_t i = 0; i < out.bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            if (text[at++] != '-') return std::nullopt;
        }
        const int high = hex_value(text[at]);
        const int low = hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out.bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
        at += 2;
    }
    return out;
}

Uuid Uuid::from_name(std::string_view name) {
    const Digest digest = sm3(name);
    Uuid out;
    std::copy_n(digest.begin(), out.bytes.size(), out.bytes.begin());
    stamp(out, 8);
    return out;
}

Uuid IdSource::next() {
    const std::lock_guard lock(m_mutex);
    const auto now_ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, m_clock.now().ms));
    if (now_ms > m_last_ms) {
        m_last_ms = now_ms;
        m_counter = static_cast<std::uint32_t>(m_random.next_u64()) & 0x3ff;
    } else if (++m_counter > 0xfff) {
        ++m_last_ms;
        m_counter = 0;
    }
    Uuid out;
    for (int i = 0; i < 6; ++i) {
        out.bytes[static_cast<std::size_t>(i)] =
            static_cast<std::uint8_t>(m_last_ms >> (8 * (5 - i)));
    }
    out.bytes[6] = static_cast<std::uint8_t>(m_counter >> 8);
    out.bytes[7] = static_cast<std::uint8_t>(m_counter);
    const std::uint64_t tail = m_random.next_u64();
    for (std::size_t i = 0; i < 8; ++i) {
        out.bytes[8 + i] = static_cast<std::uint8_t>(tail >> (8 * i));
    }
    stamp(out, 7);
    return out;
}

}  // namespace anlan
