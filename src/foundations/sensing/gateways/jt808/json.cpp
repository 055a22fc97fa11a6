// The decode command's view of a message: {"key": {"zh", "en", "value", "unit"?, "meaning"?}}.
#include "foundations/sensing/gateways/jt808/decoder.h"
#include "foundations/sensing/gateways/jt808/errors.h"
#include "foundations/sensing/gateways/jt808/tables.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace anlan::sensing::jt808 {
namespace {

constexpr std::array<std::string_view, 3> k_qualities{"good", "uncertain", "bad"};

double rounded(double value) {
    return std::round(value * 1e6) / 1e6;
}

template <class T>
json::object field(std::string_view zh, std::string_view en, const T& value,
                   std::string_view unit = {}) {
    json::object out{{"zh", zh}, {"en", en}, {"value", value}};
    if (!unit.empty()) out.emplace("unit", unit);
    return out;
}

template <class T>
json::object coded(std::string_view zh, std::string_view en, const T& value, const Name* name) {
    json::object out = field(zh, en, value);
    out.emplace("meaning", name != nullptr
                               ? json::object{{"zh", name->zh}, {"en", name->en}}
                               : json::object{{"zh", "未收录"}, {"en", "Not in the table"}});
    return out;
}

json::object flags(std::string_view zh, std::string_view en, std::uint32_t word,
                   std::span<const Name> names) {
    json::object out = field(zh, en, word);
    json::array set;
    for (const Name& name : names) {
        if ((word >> name.code & 1U) != 0)
            set.push_back(json::object{{"bit", name.code}, {"zh", name.zh}, {"en", name.en}});
    }
    out.emplace("set", std::move(set));
    return out;
}

std::string hex_of(Bytes bytes) {
    std::string out;
    for (const std::uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
    return out;
}

std::string id_text(unsigned id) {
    return fmt::format("{:04X}", id);
}

std::uint32_t number_of(Bytes bytes) {
    std::uint32_t out = 0;
    for (const std::uint8_t byte : bytes) out = out << 8 | byte;
    return out;
}

json::object area_of(Bytes value, std::size_t bytes) {
    json::object out{{"kind", coded("位置类型", "Kind of area", value[0], area_kind(value[0]))}};
    if (bytes >= 5)
        out.emplace("area", field("区域或路段编号", "Area", number_of(value.subspan(1, 4))));
    return out;
}

json::object item_of(const Item& item) {
    const ItemRow* row = item_row(item.id);
    json::object out{{"id", fmt::format("{:02X}", item.id)},
                     {"zh", row == nullptr ? "厂商自定义" : row->zh},
                     {"en", row == nullptr ? "The maker's own" : row->en}};
    const Bytes v = item.value;
    if (row == nullptr || row->form == ItemForm::bytes) {
        out.emplace("raw", hex_of(v));
        return out;
    }
    const bool sized =
        row->form == ItemForm::overspeed ? v.size() == 1 || v.size() == 5 : v.size() == row->bytes;
    if (!sized) {
        out.emplace("raw", hex_of(v));
        out.emplace("problem", json::object{{"zh", "长度不对"}, {"en", "Wrong length"}});
        return out;
    }
    const std::uint32_t raw = number_of(v);
    switch (row->form) {
        case ItemForm::flags:
            for (auto& [key, value] : flags(row->zh, row->en, raw, row->bits()))
                out.emplace(key, value);
            break;
        case ItemForm::halves:
            out.emplace("ad0", raw & 0xffffU);
            out.emplace("ad1", raw >> 16);
            break;
        case ItemForm::signed_size: {
            const double size = raw & 0x7fffU;
            out.emplace("value",
                        rounded((raw & 0x8000U) != 0 ? row->offset - size : row->offset + size));
            break;
        }
        case ItemForm::overspeed:
            for (auto& [key, value] : area_of(v, v.size())) out.emplace(key, value);
            break;
        case ItemForm::area:
            for (auto& [key, value] : area_of(v, v.size())) out.emplace(key, value);
            out.emplace("direction", v[5] == 0 ? json::object{{"zh", "进"}, {"en", "In"}}
                                               : json::object{{"zh", "出"}, {"en", "Out"}});
            break;
        case ItemForm::stretch:
            out.emplace("area", field("路段编号", "Stretch", number_of(v.first(4))));
            out.emplace("seconds",
                        field("行驶时间", "Time on it", number_of(v.subspan(4, 2)), "s"));
            out.emplace("result", v[6] == 0 ? json::object{{"zh", "不足"}, {"en", "Too short"}}
                                            : json::object{{"zh", "过长"}, {"en", "Too long"}});
            break;
        default:
            out.emplace("value", row->scale == 1 ? json::value(raw)
                                                 : json::value(rounded(raw * row->scale)));
    }
    if (!row->unit.empty()) out.emplace("unit", row->unit);
    return out;
}

json::object position_of(const Position& p) {
    const auto place = p.place();
    const auto at = p.instant();
    json::object status = flags("状态标志", "Status flags", p.status, status_bits());
    const Name& load = load_name(p.status);
    status.emplace("load", json::object{{"zh", load.zh}, {"en", load.en}});
    json::object time = field("时间", "Time", hex_of(p.time));
    time.emplace("utc", at ? json::value(iso8601(*at)) : json::value(nullptr));
    json::object out{
        {"alarms", flags("报警标志", "Alarm flags", p.alarms, alarm_bits())},
        {"status", std::move(status)},
        {"latitude", field("纬度", "Latitude",
                           place ? json::value(place->latitude_deg) : json::value(nullptr), "deg")},
        {"longitude",
         field("经度", "Longitude",
               place ? json::value(place->longitude_deg) : json::value(nullptr), "deg")},
        {"height", field("高程", "Height", p.height_m, "m")},
        {"speed", field("速度", "Speed", rounded(p.speed * 0.1), "km/h")},
        {"course", field("方向", "Course", p.course_deg, "deg")},
        {"time", std::move(time)}};
    json::array items;
    for (const Item& item : p.items) items.push_back(item_of(item));
    out.emplace("items", std::move(items));
    return out;
}

json::array readings_json(const Content& content) {
    std::vector<Reading> readings;
    for (const Position& p : content.positions) readings_of(p, readings);
    json::array out;
    for (const Reading& each : readings) {
        out.push_back(
            json::object{{"channel", each.channel},
                         {"value", rounded(each.value)},
                         {"at", each.at ? json::value(iso8601(*each.at)) : json::value(nullptr)},
                         {"quality", k_qualities[static_cast<std::size_t>(each.quality)]}});
    }
    return out;
}

/// What the center sends, and devices answer alike: a number, an id, a result.
void add_answer(json::object& out, unsigned sequence, unsigned id, unsigned result) {
    out.emplace("answers_sequence", field("应答流水号", "Answers sequence", sequence));
    out.emplace("answers_id", coded("应答 ID", "Answers message", id_text(id), message_name(id)));
    out.emplace("result", coded("结果", "Result", result, result_name(result)));
}

/// Messages of the center: false when the body is none of these or too short, and is told raw.
bool add_downward(const Message& m, json::object& out) {
    const Bytes b = m.body;
    switch (m.id) {
        case 0x8001:
            if (b.size() != 5) return false;
            add_answer(out, number_of(b.first(2)), number_of(b.subspan(2, 2)), b[4]);
            return true;
        case 0x8100:
            if (b.size() < 3) return false;
            out.emplace("answers_sequence",
                        field("应答流水号", "Answers sequence", number_of(b.first(2))));
            out.emplace("result", coded("结果", "Result", b[2], registration_name(b[2])));
            if (b.size() > 3)
                out.emplace("code", field("鉴权码", "Authentication code", text_of(b.subspan(3))));
            return true;
        case 0x8202:
            if (b.size() != 2 && b.size() != 6) return false;
            out.emplace("interval", field("时间间隔（0 为停止）", "Interval (0: stop)",
                                          number_of(b.first(2)), "s"));
            if (b.size() == 6)
                out.emplace("for", field("有效期", "For", number_of(b.subspan(2, 4)), "s"));
            return true;
        case 0x8300: {
            const std::size_t head = m.version == Version::v2019 ? 2 : 1;
            if (b.size() < head) return false;
            out.emplace("flags", field("标志", "Flags", b[0]));
            if (head == 2)
                out.emplace("text_type", field("文本类型（1 通知，2 服务）",
                                               "Type of text (1 notice, 2 service)", b[1]));
            out.emplace("text", field("文本信息", "Text", text_of(b.subspan(head))));
            return true;
        }
        default:
            return false;
    }
}

void add_content(const Content& c, json::object& out) {
    if (const auto& a = c.answer) {
        if (a->id != 0)
            add_answer(out, a->sequence, a->id, a->result);
        else
            out.emplace("answers_sequence", field("应答流水号", "Answers sequence", a->sequence));
    }
    if (const auto& r = c.registration) {
        out.emplace("province", field("省域 ID", "Province", r->province));
        out.emplace("city", field("市县域 ID", "City", r->city));
        out.emplace("maker", field("制造商 ID", "Maker", r->maker));
        out.emplace("model", field("终端型号", "Model", r->model));
        out.emplace("terminal", field("终端 ID", "Terminal", r->terminal));
        out.emplace("plate_colour",
                    coded("车牌颜色", "Colour of the plate", r->colour, plate_colour(r->colour)));
        out.emplace("plate", field("车辆标识", "Plate or VIN", r->plate));
    }
    if (const auto& a = c.authentication) {
        out.emplace("code", field("鉴权码", "Authentication code", a->code));
        if (!a->imei.empty()) out.emplace("imei", field("终端 IMEI", "IMEI", a->imei));
        if (!a->software.empty())
            out.emplace("software", field("软件版本号", "Software version", a->software));
    }
    if (c.batch)
        out.emplace("batch", field("位置数据类型（0 正常，1 盲区补报）",
                                   "Kind of batch (0 normal, 1 stored without net)", *c.batch));
    if (c.positions.empty()) return;
    json::array positions;
    for (const Position& p : c.positions) positions.push_back(position_of(p));
    out.emplace("positions", std::move(positions));
    out.emplace("readings", readings_json(c));
}

}  // namespace

json::object to_json(const Message& m, const Content& content) {
    json::object out{{"protocol", "jt808"},
                     {"offset", m.offset},
                     {"bytes", m.raw.size()},
                     {"version", m.version == Version::v2019 ? "2019" : "2013"},
                     {"id", coded("消息 ID", "Message", id_text(m.id), message_name(m.id))},
                     {"phone", field("终端手机号", "Terminal's phone number", m.phone)},
                     {"sequence", field("流水号", "Sequence", m.sequences.back())}};
    if (m.sequences.size() > 1)
        out.emplace("packages", field("分包数", "Packages", m.sequences.size()));
    const auto before = out.size();
    add_content(content, out);
    if (out.size() == before && !add_downward(m, out) && !m.body.empty())
        out.emplace("raw", field("消息体", "Body as sent", hex_of(m.body)));
    return out;
}

void decode_stream(MessageReader& reader, Input input,
                   const std::function<void(json::object)>& each) {
    const auto disturbance = [&](const Error& error) {
        each({{"protocol", "jt808"}, {"problem", problem_of(error)}});
    };
    Content content;
    for (;;) {
        const auto frame = reader.frames.next();
        if (!frame) {
            if (input == Input::goes_on) return;
            const auto cut = reader.frames.give_up();
            if (!cut) break;
            disturbance(*cut);
            continue;
        }
        if (!*frame) {
            disturbance(frame->error());
            continue;
        }
        const auto message = reader.parts.add(**frame, Timestamp{});
        if (!message) {
            disturbance(message.error());
            continue;
        }
        if (!*message) continue;
        const auto decoded = decode(**message, content);
        json::object out = to_json(**message, content);
        if (!decoded) out.emplace("problem", problem_of(decoded.error()));
        each(std::move(out));
    }
    while (const auto lost = reader.parts.give_up_any()) disturbance(*lost);
}

}  // namespace anlan::sensing::jt808
