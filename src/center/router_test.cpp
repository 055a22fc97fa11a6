#include "center/openapi.h"
#include "center/problem.h"
#include "center/test_doubles.h"

namespace anlan::center::test {
namespace {

using RouterTest = CenterHouse;

TEST_F(RouterTest, UnknownPathsAndMethodsSayWhatThereIs) {
    const Router r = router();
    EXPECT_EQ(said(r.handle(request("GET", "/api/v1/nothing"))), "404 /errors/no_such_route");
    const auto wrong = r.handle(request("PUT", "/api/v1/records/team"));
    EXPECT_EQ(said(wrong), "405 /errors/method_not_allowed");
    EXPECT_EQ(wrong.header("Allow"), "OPTIONS, GET, HEAD, POST");
    EXPECT_EQ(r.handle(request("OPTIONS", "/api/v1/session")).header("Allow"),
              "OPTIONS, POST, GET, HEAD, DELETE");
    EXPECT_EQ(said(r.handle(request("GET", "/api/v1/records/team/..%2f..%2fetc"))),
              "400 /errors/bad_path");
}

// Both languages in full: no English half-sentence inside a Chinese problem.
TEST_F(RouterTest, ProblemsSpeakOneLanguage) {
    const auto wrong = request("GET", "/api/v1/records/team?where=name:zz:1");
    EXPECT_EQ(
        text_at(body_of(router().handle(wrong)), "detail"),
        "Wrong query parameter where: unknown operator 'zz'; there are eq ne lt le gt ge in has");
    EXPECT_EQ(text_at(body_of(router().handle(with(wrong, "accept-language", "zh"))), "detail"),
              "查询参数 where 有误：没有运算“zz”；可用的有 eq ne lt le gt ge in has");
}

TEST_F(RouterTest, NobodyIsToldToSignIn) {
    EXPECT_EQ(said(router().handle(request("GET", "/api/v1/records/team", {}, ""))),
              "401 /errors/not_signed_in");
    EXPECT_EQ(said(router().handle(request("GET", "/api/v1/records/team", {}, "stranger"))),
              "401 /errors/not_signed_in");
}

TEST_F(RouterTest, AChangeNeedsTheSessionsToken) {
    const Router r = router();
    const auto create = request("POST", "/api/v1/records/log_entry",
                                R"({"fields":{"text":"到岗","at":"2026-11-23T06:00:00Z"}})");
    EXPECT_EQ(said(r.handle(without(create, "x-anlan-csrf"))), "403 /errors/csrf");
    EXPECT_EQ(said(r.handle(with(create, "x-anlan-csrf", "csrf-leader"))), "403 /errors/csrf");
    EXPECT_EQ(said(r.handle(with(create, "origin", "http://evil.example"))),
              "403 /errors/foreign_origin");
    EXPECT_TRUE(house.records.rows("log_entry").empty());
    EXPECT_EQ(said(r.handle(with(create, "origin", "http://desk:8080"))), "201");
    EXPECT_EQ(house.records.rows("log_entry").size(), 1U);
}

TEST_F(RouterTest, AnApiTokenNeedsNoCookieAndNoCsrfTokenAndOpensItsRightsOnly) {
    const Router r = router();
    const auto by_token = [&](const Request& asked, const char* token = "Bearer anl_officer") {
        return said(r.handle(with(without(asked, "x-anlan-csrf"), "authorization", token)));
    };
    EXPECT_EQ(by_token(request("GET", "/api/v1/records/team", {}, "")), "200");
    const auto create = request("POST", "/api/v1/records/log_entry",
                                R"({"fields":{"text":"到岗","at":"2026-11-23T06:00:00Z"}})", "");
    EXPECT_EQ(by_token(create), "403 /errors/token_may_not");  // "*.read" is all it was given
    EXPECT_EQ(by_token(request("GET", "/api/v1/records/team", {}, ""), "Bearer anl_nobody"),
              "401 /errors/bad_token");
    // A device's token is no API token: the cookie counts.
    EXPECT_EQ(by_token(request("GET", "/api/v1/records/team"), "Bearer demo-1"), "200");
}

TEST_F(RouterTest, BeforeAGivenPasswordIsChangedNothingElseIsOpen) {
    const Router r = router();
    accounts.sessions_by_cookie.at("cookie-officer").must_change = true;
    EXPECT_EQ(said(r.handle(request("GET", "/api/v1/records/team"))),
              "403 /errors/password_change_needed");
    EXPECT_EQ(said(r.handle(request("GET", "/api/v1/session"))), "200");
}

TEST_F(RouterTest, SignInAnswersTheSessionAndAStrictCookie) {
    const Router r = router();
    const auto in =
        request("POST", "/api/v1/session", R"({"account":"officer","password":"right"})", "");
    const auto answer = r.handle(in);
    ASSERT_EQ(said(answer), "200");
    EXPECT_EQ(answer.header("Set-Cookie"),
              "anlan_session=cookie-officer; Path=/; HttpOnly; SameSite=Strict; Max-Age=86400");
    EXPECT_EQ(text_at(body_of(answer), "csrf"), "csrf-officer");
    EXPECT_EQ(said(r.handle(with(in, "origin", "http://evil.example"))),
              "403 /errors/foreign_origin");
    const auto wrong =
        r.handle(request("POST", "/api/v1/session", R"({"account":"officer","password":"x"})", ""));
    EXPECT_EQ(said(wrong), "401 /errors/bad_sign_in");
    EXPECT_EQ(text_at(body_of(wrong), "detail"), "Account or password is wrong. 4 tries left");
}

TEST_F(RouterTest, ASpaceThatIsNotThereIsRefused) {
    const auto read = request("GET", "/api/v1/records/team");
    EXPECT_EQ(said(router().handle(with(read, "x-anlan-space", "nowhere"))),
              "404 /errors/no_such_space");
    EXPECT_EQ(said(router().handle(with(read, "x-anlan-space", "live"))), "200");
}

TEST_F(RouterTest, ARightIsAskedBeforeAnythingIsDone) {
    const Router r = router();
    const auto record = team("危化队");
    const std::string path = "/api/v1/records/team/" + record.id.text();
    EXPECT_EQ(said(r.handle(request("GET", "/api/v1/records/team", {}, "sysadmin"))),
              "403 /errors/forbidden");
    EXPECT_EQ(said(r.handle(with(request("PATCH", path, R"({"fields":{"name":"x"}})", "leader"),
                                 "if-match", "\"1\""))),
              "403 /errors/forbidden");
    EXPECT_EQ(said(r.handle(request("POST", path + "/moves/assign", "{}", "leader"))),
              "403 /errors/forbidden");
    EXPECT_EQ(house.records.rows("team").front().revision, 1);
}

TEST_F(RouterTest, ChangesNeedTheRevisionThatIsCurrent) {
    const Router r = router();
    const auto record = team("危化队");
    const std::string path = "/api/v1/records/team/" + record.id.text();
    const auto patch = request("PATCH", path, R"({"fields":{"people":7}})");
    EXPECT_EQ(said(r.handle(patch)), "428 /errors/revision_needed");
    EXPECT_EQ(said(r.handle(with(patch, "if-match", "seven"))), "400 /errors/bad_header");
    const auto good = r.handle(with(patch, "if-match", "\"1\""));
    EXPECT_EQ(said(good), "200");
    EXPECT_EQ(good.header("ETag"), "\"2\"");
    const auto stale = r.handle(with(patch, "if-match", "\"1\""));
    EXPECT_EQ(said(stale), "412 /errors/stale_revision");
}

TEST(Problem, StaleRevisionsCarryBothAsNumbers) {
    const Error error(anlan::errors::k_stale_revision, {{"current", "12"}, {"given", "9"}});
    const auto problem = problem_of(error, Language::en, "r1");
    EXPECT_EQ(integer_at(problem, "current", 0), 12);
    EXPECT_EQ(integer_at(problem, "given", 0), 9);
    EXPECT_EQ(text_at(problem, "instance"), "/requests/r1");
}

TEST_F(RouterTest, WrongFieldsAreNamedInBothLanguages) {
    const auto create =
        request("POST", "/api/v1/records/team",
                R"({"fields":{"nmae":"x","type":"nothing","people":-1}})", "keeper");
    const auto english = router().handle(create);
    ASSERT_EQ(said(english), "422 /errors/bad_request");
    std::string wheres;
    const auto problem = body_of(english);
    for (const auto& each : array_at(problem, "errors"))
        wheres += std::string(text_at(each.get_object(), "where")) + " ";
    EXPECT_NE(wheres.find("/fields/nmae"), std::string::npos) << wheres;
    EXPECT_NE(wheres.find("/fields/people"), std::string::npos) << wheres;
    const auto chinese = router().handle(with(create, "accept-language", "zh-CN"));
    EXPECT_EQ(text_at(body_of(chinese), "detail"), "请求内容有误");
    EXPECT_EQ(text_at(body_of(english), "detail"), "The request has errors");
}

// Lists and single records are filtered by the register itself: tests/api asks the real one.
TEST_F(RouterTest, TheJournalShowsOnlyWhatMayBeSeen) {
    const Router r = router();
    team("一格队", grid_one);
    team("二格队", grid_two);
    const auto journal = body_of(r.handle(request("GET", "/api/v1/journal", {}, "gridder")));
    ASSERT_EQ(array_at(journal, "entries").size(), 1U);
    EXPECT_EQ(integer_at(journal, "next", 0), 2);
    EXPECT_EQ(array_at(body_of(r.handle(request("GET", "/api/v1/journal"))), "entries").size(), 2U);
}

TEST_F(RouterTest, NobodyWritesIntoAnotherGrid) {
    const auto entry = [&](const Uuid& grid) {
        return said(router().handle(
            request("POST", "/api/v1/records/log_entry",
                    R"({"fields":{"text":"到岗","at":"2026-11-23T06:00:00Z"},"scope":{"grid":")" +
                        grid.text() + "\"}}",
                    "gridder")));
    };
    EXPECT_EQ(entry(grid_two), "404 /errors/no_such_record");
    EXPECT_EQ(entry(grid_one), "201");
    ASSERT_EQ(house.records.rows("log_entry").size(), 1U);
    // Without a scope of its own the entry belongs to the writer's grid.
    EXPECT_EQ(said(router().handle(
                  request("POST", "/api/v1/records/log_entry",
                          R"({"fields":{"text":"离岗","at":"2026-11-23T07:00:00Z"}})", "gridder"))),
              "201");
    for (const auto& row : house.records.rows("log_entry")) EXPECT_EQ(row.scope.grid, grid_one);
}

TEST_F(RouterTest, SensitiveFieldsAreMaskedAndNotSearchable) {
    const auto record = team("危化队");
    const std::string path = "/api/v1/records/team/" + record.id.text();
    const auto whole = object_at(body_of(router().handle(request("GET", path))), "fields");
    EXPECT_EQ(text_at(whole, "phone"), "000-0000-1234");
    const auto masked =
        object_at(body_of(router().handle(request("GET", path, {}, "leader"))), "fields");
    EXPECT_TRUE(boolean_at(object_at(masked, "phone"), "masked", false));
    const auto search = "/api/v1/records/team?where=phone:eq:000-0000-1234";
    EXPECT_EQ(said(router().handle(request("GET", search, {}, "leader"))), "403 /errors/forbidden");
    EXPECT_EQ(said(router().handle(request("GET", search))), "200");
}

TEST_F(RouterTest, BodiesAreReadStrictly) {
    const Router r = router();
    const auto post = [&](std::string body) {
        return said(r.handle(request("POST", "/api/v1/records/team", std::move(body), "keeper")));
    };
    EXPECT_EQ(post("{"), "400 /errors/bad_json");
    EXPECT_EQ(post(std::string(100, '[') + std::string(100, ']')), "400 /errors/bad_json");
    EXPECT_EQ(post("\"\xC0\xAF\""), "400 /errors/bad_json");
    EXPECT_EQ(post("[]"), "422 /errors/bad_request");
    EXPECT_EQ(post(R"({"fields":{},"extra":1})"), "422 /errors/bad_request");
    EXPECT_EQ(said(r.handle(with(request("POST", "/api/v1/records/team", "a=b", "keeper"),
                                 "content-type", "text/plain"))),
              "415 /errors/not_json");
}

TEST_F(RouterTest, WhatHasNotChangedIsNotSentAgain) {
    const Router r = router();
    const auto record = team("危化队");
    const auto read = request("GET", "/api/v1/records/team/" + record.id.text());
    EXPECT_EQ(r.handle(read).header("ETag"), "\"1\"");
    const auto again = r.handle(with(read, "if-none-match", "\"1\""));
    EXPECT_EQ(again.status, 304);
    EXPECT_FALSE(again.body);
    const auto list = r.handle(request("GET", "/api/v1/records/team"));
    EXPECT_EQ(r.handle(with(request("GET", "/api/v1/records/team"), "if-none-match",
                            std::string(list.header("ETag"))))
                  .status,
              304);
}

TEST_F(RouterTest, WhatALibraryThrowsStaysInTheLog) {
    RouteRows rows;
    rows.push_back(route<NoBody, NoBody>(Method::get, "/api/v1/broken", k_public, {"坏", "Broken"},
                                         [](const Call&, const NoBody&) -> Result<NoBody> {
                                             throw std::runtime_error("/secret/path");
                                         }));
    const Router r({.access = &house.access, .accounts = &accounts, .check_space = {}, .json = {}},
                   std::move(rows));
    const auto answer = r.handle(request("GET", "/api/v1/broken", {}, ""));
    EXPECT_EQ(said(answer), "500 /errors/internal");
    EXPECT_EQ(answer.body->find("secret"), std::string::npos);
    EXPECT_NE(answer.note.find("/secret/path"), std::string::npos);
}

TEST_F(RouterTest, OpenApiDescribesEveryRowOnce) {
    const Router r = router();
    const json::object text = openapi_of(r.rows(), anlan::testing::shipped_catalog(), "1");
    std::size_t operations = 0;
    std::set<std::string> ids;
    for (const auto& [path, methods] : object_at(text, "paths")) {
        for (const auto& [method, operation] : methods.get_object()) {
            ++operations;
            const auto& o = operation.get_object();
            ids.insert(std::string(text_at(o, "operationId")));
            // Every {parameter} of the path is declared, as OpenAPI demands.
            const auto declared = std::ranges::count_if(
                array_at(o, "parameters"),
                [](const json::value& p) { return text_at(p.get_object(), "in") == "path"; });
            EXPECT_EQ(declared, std::ranges::count(std::string_view(path), '{')) << path;
        }
    }
    EXPECT_EQ(operations, r.rows().size());
    EXPECT_EQ(ids.size(), operations);
    // Every $ref points to a schema that is there.
    const std::string all = to_text(text);
    const auto& schemas = object_at(object_at(text, "components"), "schemas");
    for (auto at = all.find("#\\/components"); at != std::string::npos;
         at = all.find("#\\/components", at + 1))
        ADD_FAILURE();
    constexpr std::string_view k_prefix = "#/components/schemas/";
    for (auto at = all.find(k_prefix); at != std::string::npos; at = all.find(k_prefix, at + 1)) {
        const auto name =
            all.substr(at + k_prefix.size(), all.find('"', at) - at - k_prefix.size());
        EXPECT_TRUE(schemas.contains(name)) << name;
    }
    EXPECT_TRUE(schemas.contains("LogEntryFields"));
    const std::string page = openapi_page(text);
    EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(OpenApiPage, EscapesWhatItShows) {
    const json::object text{
        {"paths", {{"/x", {{"get", {{"summary", "<script>alert(1)</script>"}}}}}}}};
    EXPECT_EQ(openapi_page(text).find("<script>"), std::string::npos);
}

/// A router over two rows of the test's own: a body of known size, and one that takes any body.
struct ContentRoutes : CenterHouse {
    Router content_router() {
        RouteRows rows;
        rows.push_back(route<NoBody, Content>(
            Method::get, "/api/v1/film", k_signed_in, {"片", "Film"},
            [](const Call&, const NoBody&) -> Result<Content> {
                return Content{
                    .content_type = "video/mp4",
                    .bytes = {},
                    .etag = "film1",
                    .file_name = {},
                    .read = [](std::uint64_t at, std::size_t count) -> Result<std::string> {
                        return std::string("0123456789").substr(at, count);
                    },
                    .size = 10};
            }));
        rows.push_back(route<NoBody, json::object>(
            Method::post, "/api/v1/film", "enterprise.create", {"存片", "Keep a film"},
            [](const Call& call, const NoBody&) -> Result<json::object> {
                return json::object{{"type", call.content_type}, {"bytes", call.raw.size()}};
            }));
        rows.back().body_bytes_max = 5 << 20;
        return Router(
            {.access = &house.access,
             .accounts = &accounts,
             .check_space = [](const Principal&, std::string_view) -> Result<void> { return {}; },
             .json = {}},
            std::move(rows));
    }
    static std::string whole(const Response& response) {
        if (response.body) return *response.body;
        std::string out;
        while (response.next) {
            const auto piece = response.next();
            if (!piece || piece->empty()) break;
            out += *piece;
        }
        return out;
    }
};

TEST_F(ContentRoutes, AreAnsweredInRanges) {
    const Router router = content_router();
    const auto ask = [&](std::string header, std::string value) {
        return router.handle(with(request("GET", "/api/v1/film"), header, value));
    };
    const auto all = ask("x", "y");
    EXPECT_EQ(all.status, 200);
    EXPECT_EQ(all.length, 10U);
    EXPECT_EQ(whole(all), "0123456789");
    EXPECT_EQ(all.header("ETag"), "\"film1\"");
    const auto part = ask("range", "bytes=3-5");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(whole(part), "345");
    EXPECT_EQ(part.header("Content-Range"), "bytes 3-5/10");
    const auto outside = ask("range", "bytes=10-");
    EXPECT_EQ(outside.status, 416);
    EXPECT_EQ(outside.header("Content-Range"), "bytes */10");
    EXPECT_EQ(ask("if-none-match", "\"film1\"").status, 304);
    auto changed = with(request("GET", "/api/v1/film"), "range", "bytes=3-5");
    EXPECT_EQ(router.handle(with(changed, "if-range", "\"film0\"")).status, 200);
    EXPECT_EQ(router.handle(with(changed, "if-range", "\"film1\"")).status, 206);
}

TEST_F(ContentRoutes, TakeLargeBodiesOnlyFromThoseWhoMay) {
    const Router router = content_router();
    auto upload =
        with(request("POST", "/api/v1/film", "abc", "officer"), "content-type", "video/mp4");
    EXPECT_EQ(router.body_limit(upload), 5U << 20);
    EXPECT_EQ(router.body_limit(request("GET", "/api/v1/film")), 0U);
    EXPECT_EQ(router.body_limit(request("POST", "/api/v1/elsewhere")), 0U);
    EXPECT_FALSE(router.admit(upload));  // not the duty officer's business
    EXPECT_FALSE(router.admit(with(upload, "cookie", "")));
    auto keeper =
        with(request("POST", "/api/v1/film", "abc", "keeper"), "content-type", "video/mp4");
    EXPECT_TRUE(router.admit(keeper));
    EXPECT_FALSE(router.admit(without(keeper, "x-anlan-csrf")));
    EXPECT_EQ(whole(router.handle(keeper)), R"({"type":"video/mp4","bytes":3})");
}

}  // namespace
}  // namespace anlan::center::test
