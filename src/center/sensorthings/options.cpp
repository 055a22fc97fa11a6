#include "center/sensorthings/options.h"

#include "center/sensorthings/errors.h"

#include <algorithm>
#include <charconv>

namespace anlan::center::sensorthings {
namespace {

std::unexpected<Error> wrong(std::string_view option, std::size_t byte, std::string_view zh,
                             std::string_view en) {
    return fail(errors::k_st_option, {{"option", std::string(option)},
                                      {"byte", std::to_string(byte)},
                                      {"what", std::string(zh)},
                                      {"what_en", std::string(en)}});
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

/// Cuts at `separator` where it stands in no parentheses and no quotes.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    int depth = 0;
    bool in_quotes = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'') in_quotes = !in_quotes;
        if (in_quotes) continue;
        if (c == '(') ++depth;
        if (c == ')') --depth;
        if (c == separator && depth == 0) {
            out.push_back(trimmed(text.substr(begin, i - begin)));
            begin = i + 1;
        }
    }
    out.push_back(trimmed(text.substr(begin)));
    return out;
}

Result<std::size_t> number(std::string_view option, std::string_view text, std::size_t most) {
    std::size_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size())
        return wrong(option, 0, "应为非负整数", "a whole number from 0 is expected");
    return std::min(out, most);
}

class Reader {
  public:
    Result<void> take(std::string_view name, std::string_view value, const SetRow& set,
                      std::size_t depth, Options& out) {
        constexpr std::size_t k_skip_max = 1'000'000;
        if (name.starts_with('$') && name != "$skip" && name != "$skiptoken")
            out.asked.emplace_back(name, value);
        if (name == "$filter") {
            TRY_ASSIGN(filter, parse_filter(value));
            out.filter = std::move(filter);
        } else if (name == "$orderby") {
            return order_by(value, out);
        } else if (name == "$select") {
            return select(value, set, out);
        } else if (name == "$expand") {
            return expand(value, set, depth, out);
        } else if (name == "$top") {
            TRY_ASSIGN(top, number(name, value, k_top_max));
            out.top = top;
        } else if (name == "$skip") {
            TRY_ASSIGN(skip, number(name, value, k_skip_max));
            out.skip = skip;
        } else if (name == "$count") {
            if (value != "true" && value != "false")
                return wrong(name, 0, "应为 true 或 false", "true or false is expected");
            out.count = value == "true";
        } else if (name == "$skiptoken") {
            out.token = value;
        } else if (name == "$resultFormat") {
            if (value != "dataArray" || set.set != Set::observations)
                return wrong(name, 0, "只有观测可用 dataArray",
                             "dataArray, of Observations, is all there is");
            out.format = Format::data_array;
        } else if (name.starts_with('$')) {
            return wrong(name, 0, "没有这个选项", "there is no such option");
        }
        return {};
    }

  private:
    static Result<void> order_by(std::string_view text, Options& out) {
        for (std::string_view each : split(text, ',')) {
            OrderBy order;
            if (each.ends_with(" desc")) {
                order.descending = true;
                each.remove_suffix(5);
            } else if (each.ends_with(" asc")) {
                each.remove_suffix(4);
            }
            TRY_ASSIGN(path, parse_path(each, "$orderby"));
            order.path = std::move(path);
            out.order.push_back(std::move(order));
            if (out.order.size() > 5) return wrong("$orderby", 0, "至多 5 项", "at most 5 items");
        }
        return {};
    }
    static Result<void> select(std::string_view text, const SetRow& set, Options& out) {
        for (const std::string_view each : split(text, ',')) {
            const std::string name(each == "@iot.id" ? "id" : each);
            const bool known =
                set.has(name) || set.link(name) != nullptr || name == "@iot.selfLink";
            if (!known)
                return fail(errors::k_st_no_property,
                            {{"set", std::string(set.name)}, {"name", name.substr(0, 80)}});
            out.select.push_back(name);
        }
        return {};
    }
    /// "A", "A/B", "A(options)", "A/B(options)".
    Result<void> expand(std::string_view text, const SetRow& set, std::size_t depth, Options& out) {
        for (const std::string_view each : split(text, ',')) {
            const auto open = std::min(each.find('('), each.size());
            if (open < each.size() && !each.ends_with(')'))
                return wrong("$expand", open, "应为右括号", "a closing parenthesis is expected");
            TRY_ASSIGN(path, parse_path(each.substr(0, open), "$expand"));
            const std::string_view inner =
                open < each.size() ? each.substr(open + 1, each.size() - open - 2) : "";
            Options* into = &out;
            const SetRow* at = &set;
            std::size_t level = depth;
            std::string_view rest = each;
            for (const std::string& name : path) {
                // What of this item belongs to the level it leads to.
                if (into != &out) into->asked.emplace_back("$expand", rest);
                rest.remove_prefix(std::min(rest.size(), name.size() + 1));
                const Navigation* link = at->link(name);
                if (link == nullptr)
                    return fail(errors::k_st_no_property,
                                {{"set", std::string(at->name)}, {"name", name.substr(0, 80)}});
                if (++level > k_expand_depth_max || ++m_expands > k_expands_max)
                    return wrong("$expand", 0, "嵌套过深或过多", "it is nested too deep");
                into = &found_or_made(*into, name);
                at = &row_of(link->target);
            }
            if (inner.empty()) continue;
            for (const std::string_view option : split(inner, ';')) {
                const auto equals = option.find('=');
                if (equals == option.npos)
                    return wrong("$expand", open, "应为 $选项=值", "$option=value is expected");
                TRY(take(trimmed(option.substr(0, equals)), trimmed(option.substr(equals + 1)), *at,
                         level, *into));
            }
        }
        return {};
    }
    static Options& found_or_made(Options& in, const std::string& name) {
        const auto at = std::ranges::find(in.expand, name, &Expand::name);
        if (at != in.expand.end()) return at->options;
        in.expand.push_back({name, {}});
        return in.expand.back().options;
    }

    static constexpr std::size_t k_expands_max = 30;
    std::size_t m_expands = 0;
};

}  // namespace

Result<Options> options_of(const Query& query, const SetRow& set) {
    Options out;
    Reader reader;
    for (const auto& [name, value] : query) TRY(reader.take(name, value, set, 0, out));
    return out;
}

}  // namespace anlan::center::sensorthings
