#include "map/shape.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::map {

namespace {

constexpr double k_latitude_max_deg = 85.05112877980659;
constexpr double k_end_weight = 1e300;
/// From this zoom on, every vertex is drawn; the screens ask for nothing deeper than 15.
constexpr int k_zoom_full = 15;
/// Tile units (a pixel of a 512-pixel tile is 8): vertices that move an outline by less are left
/// out.
constexpr double k_tolerance_units = 3;
/// Areas with both sides shorter are left out.
constexpr double k_area_side_min_units = 4;

double squared_distance(const Vertex& p, const Vertex& a, const Vertex& b) {
    double x = a.x, y = a.y;
    const double dx = b.x - a.x, dy = b.y - a.y;
    if (dx != 0 || dy != 0) {
        const double t =
            std::clamp(((p.x - x) * dx + (p.y - y) * dy) / (dx * dx + dy * dy), 0.0, 1.0);
        x += dx * t;
        y += dy * t;
    }
    return (p.x - x) * (p.x - x) + (p.y - y) * (p.y - y);
}

/// Gives the vertices of one run their weights.
void weigh(std::span<Vertex> run) {
    if (run.empty()) return;
    run.front().weight = run.back().weight = k_end_weight;
    std::vector<std::pair<std::size_t, std::size_t>> spans{{0, run.size() - 1}};
    while (!spans.empty()) {
        const auto [first, last] = spans.back();
        spans.pop_back();
        double most = -1;
        std::size_t at = 0;
        for (std::size_t i = first + 1; i < last; ++i) {
            const double d = squared_distance(run[i], run[first], run[last]);
            if (d > most) {
                most = d;
                at = i;
            }
        }
        if (most < 0) continue;
        // A vertex never weighs more than the one whose choice made way for it, so that the coarser
        // outline's vertices are among the finer one's.
        run[at].weight = std::min({most, run[first].weight, run[last].weight});
        spans.emplace_back(first, at);
        spans.emplace_back(at, last);
    }
}

}  // namespace

void Box::add(double x, double y) {
    min_x = std::min(min_x, x);
    max_x = std::max(max_x, x);
    min_y = std::min(min_y, y);
    max_y = std::max(max_y, y);
}

void Box::add(const Box& other) {
    if (other.min_x > other.max_x) return;
    add(other.min_x, other.min_y);
    add(other.max_x, other.max_y);
}

Vertex project(LonLat p) {
    const double latitude = std::clamp(p.latitude_deg, -k_latitude_max_deg, k_latitude_max_deg);
    const double s = std::sin(latitude * std::numbers::pi / 180);
    return {p.longitude_deg / 360 + 0.5, 0.5 - std::log((1 + s) / (1 - s)) / (4 * std::numbers::pi),
            0};
}

Shape shape_of(const Geometry& geometry) {
    Shape out;
    switch (geometry.type) {
        case GeometryType::point:
        case GeometryType::multi_point:
            out.type = ShapeType::point;
            break;
        case GeometryType::line_string:
        case GeometryType::multi_line_string:
            out.type = ShapeType::line;
            break;
        case GeometryType::polygon:
        case GeometryType::multi_polygon:
            out.type = ShapeType::polygon;
            break;
    }
    for (const auto& part : geometry.parts) {
        for (std::size_t i = 0; i < part.size(); ++i) {
            const std::size_t first = out.vertices.size();
            for (const auto p : part[i]) {
                out.vertices.push_back(project(p));
                out.box.add(out.vertices.back().x, out.vertices.back().y);
            }
            if (out.type != ShapeType::point) weigh(std::span(out.vertices).subspan(first));
            out.runs.push_back({static_cast<std::uint32_t>(out.vertices.size()),
                                out.type == ShapeType::polygon && i > 0});
        }
    }
    return out;
}

bool TileAddress::is_valid() const {
    if (z < 0 || z > k_zoom_max) return false;
    const std::int64_t side = std::int64_t{1} << z;
    return x >= 0 && x < side && y >= 0 && y < side;
}

Box TileAddress::box() const {
    const double side = 1.0 / static_cast<double>(std::int64_t{1} << z);
    const double over = side * k_buffer / k_extent;
    const double left = static_cast<double>(x) * side, top = static_cast<double>(y) * side;
    return {left - over, top - over, left + side + over, top + side + over};
}

bool Cutter::cut(const Shape& shape, std::vector<std::uint32_t>& commands) {
    const std::size_t before = commands.size();
    m_cursor = {0, 0};
    switch (shape.type) {
        case ShapeType::point:
            cut_points(shape, commands);
            break;
        case ShapeType::line:
            cut_lines(shape, commands);
            break;
        case ShapeType::polygon:
            cut_polygons(shape, commands);
            break;
    }
    return commands.size() > before;
}

namespace {

constexpr double k_low = -k_buffer, k_high = k_extent + k_buffer;

bool is_inside(double x, double y) {
    return x >= k_low && x <= k_high && y >= k_low && y <= k_high;
}

std::uint32_t command(std::uint32_t id, std::size_t count) {
    return (static_cast<std::uint32_t>(count) << 3) | id;
}
std::uint32_t zigzag(std::int32_t v) {
    return (static_cast<std::uint32_t>(v) << 1) ^ static_cast<std::uint32_t>(v >> 31);
}

}  // namespace

/// The vertices that matter at this zoom, in tile units.
void Cutter::take_run(const Shape& shape, std::uint32_t first, std::uint32_t end) {
    const double tolerance = m_tile.z >= k_zoom_full ? -1 : k_tolerance_units / m_units;
    const double least = tolerance < 0 ? -1 : tolerance * tolerance;
    const double left = static_cast<double>(m_tile.x) * k_extent,
                 top = static_cast<double>(m_tile.y) * k_extent;
    m_points.clear();
    for (std::uint32_t i = first; i < end; ++i) {
        const Vertex& v = shape.vertices[i];
        if (v.weight > least) m_points.push_back({v.x * m_units - left, v.y * m_units - top});
    }
}

void Cutter::to_cells(const std::vector<Point>& points) {
    m_cells.clear();
    for (const auto& p : points) {
        const Cell cell{static_cast<std::int32_t>(std::lround(p.x)),
                        static_cast<std::int32_t>(std::lround(p.y))};
        if (m_cells.empty() || m_cells.back() != cell) m_cells.push_back(cell);
    }
}

void Cutter::move_to(std::span<const Cell> cells, std::vector<std::uint32_t>& out) {
    out.push_back(command(1, cells.size()));
    for (const auto cell : cells) {
        out.push_back(zigzag(cell.x - m_cursor.x));
        out.push_back(zigzag(cell.y - m_cursor.y));
        m_cursor = cell;
    }
}

void Cutter::line_to(std::span<const Cell> cells, std::vector<std::uint32_t>& out) {
    move_to(cells, out);
    out[out.size() - 2 * cells.size() - 1] = command(2, cells.size());
}

void Cutter::cut_points(const Shape& shape, std::vector<std::uint32_t>& out) {
    const double left = static_cast<double>(m_tile.x) * k_extent,
                 top = static_cast<double>(m_tile.y) * k_extent;
    m_other.clear();
    for (const auto& v : shape.vertices) {
        const Point p{v.x * m_units - left, v.y * m_units - top};
        if (is_inside(p.x, p.y)) m_other.push_back(p);
    }
    to_cells(m_other);
    if (!m_cells.empty()) move_to(m_cells, out);
}

void Cutter::add_line(std::vector<std::uint32_t>& out) {
    to_cells(m_other);
    m_other.clear();
    if (m_cells.size() < 2) return;
    move_to(std::span(m_cells).first(1), out);
    line_to(std::span(m_cells).subspan(1), out);
}

/// Liang & Barsky 1984, segment by segment; a line that leaves and comes back is several.
void Cutter::cut_lines(const Shape& shape, std::vector<std::uint32_t>& out) {
    std::uint32_t first = 0;
    for (const auto& run : shape.runs) {
        take_run(shape, first, run.end);
        first = run.end;
        m_other.clear();
        for (std::size_t i = 0; i + 1 < m_points.size(); ++i) {
            const Point a = m_points[i], b = m_points[i + 1];
            const double dx = b.x - a.x, dy = b.y - a.y;
            double enter = 0, leave = 1;
            bool meets = true;
            const double p[] = {-dx, dx, -dy, dy};
            const double q[] = {a.x - k_low, k_high - a.x, a.y - k_low, k_high - a.y};
            for (int side = 0; side < 4 && meets; ++side) {
                if (p[side] == 0) {
                    meets = q[side] >= 0;
                } else if (p[side] < 0) {
                    enter = std::max(enter, q[side] / p[side]);
                } else {
                    leave = std::min(leave, q[side] / p[side]);
                }
            }
            if (!meets || enter > leave) {
                add_line(out);
                continue;
            }
            if (m_other.empty() || enter > 0) {
                add_line(out);
                m_other.push_back({a.x + enter * dx, a.y + enter * dy});
            }
            m_other.push_back({a.x + leave * dx, a.y + leave * dy});
        }
        add_line(out);
    }
}

/// Sutherland & Hodgman 1974 against the four sides in turn. Not needed when all is `inside`.
void Cutter::clip_ring(bool inside) {
    if (inside) return;
    const auto clip = [&](auto in, auto cross) {
        m_other.clear();
        for (std::size_t i = 0; i + 1 < m_points.size(); ++i) {
            const Point a = m_points[i], b = m_points[i + 1];
            if (in(a)) m_other.push_back(a);
            if (in(a) != in(b)) m_other.push_back(cross(a, b));
        }
        if (!m_other.empty()) m_other.push_back(m_other.front());
        std::swap(m_points, m_other);
    };
    const auto at_x = [](double x) {
        return
            [x](Point a, Point b) { return Point{x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)}; };
    };
    const auto at_y = [](double y) {
        return
            [y](Point a, Point b) { return Point{a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y), y}; };
    };
    clip([](Point p) { return p.x >= k_low; }, at_x(k_low));
    clip([](Point p) { return p.x <= k_high; }, at_x(k_high));
    clip([](Point p) { return p.y >= k_low; }, at_y(k_low));
    clip([](Point p) { return p.y <= k_high; }, at_y(k_high));
}

/// Shells run clockwise on the screen (positive by the surveyor's formula with y down), holes the
/// other way, as the format wants. False when nothing of the ring is left.
bool Cutter::add_ring(bool is_hole, std::vector<std::uint32_t>& out) {
    to_cells(m_points);
    if (m_cells.size() > 1 && m_cells.front() == m_cells.back()) m_cells.pop_back();
    if (m_cells.size() < 3) return false;
    std::int64_t twice_area = 0;
    for (std::size_t i = 0; i < m_cells.size(); ++i) {
        const Cell a = m_cells[i], b = m_cells[(i + 1) % m_cells.size()];
        twice_area += static_cast<std::int64_t>(a.x) * b.y - static_cast<std::int64_t>(b.x) * a.y;
    }
    if (twice_area == 0) return false;
    if ((twice_area < 0) != is_hole) std::reverse(m_cells.begin() + 1, m_cells.end());
    move_to(std::span(m_cells).first(1), out);
    line_to(std::span(m_cells).subspan(1), out);
    out.push_back(command(7, 1));
    return true;
}

void Cutter::cut_polygons(const Shape& shape, std::vector<std::uint32_t>& out) {
    const double side = k_area_side_min_units / m_units;
    if (shape.box.max_x - shape.box.min_x < side && shape.box.max_y - shape.box.min_y < side)
        return;
    const bool inside = shape.box.within(m_tile.box());
    std::uint32_t first = 0;
    bool shell_is_there = false;
    for (const auto& run : shape.runs) {
        const std::uint32_t from = first;
        first = run.end;
        if (run.is_hole && !shell_is_there) continue;
        take_run(shape, from, run.end);
        clip_ring(inside);
        const bool added = add_ring(run.is_hole, out);
        if (!run.is_hole) shell_is_there = added;
    }
}

}  // namespace anlan::map
