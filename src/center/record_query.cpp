#include "center/record_query.h"

#include "center/errors.h"

#include <array>
#include <charconv>
#include <cmath>

namespace anlan::center {
namespace {

using bigdata::Compare;
using bigdata::Condition;

constexpr std::array<std::pair<std::string_view, Compare>, 8> k_operators{
    {{"eq", Compare::equal},
     {"ne", Compare::not_equal},
     {"lt", Compare::less},
     {"le", Compare::less_or_equal},
     {"gt", Compare::greater},
     {"ge", Compare::greater_or_equal},
     {"in", Compare::one_of},
     {"has", Compare::contains}}};
constexpr std::size_t k_conditions_max = 20;

std::unexpected<Error> bad_query(std::string_view name, Label what) {
    return fail(errors::k_bad_query, {{"name", std::string(name)},
                                      {"what", std::move(what.zh)},
                                      {"what_en", std::move(what.en)}});
}

/// Splits at `separator` where no backslash stands before it; keeps other backslashes.
std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == separator) {
            out.back() += text[++i];
        } else if (text[i] == separator) {
            out.emplace_back();
        } else {
            out.back() += text[i];
        }
    }
    return out;
}

Result<Condition> condition_of(const std::string& text) {
    const auto first = text.find(':');
    const auto second = first == text.npos ? text.npos : text.find(':', first + 1);
    if (second == text.npos)
        return bad_query("where", {"应为 字段:运算:值，实为“" + text + "”",
                                   "should be field:op:value, is '" + text + "'"});
    const std::string_view op = std::string_view(text).substr(first + 1, second - first - 1);
    for (const auto& [name, compare] : k_operators) {
        if (name != op) continue;
        Condition out{text.substr(0, first), compare, nullptr};
        const std::string value = text.substr(second + 1);
        if (compare == Compare::one_of) {
            json::array values;
            for (auto& each : split(value, '|')) values.emplace_back(std::move(each));
            out.value = std::move(values);
        } else if (value != "null" ||
                   (compare != Compare::equal && compare != Compare::not_equal)) {
            out.value = json::value(value);
        }
        return out;
    }
    const std::string name(op);
    return bad_query("where",
                     {"没有运算“" + name + "”；可用的有 eq ne lt le gt ge in has",
                      "unknown operator '" + name + "'; there are eq ne lt le gt ge in has"});
}

Result<Bounds> bounds_of_text(std::string_view text) {
    std::array<double, 4> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto [end, wrong] =
            std::from_chars(text.data(), text.data() + text.size(), values[i]);
        const bool separated = i == 3 ? end == text.data() + text.size()
                                      : end != text.data() + text.size() && *end == ',';
        if (wrong != std::errc{} || !separated || !std::isfinite(values[i])) {
            return bad_query(
                "bbox", {"应为 西,南,东,北（度）", "should be west,south,east,north in degrees"});
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()) + (i == 3 ? 0 : 1));
    }
    if (values[0] > values[2] || values[1] > values[3])
        return bad_query("bbox", {"范围为空", "is empty"});
    return Bounds{values[0], values[1], values[2], values[3]};
}

}  // namespace

Result<std::int64_t> whole_number(const Call& call, std::string_view name, std::int64_t otherwise,
                                  std::int64_t least, std::int64_t most) {
    const auto text = call.asked(name);
    if (text.empty()) return otherwise;
    std::int64_t value = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (wrong != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
        const std::string from = std::to_string(least), to = std::to_string(most);
        return bad_query(name, {"应为 " + from + " 到 " + to + " 的整数",
                                "should be a whole number from " + from + " to " + to});
    }
    return value;
}

Result<std::optional<Timestamp>> time_asked(const Call& call, std::string_view name) {
    const auto text = call.asked(name);
    if (text.empty()) return std::optional<Timestamp>();
    const auto at = parse_iso8601(text);
    if (!at) return bad_query(name, {"应为 RFC 3339 时间", "should be an RFC 3339 time"});
    return std::optional(*at);
}

Result<std::vector<Condition>> conditions_of(std::string_view where) {
    std::vector<Condition> out;
    if (where.empty()) return out;
    for (const auto& text : split(where, ';')) {
        if (text.empty()) continue;
        TRY_ASSIGN(condition, condition_of(text));
        out.push_back(std::move(condition));
        if (out.size() > k_conditions_max) {
            const std::string most = std::to_string(k_conditions_max);
            return bad_query("where",
                             {"条件超过 " + most + " 个", "has more than " + most + " conditions"});
        }
    }
    return out;
}

Result<bigdata::Query> query_of(const Call& call) {
    bigdata::Query out;
    TRY_ASSIGN(where, conditions_of(call.asked("where")));
    out.where = std::move(where);
    if (const auto box = call.asked("bbox"); !box.empty()) {
        TRY_ASSIGN(bounds, bounds_of_text(box));
        out.within = bounds;
    }
    out.text = call.asked("text");
    if (const auto sort = call.asked("sort"); !sort.empty()) out.sort = sort;
    out.after = call.asked("after");
    TRY_ASSIGN(limit, whole_number(call, "limit", 100, 1, 10'000));
    out.limit = static_cast<std::size_t>(limit);
    return out;
}

Result<std::optional<std::int64_t>> as_of_asked(const Call& call,
                                                const bigdata::Register& records) {
    const auto text = call.asked("as_of");
    if (text.empty()) return std::nullopt;
    const auto last = records.last_sequence();
    std::int64_t sequence = 0;
    const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), sequence);
    if (wrong == std::errc{} && end == text.data() + text.size() && sequence >= 0)
        return std::min(sequence, last);
    const auto at = parse_iso8601(text);
    if (!at)
        return bad_query("as_of", {"应为日志序号或 RFC 3339 时间",
                                   "should be a journal sequence or an RFC 3339 time"});
    TRY_ASSIGN(found, records.sequence_at(*at));
    return found;
}

}  // namespace anlan::center
