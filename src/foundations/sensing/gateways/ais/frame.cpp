#include "foundations/sensing/gateways/ais/frame.h"

#include "foundations/sensing/gateways/ais/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace anlan::sensing::ais {
namespace {

constexpr std::int64_t k_year_2100_s = 4'102'444'800;

std::optional<unsigned> number_of(std::string_view text, int base = 10) {
    unsigned out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return out;
}

/// Seconds or, where the number is too large for that, milliseconds since 1970.
std::optional<Timestamp> unix_time(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size() || seconds < 0)
        return std::nullopt;
    if (seconds < k_year_2100_s) return Timestamp{seconds * 1000};
    if (seconds < k_year_2100_s * 1000) return Timestamp{seconds};
    return std::nullopt;
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

/// Calls `each` for every piece between commas.
template <class F>
void split(std::string_view text, F each) {
    for (;;) {
        const auto comma = text.find(',');
        each(text.substr(0, comma));
        if (comma == std::string_view::npos) return;
        text.remove_prefix(comma + 1);
    }
}

/// `s:station,c:time*hh`. Errors: false.
bool read_tag_block(std::string_view block, Sentence& out) {
    const auto star = block.rfind('*');
    if (star == std::string_view::npos || block.size() != star + 3) return false;
    if (number_of(block.substr(star + 1), 16) != checksum_of(block.substr(0, star))) return false;
    split(block.substr(0, star), [&](std::string_view field) {
        if (field.starts_with("s:") && is_plain(field)) out.station = field.substr(2);
        if (field.starts_with("c:")) out.heard = unix_time(field.substr(2));
    });
    return true;
}

/// `,d-109,S2105,r003669946,1325394060`: as the receivers of coast guards and satellites write it.
void read_suffix(std::string_view suffix, Sentence& out) {
    if (!suffix.starts_with(',')) return;
    bool timed = false;
    split(suffix.substr(1), [&](std::string_view field) {
        if ((field.starts_with('r') || field.starts_with('b')) && field.size() > 1 &&
            is_plain(field) && out.station.empty())
            out.station = field.substr(1);
        if (!timed && field.size() >= 9 && unix_time(field)) {
            timed = true;
            if (!out.heard) out.heard = unix_time(field);
        }
    });
}

}  // namespace

std::uint8_t checksum_of(std::string_view text) {
    std::uint8_t out = 0;
    for (const char c : text) out = static_cast<std::uint8_t>(out ^ static_cast<std::uint8_t>(c));
    return out;
}

void SentenceReader::push(Bytes bytes) {
    if (m_begin > 0) {
        m_buffer.erase(0, m_begin);
        m_buffer_at += m_begin;
        m_searched -= std::min(m_searched, m_begin);
        m_begin = 0;
    }
    m_buffer.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::optional<Result<Sentence>> SentenceReader::next() {
    for (;;) {
        const auto end = m_buffer.find_first_of("\r\n", std::max(m_begin, m_searched));
        if (end == std::string::npos) {
            m_searched = m_buffer.size();
            if (m_buffer.size() - m_begin <= k_line_bytes_max) {
                if (m_skipping) m_begin = m_buffer.size();
                return std::nullopt;
            }
            const auto at = m_buffer_at + m_begin;
            m_begin = m_buffer.size();
            if (m_skipping) return std::nullopt;
            m_skipping = true;
            return fail(errors::k_ais_too_long,
                        {{"byte", std::to_string(at)}, {"max", std::to_string(k_line_bytes_max)}});
        }
        const std::string_view line = std::string_view(m_buffer).substr(m_begin, end - m_begin);
        const auto at = m_buffer_at + m_begin;
        m_begin = m_searched = end + 1;
        const bool skipped = m_skipping;
        m_skipping = false;
        if (skipped) continue;
        if (line.size() > k_line_bytes_max)
            return fail(errors::k_ais_too_long,
                        {{"byte", std::to_string(at)}, {"max", std::to_string(k_line_bytes_max)}});
        if (auto out = parse(line, at)) return out;
    }
}

std::optional<Result<Sentence>> SentenceReader::finish() {
    const bool skipped = m_skipping;
    m_skipping = false;
    if (!waiting()) return std::nullopt;
    const std::string_view line = std::string_view(m_buffer).substr(m_begin);
    const auto at = m_buffer_at + m_begin;
    m_begin = m_searched = m_buffer.size();
    if (skipped) return std::nullopt;
    return parse(line, at);
}

std::optional<Result<Sentence>> SentenceReader::parse(std::string_view line,
                                                      std::uint64_t at) const {
    const auto wrong = [&](const ErrorRow& row, std::size_t index, ErrorParameters more = {}) {
        more.emplace_back("byte", std::to_string(at + index));
        return Result<Sentence>(fail(row, std::move(more)));
    };
    if (line.empty() || line.front() == '#' || line.front() == '$') return std::nullopt;
    Sentence out;
    std::size_t begin = 0;
    if (line.front() == '\\') {
        const auto close = line.find('\\', 1);
        if (close == std::string_view::npos || !read_tag_block(line.substr(1, close - 1), out))
            return wrong(errors::k_ais_tag_block, 0);
        begin = close + 1;
        if (begin < line.size() && line[begin] == '$') return std::nullopt;
    }
    const auto mark = line.find('!', begin);
    if (mark == std::string_view::npos) return wrong(errors::k_ais_rubbish, begin);
    const auto star = line.find('*', mark);
    const auto found =
        star == std::string_view::npos ? std::nullopt : number_of(line.substr(star + 1, 2), 16);
    if (!found || line.size() < star + 3) return wrong(errors::k_ais_cut, line.size());
    const std::string_view text = line.substr(mark + 1, star - mark - 1);
    const auto expected = checksum_of(text);
    if (*found != expected)
        return wrong(errors::k_ais_checksum, star + 1,
                     {{"expected", fmt::format("{:02X}", expected)},
                      {"found", fmt::format("{:02X}", *found)}});
    std::string_view fields[7];
    std::size_t count = 0;
    bool surplus = false;
    split(text, [&](std::string_view field) {
        if (count < 7)
            fields[count++] = field;
        else
            surplus = true;
    });
    const auto index_of = [&](std::size_t i) {
        return static_cast<std::size_t>(fields[std::min(i, count - 1)].data() - line.data());
    };
    const auto field_wrong = [&](std::size_t i) {
        return wrong(errors::k_ais_field, index_of(i), {{"field", std::to_string(i + 1)}});
    };
    const bool vdm = fields[0].size() == 5 && fields[0].ends_with("VDM");
    out.own = fields[0].size() == 5 && fields[0].ends_with("VDO");
    if (!vdm && !out.own) return std::nullopt;  // ABK, VSI and other sentences of the same mark
    if (count < 7 || surplus) return field_wrong(std::min<std::size_t>(count, 6));
    const auto total = number_of(fields[1]), number = number_of(fields[2]);
    if (!total || *total < 1 || *total > k_parts_max) return field_wrong(1);
    if (!number || *number < 1 || *number > *total) return field_wrong(2);
    if (fields[3].size() > 1 || !is_plain(fields[3])) return field_wrong(3);
    if (fields[4].size() > 1 || !is_plain(fields[4])) return field_wrong(4);
    const auto fill = number_of(fields[6]);
    if (!fill || *fill > 5) return field_wrong(6);
    out.offset = at + mark;
    out.payload_at = at + index_of(5);
    out.raw = line.substr(mark, star + 3 - mark);
    out.talker = fields[0].substr(0, 2);
    out.total = *total;
    out.number = *number;
    out.sequence = fields[3];
    out.channel = fields[4];
    out.payload = fields[5];
    out.fill = *fill;
    read_suffix(line.substr(star + 3), out);
    return Result<Sentence>(out);
}

}  // namespace anlan::sensing::ais
