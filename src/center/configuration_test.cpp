#include "center/configuration.h"

#include "center/errors.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

#include <fstream>

namespace anlan::center {
namespace {

Result<Configuration> read(std::string_view text) {
    const test::Folder folder;
    const auto file = folder.path / "anlan.toml";
    std::ofstream(file) << text;
    Configuration out;
    TRY(read_configuration(file, out));
    return out;
}

TEST(Configuration, ReadsItsKeysAndItsTables) {
    const auto read_back = read(R"(http_port = 9000
[backup]
folder = "/srv/backup"
at = "23:05"
keep_daily = 3
pace_mb_s = 0
)");
    ASSERT_TRUE(read_back) << text_of(read_back.error(), Language::en);
    EXPECT_EQ(read_back->http_port, 9000);
    EXPECT_EQ(read_back->backup.folder, "/srv/backup");
    EXPECT_EQ(read_back->backup.at_minute, 23 * 60 + 5);
    EXPECT_EQ(read_back->backup.keep_daily, 3u);
    EXPECT_EQ(read_back->backup.keep_weekly, 5u);
    EXPECT_EQ(read_back->backup.pace_mb_s, 0u);
}

TEST(Configuration, AGatewaysTable) {
    const auto read_back = read(R"([hj212]
port = 5212
checksum = "annex_a"
clock_tolerance_s = 300
checksums = {"OLD-ONE" = "modbus"}
[gb26875]
listen = false
)");
    ASSERT_TRUE(read_back) << text_of(read_back.error(), Language::en);
    const auto& hj212 = read_back->gateways.at("hj212");
    EXPECT_EQ(hj212.port, 5212);
    EXPECT_FALSE(hj212.exercise_port);
    EXPECT_TRUE(hj212.listen);
    EXPECT_EQ(hj212.settings.at("clock_tolerance_s"), 300);
    EXPECT_EQ(hj212.settings.at("checksums").at("OLD-ONE"), "modbus");
    EXPECT_FALSE(read_back->gateways.at("gb26875").listen);
    EXPECT_FALSE(read("[hj212]\nchecksum = \"crc32\"\n"));
    EXPECT_FALSE(read("[hj212]\nport = 70000\n"));
    EXPECT_FALSE(read("[hj212]\nchecksums = {\"A\" = \"b\"}\n"));
    EXPECT_FALSE(read("[hj212]\nno_such = 1\n"));
    EXPECT_FALSE(read("[http_json]\nno_such = 1\n"));
    EXPECT_FALSE(read("[no_such_protocol]\nport = 1\n"));
}

TEST(Configuration, RefusesWhatItDoesNotKnowWithTheLine) {
    const auto refused = [](std::string_view text) {
        const auto done = read(text);
        return done ? std::string("accepted") : text_of(done.error(), Language::en);
    };
    EXPECT_NE(refused("[backup]\nfoldr = \"/b\"\n").find("anlan.toml:2: unknown key 'foldr'"),
              std::string::npos);
    EXPECT_NE(refused("backup = 3\n").find("unknown key 'backup'"), std::string::npos);
    for (const char* time : {"24:00", "2:30", "02:60", "0230", "02-30", "ab:cd", ""}) {
        EXPECT_NE(
            refused("[backup]\nat = \"" + std::string(time) + "\"\n").find("wrong value of 'at'"),
            std::string::npos)
            << time;
    }
    EXPECT_NE(refused("[backup]\nkeep_daily = -1\n").find("wrong value"), std::string::npos);
}

}  // namespace
}  // namespace anlan::center
