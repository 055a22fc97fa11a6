#include "foundations/sensing/gateways/jt808/frame.h"

#include "foundations/sensing/gateways/jt808/errors.h"

#include <fmt/format.h>

#include <algorithm>

namespace anlan::sensing::jt808 {
namespace {

constexpr std::uint8_t k_flag = 0x7e, k_escape = 0x7d;
constexpr unsigned k_version_bit = 1U << 14, k_split_bit = 1U << 13, k_length_mask = 0x3ff;

std::uint16_t u16(Bytes bytes, std::size_t at) {
    return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::string hex_byte(std::uint8_t byte) {
    return fmt::format("{:02X}", byte);
}

/// BCD to digits without leading zeros; nothing where a half byte is no digit.
std::optional<std::string> digits_of(Bytes bcd) {
    std::string out;
    for (const std::uint8_t byte : bcd) {
        for (const int digit : {byte >> 4, byte & 15}) {
            if (digit > 9) return std::nullopt;
            if (digit != 0 || !out.empty()) out += static_cast<char>('0' + digit);
        }
    }
    return out.empty() ? "0" : out;
}

void put_u16(std::vector<std::uint8_t>& out, unsigned value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

std::uint8_t check_of(Bytes bytes) {
    std::uint8_t out = 0;
    for (const std::uint8_t byte : bytes) out ^= byte;
    return out;
}

std::uint64_t Frame::at(std::size_t index) const {
    // Each escape takes one byte more than it means.
    std::size_t plain = body_at + index;
    std::size_t i = 1;
    for (; plain > 0 && i + 1 < raw.size(); --plain) i += raw[i] == k_escape ? 2 : 1;
    return offset + i;
}

void FrameReader::push(Bytes bytes) {
    if (m_begin > 0) {
        m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(m_begin));
        m_buffer_at += m_begin;
        m_searched -= std::min(m_searched, m_begin);
        m_begin = 0;
    }
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
}

std::optional<Result<Frame>> FrameReader::next() {
    for (;;) {
        const auto size = m_buffer.size();
        if (!m_open) {
            if (m_begin == size) return std::nullopt;
            const auto from = m_buffer.begin() + static_cast<std::ptrdiff_t>(m_begin);
            const auto flag = std::find(from, m_buffer.end(), k_flag);
            const bool rubbish = flag != from && !m_lost;
            const auto at = m_buffer_at + m_begin;
            m_begin = static_cast<std::size_t>(flag - m_buffer.begin());
            m_open = flag != m_buffer.end();
            m_lost = m_lost ? !m_open : rubbish && !m_open;
            m_searched = m_begin + 1;
            if (rubbish) return fail(errors::k_jt808_rubbish, {{"byte", std::to_string(at)}});
            continue;
        }
        // Doubled flags, and the closing one of a message that is also the next one's opening.
        while (m_begin + 1 < size && m_buffer[m_begin + 1] == k_flag) ++m_begin;
        m_searched = std::max(m_searched, m_begin + 1);
        if (m_begin + 1 >= size) return std::nullopt;
        const auto from = m_buffer.begin() + static_cast<std::ptrdiff_t>(m_searched);
        const auto flag = std::find(from, m_buffer.end(), k_flag);
        m_searched = static_cast<std::size_t>(flag - m_buffer.begin());
        const auto at = m_buffer_at + m_begin;
        const std::size_t inside = m_searched - m_begin - 1;
        if (inside > k_escaped_bytes_max) {
            m_open = false;
            m_lost = true;
            // A flag that is already there begins anew.
            m_begin = m_searched;
            return fail(errors::k_jt808_too_long, {{"byte", std::to_string(at)},
                                                   {"max", std::to_string(k_escaped_bytes_max)}});
        }
        if (flag == m_buffer.end()) return std::nullopt;
        const Bytes raw = Bytes(m_buffer).subspan(m_begin, inside + 2);
        m_begin = m_searched;  // The flag stays: it may open the next.
        m_searched = m_begin + 1;
        return parse(raw, at);
    }
}

std::optional<Error> FrameReader::give_up() {
    if (!waiting()) return std::nullopt;
    m_begin = m_searched = m_buffer.size();
    m_open = false;
    m_lost = true;  // What still comes of it was reported with this.
    return Error(errors::k_jt808_cut, {{"byte", std::to_string(m_buffer_at + m_buffer.size())}});
}

Result<Frame> FrameReader::parse(Bytes raw, std::uint64_t at) {
    m_plain.clear();
    const auto byte = [&](std::size_t index) {
        return std::pair<std::string, std::string>{"byte", std::to_string(at + index)};
    };
    for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
        if (raw[i] != k_escape) {
            m_plain.push_back(raw[i]);
            continue;
        }
        ++i;
        if (i + 1 >= raw.size() || (raw[i] != 1 && raw[i] != 2))
            return fail(errors::k_jt808_escape, {byte(i), {"found", hex_byte(raw[i])}});
        m_plain.push_back(raw[i] == 1 ? k_escape : k_flag);
    }
    const Bytes plain(m_plain);
    Frame out;
    out.offset = at;
    out.raw = raw;
    if (plain.size() < 13) return fail(errors::k_jt808_header, {byte(raw.size() - 1)});
    const Bytes content = plain.first(plain.size() - 1);
    const std::uint8_t expected = check_of(content);
    if (plain.back() != expected)
        return fail(errors::k_jt808_check, {byte(raw.size() - 2),
                                            {"expected", hex_byte(expected)},
                                            {"found", hex_byte(plain.back())}});
    out.id = u16(plain, 0);
    out.properties = u16(plain, 2);
    const bool newer = (out.properties & k_version_bit) != 0;
    const bool split = (out.properties & k_split_bit) != 0;
    out.version = newer ? Version::v2019 : Version::v2013;
    const std::size_t phone_at = newer ? 5 : 4, phone_bytes = newer ? 10 : 6;
    out.body_at = phone_at + phone_bytes + 2 + (split ? 4 : 0);
    if (content.size() < out.body_at) return fail(errors::k_jt808_header, {byte(raw.size() - 1)});
    if (newer) out.protocol_version = plain[4];
    const auto phone = digits_of(plain.subspan(phone_at, phone_bytes));
    if (!phone) {
        out.body_at = phone_at;
        return fail(errors::k_jt808_header, {{"byte", std::to_string(out.at(0))}});
    }
    out.phone = *phone;
    out.sequence = u16(plain, phone_at + phone_bytes);
    if (split) {
        out.total = u16(plain, phone_at + phone_bytes + 2);
        out.number = u16(plain, phone_at + phone_bytes + 4);
    }
    out.body = content.subspan(out.body_at);
    const std::size_t length = out.properties & k_length_mask;
    if (length != out.body.size())
        return fail(errors::k_jt808_length, {byte(3),
                                             {"expected", std::to_string(length)},
                                             {"found", std::to_string(out.body.size())}});
    if (split && (out.number < 1 || out.number > out.total))
        return fail(errors::k_jt808_part, {{"byte", std::to_string(out.at(0) - 4)},
                                           {"number", std::to_string(out.number)},
                                           {"total", std::to_string(out.total)}});
    return out;
}

std::vector<std::uint8_t> encode(const Outgoing& head, Bytes body) {
    const std::size_t parts =
        std::max<std::size_t>(1, (body.size() + k_body_bytes_max - 1) / k_body_bytes_max);
    const bool newer = head.version == Version::v2019;
    const std::size_t digits = newer ? 20 : 12;
    std::string phone = head.phone.substr(0, digits);
    phone.insert(0, digits - phone.size(), '0');
    std::vector<std::uint8_t> out, plain;
    for (std::size_t part = 0; part < parts; ++part) {
        const Bytes piece =
            body.subspan(part * k_body_bytes_max,
                         std::min(k_body_bytes_max, body.size() - part * k_body_bytes_max));
        plain.clear();
        put_u16(plain, head.id);
        put_u16(plain, static_cast<unsigned>(piece.size()) | (newer ? k_version_bit : 0) |
                           (parts > 1 ? k_split_bit : 0));
        if (newer) plain.push_back(head.protocol_version);
        for (std::size_t i = 0; i < digits; i += 2)
            plain.push_back(
                static_cast<std::uint8_t>((phone[i] - '0') << 4 | (phone[i + 1] - '0')));
        put_u16(plain, static_cast<std::uint16_t>(head.sequence - (parts - 1 - part)));
        if (parts > 1) {
            put_u16(plain, static_cast<unsigned>(parts));
            put_u16(plain, static_cast<unsigned>(part + 1));
        }
        plain.insert(plain.end(), piece.begin(), piece.end());
        plain.push_back(check_of(plain));
        out.push_back(k_flag);
        for (const std::uint8_t byte : plain) {
            if (byte != k_flag && byte != k_escape) {
                out.push_back(byte);
                continue;
            }
            out.push_back(k_escape);
            out.push_back(byte == k_flag ? 2 : 1);
        }
        out.push_back(k_flag);
    }
    return out;
}

}  // namespace anlan::sensing::jt808
