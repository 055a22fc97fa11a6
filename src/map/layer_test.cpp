#include "map/layer.h"

#include "core/random.h"
#include "map/tile_cache.h"
#include "map/tile_reader.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace anlan::map {
namespace {

constexpr TileAddress k_world{0, 0, 0};
const bigdata::RowFilter k_all = bigdata::RowFilter::everything();

Uuid id_of(int i) {
    return Uuid::from_name("feature " + std::to_string(i));
}

Feature point(int i, LonLat p, std::int64_t sequence = 1) {
    Feature out;
    out.id = id_of(i);
    out.geometry = Geometry::point(p);
    out.sequence = sequence;
    return out;
}

std::string tile(const Layer& layer, const TileAddress& address = k_world,
                 const bigdata::RowFilter& rows = k_all) {
    std::string out;
    layer.encode(address, rows, out);
    return out;
}

TEST(PackedTree, FindsWhatALookAtEverythingFinds) {
    SeededRandom random(3);
    for (const std::size_t count : {0, 1, 15, 16, 17, 1000, 5000}) {
        std::vector<Box> boxes(count);
        for (auto& box : boxes) {
            const double x = random.next_unit(), y = random.next_unit();
            box = {x, y, x + 0.02 * random.next_unit(), y + 0.02 * random.next_unit()};
        }
        const PackedTree tree(boxes);
        for (int round = 0; round < 50; ++round) {
            const double x = random.next_unit(), y = random.next_unit(),
                         side = random.next_unit() * 0.3;
            const Box window{x, y, x + side, y + side};
            std::set<std::uint32_t> found, expected;
            tree.query(window, [&](std::uint32_t i) { EXPECT_TRUE(found.insert(i).second); });
            for (std::uint32_t i = 0; i < count; ++i) {
                if (boxes[i].meets(window)) expected.insert(i);
            }
            ASSERT_EQ(found, expected);
        }
    }
}

TEST(Layer, EncodesPropertiesOfEveryType) {
    Layer layer("thing");
    layer.put(point(1, {117.8, 39}),
              {{"name", "冷库"}, {"people", std::int64_t{-12}}, {"share", 0.25}, {"open", true}});
    layer.put(point(2, {117.9, 39}), {{"name", "冷库"}, {"open", false}});
    const auto layers = test::read_tile(tile(layer));
    ASSERT_EQ(layers.size(), 1u);
    const auto& read = layers.at("thing");
    EXPECT_EQ(read.version, 2);
    EXPECT_EQ(read.extent, 4096);
    ASSERT_EQ(read.features.size(), 2u);
    const auto& first = id_of(1) < id_of(2) ? read.features[0] : read.features[1];
    EXPECT_EQ(first.type, 1);
    EXPECT_EQ(test::text_of(first, "name"), "冷库");
    EXPECT_EQ(test::text_of(first, "people"), "-12");
    EXPECT_EQ(std::get<double>(first.properties.at("share")), 0.25);
    EXPECT_EQ(std::get<bool>(first.properties.at("open")), true);
}

TEST(Layer, NothingInTheTileIsNoBytes) {
    Layer layer("thing");
    EXPECT_TRUE(tile(layer).empty());
    layer.put(point(1, {117.8, 39}), {});
    EXPECT_TRUE(tile(layer, {10, 0, 0}).empty());
    EXPECT_FALSE(tile(layer).empty());
    layer.remove(id_of(1));
    EXPECT_TRUE(tile(layer).empty());
}

TEST(Layer, ShowsOnlyWhatTheRowFilterLetsPass) {
    Layer layer("thing");
    const Uuid grid = Uuid::from_name("grid 1");
    Feature own = point(1, {117.8, 39}), other = point(2, {117.8, 39}),
            nobodys = point(3, {117.8, 39});
    own.scope.grid = grid;
    other.scope.grid = Uuid::from_name("grid 2");
    layer.put(own, {{"n", "own"}});
    layer.put(other, {{"n", "other"}});
    layer.put(nobodys, {{"n", "nobody's"}});
    bigdata::RowFilter rows;
    rows.grid = grid;
    std::set<std::string> expected, seen;
    for (const auto& [name, scope] :
         {std::pair{"own", own.scope}, {"other", other.scope}, {"nobody's", nobodys.scope}}) {
        if (rows.passes(scope)) expected.insert(name);
    }
    const auto read = test::read_tile(tile(layer, k_world, rows));
    for (const auto& f : read.at("thing").features) seen.insert(test::text_of(f, "n"));
    EXPECT_EQ(seen, expected);
    EXPECT_FALSE(seen.contains("other"));
    rows.none = true;
    EXPECT_TRUE(tile(layer, k_world, rows).empty());
}

TEST(Layer, AnOlderStateDoesNotReplaceANewerOne) {
    Layer layer("thing");
    layer.put(point(1, {117.8, 39}, 7), {{"n", "new"}});
    layer.put(point(1, {10, 10}, 6), {{"n", "old"}});
    EXPECT_EQ(test::text_of(test::read_tile(tile(layer)).at("thing").features.at(0), "n"), "new");
}

// Thousands of puts, moves and removals against a plain map.
TEST(Layer, FollowsItsChanges) {
    SeededRandom random(11);
    Layer layer("thing");
    std::map<int, std::pair<LonLat, std::string>> plain;
    std::int64_t sequence = 0;
    for (int step = 0; step < 20'000; ++step) {
        const int i = static_cast<int>(random.next_u64() % 1500);
        if (random.next_unit() < 0.2) {
            layer.remove(id_of(i));
            plain.erase(i);
        } else {
            const LonLat p{117 + random.next_unit(), 38.5 + random.next_unit()};
            const std::string name = "v" + std::to_string(step);
            layer.put(point(i, p, ++sequence), {{"i", std::int64_t{i}}, {"n", name}});
            plain[i] = {p, name};
        }
        if (step % 2000 != 1999) continue;
        ASSERT_EQ(layer.size(), plain.size());
        const TileAddress address{9, 422 + step / 2000 % 2, 195};
        std::map<std::string, std::string> seen, expected;
        const auto bytes = tile(layer, address);
        if (!bytes.empty()) {
            const auto read = test::read_tile(bytes);
            for (const auto& f : read.at("thing").features) {
                ASSERT_TRUE(seen.emplace(test::text_of(f, "i"), test::text_of(f, "n")).second)
                    << "twice";
            }
        }
        const Box box = address.box();
        for (const auto& [key, each] : plain) {
            const Vertex v = project(each.first);
            if (v.x >= box.min_x && v.x <= box.max_x && v.y >= box.min_y && v.y <= box.max_y) {
                expected.emplace(std::to_string(key), each.second);
            }
        }
        ASSERT_FALSE(expected.empty());
        ASSERT_EQ(seen, expected);
        Layer again("thing");  // the same contents, packed otherwise
        for (const auto& [key, each] : plain)
            again.put(point(key, each.first), {{"i", std::int64_t{key}}, {"n", each.second}});
        again.pack();
        ASSERT_EQ(tile(again, address), bytes);
    }
}

TEST(TileCache, KeepsTheNewestWithinItsBound) {
    TileCache cache(10'000);
    for (int i = 0; i < 100; ++i) {
        cache.keep("tile " + std::to_string(i), std::string(1000, 'x'));
        cache.find("tile 0");
    }
    EXPECT_LE(cache.bytes(), 10'000u);
    EXPECT_EQ(cache.find("tile 99")->size(), 1000u);
    EXPECT_TRUE(cache.find("tile 0"));  // asked for again and again
    EXPECT_FALSE(cache.find("tile 50"));
    cache.keep("large", std::string(20'000, 'x'));
    EXPECT_FALSE(cache.find("large"));
    EXPECT_LE(cache.bytes(), 10'000u);
}

}  // namespace
}  // namespace anlan::map
