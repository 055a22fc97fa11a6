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

TEST(Configuration, Hj212) {
    using sensing::hj212::Checksum;
    const auto read_back = read(R"([hj212]
port = 5212
checksum = "annex_a"
clock_tolerance_s = 300
checksums = {"OLD-ONE" = "modbus"}
)");
    ASSERT_TRUE(read_back) << text_of(read_back.error(), Language::en);
    EXPECT_EQ(read_back->hj212.port, 5212);
    EXPECT_FALSE(read_back->hj212.exercise_port);
    EXPECT_EQ(read_back->hj212.settings.clock_tolerance_s, 300);
    EXPECT_EQ(read_back->hj212.settings.checksums.at("OLD-ONE"), Checksum::modbus);
    EXPECT_FALSE(read("[hj212]\nchecksum = \"crc32\"\n"));
    EXPECT_FALSE(read("[hj212]\nport = 70000\n"));
    EXPECT_FALSE(read("[hj212]\nchecksums = {\"A\" = \"b\"}\n"));
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
