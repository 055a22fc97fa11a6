#include "foundations/bigdata/exchange/cells.h"

#include "core/time.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/references.h"
#include "foundations/bigdata/exchange/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace anlan::bigdata::exchange {
namespace {

struct Unit {
    std::string_view name, base;
    double factor, offset = 0;
};
// To SI; the units that Chinese ledgers use.
constexpr std::array k_units{Unit{"kg", "kg", 1},
                             Unit{"t", "kg", 1000},
                             Unit{"吨", "kg", 1000},
                             Unit{"公斤", "kg", 1},
                             Unit{"千克", "kg", 1},
                             Unit{"g", "kg", 0.001},
                             Unit{"克", "kg", 0.001},
                             Unit{"m", "m", 1},
                             Unit{"米", "m", 1},
                             Unit{"km", "m", 1000},
                             Unit{"公里", "m", 1000},
                             Unit{"千米", "m", 1000},
                             Unit{"cm", "m", 0.01},
                             Unit{"厘米", "m", 0.01},
                             Unit{"mm", "m", 0.001},
                             Unit{"毫米", "m", 0.001},
                             Unit{"Pa", "Pa", 1},
                             Unit{"kPa", "Pa", 1e3},
                             Unit{"MPa", "Pa", 1e6},
                             Unit{"bar", "Pa", 1e5},
                             Unit{"K", "K", 1},
                             Unit{"°C", "K", 1, 273.15},
                             Unit{"℃", "K", 1, 273.15},
                             Unit{"s", "s", 1},
                             Unit{"秒", "s", 1},
                             Unit{"min", "s", 60},
                             Unit{"分", "s", 60},
                             Unit{"分钟", "s", 60},
                             Unit{"h", "s", 3600},
                             Unit{"小时", "s", 3600},
                             Unit{"d", "s", 86400},
                             Unit{"天", "s", 86400},
                             Unit{"m2", "m2", 1},
                             Unit{"m²", "m2", 1},
                             Unit{"㎡", "m2", 1},
                             Unit{"平方米", "m2", 1},
                             Unit{"ha", "m2", 1e4},
                             Unit{"公顷", "m2", 1e4},
                             Unit{"亩", "m2", 2000.0 / 3},
                             Unit{"km2", "m2", 1e6},
                             Unit{"m3", "m3", 1},
                             Unit{"m³", "m3", 1},
                             Unit{"立方米", "m3", 1},
                             Unit{"方", "m3", 1},
                             Unit{"L", "m3", 0.001},
                             Unit{"升", "m3", 0.001},
                             Unit{"m/s", "m/s", 1},
                             Unit{"km/h", "m/s", 1 / 3.6},
                             Unit{"公里/小时", "m/s", 1 / 3.6}};

const Unit* unit_named(std::string_view name) {
    const auto found = std::ranges::find(k_units, name, &Unit::name);
    return found == k_units.end() ? nullptr : &*found;
}

/// Numbers in order, whatever stands between them; nothing with more than `most`.
std::vector<int> whole_numbers(std::string_view text, std::size_t most) {
    std::vector<int> out;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] < '0' || text[i] > '9') {
            ++i;
            continue;
        }
        int value = 0;
        const auto [end, error] =
            std::from_chars(text.data() + i, text.data() + text.size(), value);
        if (error != std::errc{} || out.size() == most) return {};
        out.push_back(value);
        i = static_cast<std::size_t>(end - text.data());
    }
    return out;
}

std::string two(int v) {
    return (v < 10 ? "0" : "") + std::to_string(v);
}

std::optional<std::string> date_of_parts(int year, int month, int day) {
    const CivilTime c{year, month, day, 0, 0, 0, 0, 0};
    if (year < 1000 || year > 9999 || !from_civil(c, 0)) return std::nullopt;
    return std::to_string(year) + "-" + two(month) + "-" + two(day);
}

/// Only digits and the separators of dates: "abc 2026 1 2" is no date.
bool date_like(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= '0' && c <= '9') || c == '-' || c == '/' || c == '.' || c == ':' || c == ' ')
            continue;
        const auto three = text.substr(i, 3);
        if (three != "年" && three != "月" && three != "日" && three != "时" && three != "分" &&
            three != "秒" && three != "点" && three != "号")
            return false;
        i += 2;
    }
    return true;
}

std::optional<bool> boolean_of_text(std::string_view folded) {
    for (const std::string_view yes : {"是", "有", "true", "yes", "y", "1", "√", "✓", "对", "真"})
        if (folded == yes) return true;
    for (const std::string_view no : {"否", "无", "false", "no", "n", "0", "×", "✗", "x", "假"})
        if (folded == no) return false;
    return std::nullopt;
}

/// A converted value without the last bits' noise: 239.75, not 239.74999999999997.
double to_15_digits(double v) {
    std::array<char, 40> text;
    const auto [end, error] =
        std::to_chars(text.data(), text.data() + text.size(), v, std::chars_format::scientific, 14);
    std::from_chars(text.data(), end, v);
    return v;
}

std::string known_codes(const CodeTable& table, Language language) {
    constexpr std::size_t k_shown = 8;
    std::string out;
    for (std::size_t i = 0; i < table.codes.size() && i < k_shown; ++i) {
        const auto& label = table.codes[i].label;
        if (i > 0) out += language == Language::zh ? "、" : ", ";
        out += language == Language::zh ? label.zh : label.en;
    }
    return table.codes.size() > k_shown ? out + "…" : out;
}

Result<json::value> code_of_cell(const CodeTable& table, std::string_view text) {
    for (const auto candidate : {key_in_brackets(text), text}) {
        if (!candidate.empty() && table.find(candidate) != nullptr)
            return json::value(std::string(candidate));
    }
    const std::string folded = folded_text(text);
    std::vector<const Code*> found;
    for (const auto& code : table.codes) {
        if (folded_text(code.label.zh) == folded || folded_text(code.label.en) == folded ||
            folded_text(code.value) == folded)
            found.push_back(&code);
    }
    if (found.size() == 1) return json::value(found.front()->value);
    if (found.empty()) {
        return fail(errors::k_cell_code, {{"table", table.label.zh},
                                          {"table_en", table.label.en},
                                          {"known", known_codes(table, Language::zh)},
                                          {"known_en", known_codes(table, Language::en)}});
    }
    std::string known;
    for (const auto* code : found) known += (known.empty() ? "" : ", ") + code->value;
    return fail(errors::k_cell_code_twice,
                {{"table", table.label.zh}, {"table_en", table.label.en}, {"known", known}});
}

Result<json::value> number_of_cell(const Field& field, std::string_view text,
                                   std::string_view header_unit) {
    const std::string plain = half_width(text);
    std::string_view rest = trimmed(plain);
    // The number ends where a unit begins.
    std::size_t end = 0;
    while (end < rest.size() &&
           (std::string_view("0123456789.,+-").find(rest[end]) != std::string_view::npos ||
            ((rest[end] == 'e' || rest[end] == 'E') && end > 0 && end + 1 < rest.size() &&
             std::string_view("0123456789+-").find(rest[end + 1]) != std::string_view::npos)))
        ++end;
    const auto value = number_of_text(rest.substr(0, end));
    std::string wanted = field.unit;
    if (field.type == FieldType::duration && wanted.empty()) wanted = "s";
    const ErrorParameters in{{"unit", wanted.empty() ? "1" : wanted}};
    if (!value) return fail(errors::k_cell_number, in);
    std::string_view unit = trimmed(rest.substr(end));
    if (unit.empty()) unit = header_unit;
    double v = *value;
    if (!unit.empty() && unit != wanted) {
        const auto by = conversion(unit, wanted);
        if (!by) {
            return fail(errors::k_cell_unit,
                        {{"given", std::string(unit)}, {"unit", wanted.empty() ? "1" : wanted}});
        }
        v = to_15_digits(v * by->factor + by->offset);
    }
    if (field.type != FieldType::integer) return json::value(v);
    if (v != std::floor(v) || std::abs(v) > 9e15) return fail(errors::k_cell_whole);
    return json::value(static_cast<std::int64_t>(v));
}

}  // namespace

std::optional<Conversion> conversion(std::string_view unit, std::string_view wanted) {
    if (unit == wanted) return Conversion{};
    const auto* from = unit_named(unit);
    const auto* to = unit_named(wanted);
    if (from == nullptr || to == nullptr || from->base != to->base) return std::nullopt;
    return Conversion{from->factor / to->factor, (from->offset - to->offset) / to->factor};
}

std::optional<double> number_of_text(std::string_view text) {
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ',') {
            // Only between groups of three: "1,234,567". "1,5" is not a number here.
            const auto group = text.substr(i + 1, text.find_first_of(",.eE", i + 1) - i - 1);
            if (digits.empty() || group.size() != 3) return std::nullopt;
            continue;
        }
        if (!(c == '+' && i == 0)) digits += c;
    }
    double out = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() ||
        !std::isfinite(out))
        return std::nullopt;
    return out;
}

std::optional<std::string> date_of_text(std::string_view text) {
    const std::string plain = half_width(text);
    const auto rest = trimmed(plain);
    if (!date_like(rest)) {
        const auto at = parse_iso8601(rest);
        if (!at) return std::nullopt;
        return beijing_text(*at).substr(0, 10);
    }
    auto parts = whole_numbers(rest, 6);
    if (parts.size() == 1 && rest.size() == 8)
        return date_of_parts(parts[0] / 10000, parts[0] / 100 % 100, parts[0] % 100);
    // A spreadsheet writes a date with a clock of midnight.
    if (parts.size() == 6 && parts[3] == 0 && parts[4] == 0 && parts[5] == 0) parts.resize(3);
    if (parts.size() == 5 && parts[3] == 0 && parts[4] == 0) parts.resize(3);
    return parts.size() == 3 ? date_of_parts(parts[0], parts[1], parts[2]) : std::nullopt;
}

std::optional<std::string> time_of_text(std::string_view text) {
    const std::string plain = half_width(text);
    const auto rest = trimmed(plain);
    if (const auto at = parse_iso8601(rest)) return iso8601(*at);
    if (!date_like(rest)) return std::nullopt;
    std::string_view whole = rest;
    int millisecond = 0;
    // "14:30:05.120": a dot after a clock of three parts.
    if (const auto dot = whole.rfind('.');
        dot != whole.npos && whole.rfind(':') != whole.npos && dot > whole.rfind(':')) {
        const std::string digits = std::string(whole.substr(dot + 1, 3)) + "000";
        std::from_chars(digits.data(), digits.data() + 3, millisecond);
        whole = whole.substr(0, dot);
    }
    auto parts = whole_numbers(whole, 6);
    if (parts.size() == 3) parts.resize(6);
    if (parts.size() == 4 && whole.find("时") == whole.npos && whole.find("点") == whole.npos)
        return std::nullopt;
    if (parts.size() < 4) return std::nullopt;
    parts.resize(6);
    if (!date_of_parts(parts[0], parts[1], parts[2])) return std::nullopt;
    const auto at =
        from_civil({parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], millisecond, 0},
                   k_beijing_offset_ms);
    return at ? std::optional(iso8601(*at)) : std::nullopt;
}

Result<json::value> value_of_cell(const Catalog& catalog, const Column& column,
                                  std::string_view text, std::string_view header_unit) {
    ASSERT(column.field != nullptr);
    const Field& field = *column.field;
    switch (field.type) {
        case FieldType::number:
        case FieldType::integer:
        case FieldType::duration:
        case FieldType::height:
            return number_of_cell(field, text, header_unit);
        case FieldType::boolean: {
            const auto value = boolean_of_text(folded_text(text));
            if (!value) return fail(errors::k_cell_boolean);
            return json::value(*value);
        }
        case FieldType::date: {
            auto date = date_of_text(text);
            if (!date) return fail(errors::k_cell_date);
            return json::value(std::move(*date));
        }
        case FieldType::time: {
            auto time = time_of_text(text);
            if (!time) return fail(errors::k_cell_time);
            return json::value(std::move(*time));
        }
        case FieldType::code: {
            const auto* table = catalog.codes(field.code_table);
            if (table == nullptr) return json::value(std::string(text));
            return code_of_cell(*table, trimmed(text));
        }
        case FieldType::json: {
            auto value = parse_json(trimmed(text), {4 << 20, 24});
            if (value && (value->is_object() || value->is_array())) return std::move(*value);
            return fail(errors::k_cell_json,
                        {{"what", value ? "…" : text_of(value.error(), Language::en)}});
        }
        case FieldType::long_text:
            return json::value(std::string(text));
        default:
            return json::value(std::string(trimmed(text)));
    }
}

}  // namespace anlan::bigdata::exchange
