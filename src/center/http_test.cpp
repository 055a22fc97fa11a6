#include "center/http.h"

#include "center/compression.h"
#include "center/rate_limit.h"

#include <gtest/gtest.h>

#include <zlib.h>

namespace anlan::center {
namespace {

std::string joined(const Result<std::vector<std::string>>& parts) {
    if (!parts) return "refused";
    std::string out;
    for (const auto& part : *parts) out += "[" + part + "]";
    return out;
}

TEST(Path, IsDecodedIntoSegments) {
    EXPECT_EQ(joined(split_path("/api/v1/records/team")), "[api][v1][records][team]");
    EXPECT_EQ(joined(split_path("/a/%E6%B0%A8")), "[a][氨]");
    EXPECT_EQ(joined(split_path("/")), "");
}

// Each of these has opened a file somewhere that it should not have.
TEST(Path, TricksAreRefused) {
    for (const char* trick :
         {"/a/../b", "/a/%2e%2e/b", "/a/..%2fb", "/a%2fb", "/a%5cb", "/a//b", "/a/%00", "/a/%",
          "/a/%zz", "/a/%C0%AF", "/a/%ED%A0%80", "a/b", "", "/a/\x01"}) {
        EXPECT_EQ(joined(split_path(trick)), "refused") << trick;
    }
}

TEST(Query, PairsAreDecoded) {
    const auto pairs = split_query("/x?where=name:eq:a%26b+c&empty&text=%E6%B0%A8");
    ASSERT_TRUE(pairs);
    ASSERT_EQ(pairs->size(), 3U);
    EXPECT_EQ((*pairs)[0].second, "name:eq:a&b c");
    EXPECT_EQ((*pairs)[1].first, "empty");
    EXPECT_EQ((*pairs)[2].second, "氨");
    EXPECT_FALSE(split_query("/x?a=%zz"));
}

TEST(Utf8, OverlongSurrogateAndCutAreNoText) {
    EXPECT_TRUE(is_utf8("氨 NH₃ 🚒"));
    EXPECT_FALSE(is_utf8("\xC0\xAF"));
    EXPECT_FALSE(is_utf8("\xE0\x80\xAF"));
    EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
    EXPECT_FALSE(is_utf8("\xE6\xB0"));
    EXPECT_FALSE(is_utf8("\xF5\x80\x80\x80"));
}

TEST(Headers, LanguageFollowsTheWish) {
    EXPECT_EQ(language_of(""), Language::zh);
    EXPECT_EQ(language_of("en"), Language::en);
    EXPECT_EQ(language_of("zh-CN,zh;q=0.9,en;q=0.8"), Language::zh);
    EXPECT_EQ(language_of("en-GB,en;q=0.9,zh;q=0.8"), Language::en);
    EXPECT_EQ(language_of("en;q=0.1, zh;q=0.2"), Language::zh);
    EXPECT_EQ(language_of("fr"), Language::zh);
}

TEST(Headers, EtagsAreComparedWeakly) {
    EXPECT_TRUE(etag_matches("\"7\"", "\"7\""));
    EXPECT_TRUE(etag_matches("\"6\", W/\"7\"", "\"7\""));
    EXPECT_TRUE(etag_matches("*", "\"7\""));
    EXPECT_FALSE(etag_matches("\"70\"", "\"7\""));
    EXPECT_FALSE(etag_matches("", "\"7\""));
}

TEST(Headers, GzipOnlyWhereTaken) {
    EXPECT_TRUE(accepts_gzip("gzip, deflate, br"));
    EXPECT_TRUE(accepts_gzip("deflate, gzip;q=0.5"));
    EXPECT_FALSE(accepts_gzip("gzip;q=0"));
    EXPECT_FALSE(accepts_gzip("br"));
}

TEST(Headers, CookieByItsWholeName) {
    Request request;
    request.headers = {{"cookie", "xanlan_session=bad; anlan_session=good; anlan_session2=bad"}};
    EXPECT_EQ(cookie(request, "anlan_session"), "good");
    EXPECT_EQ(cookie(request, "session"), "");
}

TEST(Headers, AnotherSitesPageIsSeenByItsOrigin) {
    Request request;
    request.headers = {{"host", "desk:8080"}};
    EXPECT_TRUE(same_origin(request));  // no browser
    request.headers.emplace_back("origin", "http://desk:8080");
    EXPECT_TRUE(same_origin(request));
    for (const char* foreign :
         {"http://evil.example", "http://desk:9090", "null", "http://desk:8080.evil.example"}) {
        request.headers.back().second = foreign;
        EXPECT_FALSE(same_origin(request)) << foreign;
    }
}

TEST(Gzip, ReadsBackEqual) {
    std::string text;
    for (int i = 0; i < 5000; ++i) text += "安澜 " + std::to_string(i);
    const std::string packed = gzip(text, 4);
    ASSERT_LT(packed.size(), text.size() / 2);
    std::string back(text.size() + 1, '\0');
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    std::string in = packed;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(back.data());
    stream.avail_out = static_cast<uInt>(back.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    back.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_EQ(back, text);
    EXPECT_FALSE(worth_gzip("application/json", 1024));
    EXPECT_TRUE(worth_gzip("application/problem+json", 1025));
    EXPECT_FALSE(worth_gzip("application/pdf", 100'000));
}

TEST(RateLimitTest, ABurstThenTheRate) {
    RateLimit limit(10, 20);
    SteadyTime now{0};
    int allowed = 0;
    for (int i = 0; i < 100; ++i) allowed += limit.allow("a", now) ? 1 : 0;
    EXPECT_EQ(allowed, 20);
    EXPECT_TRUE(limit.allow("b", now));  // others do not pay
    now.us += 500'000;
    for (int i = 0; i < 100; ++i) allowed += limit.allow("a", now) ? 1 : 0;
    EXPECT_EQ(allowed, 25);
}

TEST(Http, RangesAreReadAsTheRfcSays) {
    const auto said = [](std::string_view header, std::uint64_t size) {
        ByteRange range{};
        switch (range_of(header, size, range)) {
            case RangeAnswer::whole:
                return std::string("whole");
            case RangeAnswer::unsatisfiable:
                return std::string("416");
            case RangeAnswer::part:
                break;
        }
        return std::to_string(range.first) + "-" + std::to_string(range.last);
    };
    EXPECT_EQ(said("bytes=0-99", 1000), "0-99");
    EXPECT_EQ(said("bytes=990-", 1000), "990-999");
    EXPECT_EQ(said("bytes=990-5000", 1000), "990-999");
    EXPECT_EQ(said("bytes=-10", 1000), "990-999");
    EXPECT_EQ(said("bytes=-5000", 1000), "0-999");
    EXPECT_EQ(said("bytes=1000-", 1000), "416");
    EXPECT_EQ(said("bytes=-0", 1000), "416");
    EXPECT_EQ(said("bytes=0-", 0), "416");
    // What cannot be read, another unit, and several ranges get everything.
    for (const char* odd : {"", "bytes=", "bytes=-", "bytes=9-3", "bytes=a-b", "lines=0-1",
                            "bytes=0-1,5-6", "bytes=99999999999999999999-"})
        EXPECT_EQ(said(odd, 1000), "whole") << odd;
}

TEST(Http, AFileNameInChineseHasAFormForEveryReader) {
    EXPECT_EQ(content_disposition(Disposition::attachment, "report-1.pdf"),
              "attachment; filename=\"report-1.pdf\"");
    EXPECT_EQ(content_disposition(Disposition::in_page, "船\"\r\n.pdf"),
              "inline; filename=\"______.pdf\"; filename*=UTF-8''%e8%88%b9%22%0d%0a.pdf");
}

}  // namespace
}  // namespace anlan::center
