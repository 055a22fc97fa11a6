#include "foundations/sensing/gateways/line_protocol/decoder.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_errors.h"
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace anlan::sensing::line_protocol {
namespace {

constexpr std::int64_t k_ns_per_ms = 1'000'000;

struct Tag {
    std::string name, value;
};

/// Reads one point; `m_at` counts bytes of the whole body.
class Reader {
  public:
    Reader(std::string_view body, const Options& options) : m_body(body), m_options(options) {}

    [[nodiscard]] bool ended() const { return m_at >= m_body.size(); }
    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] std::size_t line() const { return m_line; }

    /// Passes over what is no point: empty lines and comments. False at the end.
    bool to_point() {
        while (!ended()) {
            const char c = peek();
            if (c == '#')
                skip_line();
            else if (c == '\n')
                advance();
            else if (c == ' ' || c == '\t' || c == '\r')
                ++m_at;
            else
                return true;
        }
        return false;
    }
    void skip_line() {
        m_at = std::min(m_body.find('\n', m_at), m_body.size());
        if (!ended()) advance();
    }

    Result<void> point(Points& out) {
        const std::size_t begin = out.readings.size();
        const std::size_t began_at = m_at;
        std::string channel = name(", ");
        if (channel.empty()) return expected("测点名", "a measurement");
        TRY(tags(channel));
        if (!take(' ')) return expected("空格与字段", "a space and fields");
        while (take(' ')) {
        }
        do {
            TRY(field(channel, began_at, out));
        } while (take(','));
        std::optional<Timestamp> when;
        if (take(' ')) {
            while (take(' ')) {
            }
            if (!at_end_of_line()) {
                TRY_ASSIGN(read, timestamp());
                when = read;
            }
        }
        while (take(' ') || take('\r')) {
        }
        if (!at_end_of_line()) return expected("行尾", "the end of the line");
        if (!ended()) advance();
        for (std::size_t i = begin; i < out.readings.size(); ++i) out.readings[i].at = when;
        return {};
    }

  private:
    [[nodiscard]] char peek() const { return m_body[m_at]; }
    [[nodiscard]] bool at_end_of_line() const { return ended() || peek() == '\n'; }
    void advance() {
        if (peek() == '\n') ++m_line;
        ++m_at;
    }
    bool take(char c) {
        if (ended() || peek() != c) return false;
        ++m_at;
        return true;
    }
    [[nodiscard]] std::unexpected<Error> expected(std::string_view zh, std::string_view en) const {
        return fail(errors::k_line_expected, {{"byte", std::to_string(m_at)},
                                              {"what", std::string(zh)},
                                              {"what_en", std::string(en)}});
    }

    /// Up to one of `stops` that no backslash stands before.
    std::string name(std::string_view stops) {
        std::string out;
        for (; !at_end_of_line(); ++m_at) {
            const char c = peek();
            if (stops.find(c) != stops.npos) break;
            const bool escape = c == '\\' && m_at + 1 < m_body.size() &&
                                std::string_view(", =").find(m_body[m_at + 1]) != stops.npos;
            out += escape ? m_body[++m_at] : c;
        }
        return out;
    }

    Result<void> tags(std::string& channel) {
        std::vector<Tag> all;
        while (take(',')) {
            Tag tag{name(",= "), {}};
            if (tag.name.empty() || !take('=')) return expected("标签=值", "tag=value");
            tag.value = name(",= ");
            if (tag.value.empty()) return expected("标签的值", "a tag's value");
            const bool counts = !m_options.tags || std::ranges::find(*m_options.tags, tag.name) !=
                                                       m_options.tags->end();
            if (counts) all.push_back(std::move(tag));
        }
        std::ranges::stable_sort(all, {}, &Tag::name);
        for (const Tag& each : all) channel += ',' + each.name + '=' + each.value;
        return {};
    }

    Result<void> field(const std::string& series, std::size_t began_at, Points& out) {
        const std::string key = name(",= ");
        if (key.empty() || !take('=')) return expected("字段=值", "field=value");
        if (!ended() && peek() == '"') {
            TRY(text());
            ++out.texts;
            return {};
        }
        TRY_ASSIGN(value, number());
        if (out.readings.size() == k_readings_max)
            return fail(errors::k_too_many_readings, {{"max", std::to_string(k_readings_max)}});
        std::string channel = key == "value" ? series : series + '.' + key;
        if (channel.size() > k_channel_bytes_max) {
            return fail(errors::k_line_channel, {{"byte", std::to_string(began_at)},
                                                 {"max", std::to_string(k_channel_bytes_max)}});
        }
        out.readings.push_back({std::move(channel), value, std::nullopt, bigdata::Quality::good});
        return {};
    }

    Result<void> text() {
        ++m_at;
        while (!ended() && peek() != '"') {
            if (peek() == '\\' && m_at + 1 < m_body.size()) ++m_at;
            advance();
        }
        if (!take('"')) return expected("结束的引号", "a closing quote");
        return {};
    }

    [[nodiscard]] std::string_view token() const {
        std::size_t end = m_at;
        while (end < m_body.size() && m_body[end] != ',' && m_body[end] != ' ' &&
               m_body[end] != '\n' && m_body[end] != '\r')
            ++end;
        return m_body.substr(m_at, end - m_at);
    }

    Result<double> number() {
        const std::string_view all = token();
        const auto is_one_of = [&](std::initializer_list<std::string_view> names) {
            return std::ranges::find(names, all) != names.end();
        };
        double out = 0;
        if (is_one_of({"t", "T", "true", "True", "TRUE"})) {
            out = 1;
        } else if (!is_one_of({"f", "F", "false", "False", "FALSE"})) {
            std::string_view digits = all;
            const bool whole = digits.ends_with('i') || digits.ends_with('u');
            if (whole) digits.remove_suffix(1);
            if (digits.starts_with('+')) digits.remove_prefix(1);
            const char* const end = digits.data() + digits.size();
            const auto [stop, error] = std::from_chars(digits.data(), end, out);
            const bool letters = whole && digits.find_first_of(".eEnN") != digits.npos;
            if (digits.empty() || error != std::errc{} || stop != end || letters ||
                !std::isfinite(out))
                return expected("有限的数、布尔值或带引号的文字",
                                "a finite number, a boolean or a text in quotes");
        }
        m_at += all.size();
        return out;
    }

    Result<Timestamp> timestamp() {
        const std::string_view all = token();
        std::int64_t steps = 0;
        const auto [stop, error] = std::from_chars(all.data(), all.data() + all.size(), steps);
        if (error != std::errc{} || stop != all.data() + all.size())
            return expected("整数时间", "a whole number of time");
        // Nanoseconds are cut to milliseconds; hours may reach beyond what the lake can hold.
        constexpr std::int64_t k_ms_max = 253'402'300'799'999;  // the year 9999
        const std::int64_t per_step = m_options.precision;
        const std::int64_t ms = per_step >= k_ns_per_ms
                                    ? (std::abs(steps / 2) > k_ms_max / (per_step / k_ns_per_ms)
                                           ? k_ms_max + 1
                                           : steps * (per_step / k_ns_per_ms))
                                    : steps / (k_ns_per_ms / per_step);
        if (std::abs(ms) > k_ms_max)
            return expected("10000 年以前的时间", "a time before the year 10000");
        m_at += all.size();
        return Timestamp{ms};
    }

    std::string_view m_body;
    const Options& m_options;
    std::size_t m_at = 0, m_line = 1;
};

}  // namespace

Result<Precision> precision_named(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, Precision>, 11> k_names{
        {{"", k_nanoseconds},
         {"ns", k_nanoseconds},
         {"n", k_nanoseconds},
         {"us", 1'000},
         {"u", 1'000},
         {"\xC2\xB5", 1'000},
         {"ms", k_ns_per_ms},
         {"s", 1'000 * k_ns_per_ms},
         {"m", 60'000 * k_ns_per_ms},
         {"h", 3'600'000 * k_ns_per_ms},
         {"\xC2\xB5s", 1'000}}};
    const auto at =
        std::ranges::find(k_names, name, &std::pair<std::string_view, Precision>::first);
    if (at == k_names.end())
        return fail(errors::k_bad_precision, {{"precision", std::string(name.substr(0, 20))}});
    return at->second;
}

Result<Points> decode(std::string_view body, const Options& options) {
    if (const auto at = not_utf8_at(body))
        return fail(errors::k_not_utf8, {{"byte", std::to_string(*at)}});
    Points out;
    std::vector<FieldProblem> problems;
    std::size_t wrong = 0;
    std::string first_byte;
    Reader reader(body, options);
    while (reader.to_point()) {
        const std::size_t line = reader.line();
        const auto done = reader.point(out);
        if (done) continue;
        const Error& error = done.error();
        if (error.is(errors::k_too_many_readings)) return std::unexpected(error);
        if (wrong++ == 0) first_byte = error.parameters.front().second;
        if (problems.size() < k_bad_lines_named_max)
            problems.push_back({"line " + std::to_string(line), error.row, error.parameters});
        reader.skip_line();
    }
    if (wrong == 0) return out;
    return fail(errors::k_bad_reading_lines,
                {{"count", std::to_string(wrong)}, {"byte", first_byte}}, std::move(problems));
}

json::object to_json(std::string_view body) {
    auto points = decode(body, {});
    if (!points) return http_json::to_json(std::unexpected(points.error()), "line_protocol");
    json::object out = http_json::to_json(std::move(points->readings), "line_protocol");
    out.emplace("texts", json::object{{"zh", "未收的文字字段"},
                                      {"en", "Fields of text, passed over"},
                                      {"value", points->texts}});
    return out;
}

std::unique_ptr<StreamDecoder> decoder() {
    return http_json::whole_body(to_json);
}

}  // namespace anlan::sensing::line_protocol
