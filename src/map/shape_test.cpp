#include "map/shape.h"

#include "core/random.h"
#include "map/tile_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::map {
namespace {

using test::Cells;

/// The published formula of slippy-map tiles, another way round than the program's.
std::pair<double, double> tile_units(LonLat p, const TileAddress& tile) {
    const double n = std::pow(2.0, tile.z);
    const double x = (p.longitude_deg + 180) / 360 * n;
    const double y =
        (1 - std::asinh(std::tan(p.latitude_deg * std::numbers::pi / 180)) / std::numbers::pi) / 2 *
        n;
    return {(x - static_cast<double>(tile.x)) * 4096, (y - static_cast<double>(tile.y)) * 4096};
}

LonLat place(double unit_x, double unit_y, const TileAddress& tile) {
    const double n = std::pow(2.0, tile.z);
    const double x = (static_cast<double>(tile.x) + unit_x / 4096) / n,
                 y = (static_cast<double>(tile.y) + unit_y / 4096) / n;
    return {x * 360 - 180,
            std::atan(std::sinh(std::numbers::pi * (1 - 2 * y))) * 180 / std::numbers::pi};
}

TileAddress tile_of(LonLat p, int z) {
    const TileAddress world{z, 0, 0};
    const auto [x, y] = tile_units(p, world);
    return {z, static_cast<std::int64_t>(x / 4096), static_cast<std::int64_t>(y / 4096)};
}

std::vector<Cells> cut(const Geometry& geometry, const TileAddress& tile) {
    const Shape shape = shape_of(geometry);
    std::vector<std::uint32_t> commands;
    Cutter cutter(tile);
    if (!cutter.cut(shape, commands)) return {};
    return test::read_commands(commands, static_cast<int>(shape.type));
}

constexpr LonLat k_pier{117.80, 39.00};

TEST(TileAddress, KnowsItsRange) {
    EXPECT_TRUE((TileAddress{0, 0, 0}.is_valid()));
    EXPECT_TRUE((TileAddress{22, (1 << 22) - 1, 0}.is_valid()));
    for (const TileAddress bad :
         {TileAddress{0, 1, 0}, {3, 8, 0}, {3, 0, 8}, {3, -1, 0}, {-1, 0, 0}, {23, 0, 0}}) {
        EXPECT_FALSE(bad.is_valid()) << bad.z << '/' << bad.x << '/' << bad.y;
    }
}

// By hand for z 14: x = 297.8/360·16384 = 13553.2; y = (1 − ln(tan 39° + sec 39°)/π)/2·16384
// = (1 − 0.74028/π)/2·16384 = 6261.6.
TEST(Cutter, APointLandsWhereTheFormulaSays) {
    const TileAddress tile = tile_of(k_pier, 14);
    EXPECT_EQ(tile.x, 13553);
    EXPECT_EQ(tile.y, 6261);
    for (const int z : {0, 5, 10, 14, 18, 22}) {
        const TileAddress at = tile_of(k_pier, z);
        const auto parts = cut(Geometry::point(k_pier), at);
        ASSERT_EQ(parts.size(), 1u) << z;
        const auto [x, y] = tile_units(k_pier, at);
        EXPECT_NEAR(parts[0][0].first, x, 0.51) << z;
        EXPECT_NEAR(parts[0][0].second, y, 0.51) << z;
    }
}

TEST(Cutter, PointsReachIntoTheBufferAndNoFurther) {
    const TileAddress tile{14, 13553, 6261};
    EXPECT_EQ(cut(Geometry::point(place(-k_buffer + 1, 2000, tile)), tile).size(), 1u);
    EXPECT_TRUE(cut(Geometry::point(place(-k_buffer - 1, 2000, tile)), tile).empty());
    EXPECT_EQ(cut(Geometry::point(place(2000, 4096 + k_buffer - 1, tile)), tile).size(), 1u);
    EXPECT_TRUE(cut(Geometry::point(place(2000, 4096 + k_buffer + 1, tile)), tile).empty());
    Geometry several{GeometryType::multi_point,
                     {{{place(10, 10, tile), place(9000, 10, tile), place(20, 30, tile)}}}};
    EXPECT_EQ(cut(several, tile).at(0), (Cells{{10, 10}, {20, 30}}));
}

TEST(Cutter, ALineThatLeavesAndComesBackIsTwo) {
    const TileAddress tile{15, 27106, 12524};
    const auto at = [&](double x, double y) { return place(x, y, tile); };
    const auto parts =
        cut(Geometry::line({at(1000, 1000), at(1000, 6096), at(3000, 6096), at(3000, 1000)}), tile);
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_EQ(parts[0], (Cells{{1000, 1000}, {1000, 4224}}));
    EXPECT_EQ(parts[1], (Cells{{3000, 4224}, {3000, 1000}}));
    EXPECT_EQ(cut(Geometry::line({at(-9000, 2048), at(9000, 2048)}), tile).at(0),
              (Cells{{-128, 2048}, {4224, 2048}}));
    EXPECT_TRUE(cut(Geometry::line({at(-9000, 2048), at(2048, -9000)}), tile).empty());
    EXPECT_TRUE(cut(Geometry::line({at(5000, 0), at(5000, 4096)}), tile).empty());
    // Both ends outside, through a corner.
    EXPECT_EQ(cut(Geometry::line({at(-1000, 1000), at(1000, -1000)}), tile).at(0),
              (Cells{{-128, 128}, {128, -128}}));
}

TEST(Cutter, AnAreaRoundTheWholeTileBecomesItsBox) {
    const TileAddress tile{15, 27106, 12524};
    const auto at = [&](double x, double y) { return place(x, y, tile); };
    const auto parts =
        cut(Geometry::polygon({at(-9000, -9000), at(-9000, 9000), at(9000, 9000), at(9000, -9000)}),
            tile);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(parts[0].size(), 4u);
    EXPECT_DOUBLE_EQ(test::signed_area(parts[0]), (4096.0 + 256) * (4096 + 256));
    EXPECT_TRUE(cut(Geometry::polygon({at(5000, 0), at(6000, 0), at(6000, 900)}), tile).empty());
}

TEST(Cutter, ShellsAndHolesWindAsTheFormatWantsWhicheverWayTheyCame) {
    const TileAddress tile{15, 27106, 12524};
    const auto at = [&](double x, double y) { return place(x, y, tile); };
    Geometry::Ring shell{at(100, 100), at(3000, 100), at(3000, 3000), at(100, 3000), at(100, 100)};
    Geometry::Ring hole{at(500, 500), at(600, 500), at(600, 700), at(500, 700), at(500, 500)};
    for (int turn = 0; turn < 4; ++turn) {
        Geometry area{GeometryType::polygon, {{shell, hole}}};
        if ((turn & 1) != 0) std::ranges::reverse(area.parts[0][0]);
        if ((turn & 2) != 0) std::ranges::reverse(area.parts[0][1]);
        const auto parts = cut(area, tile);
        ASSERT_EQ(parts.size(), 2u);
        EXPECT_DOUBLE_EQ(test::signed_area(parts[0]), 2900.0 * 2900) << turn;
        EXPECT_DOUBLE_EQ(test::signed_area(parts[1]), -100.0 * 200) << turn;
    }
}

TEST(Cutter, AHoleDoesNotOutliveItsShell) {
    const TileAddress tile{15, 27106, 12524};
    const auto at = [&](double x, double y) { return place(x, y, tile); };
    // The shell's part in the tile is its hole, all of it.
    Geometry::Ring shell{at(-9000, -9000), at(9000, -9000), at(9000, 9000), at(-9000, 9000),
                         at(-9000, -9000)};
    Geometry::Ring far{at(20000, 0), at(30000, 0), at(30000, 9000), at(20000, 0)};
    Geometry::Ring far_hole{at(100, 100), at(200, 100), at(200, 200),
                            at(100, 100)};  // wrong data: outside its shell
    const auto parts = cut({GeometryType::multi_polygon, {{far, far_hole}, {shell}}}, tile);
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_GT(test::signed_area(parts[0]), 0);
}

TEST(Cutter, WhatIsTooSmallToSeeIsLeftOut) {
    const TileAddress deep = tile_of(k_pier, 16), wide = tile_of(k_pier, 8);
    const Geometry shed =
        Geometry::polygon({k_pier, {117.8003, 39.0}, {117.8003, 39.0002}, {117.8, 39.0002}});
    EXPECT_EQ(cut(shed, deep).size(), 1u);
    EXPECT_TRUE(cut(shed, wide).empty());
    EXPECT_TRUE(cut(Geometry::line({k_pier, k_pier}), deep).empty());
}

double distance_to_edges(const std::vector<std::pair<double, double>>& ring, double x, double y) {
    double least = 1e300;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const auto [ax, ay] = ring[i];
        const auto [bx, by] = ring[(i + 1) % ring.size()];
        const double dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
        const double t =
            length == 0 ? 0 : std::clamp(((x - ax) * dx + (y - ay) * dy) / length, 0.0, 1.0);
        least = std::min(least, std::hypot(x - ax - t * dx, y - ay - t * dy));
    }
    return least;
}

template <class Ring>
bool is_inside(const Ring& ring, double x, double y) {
    bool inside = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
        const double ax = ring[i].first, ay = ring[i].second, bx = ring[j].first,
                     by = ring[j].second;
        if ((ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) inside = !inside;
    }
    return inside;
}

// Random stars across the edges of a tile: a sample point is inside the cut area exactly when it is
// inside the star, except as near to its outline as rounding and simplification may move it.
TEST(Cutter, CutAreasCoverWhatTheAreaCovers) {
    SeededRandom random(20261123);
    for (const int z : {11, 13, 16}) {
        const TileAddress tile = tile_of(k_pier, z);
        const double slack = z >= 15 ? 1.5 : 4.5;
        for (int round = 0; round < 40; ++round) {
            Geometry::Ring ring;
            std::vector<std::pair<double, double>> exact;
            const double centre_x = random.next_unit() * 5000 - 400,
                         centre_y = random.next_unit() * 5000 - 400;
            for (int i = 0; i < 60; ++i) {
                const double angle = i * 2 * std::numbers::pi / 60,
                             radius = 300 + 2500 * random.next_unit();
                const LonLat p = place(centre_x + radius * std::cos(angle),
                                       centre_y + radius * std::sin(angle), tile);
                ring.push_back(p);
                exact.push_back(tile_units(p, tile));
            }
            const auto parts = cut(Geometry::polygon(ring), tile);
            for (int sample = 0; sample < 500; ++sample) {
                const double x = random.next_unit() * 4096, y = random.next_unit() * 4096;
                bool inside = false;
                for (const auto& part : parts) inside ^= is_inside(part, x, y);
                if (inside != is_inside(exact, x, y)) {
                    ASSERT_LT(distance_to_edges(exact, x, y), slack)
                        << "z " << z << " round " << round;
                }
            }
        }
    }
}

TEST(Cutter, ACoarserZoomNeedsFewerVertices) {
    Geometry::Ring ring;
    for (int i = 0; i < 720; ++i) {
        const double angle = i * std::numbers::pi / 360;
        ring.push_back({117.8 + 0.02 * std::cos(angle), 39 + 0.015 * std::sin(angle)});
    }
    const Geometry lake = Geometry::polygon(ring);
    std::size_t finer = 0;
    for (const int z : {7, 9, 11}) {
        const auto parts = cut(lake, tile_of(k_pier, z));
        ASSERT_EQ(parts.size(), 1u);
        EXPECT_GT(parts[0].size(), finer);
        finer = parts[0].size();
    }
    EXPECT_LT(finer, 100u);
}

}  // namespace
}  // namespace anlan::map
