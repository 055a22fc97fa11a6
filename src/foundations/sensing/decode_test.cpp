#include "foundations/sensing/decode.h"

#include "core/hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace anlan::sensing {
namespace {

const std::string k_frame =
    "404001000101203a091a090c790300000000385b01000000090002150108023a091a090c422323";

struct Outcome {
    int code;
    std::string out, problems;
};

Outcome run(DecodeOptions options, const std::string& input) {
    std::istringstream in(input);
    std::ostringstream out, problems;
    const int code = run_decode(options, in, out, problems);
    return {code, out.str(), problems.str()};
}

TEST(Decode, HexadecimalInAnyShapeAndRawGiveTheSame) {
    const auto plain = run({}, k_frame);
    EXPECT_EQ(plain.code, 0);
    EXPECT_THAT(plain.out, testing::HasSubstr(R"("en":"Mains fault")"));
    std::string spaced = "# a capture\n";
    for (std::size_t i = 0; i < k_frame.size(); ++i)
        spaced += std::string(1, k_frame[i]) + (i % 3 == 0 ? "\r\n\t " : "");
    EXPECT_EQ(run({}, spaced).out, plain.out);
    EXPECT_EQ(run({}, *unhex(k_frame)).out, plain.out);
    EXPECT_EQ(run({.form = DecodeOptions::Form::raw}, *unhex(k_frame)).out, plain.out);
}

TEST(Decode, SaysWhatIsWrongAndWhere) {
    auto wrong = k_frame;
    wrong[60] = '9';
    const auto sum = run({}, wrong);
    EXPECT_EQ(sum.code, 1);
    EXPECT_THAT(sum.out, testing::HasSubstr(R"("byte":36)"));
    const auto letter = run({}, "4040 01xx");
    EXPECT_EQ(letter.code, 1);
    EXPECT_THAT(letter.out, testing::HasSubstr("Character 7 is not"));
    EXPECT_EQ(run({.file = "/does/not/exist"}, "").code, 2);
    EXPECT_EQ(run({.protocol = "morse"}, "").code, 2);
}

// A packet begins with "##", as a comment of a hexadecimal log does.
TEST(Decode, Hj212AsTextOrHexadecimal) {
    const std::string packet =
        "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP="
        "&&RtdInterval=30&&1C80\r\n";
    const auto text = run({.protocol = "hj212"}, packet);
    EXPECT_EQ(text.code, 0);
    EXPECT_THAT(text.out, testing::HasSubstr(R"("name":"RtdInterval","value":"30")"));
    EXPECT_EQ(run({.protocol = "hj212"}, "## the standard's example\n" + hex(packet)).out,
              text.out);
    auto wrong = packet;
    wrong[80] = 'X';
    EXPECT_EQ(run({.protocol = "hj212"}, wrong).code, 1);
}

TEST(Decode, LongLogsInPieces) {
    std::string log;
    for (int i = 0; i < 5'000; ++i) log += k_frame + "\n";
    const auto all = run({}, log);
    EXPECT_EQ(all.code, 0);
    EXPECT_EQ(std::ranges::count(all.out, '\n'), 5'000);
}

TEST(Decode, HttpJson) {
    EXPECT_EQ(run({.protocol = "http_json"}, R"({"readings":[{"channel":"nh3","value":1}]})").code,
              0);
    const auto cut = run({.protocol = "http_json"}, R"({"readings":[{"chan)");
    EXPECT_EQ(cut.code, 1);
    EXPECT_THAT(cut.out, testing::HasSubstr(R"("byte":)"));
}

}  // namespace
}  // namespace anlan::sensing
