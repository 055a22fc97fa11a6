#include "foundations/bigdata/exchange/feature_reader.h"

#include "core/json.h"
#include "foundations/bigdata/exchange/errors.h"

#include <algorithm>
#include <unordered_map>

namespace anlan::bigdata::exchange {
namespace {

/// Walks over JSON text without building it: finds where a value ends, and copies that much.
class Scanner {
  public:
    explicit Scanner(std::unique_ptr<ByteSource> text) : m_text(std::move(text)) {}

    /// The next character without taking it; NUL at the end.
    Result<char> peek() {
        if (m_at == m_piece.size()) {
            m_before += m_piece.size();
            m_at = 0;
            TRY_ASSIGN(piece, m_text->next());
            m_piece = piece;
        }
        return m_piece.empty() ? '\0' : m_piece[m_at];
    }
    void skip() { ++m_at; }
    Result<char> peek_past_space() {
        while (true) {
            TRY_ASSIGN(c, peek());
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return c;
            skip();
        }
    }
    Result<void> expect(char wanted) {
        TRY_ASSIGN(c, peek_past_space());
        if (c != wanted)
            return wrong({std::string("应为 ") + wanted, std::string("expected ") + wanted});
        skip();
        return {};
    }
    /// One JSON value, copied as it stands. What it holds is for the parser to judge.
    Result<void> take_value(std::string& out, const Limits& limits) {
        out.clear();
        TRY_ASSIGN(first, peek_past_space());
        std::size_t depth = 0;
        bool quoted = false, escaped = false;
        for (char c = first;;) {
            if (c == '\0') return wrong({"文件不完整", "the file ends too early"});
            if (out.size() >= limits.feature_bytes_max) {
                const auto most = std::to_string(limits.feature_bytes_max);
                return wrong({"一个要素超过 " + most + " 字节",
                              "one feature is larger than " + most + " bytes"});
            }
            if (!quoted && depth == 0 && !out.empty() &&
                (c == ',' || c == '}' || c == ']' || c == ' ' || c == '\n' || c == '\r'))
                return {};
            out += c;
            skip();
            if (quoted) {
                if (escaped)
                    escaped = false;
                else if (c == '\\')
                    escaped = true;
                else if (c == '"')
                    quoted = false;
                if (!quoted && depth == 0) return {};
            } else if (c == '"') {
                quoted = true;
            } else if (c == '{' || c == '[') {
                ++depth;
            } else if (c == '}' || c == ']') {
                if (depth == 0) return wrong({"括号不成对", "a bracket too many"});
                if (--depth == 0) return {};
            }
            TRY_ASSIGN(following, peek());
            c = following;
        }
    }
    [[nodiscard]] std::size_t byte() const { return m_before + m_at; }
    [[nodiscard]] double progress() const { return m_text->progress(); }
    std::unexpected<Error> wrong(std::pair<std::string, std::string> what) const {
        return fail(errors::k_bad_geojson, {{"byte", std::to_string(byte())},
                                            {"what", std::move(what.first)},
                                            {"what_en", std::move(what.second)}});
    }

  private:
    std::unique_ptr<ByteSource> m_text;
    std::string_view m_piece;
    std::size_t m_at = 0, m_before = 0;
};

/// "urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490".
bool in_degrees(std::string_view name) {
    return name.ends_with("CRS84") || name.ends_with(":4326") || name.ends_with(":4490");
}

std::string text_of_property(const json::value& value) {
    if (value.is_null()) return {};
    if (const auto* text = value.if_string()) return {text->data(), text->size()};
    return canonical_text(value);
}

class FeatureRows final : public RowSource {
  public:
    FeatureRows(std::unique_ptr<ByteSource> text, Limits limits)
        : m_scanner(std::move(text)), m_limits(limits) {}

    Result<bool> next(Row& row) override {
        row = {};
        if (m_where == Where::start) {
            TRY(m_scanner.expect('{'));
            m_where = Where::members;
        }
        if (m_where == Where::members) TRY(members());
        if (m_where == Where::features) {
            TRY_ASSIGN(there, feature(row));
            if (there) return true;
            TRY(members());
        }
        if (m_where == Where::end && m_single) {
            json::object feature = std::move(*m_single);
            m_single.reset();
            TRY(fill(row, feature));
            return true;
        }
        return false;
    }
    [[nodiscard]] const std::vector<std::string>* names() const override { return &m_names; }
    [[nodiscard]] double progress() const override { return m_scanner.progress(); }

  private:
    enum class Where { start, members, features, end };

    /// Members of the outermost object up to the features, or to its end.
    Result<void> members() {
        m_where = Where::members;
        while (true) {
            TRY_ASSIGN(c, m_scanner.peek_past_space());
            if (c == '}') {
                m_scanner.skip();
                return finish();
            }
            if (m_member_before) TRY(m_scanner.expect(','));
            m_member_before = true;
            TRY_ASSIGN(key, parsed());
            if (!key.is_string())
                return m_scanner.wrong({"应为成员名", "expected a member's name"});
            TRY(m_scanner.expect(':'));
            if (key.get_string() == "features") {
                TRY(m_scanner.expect('['));
                if (m_collection) return m_scanner.wrong({"features 重复", "features twice"});
                m_collection = true;
                m_where = Where::features;
                m_feature_before = false;
                return {};
            }
            TRY_ASSIGN(value, parsed());
            TRY(member(key.get_string(), std::move(value)));
        }
    }

    Result<void> member(std::string_view key, json::value value) {
        if (key == "crs" && !value.is_null()) {
            const auto* crs = value.if_object();
            const json::object empty;
            const auto name = std::string(
                text_at(object_at(crs == nullptr ? empty : *crs, "properties"), "name"));
            if (!in_degrees(name)) return fail(errors::k_other_crs, {{"crs", name}});
        } else if (key == "type") {
            m_type = value.is_string() ? std::string(value.get_string()) : std::string();
        } else if (key == "properties" || key == "geometry" || key == "id") {
            m_members[key] = std::move(value);
        }
        return {};
    }

    Result<void> finish() {
        m_where = Where::end;
        TRY_ASSIGN(c, m_scanner.peek_past_space());
        if (c != '\0') return m_scanner.wrong({"末尾有多余内容", "something follows the end"});
        if (m_collection && m_type == "FeatureCollection") return {};
        if (!m_collection && m_type == "Feature") {
            m_single = std::move(m_members);
            m_single->insert_or_assign("type", "Feature");
            return {};
        }
        return m_scanner.wrong(
            {"应为 FeatureCollection 或 Feature", "should be a FeatureCollection or a Feature"});
    }

    /// The next feature of the array; false at its end.
    Result<bool> feature(Row& row) {
        TRY_ASSIGN(c, m_scanner.peek_past_space());
        if (c == ']') {
            m_scanner.skip();
            return false;
        }
        if (m_feature_before) TRY(m_scanner.expect(','));
        m_feature_before = true;
        TRY_ASSIGN(value, parsed());
        const auto* object = value.if_object();
        if (object == nullptr || text_at(*object, "type") != "Feature")
            return m_scanner.wrong({"features 中应为 Feature", "features should hold Features"});
        TRY(fill(row, *object));
        return true;
    }

    Result<void> fill(Row& row, const json::object& feature) {
        row.number = ++m_rows;
        if (const auto* id = feature.if_contains("id"); id != nullptr && !id->is_null())
            TRY(put(row, "id", *id));
        for (const auto& [key, value] : object_at(feature, "properties")) TRY(put(row, key, value));
        const auto* geometry = feature.if_contains("geometry");
        if (geometry == nullptr || geometry->is_null()) return {};
        auto read = geometry_from_json(*geometry);
        if (read)
            row.geometry = std::move(*read);
        else
            row.problem = std::move(read).error();
        return {};
    }

    Result<void> put(Row& row, std::string_view name, const json::value& value) {
        auto [at, fresh] = m_index.try_emplace(std::string(name), m_names.size());
        if (fresh) {
            if (m_names.size() >= m_limits.columns_max) {
                return fail(errors::k_columns_too_many,
                            {{"line", std::to_string(row.number)},
                             {"max", std::to_string(m_limits.columns_max)}});
            }
            m_names.emplace_back(name);
        }
        if (row.cells.size() <= at->second) row.cells.resize(at->second + 1);
        row.cells[at->second] = text_of_property(value);
        return {};
    }

    Result<json::value> parsed() {
        TRY(m_scanner.take_value(m_text, m_limits));
        auto out = parse_json(m_text, {m_limits.feature_bytes_max, m_limits.feature_depth_max});
        if (out) return std::move(*out);
        std::string what = "JSON";
        for (const auto& [name, value] : out.error().parameters) {
            if (name == "what") what = value;
        }
        return m_scanner.wrong({what, what});
    }

    Scanner m_scanner;
    const Limits m_limits;
    Where m_where = Where::start;
    bool m_member_before = false, m_feature_before = false, m_collection = false;
    std::string m_type, m_text;
    json::object m_members;
    std::optional<json::object> m_single;
    std::vector<std::string> m_names;
    std::unordered_map<std::string, std::size_t> m_index;
    std::size_t m_rows = 0;
};

}  // namespace

std::unique_ptr<RowSource> feature_rows(std::unique_ptr<ByteSource> text, Limits limits) {
    return std::make_unique<FeatureRows>(std::move(text), limits);
}

}  // namespace anlan::bigdata::exchange
