#include "apps/testing/house.h"
#include "center/errors.h"
#include "center/files/errors.h"
#include "center/files/file_store.h"
#include "center/files/file_type.h"
#include "center/files/picture_facts.h"
#include "center/files/thumbnail.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace anlan::center {
namespace {

using namespace std::string_literals;

/// 64 by 48 pixels, left half red and right half blue; made by this library's own encoder path.
std::string small_jpeg();

std::string le(std::uint32_t value, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
}

std::string entry(std::uint32_t tag, std::uint32_t type, std::uint32_t count,
                  const std::string& value) {
    return le(tag, 2) + le(type, 2) + le(count, 4) + (value + "\0\0\0\0"s).substr(0, 4);
}

/// Exif, little-endian, as a phone writes it: orientation 6, taken at, 38°59'30.5"N 117°46'12"E.
std::string exif_segment(char north = 'N', std::uint32_t seconds_below = 10) {
    const std::string head = "II*\0"s + le(8, 4);
    const std::size_t exif_at = 8 + 2 + 3 * 12 + 4, gps_at = exif_at + 2 + 2 * 12 + 4;
    const std::size_t data_at = gps_at + 2 + 4 * 12 + 4;
    const std::string taken = "2026:11:24 08:30:05\0"s, offset = "+08:00\0"s;
    const auto rational = [](std::uint32_t a, std::uint32_t b) { return le(a, 4) + le(b, 4); };
    const std::string latitude = rational(38, 1) + rational(59, 1) + rational(305, seconds_below),
                      longitude = rational(117, 1) + rational(46, 1) + rational(12, 1);
    const auto at = [&](std::size_t offset_in) {
        return le(static_cast<std::uint32_t>(data_at + offset_in), 4);
    };
    std::string tiff = head + le(3, 2) + entry(0x0112, 3, 1, le(6, 2)) +
                       entry(0x8769, 4, 1, le(static_cast<std::uint32_t>(exif_at), 4)) +
                       entry(0x8825, 4, 1, le(static_cast<std::uint32_t>(gps_at), 4)) + le(0, 4);
    tiff += le(2, 2) + entry(0x9003, 2, 20, at(0)) + entry(0x9011, 2, 7, at(20)) + le(0, 4);
    tiff += le(4, 2) + entry(1, 2, 2, std::string(1, north)) + entry(2, 5, 3, at(27)) +
            entry(3, 2, 2, "E") + entry(4, 5, 3, at(51)) + le(0, 4);
    tiff += taken + offset + latitude + longitude;
    const std::string body = "Exif\0\0"s + tiff;
    const auto size = body.size() + 2;
    return "\xFF\xE1"s + static_cast<char>(size >> 8) + static_cast<char>(size & 0xFF) + body;
}

std::string with_exif(const std::string& jpeg, const std::string& segment) {
    return jpeg.substr(0, 2) + segment + jpeg.substr(2);
}

/// A PNG of 2 by 1 pixels, its data a stored deflate block (checksums of the format's own rules).
std::string small_png() {
    const auto crc = [](const std::string& bytes) {
        std::uint32_t out = 0xFFFFFFFF;
        for (const char c : bytes) {
            out ^= static_cast<std::uint8_t>(c);
            for (int i = 0; i < 8; ++i) out = (out >> 1) ^ ((out & 1) != 0 ? 0xEDB88320U : 0U);
        }
        return ~out;
    };
    const auto be = [](std::uint32_t v) {
        return ""s + static_cast<char>(v >> 24) + static_cast<char>(v >> 16) +
               static_cast<char>(v >> 8) + static_cast<char>(v);
    };
    const auto chunk = [&](const std::string& type, const std::string& data) {
        return be(static_cast<std::uint32_t>(data.size())) + type + data + be(crc(type + data));
    };
    const std::string raw = "\0\xFF\0\0\0\0\xFF"s;
    std::uint32_t a = 1, b = 0;
    for (const char c : raw) {
        a = (a + static_cast<std::uint8_t>(c)) % 65521;
        b = (b + a) % 65521;
    }
    const std::string zlib = "\x78\x01\x01"s + le(7, 2) + le(0xFFFF - 7, 2) + raw + be(b << 16 | a);
    return "\x89PNG\r\n\x1A\n"s + chunk("IHDR", be(2) + be(1) + "\x08\x02\0\0\0"s) +
           chunk("tEXt", "Comment\0secret"s) + chunk("IDAT", zlib) + chunk("IEND", "");
}

std::string small_jpeg() {
    return make_thumbnail(small_png(), 1).value();
}

TEST(FileType, IsReadFromTheBytes) {
    const auto said = [](std::string bytes) {
        const auto type = sniff(bytes);
        return type ? std::string(type->media_type) : std::string("refused");
    };
    EXPECT_EQ(said(small_jpeg()), "image/jpeg");
    EXPECT_EQ(said(small_png()), "image/png");
    EXPECT_EQ(said("%PDF-1.7\n"), "application/pdf");
    EXPECT_EQ(said("\0\0\0\x18"
                   "ftypheic"s),
              "image/heic");
    EXPECT_EQ(said("\0\0\0\x18"
                   "ftypisom"s),
              "video/mp4");
    EXPECT_EQ(said("PK\x03\x04...word/document.xml"),
              "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    EXPECT_EQ(said("值班记录,时间\n"), "text/plain");
    EXPECT_EQ(said(std::string(65535, 'a') + "值班"), "text/plain")
        << "the cut goes through a character";
    // Whatever a browser could run, however it is dressed.
    for (const char* hostile :
         {"<html>", "  \n<!DOCTYPE html>", "<svg onload=alert(1)>", "\xEF\xBB\xBF<script>",
          "<?xml version=\"1.0\"?>", "#!/bin/sh\n", "MZ\x90\x01",
          "\x7F"
          "ELF",
          ""})
        EXPECT_EQ(said(hostile), "refused") << hostile;
    EXPECT_EQ(said("WAVEWAVEWAVE"), "text/plain") << "no RIFF";
}

TEST(PictureFacts, SayWhereAndWhen) {
    const auto facts = facts_of_picture(with_exif(small_jpeg(), exif_segment()));
    ASSERT_TRUE(facts.place);
    EXPECT_NEAR(facts.place->latitude_deg, 38 + 59 / 60.0 + 30.5 / 3600, 1e-9);
    EXPECT_NEAR(facts.place->longitude_deg, 117 + 46 / 60.0 + 12 / 3600.0, 1e-9);
    EXPECT_EQ(facts.taken_at, "2026-11-24T08:30:05+08:00");
    EXPECT_EQ(facts.orientation, 6);
    EXPECT_EQ(facts.width, 2U);
    EXPECT_EQ(facts.height, 1U);
    EXPECT_LT(facts_of_picture(with_exif(small_jpeg(), exif_segment('S'))).place->latitude_deg, 0);
    const auto png = facts_of_picture(small_png());
    EXPECT_EQ(png.width, 2U);
}

// Whatever is cut or bent, nothing is read outside and nothing is invented.
TEST(PictureFacts, HoldOutAgainstBentBytes) {
    const std::string good = with_exif(small_jpeg(), exif_segment());
    for (std::size_t size = 0; size < good.size(); ++size) facts_of_picture(good.substr(0, size));
    for (std::size_t at = 0; at < std::min<std::size_t>(good.size(), 400); ++at) {
        for (const char value : {'\0', '\xFF', '\x7F'}) {
            std::string bent = good;
            bent[at] = value;
            const auto facts = facts_of_picture(bent);
            if (facts.place) {
                EXPECT_LE(std::abs(facts.place->latitude_deg), 90);
                EXPECT_LE(std::abs(facts.place->longitude_deg), 180);
            }
        }
    }
    EXPECT_TRUE(facts_of_picture(with_exif(small_jpeg(), exif_segment('N', 0))).place)
        << "seconds over nothing count nothing";
}

TEST(PictureFacts, AreGoneWhenStripped) {
    std::string stripped;
    ASSERT_TRUE(strip_picture(with_exif(small_jpeg(), exif_segment()), stripped));
    const auto facts = facts_of_picture(stripped);
    EXPECT_FALSE(facts.place);
    EXPECT_FALSE(facts.taken_at);
    EXPECT_EQ(facts.orientation, 6) << "or it would lie on its side";
    EXPECT_EQ(stripped.find("2026:11:24"), stripped.npos);
    EXPECT_TRUE(make_thumbnail(stripped, 1));
    ASSERT_TRUE(strip_picture(small_png(), stripped));
    EXPECT_EQ(stripped.find("secret"), stripped.npos);
    EXPECT_TRUE(make_thumbnail(stripped, 1));
    EXPECT_FALSE(strip_picture("\xFF\xD8 rubbish", stripped));
}

TEST(Thumbnail, StandsUprightAndRefusesRubbish) {
    const auto turned = facts_of_picture(make_thumbnail(small_png(), 6).value());
    EXPECT_EQ(turned.width, 1U);
    EXPECT_EQ(turned.height, 2U);
    EXPECT_FALSE(make_thumbnail("\xFF\xD8\xFF rubbish", 1));
    EXPECT_FALSE(make_thumbnail("", 1));
    // A header that promises 65,000 by 65,000 pixels is not believed for a moment.
    std::string bomb = small_png();
    bomb.replace(16, 8, "\x00\x00\xFD\xE8\x00\x00\xFD\xE8"s);
    EXPECT_FALSE(make_thumbnail(bomb, 1));
}

struct FileStoreTest : ::testing::Test {
    anlan::testing::House house;
    std::filesystem::path folder;
    FileRules rules{.media_types = {"image/jpeg", "image/png", "text/plain"},
                    .bytes_max = 100'000,
                    .organisation_bytes_max = 1'000'000,
                    .unreferenced_hours = 24};
    std::unique_ptr<FileStore> files;

    FileStoreTest() {
        std::string pattern = "/tmp/anlan-files-XXXXXX";
        folder = mkdtemp(pattern.data());
        open();
    }
    ~FileStoreTest() override { std::filesystem::remove_all(folder); }
    void open() {
        files = FileStore::open({.folder = folder,
                                 .rules = rules,
                                 .catalog = &anlan::testing::shipped_catalog(),
                                 .access = &house.access,
                                 .records = &house.records,
                                 .clock = &house.clock})
                    .value();
    }
    static Principal person(const std::string& account, std::string role, Uuid grid = {}) {
        return {.user = Uuid::from_name(account),
                .account = account,
                .name = account,
                .zone = "dongjiang",
                .roles = {std::move(role)},
                .organisation = Uuid::from_name("bureau"),
                .enterprise = {},
                .grid = grid};
    }
    const Uuid grid_one = Uuid::from_name("grid/1"), grid_two = Uuid::from_name("grid/2");
    const Principal officer = person("officer", "duty_officer"),
                    one = person("one", "grid_officer", grid_one),
                    two = person("two", "grid_officer", grid_two);

    /// What the journal says when that person's note in the log names the file.
    bigdata::Entry note(const std::string& hash, const Principal& by, Uuid grid) {
        bigdata::Change change;
        change.kind = "log_entry";
        change.fields = {{"text", "到现场"}, {"at", "2026-11-24T00:00:00Z"}, {"picture", hash}};
        change.scope = bigdata::Scope{grid, {}, {}};
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.author = {by.user, by.account, "api"};
        batch.changes.push_back(std::move(change));
        const auto applied = house.records.write(std::move(batch));
        if (!applied) ADD_FAILURE() << text_of(applied.error(), Language::en);
        return house.records.journal().back();
    }
};

TEST_F(FileStoreTest, KeepsTheSameBytesOnceAndForTheNextStart) {
    const auto first = files->keep(one, small_png(), "C:\\照片\\井.png", KeepPlace::yes).value();
    EXPECT_EQ(first.name, "井.png");
    EXPECT_EQ(first.hash.size(), 64U);
    const auto again = files->keep(officer, small_png(), "else.png", KeepPlace::yes).value();
    EXPECT_EQ(again.hash, first.hash);
    EXPECT_EQ(files->count(), 1U);
    open();
    const auto found = files->find(one, first.hash);
    ASSERT_TRUE(found);
    EXPECT_EQ(files->read(first.hash, 0, 100'000).value(), small_png());
    EXPECT_EQ(files->read(first.hash, 1, 3).value(), "PNG");
    EXPECT_TRUE(files->find(officer, first.hash));
}

TEST_F(FileStoreTest, WhatIsRefusedIsNotThere) {
    const auto refused = [&](std::string bytes) {
        const auto kept = files->keep(one, bytes, "x.jpg", KeepPlace::yes);
        return kept ? std::string("kept") : std::string(kept.error().row->id);
    };
    EXPECT_EQ(refused("<svg onload=alert(1)>"), "file_type_refused");
    EXPECT_EQ(refused("%PDF-1.7 not among the types"), "file_type_refused");
    EXPECT_EQ(refused(std::string(100'001, 'a')), "body_too_large");
    EXPECT_EQ(files->count(), 0U);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(refused(std::string(99'000, static_cast<char>('a' + i))), "kept");
    EXPECT_EQ(refused(std::string(99'000, 'z')), "quota_reached");
    EXPECT_EQ(refused(std::string(99'000, 'a')), "kept") << "the same again takes no room";
}

TEST_F(FileStoreTest, IsReadByItsSenderThenByWhoMayReadTheRecord) {
    const auto hash = files->keep(one, small_png(), "a.png", KeepPlace::yes).value().hash;
    EXPECT_TRUE(files->find(one, hash));
    EXPECT_FALSE(files->find(officer, hash));
    files->on_entry(note(hash, two, grid_two));  // a stranger names it: nothing follows
    EXPECT_FALSE(files->find(officer, hash));
    files->on_entry(note(hash, one, grid_one));
    EXPECT_TRUE(files->find(officer, hash));
    EXPECT_FALSE(files->find(two, hash)) << "another grid's record";
    Principal elsewhere = officer;
    elsewhere.zone = "elsewhere";
    EXPECT_FALSE(files->find(elsewhere, hash));
    EXPECT_FALSE(files->find(officer, "../../etc/passwd"));
}

TEST_F(FileStoreTest, WhatNobodyRefersToGoesAfterADay) {
    const auto kept = files->keep(one, small_png(), "a.png", KeepPlace::yes).value().hash;
    const auto lost = files->keep(one, "a note", "b.txt", KeepPlace::yes).value().hash;
    files->on_entry(note(kept, one, grid_one));
    house.clock.advance(23 * 3'600'000);
    EXPECT_EQ(files->sweep(), 0U);
    house.clock.advance(2 * 3'600'000);
    EXPECT_EQ(files->sweep(), 1U);
    open();
    EXPECT_TRUE(files->find(one, kept));
    EXPECT_FALSE(files->find(one, lost));
    EXPECT_FALSE(files->read(lost, 0, 1));
}

TEST_F(FileStoreTest, APlaceIsKeptOrTakenOutAsAsked) {
    const auto picture = with_exif(small_jpeg(), exif_segment());
    const auto with = files->keep(one, picture, "a.jpg", KeepPlace::yes).value();
    EXPECT_TRUE(with.place);
    EXPECT_EQ(with.taken_at, "2026-11-24T08:30:05+08:00");
    const auto without = files->keep(one, picture, "a.jpg", KeepPlace::no).value();
    EXPECT_FALSE(without.place);
    EXPECT_NE(without.hash, with.hash);
    EXPECT_FALSE(facts_of_picture(files->read(without.hash, 0, 100'000).value()).place);
    open();
    EXPECT_NEAR(files->find(one, with.hash)->place->latitude_deg, 38.99, 0.01);
}

}  // namespace
}  // namespace anlan::center
