// Test maps drawn as text. A cell is 100 m. Capital letters are junctions; between two of them runs
// a road of -, or of |, named after them ("AB"); > < ^ v make it one-way; a small letter (but v) is
// a place on a road.
#pragma once

#include "models/routing/graph.h"

#include <cctype>
#include <map>
#include <string>
#include <vector>

namespace anlan::routing::testing {

class AsciiMap {
  public:
    explicit AsciiMap(std::vector<std::string> rows, double km_h = 36)
        : m_rows(std::move(rows)), m_km_h(km_h) {
        for (std::size_t r = 0; r < m_rows.size(); ++r) {
            for (std::size_t c = 0; c < m_rows[r].size(); ++c) {
                const char here = m_rows[r][c];
                if (std::isalpha(here) != 0 && here != 'v') m_places[here] = place(c, r);
                if (std::isupper(here) == 0) continue;
                add_road(r, c, 0, 1, "-<>");
                add_road(r, c, 1, 0, "|^v");
            }
        }
    }

    [[nodiscard]] LonLat at(char name) const { return m_places.at(name); }
    [[nodiscard]] const std::vector<Road>& roads() const { return m_roads; }
    [[nodiscard]] Graph graph() const {
        auto g = Graph::build(m_roads);
        ASSERT(g.has_value());
        return std::move(*g);
    }
    [[nodiscard]] Uuid road(const std::string& name) const { return Uuid::from_name(name); }
    /// A square with its middle at a place.
    [[nodiscard]] Geometry square(char name, double half_m) const {
        const Local m = to_local(at(name));
        const auto corner = [&](double e, double n) {
            return to_lonlat({m.east_m + e * half_m, m.north_m + n * half_m});
        };
        return Geometry::polygon({corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)});
    }

  private:
    [[nodiscard]] char cell(std::size_t r, std::size_t c) const {
        return r < m_rows.size() && c < m_rows[r].size() ? m_rows[r][c] : ' ';
    }
    [[nodiscard]] static LonLat place(std::size_t c, std::size_t r) {
        return to_lonlat(
            {569'000 + 100.0 * static_cast<double>(c), 4'320'000 - 100.0 * static_cast<double>(r)});
    }
    void add_road(std::size_t r, std::size_t c, std::size_t down, std::size_t right,
                  const std::string& strokes) {
        const char from = cell(r, c);
        char way = strokes[0];
        std::size_t y = r + down, x = c + right;
        for (char k = cell(y, x); std::isupper(k) == 0; y += down, x += right, k = cell(y, x)) {
            if (strokes.find(k) == std::string::npos && (std::islower(k) == 0 || k == 'v')) return;
            if (k == strokes[1] || k == strokes[2]) way = k;
        }
        std::vector<LonLat> line{place(c, r), place(x, y)};
        if (way == strokes[1]) std::swap(line[0], line[1]);
        const std::string name{from, cell(y, x)};
        m_roads.push_back({Uuid::from_name(name),
                           {name, name},
                           line,
                           MetresPerSecond(m_km_h / 3.6),
                           way != strokes[0],
                           false,
                           {}});
    }

    std::vector<std::string> m_rows;
    double m_km_h;
    std::map<char, LonLat> m_places;
    std::vector<Road> m_roads;
};

}  // namespace anlan::routing::testing
