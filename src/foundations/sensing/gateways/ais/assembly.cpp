#include "foundations/sensing/gateways/ais/assembly.h"

#include "foundations/sensing/gateways/ais/errors.h"

#include <algorithm>

namespace anlan::sensing::ais {
namespace {

constexpr std::uint8_t k_none = 0xff;

/// Character to six bits; ITU-R M.1371 by way of IEC 61162-1: 0…W and `…w.
constexpr std::array<std::uint8_t, 256> k_armour = [] {
    std::array<std::uint8_t, 256> out{};
    out.fill(k_none);
    for (unsigned v = 0; v < 64; ++v) out[v < 40 ? v + 48 : v + 56] = static_cast<std::uint8_t>(v);
    return out;
}();

Error armour_error(std::uint64_t at) {
    return {errors::k_ais_armour, {{"byte", std::to_string(at)}}};
}

bool alike(std::string_view a, std::string_view b) {
    return a.empty() || b.empty() || a == b;
}

}  // namespace

std::optional<std::size_t> Bits::add(std::string_view payload, unsigned fill) {
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const std::uint8_t six = k_armour[static_cast<std::uint8_t>(payload[i])];
        if (six == k_none) return i;
        m_pending = m_pending << 6 | six;
        m_pending_bits += 6;
        m_bits += 6;
        if (m_pending_bits >= 8 && m_bytes < k_bytes) {
            m_pending_bits -= 8;
            m_data[m_bytes++] = static_cast<std::uint8_t>(m_pending >> m_pending_bits);
        }
    }
    const std::uint32_t padding = std::min<std::uint32_t>(fill, static_cast<std::uint32_t>(m_bits));
    m_bits -= padding;
    // Fill bits end every sentence's own share, as a rule only the last one's.
    if (padding > m_pending_bits) {
        m_pending = static_cast<std::uint32_t>(m_data[--m_bytes]) << m_pending_bits |
                    (m_pending & ((1U << m_pending_bits) - 1));
        m_pending_bits += 8;
    }
    m_pending >>= padding;
    m_pending_bits -= padding;
    // What has not filled a byte yet stands there all the same, for reading.
    m_data[m_bytes] = static_cast<std::uint8_t>(m_pending << (8 - m_pending_bits));
    for (std::size_t i = 1; i <= 5; ++i) m_data[m_bytes + i] = 0;
    return std::nullopt;
}

std::uint32_t Bits::at(std::size_t start, std::size_t count) const {
    if (start >= m_bits || count == 0) return 0;
    const std::size_t first = start / 8;
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 5; ++i) word = word << 8 | m_data[first + i];
    return static_cast<std::uint32_t>(word << (24 + start % 8) >> (64 - count));
}

std::int32_t Bits::signed_at(std::size_t start, std::size_t count) const {
    const std::uint32_t raw = at(start, count);
    const std::uint32_t sign = 1U << (count - 1);
    return static_cast<std::int32_t>((raw ^ sign) - sign);
}

std::string Bits::text_at(std::size_t start, std::size_t count) const {
    std::string out;
    for (std::size_t i = 0; i + 6 <= count && start + i + 6 <= m_bits; i += 6) {
        const auto six = at(start + i, 6);
        if (six == 0) break;
        out += static_cast<char>(six < 32 ? six + 64 : six);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

Error Assembly::incomplete(const Open& open) {
    unsigned missing = 0;
    while (missing < open.total && open.parts[missing].there) ++missing;
    return {errors::k_ais_incomplete,
            {{"byte", std::to_string(open.offset)},
             {"total", std::to_string(open.total)},
             {"missing", std::to_string(missing + 1)}}};
}

Result<bool> Assembly::join(const Open& open, Whole& out) {
    out.offset = open.offset;
    out.channel = open.channel;
    out.station = open.station;
    out.own = open.own;
    out.heard = open.heard;
    out.raw.clear();
    out.bits.clear();
    for (unsigned i = 0; i < open.total; ++i) {
        const Part& part = open.parts[i];
        if (const auto wrong = out.bits.add(part.payload, part.fill))
            return std::unexpected(armour_error(part.payload_at + *wrong));
        if (i > 0) out.raw += ' ';
        out.raw += part.raw;
        out.end = part.payload_at + part.payload.size();
    }
    return true;
}

Result<bool> Assembly::add(const Sentence& s, Timestamp now, Whole& out) {
    ++m_sentences;
    if (s.total == 1) {
        out.offset = s.offset;
        out.end = s.payload_at + s.payload.size();
        out.raw = s.raw;
        out.channel = s.channel;
        out.station = s.station;
        out.own = s.own;
        out.heard = s.heard;
        out.bits.clear();
        if (const auto wrong = out.bits.add(s.payload, s.fill))
            return std::unexpected(armour_error(s.payload_at + *wrong));
        return true;
    }
    std::optional<Error> lost = give_up(now);
    auto at = std::ranges::find_if(m_open, [&](const Open& o) {
        return o.total == s.total && o.sequence == s.sequence && o.own == s.own &&
               alike(o.channel, s.channel) && alike(o.station, s.station);
    });
    if (at != m_open.end() && at->parts[s.number - 1].there) {
        // A repeat of the same sentence, or the next message under the same number.
        if (at->parts[s.number - 1].payload == s.payload) return false;
        lost = incomplete(*at);
        m_open.erase(at);
        at = m_open.end();
    }
    if (at == m_open.end()) {
        if (m_open.size() == k_open_max) {
            lost = incomplete(m_open.front());
            m_open.pop_front();
        }
        Open open;
        open.sequence = s.sequence;
        open.own = s.own;
        open.total = s.total;
        open.offset = s.offset;
        open.sentence = m_sentences;
        open.since = now;
        m_open.push_back(std::move(open));
        at = m_open.end() - 1;
    }
    if (at->channel.empty()) at->channel = s.channel;
    if (at->station.empty()) at->station = s.station;
    if (!at->heard) at->heard = s.heard;
    at->parts[s.number - 1] = {true, std::string(s.raw), std::string(s.payload), s.fill,
                               s.payload_at};
    if (++at->count == at->total) {
        Result<bool> whole = join(*at, out);
        m_open.erase(at);
        return whole;
    }
    if (lost) return std::unexpected(std::move(*lost));
    return false;
}

std::optional<Error> Assembly::give_up(Timestamp now) {
    for (auto at = m_open.begin(); at != m_open.end(); ++at) {
        if (now - at->since < k_wait_ms && m_sentences - at->sentence < k_sentences_max) continue;
        Error out = incomplete(*at);
        m_open.erase(at);
        return out;
    }
    return std::nullopt;
}

std::optional<Error> Assembly::give_up_any() {
    if (m_open.empty()) return std::nullopt;
    Error out = incomplete(m_open.front());
    m_open.pop_front();
    return out;
}

}  // namespace anlan::sensing::ais
