#include "foundations/sensing/gateways/jt808/decoder.h"

#include "foundations/sensing/gateways/gb26875/decoder.h"
#include "foundations/sensing/gateways/jt808/errors.h"
#include "foundations/sensing/gateways/jt808/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace anlan::sensing::jt808 {
namespace {

constexpr std::size_t k_positions_max = 1'000;  ///< Of one batch.
constexpr double k_per_degree = 1e6;
constexpr double k_metres_per_second = 1.0 / 36;  ///< Of 0.1 km/h.
constexpr unsigned k_south = 1U << 2, k_west = 1U << 3, k_encrypted = 1U << 5;

/// Reads on until something is missing; then `good` is false and `at` says where.
class Cursor {
  public:
    explicit Cursor(Bytes bytes, std::size_t at = 0) : m_bytes(bytes), m_at(at) {}
    Bytes take(std::size_t count) {
        if (!m_good || m_bytes.size() - m_at < count) {
            m_good = false;
            return {};
        }
        const Bytes out = m_bytes.subspan(m_at, count);
        m_at += count;
        return out;
    }
    std::uint32_t number(std::size_t count) {
        std::uint32_t out = 0;
        for (const std::uint8_t byte : take(count)) out = out << 8 | byte;
        return out;
    }
    std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() { return number(4); }
    Bytes rest() { return take(left()); }
    [[nodiscard]] std::size_t left() const { return m_good ? m_bytes.size() - m_at : 0; }
    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] bool good() const { return m_good; }

  private:
    Bytes m_bytes;
    std::size_t m_at;
    bool m_good = true;
};

Error body_error(const Message& m, std::size_t index) {
    return {errors::k_jt808_body,
            {{"byte", std::to_string(m.at(index))}, {"type", fmt::format("{:04X}", m.id)}}};
}

/// Where it ends wrongly, or nothing.
std::optional<std::size_t> read_position(Cursor& c, Position& out) {
    out.alarms = c.u32();
    out.status = c.u32();
    out.latitude = c.u32();
    out.longitude = c.u32();
    out.height_m = c.u16();
    out.speed = c.u16();
    out.course_deg = c.u16();
    out.time = c.take(6);
    while (c.good() && c.left() > 0) {
        const auto begin = c.at();
        Item item;
        item.id = c.u8();
        item.value = c.take(c.u8());
        if (!c.good()) return begin;
        out.items.push_back(item);
    }
    return c.good() ? std::nullopt : std::optional(c.at());
}

Registration read_registration(Cursor& c, Version version, std::size_t size) {
    // Models have 20 bytes since 2013 and 8 in 2011; its shortest message is shorter than any
    // other.
    const bool newer = version == Version::v2019 && size >= 76;
    const bool oldest = !newer && size < 37;
    Registration out;
    out.province = c.u16();
    out.city = c.u16();
    out.maker = text_of(c.take(newer ? 11 : 5));
    out.model = text_of(c.take(newer ? 30 : oldest ? 8 : 20));
    out.terminal = text_of(c.take(newer ? 30 : 7));
    out.colour = c.u8();
    out.plate = text_of(c.rest());
    return out;
}

Authentication read_authentication(Cursor& c, Version version) {
    if (version == Version::v2013) return {text_of(c.rest()), {}, {}};
    Authentication out;
    out.code = text_of(c.take(c.u8()));
    out.imei = text_of(c.take(15));
    out.software = text_of(c.take(20));
    return out;
}

bigdata::Quality quality_of(const std::optional<Timestamp>& at) {
    return at ? bigdata::Quality::good : bigdata::Quality::uncertain;
}

std::uint32_t number_of(Bytes bytes) {
    std::uint32_t out = 0;
    for (const std::uint8_t byte : bytes) out = out << 8 | byte;
    return out;
}

}  // namespace

std::string text_of(Bytes bytes) {
    while (!bytes.empty() && bytes.front() == 0) bytes = bytes.subspan(1);
    return gb26875::text_of(bytes);
}

std::optional<Timestamp> Position::instant() const {
    std::array<int, 6> parts{};
    if (time.size() != parts.size()) return std::nullopt;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (time[i] >> 4 > 9 || (time[i] & 15) > 9) return std::nullopt;
        parts[i] = (time[i] >> 4) * 10 + (time[i] & 15);
    }
    return from_civil({2000 + parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], 0, 0},
                      k_beijing_offset_ms);
}

std::optional<LonLat> Position::place() const {
    if (!is_fixed() || (status & k_encrypted) != 0) return std::nullopt;
    const double north = latitude / k_per_degree, east = longitude / k_per_degree;
    if (north > 90 || east > 180) return std::nullopt;
    return LonLat{(status & k_west) != 0 ? -east : east, (status & k_south) != 0 ? -north : north};
}

Result<void> decode(const Message& m, Content& out) {
    out = {};
    if (m.encryption != 0)
        return fail(errors::k_jt808_encrypted,
                    {{"byte", std::to_string(m.at(0))}, {"method", std::to_string(m.encryption)}});
    Cursor c(m.body);
    const auto position = [&](Cursor& from) -> Result<void> {
        Position read;
        if (const auto wrong = read_position(from, read))
            return std::unexpected(body_error(m, *wrong));
        out.positions.push_back(std::move(read));
        return {};
    };
    switch (m.id) {
        case 0x0001: {
            Answer answer;
            answer.sequence = c.u16();
            answer.id = c.u16();
            answer.result = c.u8();
            out.answer = answer;
            break;
        }
        case 0x0100:
            out.registration = read_registration(c, m.version, m.body.size());
            break;
        case 0x0102:
            out.authentication = read_authentication(c, m.version);
            break;
        case 0x0200:
            return position(c);
        case 0x0201: {
            out.answer = Answer{c.u16(), 0, 0};
            if (!c.good()) break;
            return position(c);
        }
        case 0x0704: {
            const unsigned count = c.u16();
            out.batch = c.u8();
            if (c.good() && count > k_positions_max) return std::unexpected(body_error(m, 0));
            for (unsigned i = 0; i < count && c.good(); ++i) {
                const std::size_t length = c.u16();
                const auto begin = c.at();
                const Bytes one = c.take(length);
                if (!c.good()) break;
                Cursor inside(m.body.first(begin + one.size()), begin);
                TRY(position(inside));
            }
            break;
        }
        default:
            return {};
    }
    if (!c.good()) return std::unexpected(body_error(m, c.at()));
    return {};
}

void readings_of(const Position& p, std::vector<Reading>& out) {
    const auto at = p.instant();
    const auto quality = quality_of(at);
    const auto add = [&](std::string channel, double value) {
        out.push_back({std::move(channel), value, at, quality});
    };
    if (const auto place = p.place()) {
        add("longitude", place->longitude_deg);
        add("latitude", place->latitude_deg);
        add("height", p.height_m);
        add("speed", p.speed * k_metres_per_second);
        if (p.course_deg < 360) add("course", p.course_deg);
    }
    add("alarm_word", p.alarms);
    add("status_word", p.status);
    for (const Item& item : p.items) {
        const ItemRow* row = item_row(item.id);
        if (row == nullptr || row->channel.empty() || item.value.size() != row->bytes) continue;
        const std::uint32_t raw = number_of(item.value);
        const std::string channel(row->channel);
        switch (row->form) {
            case ItemForm::halves:
                add(channel + "_0", raw & 0xffffU);
                add(channel + "_1", raw >> 16);
                break;
            case ItemForm::signed_size: {
                const double size = raw & 0x7fffU;
                add(channel, ((raw & 0x8000U) != 0 ? -size : size) * row->scale + row->offset);
                break;
            }
            default:
                add(channel, raw * row->scale + row->offset);
        }
    }
}

json::object facts_of(const Content& content) {
    json::object out;
    const auto add = [&](std::string_view key, const std::string& text) {
        if (!text.empty()) out.emplace(key, text);
    };
    if (const auto& r = content.registration) {
        out.emplace("region", fmt::format("{:02}{:04}", r->province, r->city));
        add("maker", r->maker);
        add("model", r->model);
        add("terminal", r->terminal);
        const Name* colour = plate_colour(r->colour);
        if (colour != nullptr)
            out.emplace("plate_colour", json::object{{"zh", colour->zh}, {"en", colour->en}});
        add(r->colour == 0 ? "vin" : "plate", r->plate);
    }
    if (const auto& a = content.authentication) {
        add("imei", a->imei);
        add("software", a->software);
    }
    return out;
}

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    struct Row {
        std::string_view channel, property, unit, zh, en;
    };
    static constexpr std::array k_rows{
        Row{"longitude", "longitude", "deg", "经度", "Longitude"},
        Row{"latitude", "latitude", "deg", "纬度", "Latitude"},
        Row{"height", "height", "m", "高程", "Height"},
        Row{"speed", "speed", "m/s", "卫星定位速度", "Speed by satellite"},
        Row{"course", "course", "deg", "方向", "Course"},
        Row{"alarm_word", "alarm_word", "", "报警标志", "Alarm flags"},
        Row{"status_word", "status_word", "", "状态标志", "Status flags"},
        Row{"mileage", "mileage", "m", "里程", "Mileage"},
        Row{"fuel", "fuel", "L", "油量", "Fuel"},
        Row{"recorder_speed", "speed", "m/s", "行驶记录速度", "Speed of the driving recorder"},
        Row{"body_temperature", "temperature", "K", "车厢温度", "Temperature of the body"},
        Row{"video_alarm_word", "alarm_word", "", "视频报警标志", "Video alarm flags"},
        Row{"signal_word", "signal_word", "", "车辆信号标志", "Vehicle signal flags"},
        Row{"io_word", "signal_word", "", "IO 状态标志", "IO flags"},
        Row{"analog_0", "analog", "", "模拟量 AD0", "Analog value AD0"},
        Row{"analog_1", "analog", "", "模拟量 AD1", "Analog value AD1"},
        Row{"signal_strength", "signal_strength", "", "无线信号强度", "Radio signal strength"},
        Row{"satellites", "satellites", "", "定位卫星数", "Satellites in use"},
    };
    const auto row = std::ranges::find(k_rows, channel, &Row::channel);
    if (row == k_rows.end()) return std::nullopt;
    return ChannelMeaning{std::string(row->property), std::string(row->unit), std::string(row->zh),
                          std::string(row->en)};
}

}  // namespace anlan::sensing::jt808
