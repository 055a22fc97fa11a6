// What a message says, for people: the decode command's view, and a ship's facts.
#include "foundations/sensing/gateways/ais/decoder.h"
#include "foundations/sensing/gateways/ais/tables.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace anlan::sensing::ais {
namespace {

constexpr double k_turn_root = 4.733;
constexpr std::array<std::string_view, 3> k_qualities{"good", "uncertain", "bad"};

json::object named(const Name* name) {
    return name != nullptr
               ? json::object{{"zh", name->zh}, {"en", name->en}}
               : json::object{{"zh", "保留或未定义"}, {"en", "Reserved or not defined"}};
}

std::span<const Field> fields_of(const Message& m) {
    const MessageRow* row = message_row(m.type);
    if (row == nullptr) return {};
    if (m.type == 24 && m.part == 1)
        return m.mmsi / 10'000'000 == 98 ? static_part_b_auxiliary() : static_part_b();
    if (m.type == 24 && m.part > 1) return {};
    return row->fields;
}

double rounded(double value) {
    return std::round(value * 1e6) / 1e6;
}

/// The value as JSON; null when it is not available or reserved.
json::value value_of(const Message& m, const Field& f) {
    const Bits& bits = m.whole->bits;
    if (f.form == Form::text) return json::value(bits.text_at(f.start, f.bits));
    const bool is_signed = f.form == Form::signed_number || f.form == Form::turn;
    const std::int64_t raw = is_signed ? std::int64_t{bits.signed_at(f.start, f.bits)}
                                       : std::int64_t{bits.at(f.start, f.bits)};
    if (f.form == Form::flag) return raw != 0;
    if (f.absent && raw == *f.absent) return nullptr;
    if (f.greatest && std::abs(raw) > *f.greatest) return nullptr;
    if (f.form == Form::turn) {
        const double root = static_cast<double>(raw) / k_turn_root;
        return rounded(std::copysign(root * root, root));
    }
    if (f.scale == 1) return raw;
    return rounded(static_cast<double>(raw) * f.scale);
}

json::object field_of(const Message& m, const Field& f) {
    json::object out{{"zh", f.zh}, {"en", f.en}, {"value", value_of(m, f)}};
    if (!f.unit.empty()) out.emplace("unit", f.unit);
    if (f.form == Form::code && !out.at("value").is_null()) {
        const unsigned code = m.whole->bits.at(f.start, f.bits);
        const Name* name = f.name(code);
        if (name != nullptr || f.key != "second") out.emplace("meaning", named(name));
    }
    if (f.form == Form::turn && std::abs(m.whole->bits.signed_at(f.start, f.bits)) == 127)
        out.emplace("meaning",
                    json::object{{"zh", "每 30 秒超过 5 度"}, {"en", "Over 5° in 30 s"}});
    return out;
}

void add_text(json::object& out, std::string_view key, const std::string& text) {
    if (!text.empty()) out.emplace(key, text);
}

void add_size(json::object& out, const Bits& bits, std::size_t start) {
    const auto length = bits.at(start, 9) + bits.at(start + 9, 9);
    const auto beam = bits.at(start + 18, 6) + bits.at(start + 24, 6);
    if (length > 0) out.emplace("length_m", length);
    if (beam > 0) out.emplace("beam_m", beam);
}

void add_ship_type(json::object& out, unsigned code) {
    if (code == 0) return;
    out.emplace("ship_type", code);
    out.emplace("ship_type_name", named(ship_type(code)));
}

/// "03-02T06:30Z": the year is not sent; what is not available is a dash.
std::string eta_of(const Bits& bits) {
    const unsigned month = bits.at(274, 4), day = bits.at(278, 5), hour = bits.at(283, 5),
                   minute = bits.at(288, 6);
    if (month < 1 || month > 12 || day < 1) return {};
    std::string out = fmt::format("{:02}-{:02}", month, day);
    if (hour < 24 && minute < 60) out += fmt::format("T{:02}:{:02}Z", hour, minute);
    return out;
}

}  // namespace

json::object facts_of(const Message& m) {
    json::object out;
    const Bits& bits = m.whole->bits;
    switch (m.type) {
        case 5:
            if (bits.at(40, 30) != 0) out.emplace("imo", bits.at(40, 30));
            add_text(out, "call_sign", bits.text_at(70, 42));
            add_text(out, "name", bits.text_at(112, 120));
            add_ship_type(out, bits.at(232, 8));
            add_size(out, bits, 240);
            if (bits.at(294, 8) != 0) out.emplace("draught_m", rounded(bits.at(294, 8) * 0.1));
            add_text(out, "destination", bits.text_at(302, 120));
            add_text(out, "eta", eta_of(bits));
            break;
        case 14:
            add_text(out, "safety_text", bits.text_at(40, 968));
            break;
        case 19:
            add_text(out, "name", bits.text_at(143, 120));
            add_ship_type(out, bits.at(263, 8));
            add_size(out, bits, 271);
            break;
        case 21: {
            add_text(out, "name", bits.text_at(43, 120) + bits.text_at(272, 84));
            const unsigned type = bits.at(38, 5);
            if (type != 0) out.emplace("aid_type_name", named(aid_type(type)));
            out.emplace("virtual", bits.at(269, 1) != 0);
            break;
        }
        case 24:
            if (m.part == 0) add_text(out, "name", bits.text_at(40, 120));
            if (m.part == 1) {
                add_ship_type(out, bits.at(40, 8));
                add_text(out, "call_sign", bits.text_at(90, 42));
                if (m.mmsi / 10'000'000 == 98)
                    add_text(out, "mother_ship", address_of(bits.at(132, 30)));
                else
                    add_size(out, bits, 132);
            }
            break;
        default:
            break;
    }
    return out;
}

json::object to_json(const Message& m) {
    const Whole& whole = *m.whole;
    const MessageRow* row = message_row(m.type);
    const Name& kind = station_kind(m.mmsi);
    json::object out{
        {"protocol", "ais"},
        {"offset", whole.offset},
        {"bits", whole.bits.size()},
        {"type", json::object{{"zh", "报文类型"},
                              {"en", "Message type"},
                              {"value", m.type},
                              {"meaning", json::object{{"zh", row == nullptr ? "" : row->zh},
                                                       {"en", row == nullptr ? "" : row->en}}}}},
        {"mmsi", json::object{{"zh", "MMSI"},
                              {"en", "MMSI"},
                              {"value", address_of(m.mmsi)},
                              {"meaning", json::object{{"zh", kind.zh}, {"en", kind.en}}}}},
        {"own", whole.own}};
    if (!whole.channel.empty())
        out.emplace("channel",
                    json::object{{"zh", "信道"}, {"en", "Channel"}, {"value", whole.channel}});
    if (!whole.station.empty())
        out.emplace("station",
                    json::object{{"zh", "接收站"}, {"en", "Receiver"}, {"value", whole.station}});
    if (whole.heard)
        out.emplace(
            "heard",
            json::object{{"zh", "接收时间"}, {"en", "Heard"}, {"utc", iso8601(*whole.heard)}});
    const auto fields = fields_of(m);
    for (const Field& field : fields) {
        const std::size_t needed = field.form == Form::text ? 6U : field.bits;
        if (field.start + needed <= whole.bits.size()) out.emplace(field.key, field_of(m, field));
    }
    if (fields.empty()) {
        std::string hex;
        for (std::size_t i = 0; i < whole.bits.size(); i += 8)
            hex += fmt::format("{:02x}", whole.bits.at(i, 8));
        out.emplace("raw", json::object{{"zh", "原始位"}, {"en", "Bits as sent"}, {"value", hex}});
    }
    std::vector<Reading> readings;
    readings_of(m, whole.heard.value_or(Timestamp{}), readings);
    json::array told;
    for (const Reading& each : readings) {
        json::object reading{{"channel", each.channel}, {"value", rounded(each.value)}};
        if (whole.heard) reading.emplace("at", iso8601(*each.at));
        reading.emplace("quality", k_qualities[static_cast<std::size_t>(each.quality)]);
        told.push_back(std::move(reading));
    }
    out.emplace("readings", std::move(told));
    return out;
}

void decode_stream(MessageReader& reader, Input input,
                   const std::function<void(json::object)>& each) {
    const auto disturbance = [&](const Error& error) {
        each({{"protocol", "ais"}, {"problem", problem_of(error)}});
    };
    if (input == Input::ends) reader.finish();
    while (const auto next = reader.next(Timestamp{})) {
        if (*next)
            each(to_json(**next));
        else
            disturbance(next->error());
    }
    if (input == Input::goes_on) return;
    while (const auto lost = reader.give_up_any()) disturbance(*lost);
}

}  // namespace anlan::sensing::ais
