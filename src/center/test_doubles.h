// A house without sockets for the center's tests: fake accounts, register, lake and hub, and a
// router over the real routes.
#pragma once

#include "apps/testing/house.h"
#include "center/context.h"
#include "center/data_routes.h"
#include "center/record_routes.h"
#include "center/router.h"
#include "center/session_routes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace anlan::center::test {

class FakeAccounts final : public bigdata::Accounts {
  public:
    using By = bigdata::By;
    using Text = std::string_view;
    Result<bigdata::Account> create(const bigdata::Account& account, Text, const By&) override {
        return account;
    }
    Result<void> rename(Text, const std::string&, const std::string&, const By&) override {
        return {};
    }
    Result<void> set_rights(const bigdata::Account&, const By&) override { return {}; }
    Result<void> set_password(Text, Text, Given, const By&) override { return {}; }
    Result<void> change_password(Text, Text, Text, Text, const By&) override { return {}; }
    Result<void> disable(Text, const By&) override { return {}; }
    Result<void> enable(Text, const By&) override { return {}; }
    Result<void> unlock(Text, const By&) override { return {}; }
    std::vector<bigdata::Account> list() const override { return {}; }
    std::optional<bigdata::Account> read(Text) const override { return std::nullopt; }
    Result<bigdata::Session> sign_in(Text account, Text password, const bigdata::Peer&) override {
        if (password != "right") return fail(anlan::errors::k_bad_sign_in, {{"left", "4"}});
        return resume("cookie-" + std::string(account));
    }
    Result<std::string> make_link(Text account, std::int64_t, const By&) override {
        return std::string(account);
    }
    Result<bigdata::Session> enter(Text secret, const bigdata::Peer&) override {
        return resume("cookie-" + std::string(secret));
    }
    Result<bigdata::Session> resume(Text cookie) override {
        const auto found = sessions_by_cookie.find(cookie);
        if (found == sessions_by_cookie.end()) return fail(anlan::errors::k_not_signed_in);
        return found->second;
    }
    void sign_out(Text, const By&) override {}
    std::vector<bigdata::SessionInfo> sessions(Text) const override { return {}; }
    Result<void> revoke(Text, const By&) override { return {}; }
    bool holds(Text handle) const override {
        return std::ranges::any_of(sessions_by_cookie,
                                   [&](auto& each) { return each.second.handle == handle; });
    }
    Result<bigdata::NewToken> make_token(const bigdata::Token& token, const By&) override {
        return bigdata::NewToken{token, "anl_x"};
    }
    std::vector<bigdata::Token> tokens(Text) const override { return {}; }
    Result<void> revoke_token(Uuid, const By&) override { return {}; }
    /// "anl_officer": the officer's, for reading alarms.
    Result<bigdata::Session> use_token(Text secret, const bigdata::Peer&) override {
        auto session = resume("cookie-" + std::string(secret.substr(4)));
        if (!session) return fail(anlan::errors::k_bad_token);
        session->csrf.clear();
        session->handle = "token:" + std::string(secret);
        session->principal.token_rights = {"*.read"};
        return session;
    }
    void on_end(std::function<void(const std::string&)>) override {}
    void sweep() override {}
    bigdata::AuditLog& audit() override { std::abort(); }

    bigdata::Session& add(const std::string& account, std::string role, Uuid grid = {}) {
        bigdata::Session session;
        session.cookie = "cookie-" + account;
        session.csrf = "csrf-" + account;
        session.handle = "handle-" + account;
        session.principal = {.user = Uuid::from_name(account),
                             .account = account,
                             .name = account,
                             .zone = "dongjiang",
                             .roles = {std::move(role)},
                             .organisation = {},
                             .enterprise = {},
                             .grid = grid};
        return sessions_by_cookie[session.cookie] = session;
    }
    std::map<std::string, bigdata::Session, std::less<>> sessions_by_cookie;
};

struct CenterHouse : ::testing::Test {
    anlan::testing::House house;
    FakeAccounts accounts;
    const Uuid grid_one = Uuid::from_name("grid/1"), grid_two = Uuid::from_name("grid/2");

    CenterHouse() {
        accounts.add("officer", "duty_officer");
        accounts.add("gridder", "grid_officer", grid_one);
        accounts.add("leader", "team_leader");
        accounts.add("keeper", "data_keeper");
        accounts.add("sysadmin", "system_administrator");
    }
    CenterContext context() {
        return {.records = house.records,
                .accounts = accounts,
                .lake = house.lake,
                .hub = house.hub,
                .catalog = anlan::testing::shipped_catalog(),
                .access = house.access,
                .clock = house.clock,
                .zone = "dongjiang",
                .version = "test"};
    }
    Router router() {
        RouteRows rows;
        for (auto part :
             {session_routes(context()), catalog_routes(context()), record_routes(context()),
              journal_routes(context()), observation_routes(context())}) {
            for (auto& row : part) rows.push_back(std::move(row));
        }
        return Router({.access = &house.access,
                       .accounts = &accounts,
                       .check_space = [](const Principal&, std::string_view space) -> Result<void> {
                           if (space == bigdata::k_live) return {};
                           return fail(anlan::errors::k_no_such_space);
                       },
                       .json = {}},
                      std::move(rows));
    }
    /// A request as that account's browser would send it.
    static Request request(std::string method, std::string target, std::string body = {},
                           const std::string& account = "officer") {
        Request out{.method = std::move(method),
                    .target = std::move(target),
                    .headers = {},
                    .body = std::move(body),
                    .peer = "127.0.0.1",
                    .id = "r1"};
        out.headers = {
            {"host", "desk:8080"}, {"accept-language", "en"}, {"content-type", "application/json"}};
        if (!account.empty()) {
            out.headers.emplace_back("cookie", "other=1; anlan_session=cookie-" + account);
            out.headers.emplace_back("x-anlan-csrf", "csrf-" + account);
        }
        return out;
    }
    static Request without(Request request, std::string_view header) {
        std::erase_if(request.headers, [&](auto& each) { return each.first == header; });
        return request;
    }
    static Request with(Request request, std::string header, std::string value) {
        request = without(std::move(request), header);
        request.headers.emplace_back(std::move(header), std::move(value));
        return request;
    }
    static json::object body_of(const Response& response) {
        if (!response.body) return {};
        auto value = parse_json(*response.body);
        return value && value->is_object() ? value->get_object() : json::object{};
    }
    /// "404 /errors/no_such_record", or "200".
    static std::string said(const Response& response) {
        std::string out = std::to_string(response.status);
        if (response.content_type == "application/problem+json")
            out += ' ' + std::string(text_at(body_of(response), "type"));
        return out;
    }
    bigdata::Record team(std::string name, Uuid grid = {}) {
        json::object fields{{"name", name}, {"type", "hazmat"}, {"phone", "000-0000-1234"}};
        bigdata::Change change;
        change.kind = "team";
        change.id = Uuid::from_name(name);
        change.fields = std::move(fields);
        change.geometry = Geometry::point({117.8, 39.0});
        if (!grid.is_nil()) change.scope = bigdata::Scope{grid, {}, {}};
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.author = {{}, "test", "command_line"};
        batch.changes.push_back(std::move(change));
        auto applied = house.records.write(std::move(batch));
        if (!applied) ADD_FAILURE() << text_of(applied.error(), Language::en);
        return applied ? applied->records.at(0) : bigdata::Record{};
    }
};

}  // namespace anlan::center::test
