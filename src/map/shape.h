// Geometry as tiles need it: projected once, with the weight of every vertex, so that a tile of any
// zoom is cut out of it in one pass.
//
// Coordinates are the unit square of the spherical Mercator projection (EPSG:3857): x grows east
// from 180°W, y grows south from 85.0511°N. A tile of zoom z is 2^-z wide. Format: Mapbox Vector
// Tile Specification 2.1, chapter 4.3.
#pragma once

#include "core/geo.h"

#include <cstdint>
#include <span>
#include <vector>

namespace anlan::map {

struct Box {
    double min_x = 1e300, min_y = 1e300, max_x = -1e300, max_y = -1e300;
    void add(double x, double y);
    void add(const Box& other);
    [[nodiscard]] bool meets(const Box& o) const {
        return min_x <= o.max_x && o.min_x <= max_x && min_y <= o.max_y && o.min_y <= max_y;
    }
    [[nodiscard]] bool within(const Box& o) const {
        return min_x >= o.min_x && max_x <= o.max_x && min_y >= o.min_y && max_y <= o.max_y;
    }
};

struct Vertex {
    double x = 0, y = 0;
    /// Squared distance to the line that would stand without it (Douglas & Peucker 1973); ends:
    /// huge.
    double weight = 0;
};

enum class ShapeType : std::uint8_t {
    point = 1,
    line = 2,
    polygon = 3
};  ///< The codes of the format.

/// Rings, lines or all points, one after another. Rings are closed: the last vertex is the first.
struct Shape {
    struct Run {
        std::uint32_t end = 0;  ///< One past its last vertex.
        bool is_hole = false;
    };
    ShapeType type = ShapeType::point;
    std::vector<Vertex> vertices;
    std::vector<Run> runs;
    Box box;
};

Vertex project(LonLat p);
Shape shape_of(const Geometry& geometry);

inline constexpr int k_zoom_max = 22;
inline constexpr std::int32_t k_extent = 4096;
/// Tile units that a tile reaches over its edge, so that outlines and labels meet across it.
inline constexpr std::int32_t k_buffer = 128;

struct TileAddress {
    int z = 0;
    std::int64_t x = 0, y = 0;
    [[nodiscard]] bool is_valid() const;
    /// With the buffer.
    [[nodiscard]] Box box() const;
    /// From the unit square to tile units.
    [[nodiscard]] double units() const {
        return static_cast<double>(std::int64_t{1} << z) * k_extent;
    }
};

/// Cuts tiles out of shapes. Keeps its working memory between calls; one a thread.
class Cutter {
  public:
    explicit Cutter(const TileAddress& tile) : m_tile(tile), m_units(tile.units()) {}
    /// Appends the format's commands. False, and nothing appended, when the shape has no part in
    /// the tile, or is too small to be seen there.
    bool cut(const Shape& shape, std::vector<std::uint32_t>& commands);

  private:
    struct Point {
        double x, y;
    };
    struct Cell {
        std::int32_t x, y;
        friend bool operator==(const Cell&, const Cell&) = default;
    };
    void cut_points(const Shape& shape, std::vector<std::uint32_t>& out);
    void cut_lines(const Shape& shape, std::vector<std::uint32_t>& out);
    void cut_polygons(const Shape& shape, std::vector<std::uint32_t>& out);
    void take_run(const Shape& shape, std::uint32_t first, std::uint32_t end);
    void clip_ring(bool inside);
    void add_line(std::vector<std::uint32_t>& out);
    bool add_ring(bool is_hole, std::vector<std::uint32_t>& out);
    void to_cells(const std::vector<Point>& points);
    void move_to(std::span<const Cell> cells, std::vector<std::uint32_t>& out);
    void line_to(std::span<const Cell> cells, std::vector<std::uint32_t>& out);

    TileAddress m_tile;
    double m_units;
    Cell m_cursor{0, 0};
    std::vector<Point> m_points, m_other;
    std::vector<Cell> m_cells;
};

}  // namespace anlan::map
