#include "map/base_map.h"

#include "foundations/bigdata/test_folder.h"
#include "map/errors.h"
#include "map/tile_reader.h"

#include <gtest/gtest.h>

#include <fstream>

namespace anlan::map {
namespace {

struct BaseMapTest : testing::Test {
    anlan::test::Folder folder;
    void write(const std::string& path, std::string_view text) const {
        std::filesystem::create_directories((folder.path / path).parent_path());
        std::ofstream(folder.path / path) << text;
    }
    static std::map<std::string, test::ReadLayer> world(const BaseMap& base) {
        std::string bytes;
        base.encode({0, 0, 0}, bytes);
        return test::read_tile(bytes);
    }
};

TEST_F(BaseMapTest, EveryFileIsALayerNamedAfterIt) {
    write("streets.geojson", R"({"type":"FeatureCollection","name":"whatever","features":[
        {"type":"Feature","properties":{"name":"安澜大道","width_m":40,"slope":0.5,"one_way":false,"list":[1],"none":null},
         "geometry":{"type":"LineString","coordinates":[[117,39],[118,39.5]]}}]})");
    write("odbl/land.geojson", R"({"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"kind":"land"},"geometry":{"type":"Polygon","coordinates":[[[100,30],[120,30],[120,45],[100,30]]]}},
        {"type":"Feature","properties":{"kind":"isle"},"geometry":{"type":"Polygon","coordinates":[[[130,30],[140,30],[140,45],[130,30]]]}}]})");
    write("readme.txt", "not a layer");
    write("records/enterprise.geojson", "not read");
    const auto base = BaseMap::load(folder.path);
    ASSERT_TRUE(base) << text_of(base.error(), Language::en);
    const auto layers = world(*base);
    ASSERT_EQ(layers.size(), 2u);
    EXPECT_EQ(layers.at("land").features.size(), 2u);
    EXPECT_EQ(test::text_of(layers.at("land").features[0], "kind"), "land");
    const auto& street = layers.at("streets").features.at(0);
    const std::map<std::string, test::ReadValue> expected{
        {"name", "安澜大道"}, {"width_m", std::int64_t{40}}, {"slope", 0.5}, {"one_way", false}};
    EXPECT_EQ(street.properties, expected);
    EXPECT_EQ(street.type, 2);
}

TEST_F(BaseMapTest, TheVersionFollowsTheFiles) {
    const char* one = R"({"type":"FeatureCollection","features":[]})";
    write("a.geojson", one);
    const auto first = BaseMap::load(folder.path)->version();
    EXPECT_EQ(BaseMap::load(folder.path)->version(), first);
    write("a.geojson", std::string(one) + " ");
    EXPECT_NE(BaseMap::load(folder.path)->version(), first);
}

TEST_F(BaseMapTest, AWrongFileIsNamed) {
    for (
        const char* bad :
        {"", "[]", R"({"type":"Feature"})", R"({"type":"FeatureCollection","features":[{}]})",
         R"({"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[200,0]}}]})"}) {
        write("sand.geojson", bad);
        const auto base = BaseMap::load(folder.path);
        ASSERT_FALSE(base) << bad;
        EXPECT_TRUE(base.error().is(errors::k_base_map_wrong));
        EXPECT_NE(text_of(base.error(), Language::en).find("sand.geojson"), std::string::npos);
    }
}

TEST_F(BaseMapTest, NoFolderGivesEmptyTiles) {
    const auto base = BaseMap::load(folder.path / "nowhere");
    ASSERT_TRUE(base);
    std::string bytes;
    base->encode({0, 0, 0}, bytes);
    EXPECT_TRUE(bytes.empty());
}

// The shipped zone: its land is in the tile that holds it.
TEST_F(BaseMapTest, TheShippedZoneLoads) {
    const std::filesystem::path shipped =
        std::filesystem::path(ANLAN_SOURCE_DIR) / "data/dongjiang";
    if (!std::filesystem::exists(shipped / "odbl/land.geojson"))
        GTEST_SKIP() << "no shipped zone in this tree";
    const auto base = BaseMap::load(shipped);
    ASSERT_TRUE(base) << text_of(base.error(), Language::en);
    std::string bytes;
    base->encode({12, 3388, 1565}, bytes);
    const auto layers = test::read_tile(bytes);
    for (const char* name : {"land", "coast", "zone", "blocks", "buildings", "streets"}) {
        EXPECT_TRUE(layers.contains(name)) << name;
    }
    for (const auto& [name, layer] : layers) {
        for (const auto& feature : layer.features) {
            if (feature.type == 3) {
                EXPECT_GT(test::signed_area(feature.parts.at(0)), 0) << name;
            }
        }
    }
}

}  // namespace
}  // namespace anlan::map
