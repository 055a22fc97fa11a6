// Files of every shape and of bad will, as rows.
#include "foundations/bigdata/exchange/cells.h"
#include "foundations/bigdata/exchange/defuse.h"
#include "foundations/bigdata/exchange/delimited.h"
#include "foundations/bigdata/exchange/encoding.h"
#include "foundations/bigdata/exchange/feature_reader.h"
#include "foundations/bigdata/exchange/record_reader.h"
#include "foundations/bigdata/exchange/text.h"
#include "foundations/bigdata/exchange/wkt.h"
#include "foundations/bigdata/exchange/workbook_reader.h"

#include <gmock/gmock.h>

namespace anlan::bigdata::exchange {
namespace {

using ::testing::ElementsAre;

/// All rows as "1:a|b 2:c", or the error's id. Read in pieces of every size up to 7, which must
/// make no difference.
template <class Open>
std::string rows_of(const std::string& text, Open open) {
    std::string first;
    for (std::size_t piece = 1; piece <= 7; ++piece) {
        auto rows = open(bytes_of_text(text, piece));
        std::string out;
        while (true) {
            Row row;
            const auto there = rows->next(row);
            if (!there) {
                out += "!" + std::string(there.error().row->id);
                for (const auto& [name, value] : there.error().parameters)
                    if (name == "line") out += ":" + value;
                break;
            }
            if (!*there) break;
            out += (out.empty() ? "" : " ") + std::to_string(row.number) + ":";
            for (std::size_t i = 0; i < row.cells.size(); ++i)
                out += (i > 0 ? "|" : "") + row.cells[i];
            if (row.geometry) out += "@" + wkt_of(*row.geometry);
            if (row.problem) out += "?" + std::string(row.problem->row->id);
        }
        if (piece == 1) first = out;
        EXPECT_EQ(out, first) << "in pieces of " << piece;
    }
    return first;
}

std::string csv(const std::string& text, Limits limits = {}) {
    // The delimiter is found in the first piece: a real file's is large.
    auto whole = delimited_rows(bytes_of_text(text), limits);
    std::string out;
    while (true) {
        Row row;
        const auto there = whole->next(row);
        if (!there) {
            out += "!" + std::string(there.error().row->id);
            for (const auto& [name, value] : there.error().parameters)
                if (name == "line") out += ":" + value;
            return out;
        }
        if (!*there) return out;
        out += (out.empty() ? "" : " ") + std::to_string(row.number) + ":";
        for (std::size_t i = 0; i < row.cells.size(); ++i) out += (i > 0 ? "|" : "") + row.cells[i];
    }
}

std::string geojson(const std::string& text, Limits limits = {}) {
    return rows_of(text, [&](auto bytes) { return feature_rows(std::move(bytes), limits); });
}

TEST(Delimited, QuotesLineEndsAndSeparators) {
    EXPECT_EQ(csv("a,b\r\n1,2\r\n"), "1:a|b 2:1|2");
    EXPECT_EQ(csv("a;b\n1;\"x;y\"\n"), "1:a|b 2:1|x;y");
    EXPECT_EQ(csv("a\tb\r1\t2"), "1:a|b 2:1|2");
    EXPECT_EQ(csv("\"a\"\"b\",\"c\nd\",\"\"\n"), "1:a\"b|c\nd|");
    EXPECT_EQ(csv("a,b\n\n1,2\n"), "1:a|b 2: 3:1|2") << "a spreadsheet counts blank rows";
    EXPECT_EQ(csv("sep=;\na,b;c\n"), "2:a,b|c");
    EXPECT_EQ(csv("5\" pipe,x\n\"5\" pipe,y\n"), "1:5\" pipe|x 2:5 pipe|y");
    EXPECT_EQ(csv(""), "");
}

TEST(Delimited, RowsAreTheSameHoweverTheBytesArrive) {
    const auto rows = rows_of("a,\"b\"\"\r\nc\",d\r\n\"\",2,3\r\nx,\"y\"\n",
                              [](auto bytes) { return delimited_rows(std::move(bytes)); });
    EXPECT_EQ(rows, "1:a|b\"\r\nc|d 2:|2|3 3:x|y");
}

TEST(Delimited, HostileFilesAreRefusedWithTheLine) {
    EXPECT_EQ(csv("a,b\n1,\"2\n3\n"), "1:a|b!quote_open:2");
    EXPECT_EQ(csv(std::string("a,b\n1,\0\n", 8)), "1:a|b!file_nul:2");
    EXPECT_EQ(csv(std::string("a\n\"1\n\0\"", 8)), "1:a!file_nul:3");
    Limits limits;
    limits.cell_bytes_max = 10;
    EXPECT_EQ(csv("a,b\n1,12345678901\n", limits), "1:a|b!cell_too_large:2");
    limits.row_bytes_max = 12;
    EXPECT_EQ(csv("a,b\n12345678,12345678\n", limits), "1:a|b!row_too_large:2");
    limits.columns_max = 3;
    EXPECT_EQ(csv("a,b\n1,2,3,4\n", limits), "1:a|b!columns_too_many:2");
}

std::string text_in(const std::string& bytes) {
    const auto text =
        open_text([&] { return Result<std::unique_ptr<ByteSource>>(bytes_of_text(bytes, 3)); });
    if (!text) return "!" + std::string(text.error().row->id);
    std::string out;
    while (true) {
        const auto piece = (*text)->next();
        if (!piece) return out + "!" + std::string(piece.error().row->id);
        if (piece->empty()) return out;
        out += *piece;
    }
}

TEST(Encoding, Utf8WithAndWithoutMarkGb18030AndUtf16) {
    EXPECT_EQ(text_in("\xEF\xBB\xBF名称,a"), "名称,a");
    EXPECT_EQ(text_in("名称,a"), "名称,a");
    EXPECT_EQ(text_in("\xC3\xFB\xB3\xC6,a"), "名称,a");
    // 𠀀 (U+20000) has four bytes in GB 18030, and no place in GBK.
    EXPECT_EQ(text_in("\xC3\xFB\x95\x32\x82\x36"), "名𠀀");
    EXPECT_EQ(text_in(std::string("\xFF\xFE\x0D\x54\x2C\x00", 6)), "名,");
    // "联通" in GBK is valid as UTF-8 alone; the rest of the file decides.
    EXPECT_EQ(text_in("\xC1\xAA\xCD\xA8,\xC3\xFB\xB3\xC6"), "联通,名称");
    EXPECT_THAT(text_in("abc\xFF\xFFzz"), ::testing::EndsWith("!file_encoding"));
}

constexpr const char* k_two_features =
    R"({"type":"FeatureCollection","name":"x","features":[
{"type":"Feature","id":"7","geometry":{"type":"Point","coordinates":[117.8,39]},"properties":{"a":"x,}]","n":1.5,"b":true}},
{"type":"Feature","geometry":null,"properties":{"c":{"k":[1]},"a":null}}]})";

TEST(Features, PropertiesAreColumnsInTheOrderTheyAppear) {
    EXPECT_EQ(geojson(k_two_features), "1:7|x,}]|1.5|true@POINT (117.8 39) 2:||||{\"k\":[1]}");
    EXPECT_EQ(geojson(R"({"type":"Feature","geometry":null,"properties":{"a":1}})"), "1:1");
    EXPECT_EQ(geojson(R"({"features":[],"type":"FeatureCollection"})"), "");
}

TEST(Features, AWrongGeometryIsTheRowsOwnProblem) {
    EXPECT_EQ(geojson(R"({"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[999,1]},"properties":{"a":1}},
{"type":"Feature","geometry":null,"properties":{"a":2}}]})"),
              "1:1?bad_geometry 2:2");
}

TEST(Features, OtherCoordinateSystemsAreRefusedEvenAtTheEnd) {
    const std::string feature = R"({"type":"Feature","geometry":null,"properties":{"a":1}})";
    const auto with = [&](const std::string& name) {
        return geojson(R"({"type":"FeatureCollection","features":[)" + feature +
                       R"(],"crs":{"type":"name","properties":{"name":")" + name + R"("}}})");
    };
    EXPECT_EQ(with("urn:ogc:def:crs:EPSG::4548"), "1:1!other_crs");
    EXPECT_EQ(with("urn:ogc:def:crs:OGC:1.3:CRS84"), "1:1");
    EXPECT_EQ(with("EPSG:4490"), "1:1");
}

TEST(Features, HostileFilesAreRefused) {
    EXPECT_EQ(
        geojson(
            R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":NaN}}]})"),
        "!bad_geojson");
    EXPECT_EQ(geojson(R"({"type":"FeatureCollection","features":[{"type":"Feature")"),
              "!bad_geojson");
    EXPECT_EQ(geojson("[1,2]"), "!bad_geojson");
    EXPECT_EQ(geojson(R"({"type":"FeatureCollection","features":[1]})"), "!bad_geojson");
    EXPECT_EQ(geojson(R"({"type":"Topology"})"), "!bad_geojson");
    EXPECT_EQ(geojson(R"({"type":"FeatureCollection","features":[]} x)"), "!bad_geojson");
    const std::string deep(40, '[');
    EXPECT_EQ(
        geojson(R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":)" +
                deep + std::string(40, ']') + "}}]}"),
        "!bad_geojson");
    Limits limits;
    limits.feature_bytes_max = 100;
    EXPECT_EQ(geojson(R"({"type":"FeatureCollection","features":[{"type":"Feature","x":")" +
                          std::string(200, 'x') + "\"}]}",
                      limits),
              "!bad_geojson");
}

TEST(Wkt, ReadsWhatItWrites) {
    for (const std::string text :
         {"POINT (117.8 39)", "MULTIPOINT (1 2, 3 4)", "LINESTRING (1 2, 3.5 4)",
          "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))", "POLYGON ((0 0, 1 0, 1 1, 0 0))",
          "POLYGON ((0 0, 9 0, 9 9, 0 0), (4 2, 5 2, 5 3, 4 2))",
          "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((4 4, 5 4, 5 5, 4 4)))"}) {
        const auto geometry = geometry_of_wkt(text);
        ASSERT_TRUE(geometry) << text;
        EXPECT_EQ(wkt_of(*geometry), text);
    }
    EXPECT_TRUE(geometry_of_wkt("SRID=4326;point(1 2)"));
    EXPECT_TRUE(geometry_of_wkt("MultiPoint((1 2),(3 4))"));
    for (const char* text :
         {"", "POINT", "POINT (1)", "POINT (1 2, 3 4)", "POINT (x y)", "POINT (1 2) z",
          "POINT (nan 2)", "CIRCLE (1 2)", "POINT (500 2)", "POLYGON ((0 0, 1 1))", "((((((((((("})
        EXPECT_FALSE(geometry_of_wkt(text)) << text;
}

TEST(Workbook, SerialsOfBothSystemsAndFormatsThatShowTime) {
    EXPECT_EQ(text_of_serial(46350, false), "2026-11-24");
    EXPECT_EQ(text_of_serial(46350.604166666664, false), "2026-11-24 14:30:00");
    EXPECT_EQ(text_of_serial(0.5, false), "12:00:00");
    EXPECT_EQ(text_of_serial(44888, true), "2026-11-24");
    EXPECT_EQ(text_of_serial(-1, false), std::nullopt);
    EXPECT_EQ(text_of_serial(1e12, false), std::nullopt);
    for (const char* format : {"yyyy-mm-dd", "m\"月\"d\"日\"", "h:mm", "[h]:mm"})
        EXPECT_TRUE(shows_time(format)) << format;
    for (const char* format : {"General", "0.00E+00", "#,##0.00\"days\"", "[Red]0", "@"})
        EXPECT_FALSE(shows_time(format)) << format;
}

TEST(Workbook, WhatIsNoneIsRefused) {
    const std::string path = std::string(ANLAN_SOURCE_DIR) + "/README.md";
    const auto rows = workbook_rows(path);
    ASSERT_FALSE(rows);
    EXPECT_EQ(rows.error().row->id, "bad_workbook");
}

TEST(Cells, DatesAsPeopleWriteThem) {
    for (const char* text : {"2026-11-04", "2026/11/4", "2026.11.4", "2026年11月4日", "20261104",
                             "２０２６－１１－０４", "2026-11-04 00:00:00", " 2026年11月4号 "})
        EXPECT_EQ(date_of_text(text), "2026-11-04") << text;
    for (const char* text : {"", "2026-13-01", "2026-02-30", "11/4", "yesterday",
                             "2026-11-04 12:00", "20261304", "99999999999999999999"})
        EXPECT_EQ(date_of_text(text), std::nullopt) << text;
}

TEST(Cells, TimesAreBeijingsUnlessTheySayOtherwise) {
    for (const char* text : {"2026-11-24 14:30", "2026/11/24 14:30:00", "2026年11月24日14时30分",
                             "2026-11-24T06:30:00Z", "2026-11-24T14:30:00+08:00"})
        EXPECT_EQ(time_of_text(text), "2026-11-24T06:30:00.000Z") << text;
    EXPECT_EQ(time_of_text("2026-11-24 14:30:05.120"), "2026-11-24T06:30:05.120Z");
    EXPECT_EQ(time_of_text("2026-11-24"), "2026-11-23T16:00:00.000Z");
    for (const char* text : {"", "14:30", "2026-11-24 25:00", "2026-11-24 14", "now"})
        EXPECT_EQ(time_of_text(text), std::nullopt) << text;
}

TEST(Cells, NumbersWithGroupsAndUnits) {
    EXPECT_EQ(number_of_text("1,234,567.5"), 1234567.5);
    EXPECT_EQ(number_of_text("-1e3"), -1000);
    for (const char* text : {"", "1,5", "1.2.3", "nan", "inf", "--1", ",100"})
        EXPECT_EQ(number_of_text(text), std::nullopt) << text;
    Field field;
    field.type = FieldType::number;
    field.unit = "kg";
    Column column;
    column.field = &field;
    const Catalog none;
    const auto value = [&](const char* text, const char* header = "") {
        const auto out = value_of_cell(none, column, text, header);
        return out ? canonical_text(*out) : std::string(out.error().row->id);
    };
    EXPECT_EQ(value("12.5"), "12.5");
    EXPECT_EQ(value("１２．５ kg"), "12.5");
    EXPECT_EQ(value("3.2吨"), "3200");
    EXPECT_EQ(value("3.2", "t"), "3200");
    EXPECT_EQ(value("500 g", "t"), "0.5") << "the cell's own unit wins";
    EXPECT_EQ(value("3 m"), "cell_unit");
    EXPECT_EQ(value("many"), "cell_number");
    field.unit = "K";
    EXPECT_EQ(value("-33.4 ℃"), "239.75");
    field.type = FieldType::integer;
    field.unit = "";
    EXPECT_EQ(value("12"), "12");
    EXPECT_EQ(value("12.5"), "cell_whole");
}

TEST(Cells, FormulasAreDefusedAndComeBackExactly) {
    for (const std::string text :
         {"=1+1", "+86", "-x", "@SUM(A1)", "\tx", "＝1", "'=1", "''", "a=1", "'quoted'", ""}) {
        const std::string written = defused(text);
        EXPECT_EQ(without_defusing(written), text);
        EXPECT_FALSE(written.find_first_of("=+-@\t\r\n") == 0) << text;
    }
    EXPECT_EQ(defused("a=1"), "a=1");
}

TEST(Text, RepairsAndCuts) {
    EXPECT_EQ(trimmed(" \xE3\x80\x80 名 \t"), "名");
    EXPECT_EQ(folded_text("（ＡＢＣ）　x"), "(abc) x");
    EXPECT_EQ(shortened("安澜平台", 2), "安澜…");
    EXPECT_FALSE(is_valid_utf8("\xC3"));
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
    EXPECT_TRUE(is_valid_utf8("安a"));
}

}  // namespace
}  // namespace anlan::bigdata::exchange
