#include "foundations/sensing/gateways/ais/decoder.h"

#include "foundations/sensing/gateways/ais/errors.h"
#include "foundations/sensing/gateways/ais/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::sensing::ais {
namespace {

constexpr double k_metres_per_second_per_knot = 1852.0 / 3600.0;
constexpr std::int64_t k_clock_grace_ms = 5'000;
constexpr double k_turn_root = 4.733;

/// Where the numbers of a message stand; 0 bits: it has none.
struct Place {
    std::uint16_t start = 0, bits = 0;
};
struct Layout {
    unsigned type;
    Place speed, longitude, latitude, course, heading, second;
    double speed_knots = 0.1, course_deg = 0.1;
    std::int32_t per_degree = 600'000;
};
constexpr Layout k_layouts[] = {
    {1, {50, 10}, {61, 28}, {89, 27}, {116, 12}, {128, 9}, {137, 6}},
    {4, {}, {79, 28}, {107, 27}, {}, {}, {72, 6}},
    {9, {50, 10}, {61, 28}, {89, 27}, {116, 12}, {}, {128, 6}, 1},
    {18, {46, 10}, {57, 28}, {85, 27}, {112, 12}, {124, 9}, {133, 6}},
    {21, {}, {164, 28}, {192, 27}, {}, {}, {253, 6}},
    {27, {79, 6}, {44, 18}, {62, 17}, {85, 9}, {}, {}, 1, 1, 600},
};

const Layout* layout_of(unsigned type) {
    switch (type) {
        case 1:
        case 2:
        case 3:
            return &k_layouts[0];
        case 4:
        case 11:
            return &k_layouts[1];
        case 9:
            return &k_layouts[2];
        case 18:
        case 19:
            return &k_layouts[3];
        case 21:
            return &k_layouts[4];
        case 27:
            return &k_layouts[5];
        default:
            return nullptr;
    }
}

std::uint32_t at(const Message& m, Place place) {
    return m.whole->bits.at(place.start, place.bits);
}

/// The second is there and says more than "not available".
std::optional<std::uint32_t> second_of(const Message& m) {
    const Layout* layout = layout_of(m.type);
    if (layout == nullptr || layout->second.bits == 0) return std::nullopt;
    return at(m, layout->second);
}

bigdata::Quality position_quality(std::uint32_t second) {
    if (second == 63) return bigdata::Quality::bad;
    return second == 61 || second == 62 ? bigdata::Quality::uncertain : bigdata::Quality::good;
}

class Writer {
  public:
    Writer(std::vector<Reading>& out, Timestamp at) : m_out(out), m_at(at) {}
    void add(std::string_view channel, double value,
             bigdata::Quality quality = bigdata::Quality::good) {
        m_out.push_back({std::string(channel), value, m_at, quality});
    }

  private:
    std::vector<Reading>& m_out;
    Timestamp m_at;
};

void add_position(const Message& m, const Layout& l, Writer& writer) {
    const auto second = second_of(m).value_or(0);
    const auto longitude = m.whole->bits.signed_at(l.longitude.start, l.longitude.bits);
    const auto latitude = m.whole->bits.signed_at(l.latitude.start, l.latitude.bits);
    if (std::abs(longitude) > 180 * l.per_degree || std::abs(latitude) > 90 * l.per_degree) return;
    const auto quality = position_quality(second);
    writer.add("longitude", static_cast<double>(longitude) / l.per_degree, quality);
    writer.add("latitude", static_cast<double>(latitude) / l.per_degree, quality);
}

void add_motion(const Message& m, const Layout& l, Writer& writer) {
    if (l.speed.bits > 0) {
        const auto raw = at(m, l.speed);
        if (raw != (1U << l.speed.bits) - 1)
            writer.add("speed", raw * l.speed_knots * k_metres_per_second_per_knot);
    }
    if (l.course.bits > 0) {
        const double deg = at(m, l.course) * l.course_deg;
        if (deg < 360) writer.add("course", deg);
    }
    if (l.heading.bits > 0) {
        const auto raw = at(m, l.heading);
        if (raw < 360) writer.add("heading", raw);
    }
}

/// Degrees a minute, to starboard positive. ±127 only say "faster than 5° in 30 s": no number.
std::optional<double> turn_of(std::int32_t raw) {
    if (raw <= -127 || raw == 127) return std::nullopt;
    const double root = raw / k_turn_root;
    return std::copysign(root * root, root);
}

}  // namespace

Result<Message> decode(const Whole& whole) {
    Message out;
    out.whole = &whole;
    out.type = whole.bits.at(0, 6);
    out.repeat = whole.bits.at(6, 2);
    out.mmsi = whole.bits.at(8, 30);
    const MessageRow* row = message_row(out.type);
    if (row == nullptr)
        return fail(errors::k_ais_unknown_type,
                    {{"byte", std::to_string(whole.offset)}, {"type", std::to_string(out.type)}});
    if (whole.bits.size() < row->bits_min)
        return fail(errors::k_ais_short, {{"byte", std::to_string(whole.end)},
                                          {"type", std::to_string(out.type)},
                                          {"expected", std::to_string(row->bits_min)},
                                          {"found", std::to_string(whole.bits.size())}});
    if (out.type == 24) out.part = whole.bits.at(38, 2);
    return out;
}

std::string address_of(std::uint32_t mmsi) {
    return fmt::format("{:09}", mmsi);
}

Timestamp instant_of(const Message& message, Timestamp heard) {
    const auto second = second_of(message);
    if (!second || *second > 59) return heard;
    constexpr std::int64_t k_minute_ms = 60'000;
    const std::int64_t latest = heard.ms + k_clock_grace_ms;
    const std::int64_t minute = latest - latest % k_minute_ms;
    const std::int64_t at = minute + *second * 1000;
    return {at <= latest ? at : at - k_minute_ms};
}

void readings_of(const Message& m, Timestamp heard, std::vector<Reading>& out) {
    out.clear();
    Writer writer(out, instant_of(m, heard));
    if (const Layout* layout = layout_of(m.type)) {
        add_position(m, *layout, writer);
        add_motion(m, *layout, writer);
    }
    const Bits& bits = m.whole->bits;
    if (m.type <= 3) {
        if (const auto turn = turn_of(bits.signed_at(42, 8))) writer.add("rate_of_turn", *turn);
    }
    if (m.type <= 3 || m.type == 27) {
        const auto status = bits.at(m.type == 27 ? 40 : 38, 4);
        if (status != 15) writer.add("navigation_status", status);
    }
    if (m.type == 5 && bits.at(294, 8) != 0) writer.add("draught", bits.at(294, 8) * 0.1);
    if (m.type == 9 && bits.at(38, 12) < 4094) writer.add("height", bits.at(38, 12));
    if (m.type == 21 && bits.at(253, 6) < 60) writer.add("off_position", bits.at(259, 1));
}

std::optional<Result<Message>> MessageReader::next(Timestamp now) {
    for (;;) {
        auto sentence = m_sentences.next();
        if (!sentence && m_finishing) {
            sentence = m_sentences.finish();
            m_finishing = false;
        }
        if (!sentence) return std::nullopt;
        if (!*sentence) return std::unexpected(std::move(*sentence).error());
        const auto whole = m_assembly.add(**sentence, now, m_whole);
        if (!whole) return std::unexpected(whole.error());
        if (*whole) return decode(m_whole);
    }
}

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    struct Row {
        std::string_view channel, unit, zh, en;
    };
    static constexpr std::array k_rows{
        Row{"longitude", "deg", "经度", "Longitude"},
        Row{"latitude", "deg", "纬度", "Latitude"},
        Row{"speed", "m/s", "对地航速", "Speed over ground"},
        Row{"course", "deg", "对地航向", "Course over ground"},
        Row{"heading", "deg", "船首向", "True heading"},
        Row{"rate_of_turn", "deg/min", "转向率", "Rate of turn"},
        Row{"navigation_status", "", "航行状态", "Navigation status"},
        Row{"draught", "m", "吃水", "Draught"},
        Row{"height", "m", "高度", "Height"},
        Row{"off_position", "", "航标移位", "Aid off position"},
    };
    const auto row = std::ranges::find(k_rows, channel, &Row::channel);
    if (row == k_rows.end()) return std::nullopt;
    return ChannelMeaning{std::string(row->channel), std::string(row->unit), std::string(row->zh),
                          std::string(row->en)};
}

}  // namespace anlan::sensing::ais
