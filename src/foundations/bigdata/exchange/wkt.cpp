#include "foundations/bigdata/exchange/wkt.h"

#include <array>
#include <charconv>

namespace anlan::bigdata::exchange {
namespace {

void add_number(std::string& out, double v) {
    std::array<char, 32> buffer;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), v);
    out.append(buffer.data(), end);
}

void add_ring(std::string& out, const Geometry::Ring& ring) {
    out += '(';
    for (std::size_t i = 0; i < ring.size(); ++i) {
        if (i > 0) out += ", ";
        add_number(out, ring[i].longitude_deg);
        out += ' ';
        add_number(out, ring[i].latitude_deg);
    }
    out += ')';
}

void add_part(std::string& out, const Geometry::Part& part) {
    out += '(';
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (i > 0) out += ", ";
        add_ring(out, part[i]);
    }
    out += ')';
}

std::string_view name_of(GeometryType type) {
    switch (type) {
        case GeometryType::point:
            return "POINT";
        case GeometryType::multi_point:
            return "MULTIPOINT";
        case GeometryType::line_string:
            return "LINESTRING";
        case GeometryType::multi_line_string:
            return "MULTILINESTRING";
        case GeometryType::polygon:
            return "POLYGON";
        default:
            return "MULTIPOLYGON";
    }
}

/// Into GeoJSON's nested arrays, which one function then judges.
class Reader {
  public:
    explicit Reader(std::string_view text) : m_text(text) {}

    Result<Geometry> read() {
        for (const std::string_view mark : {"SRID=4326;", "SRID=4490;"})
            if (m_text.starts_with(mark)) m_text.remove_prefix(mark.size());
        const std::string name = word();
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> k_names{
            {{"POINT", "Point"},
             {"MULTIPOINT", "MultiPoint"},
             {"LINESTRING", "LineString"},
             {"MULTILINESTRING", "MultiLineString"},
             {"POLYGON", "Polygon"},
             {"MULTIPOLYGON", "MultiPolygon"}}};
        for (std::size_t i = 0; i < k_names.size(); ++i) {
            if (k_names[i].first != name) continue;
            constexpr std::array<int, 6> k_depths{0, 1, 1, 2, 2, 3};
            TRY_ASSIGN(coordinates, level(k_depths[i], name == "MULTIPOINT"));
            space();
            if (!m_text.empty()) return wrong();
            if (i == 0 && coordinates.get_array().size() != 1) return wrong();
            return geometry_from_json(json::object{
                {"type", k_names[i].second},
                {"coordinates", i == 0 ? coordinates.get_array()[0] : std::move(coordinates)}});
        }
        return wrong();
    }

  private:
    std::unexpected<Error> wrong() const {
        return fail(errors::k_bad_geometry,
                    {{"what", "WKT: " + std::string(m_text.substr(0, 40))}});
    }
    void space() {
        while (!m_text.empty() && (m_text[0] == ' ' || m_text[0] == '\n' || m_text[0] == '\t'))
            m_text.remove_prefix(1);
    }
    bool take(char c) {
        space();
        if (m_text.empty() || m_text[0] != c) return false;
        m_text.remove_prefix(1);
        return true;
    }
    std::string word() {
        space();
        std::string out;
        while (!m_text.empty() && ((m_text[0] | 0x20) >= 'a') && ((m_text[0] | 0x20) <= 'z')) {
            out += static_cast<char>(m_text[0] & ~0x20);
            m_text.remove_prefix(1);
        }
        return out;
    }
    Result<json::value> number() {
        space();
        double v = 0;
        const auto [end, error] = std::from_chars(m_text.data(), m_text.data() + m_text.size(), v);
        if (error != std::errc{}) return wrong();
        m_text.remove_prefix(static_cast<std::size_t>(end - m_text.data()));
        return json::value(v);
    }
    Result<json::value> point() {
        TRY_ASSIGN(x, number());
        TRY_ASSIGN(y, number());
        return json::value(json::array{std::move(x), std::move(y)});
    }
    /// A bracketed list: of points at depth 0 and 1, of lists above.
    Result<json::value> level(int depth, bool bracketed_points) {
        if (!take('(')) return wrong();
        json::array out;
        do {
            if (depth <= 1) {
                const bool bracket = bracketed_points && take('(');
                TRY_ASSIGN(p, point());
                if (bracket && !take(')')) return wrong();
                out.push_back(std::move(p));
            } else {
                TRY_ASSIGN(inner, level(depth - 1, false));
                out.push_back(std::move(inner));
            }
        } while (take(','));
        if (!take(')')) return wrong();
        return json::value(std::move(out));
    }

    std::string_view m_text;
};

}  // namespace

std::string wkt_of(const Geometry& geometry) {
    std::string out(name_of(geometry.type));
    out += ' ';
    using enum GeometryType;
    if (geometry.type == point || geometry.type == multi_point || geometry.type == line_string) {
        add_ring(out, geometry.parts[0][0]);
    } else if (geometry.type == multi_line_string) {
        // One ring a line, in one part or in one part each.
        out += '(';
        bool first = true;
        for (const auto& part : geometry.parts) {
            for (const auto& ring : part) {
                if (!first) out += ", ";
                first = false;
                add_ring(out, ring);
            }
        }
        out += ')';
    } else if (geometry.type == polygon) {
        add_part(out, geometry.parts[0]);
    } else {
        out += '(';
        for (std::size_t i = 0; i < geometry.parts.size(); ++i) {
            if (i > 0) out += ", ";
            add_part(out, geometry.parts[i]);
        }
        out += ')';
    }
    return out;
}

Result<Geometry> geometry_of_wkt(std::string_view text) {
    return Reader(text).read();
}

}  // namespace anlan::bigdata::exchange
