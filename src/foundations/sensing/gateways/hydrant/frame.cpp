#include "foundations/sensing/gateways/hydrant/frame.h"

#include "foundations/sensing/gateways/hydrant/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace anlan::sensing::hydrant {
namespace {

constexpr std::uint8_t k_start[2] = {0xA5, 0x5A}, k_end[2] = {0x55, 0xAA};
constexpr std::size_t k_length_at = 3, k_number_at = 5, k_number_bytes = 12, k_count_at = 21;

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

std::uint16_t u16(Bytes b, std::size_t at) {
    return static_cast<std::uint16_t>(b[at] << 8 | b[at + 1]);
}
std::int16_t i16(Bytes b, std::size_t at) {
    return static_cast<std::int16_t>(u16(b, at));
}

bool is_plain(Bytes number) {
    return std::ranges::all_of(number, [](std::uint8_t c) { return c > ' ' && c < 0x7F; });
}

Bytes number_in(Bytes frame) {
    Bytes number = frame.subspan(k_number_at, k_number_bytes);
    while (!number.empty() && (number.back() == 0 || number.back() == ' '))
        number = number.first(number.size() - 1);
    return number;
}

Frame frame_of(Bytes raw, std::uint64_t offset) {
    Frame out;
    out.offset = offset;
    out.raw = raw;
    out.command = raw[2];
    const Bytes number = number_in(raw);
    out.number = {reinterpret_cast<const char*>(number.data()), number.size()};
    out.supply = raw[17];
    out.rssi_dbm = static_cast<std::int8_t>(raw[18]);
    out.interval_s = u16(raw, 19);
    out.count = u16(raw, k_count_at);
    out.kind = raw[23];
    out.alarms = raw[24];
    out.low = i16(raw, 25);
    out.high = i16(raw, 27);
    out.now = i16(raw, 29);
    const std::uint32_t seconds = static_cast<std::uint32_t>(u16(raw, 31)) << 16U | u16(raw, 33);
    out.time = {static_cast<std::int64_t>(seconds) * 1000};
    out.records = raw.subspan(k_head_bytes, std::size_t{2} * out.count);
    return out;
}

void put16(std::vector<std::uint8_t>& out, unsigned value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8U));
    out.push_back(static_cast<std::uint8_t>(value));
}

}  // namespace

std::uint16_t crc_of(Bytes bytes) {
    unsigned r = 0xFFFF;
    for (const std::uint8_t byte : bytes) r = r >> 8U ^ k_shifts[(r ^ byte) & 0xFFU];
    return static_cast<std::uint16_t>(r);
}

void FrameReader::push(Bytes bytes) {
    m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(m_begin));
    m_buffer_at += m_begin;
    m_begin = 0;
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
}

std::optional<Error> FrameReader::skip_to_start() {
    const std::size_t from = m_begin;
    const auto begin = m_buffer.begin() + static_cast<std::ptrdiff_t>(m_begin);
    auto found = std::search(begin, m_buffer.end(), std::begin(k_start), std::end(k_start));
    // A last A5 may be half of the mark.
    if (found == m_buffer.end() && found != begin && *(found - 1) == k_start[0]) --found;
    m_begin = static_cast<std::size_t>(found - m_buffer.begin());
    if (m_begin == from || std::exchange(m_lost, true)) return std::nullopt;
    return Error(errors::k_hydrant_rubbish, {{"byte", at(from)}});
}

/// What is wrong with the frame that begins here; `whole` is 0 while more bytes are needed.
std::optional<Error> FrameReader::judge(Bytes rest, std::size_t& whole) const {
    whole = 0;
    if (rest.size() < k_count_at + 2) return std::nullopt;
    const std::size_t length = u16(rest, k_length_at), count = u16(rest, k_count_at);
    if (count > k_records_max || length != k_around_bytes + 2 * count) {
        return Error(errors::k_hydrant_length, {{"byte", at(m_begin + k_length_at)},
                                                {"length", std::to_string(length)},
                                                {"count", std::to_string(count)}});
    }
    if (rest.size() < length) return std::nullopt;
    whole = length;
    if (rest[length - 2] != k_end[0] || rest[length - 1] != k_end[1])
        return Error(errors::k_hydrant_end, {{"byte", at(m_begin + length - 2)}});
    const std::uint16_t expected = crc_of(rest.first(length - 4)), found = u16(rest, length - 4);
    if (expected != found) {
        return Error(errors::k_hydrant_check, {{"byte", at(m_begin + length - 4)},
                                               {"expected", fmt::format("{:04X}", expected)},
                                               {"found", fmt::format("{:04X}", found)}});
    }
    if (const Bytes number = number_in(rest); number.empty() || !is_plain(number))
        return Error(errors::k_hydrant_identity, {{"byte", at(m_begin + k_number_at)}});
    return std::nullopt;
}

std::optional<Result<Frame>> FrameReader::next() {
    for (;;) {
        if (auto rubbish = skip_to_start()) return std::unexpected(std::move(*rubbish));
        const Bytes rest = Bytes(m_buffer).subspan(m_begin);
        std::size_t whole = 0;
        auto wrong = judge(rest, whole);
        if (wrong) {
            // The mark may have been chance, or the frame cut short: the next may begin within.
            ++m_begin;
            if (std::exchange(m_lost, true)) continue;
            return std::unexpected(std::move(*wrong));
        }
        if (whole == 0) return std::nullopt;
        const Frame out = frame_of(rest.first(whole), m_buffer_at + m_begin);
        m_begin += whole;
        m_lost = false;
        return out;
    }
}

std::optional<Error> FrameReader::give_up() {
    if (!waiting()) return std::nullopt;
    Error error(errors::k_hydrant_cut, {{"byte", at(m_buffer.size())}});
    ++m_begin;
    m_lost = true;
    return error;
}

std::vector<std::uint8_t> pack(const Frame& frame, std::span<const std::int16_t> records) {
    ASSERT(records.size() <= k_records_max);
    std::vector<std::uint8_t> out{k_start[0], k_start[1], frame.command};
    put16(out, static_cast<unsigned>(k_around_bytes + 2 * records.size()));
    std::string number(frame.number.substr(0, k_number_bytes));
    number.resize(k_number_bytes, '\0');
    out.insert(out.end(), number.begin(), number.end());
    out.push_back(frame.supply);
    out.push_back(static_cast<std::uint8_t>(frame.rssi_dbm));
    put16(out, frame.interval_s);
    put16(out, static_cast<unsigned>(records.size()));
    out.push_back(frame.kind);
    out.push_back(frame.alarms);
    for (const std::int16_t each : {frame.low, frame.high, frame.now})
        put16(out, static_cast<std::uint16_t>(each));
    const auto seconds = static_cast<std::uint32_t>(frame.time.ms / 1000);
    put16(out, seconds >> 16U);
    put16(out, seconds & 0xFFFFU);
    for (const std::int16_t each : records) put16(out, static_cast<std::uint16_t>(each));
    put16(out, crc_of(out));
    out.insert(out.end(), std::begin(k_end), std::end(k_end));
    return out;
}

}  // namespace anlan::sensing::hydrant
