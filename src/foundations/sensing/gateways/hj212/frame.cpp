#include "foundations/sensing/gateways/hj212/frame.h"

#include "foundations/sensing/gateways/hj212/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace anlan::sensing::hj212 {
namespace {

constexpr std::size_t k_head_bytes = 6;  // ## and the length
constexpr std::size_t k_tail_bytes = 6;  // CRC, CR, LF
constexpr std::array<std::string_view, 3> k_checksums{"annex_a", "modbus", "none"};

/// The tables fold eight steps of one bit into one of a byte. In Annex A the byte is taken in
/// before the register is shifted by a byte, in Modbus after.
constexpr std::array<std::uint16_t, 256> table_of_shifts() {
    std::array<std::uint16_t, 256> out{};
    for (unsigned i = 0; i < out.size(); ++i) {
        unsigned r = i;
        for (int bit = 0; bit < 8; ++bit) r = (r & 1U) != 0 ? r >> 1U ^ 0xA001U : r >> 1U;
        out[i] = static_cast<std::uint16_t>(r);
    }
    return out;
}
constexpr auto k_shifts = table_of_shifts();

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

template <class T>
std::optional<T> number_of(std::string_view text, int base) {
    T out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return out;
}

void take_field(Packet& packet, std::string_view name, std::string_view value) {
    if (name == "QN")
        packet.qn = value;
    else if (name == "ST")
        packet.st = value;
    else if (name == "CN")
        packet.cn = value;
    else if (name == "PW")
        packet.pw = value;
    else if (name == "MN")
        packet.mn = value;
    else if (name == "Flag")
        packet.flag = number_of<unsigned>(value, 10);
    else if (name == "PNUM")
        packet.pnum = number_of<unsigned>(value, 10);
    else if (name == "PNO")
        packet.pno = number_of<unsigned>(value, 10);
}

/// The fields in front of CP may come in any order, and some devices leave some out.
void read_segment(Packet& packet) {
    std::string_view rest = packet.segment;
    while (!rest.empty()) {
        if (rest.starts_with("CP=&&")) {
            rest.remove_prefix(5);
            packet.cp = rest.substr(0, rest.rfind("&&"));
            return;
        }
        const std::string_view field = rest.substr(0, rest.find(';'));
        const auto equals = field.find('=');
        if (equals != std::string_view::npos)
            take_field(packet, field.substr(0, equals), field.substr(equals + 1));
        rest.remove_prefix(std::min(rest.size(), field.size() + 1));
    }
}

}  // namespace

std::string_view name_of(Checksum checksum) {
    return k_checksums[static_cast<std::size_t>(checksum)];
}

std::optional<Checksum> checksum_named(std::string_view name) {
    const auto at = std::ranges::find(k_checksums, name);
    if (at == k_checksums.end()) return std::nullopt;
    return static_cast<Checksum>(at - k_checksums.begin());
}

std::uint16_t checksum_of(std::string_view segment, Checksum checksum) {
    if (checksum == Checksum::none) return 0;
    unsigned r = 0xFFFF;
    for (const char c : segment) {
        const unsigned byte = static_cast<unsigned char>(c);
        if (checksum == Checksum::annex_a) {
            // r = (r >> 8) ^ byte, then eight shifts: the high byte moves down unchanged.
            r = r >> 8U ^ byte;
            r = r >> 8U ^ k_shifts[r & 0xFFU];
        } else {
            r = r >> 8U ^ k_shifts[(r ^ byte) & 0xFFU];
        }
    }
    return static_cast<std::uint16_t>(r);
}

std::optional<Timestamp> instant_of(std::string_view digits) {
    if ((digits.size() != 14 && digits.size() != 17) || !all_digits(digits)) return std::nullopt;
    const auto part = [&](std::size_t at, std::size_t count) {
        return *number_of<int>(digits.substr(at, count), 10);
    };
    return from_civil({part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2),
                       digits.size() == 17 ? part(14, 3) : 0, 0},
                      k_beijing_offset_ms);
}

std::string qn_of(Timestamp t) {
    const CivilTime c = civil(t, k_beijing_offset_ms);
    return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}{:03}", c.year, c.month, c.day, c.hour,
                       c.minute, c.second, c.millisecond);
}

void PacketReader::push(Bytes bytes) {
    m_buffer.erase(0, m_begin);
    m_buffer_at += m_begin;
    m_begin = 0;
    m_buffer.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::optional<Error> PacketReader::skip_to_start() {
    // Line ends between packets are nobody's fault; rubbish begins behind them, however it is cut.
    while (m_begin < m_buffer.size() && (m_buffer[m_begin] == '\r' || m_buffer[m_begin] == '\n'))
        ++m_begin;
    const std::size_t from = m_begin;
    std::size_t found = m_buffer.find("##", m_begin);
    // A last # may be the first of two.
    if (found == std::string::npos)
        found = m_buffer.ends_with('#') && m_buffer.size() > m_begin ? m_buffer.size() - 1
                                                                     : m_buffer.size();
    m_begin = found;
    if (m_begin == from || m_lost) return std::nullopt;
    m_lost = true;
    return Error(errors::k_hj212_rubbish, {{"byte", at(from)}});
}

std::optional<Result<Packet>> PacketReader::next() {
    for (;;) {
        if (auto rubbish = skip_to_start()) return std::unexpected(std::move(*rubbish));
        const std::string_view rest = std::string_view(m_buffer).substr(m_begin);
        if (rest.size() < k_head_bytes) return std::nullopt;
        const auto digits = rest.substr(2, 4);
        const std::size_t begin = m_begin;
        std::optional<Error> wrong;
        std::size_t whole = 0;
        if (!all_digits(digits)) {
            wrong = Error(errors::k_hj212_length, {{"byte", at(begin + 2)}});
        } else {
            whole = k_around_bytes + *number_of<std::size_t>(digits, 10);
            if (rest.size() < whole) return std::nullopt;
            const auto tail = rest.substr(whole - k_tail_bytes, k_tail_bytes);
            if (!tail.ends_with("\r\n"))
                wrong = Error(errors::k_hj212_end, {{"byte", at(begin + whole - 2)}});
            else if (!number_of<std::uint16_t>(tail.substr(0, 4), 16))
                wrong = Error(errors::k_hj212_check_digits,
                              {{"byte", at(begin + whole - k_tail_bytes)}});
        }
        if (wrong) {
            // The mark may have been chance, or the packet cut short: the next may begin within.
            ++m_begin;
            if (std::exchange(m_lost, true)) continue;
            return std::unexpected(std::move(*wrong));
        }
        m_begin += whole;
        m_lost = false;
        Packet packet;
        packet.offset = m_buffer_at + begin;
        packet.raw = rest.substr(0, whole);
        packet.segment = rest.substr(k_head_bytes, whole - k_around_bytes);
        packet.check = *number_of<std::uint16_t>(rest.substr(whole - k_tail_bytes, 4), 16);
        read_segment(packet);
        return packet;
    }
}

std::optional<Error> PacketReader::give_up() {
    if (!waiting()) return std::nullopt;
    Error error(errors::k_hj212_cut, {{"byte", at(m_buffer.size())}});
    ++m_begin;
    m_lost = true;
    return error;
}

Error check_error(const Packet& packet, Checksum checksum) {
    return Error(errors::k_hj212_check,
                 {{"byte", std::to_string(packet.offset + packet.raw.size() - k_tail_bytes)},
                  {"expected", fmt::format("{:04X}", checksum_of(packet.segment, checksum))},
                  {"found", fmt::format("{:04X}", packet.check)}});
}

std::string pack(std::string_view segment, Checksum checksum) {
    return fmt::format("##{:04}{}{:04X}\r\n", segment.size(), segment,
                       checksum_of(segment, checksum));
}

}  // namespace anlan::sensing::hj212
