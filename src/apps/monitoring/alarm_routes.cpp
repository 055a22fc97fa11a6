#include "apps/monitoring/alarm_routes.h"

#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <set>

namespace anlan::monitoring {
namespace {

struct CommentRequest {
    std::string text;
};
BOOST_DESCRIBE_STRUCT(CommentRequest, (), (text))

Result<bigdata::Record> alarm_asked(const apps::Context& context, const Call& call) {
    const auto id = Uuid::parse(call.parameter("id"));
    if (!id) return fail(errors::k_no_such_record);
    return context.records.get(context.access.view(call.who, call.space, "alarm"), "alarm", *id);
}

Result<json::object> comments_of(const apps::Context& context, const Call& call) {
    TRY_ASSIGN(alarm, alarm_asked(context, call));
    // Whoever may see the alarm may see what is said of it.
    TRY_ASSIGN(comments,
               context.records.all(
                   {call.who.zone, call.space, bigdata::RowFilter::everything()}, "alarm_comment",
                   {{"alarm", bigdata::Compare::equal, json::value(alarm.id.text())}}));
    std::ranges::sort(comments, {}, [](const bigdata::Record& r) {
        return std::pair(text_at(r.fields, "at"), r.id);
    });
    json::array out;
    for (const auto& comment : comments) {
        out.push_back(json::object{{"id", comment.id.text()},
                                   {"text", text_at(comment.fields, "text")},
                                   {"by", text_at(comment.fields, "by")},
                                   {"at", text_at(comment.fields, "at")}});
    }
    return json::object{{"comments", std::move(out)}};
}

Result<json::object> comment_on(const apps::Context& context, const Call& call,
                                const CommentRequest& ask) {
    if (ask.text.find_first_not_of(" \t\r\n") == std::string::npos)
        return fail(errors::k_bad_request, {}, {{"/text", &errors::k_field_missing, {}}});
    TRY_ASSIGN(alarm, alarm_asked(context, call));
    const std::string who = call.who.name.empty() ? call.who.account : call.who.name;
    bigdata::Batch batch;
    batch.zone = call.who.zone;
    batch.space = call.space;
    batch.author = {call.who.user, who, "api"};
    batch.idempotency_key = call.idempotency_key;
    batch.request_id = call.request_id;
    bigdata::Change comment;
    comment.kind = "alarm_comment";
    comment.scope = alarm.scope;
    comment.fields = {{"alarm", alarm.id.text()},
                      {"text", ask.text},
                      {"by", who},
                      {"at", iso8601(context.clock.now())}};
    batch.changes.push_back(std::move(comment));
    bigdata::Change newest;
    newest.action = bigdata::Action::update;
    newest.kind = "alarm";
    newest.id = alarm.id;
    newest.fields["comment"] = ask.text;
    batch.changes.push_back(std::move(newest));
    TRY_ASSIGN(applied, context.records.write(std::move(batch)));
    const auto& made = applied.records.front();
    return json::object{{"id", made.id.text()},
                        {"text", text_at(made.fields, "text")},
                        {"by", text_at(made.fields, "by")},
                        {"at", text_at(made.fields, "at")}};
}

json::object told(const RuleState& state) {
    const auto& health = state.health;
    json::value problem(nullptr), off_until(nullptr);
    if (!health.problem_id.empty())
        problem = {{"id", health.problem_id}, {"zh", health.problem.zh}, {"en", health.problem.en}};
    if (health.off_until.ms > 0) off_until = iso8601(health.off_until);
    return {{"rule", state.rule.text()},
            {"streams", state.streams},
            {"alarms", state.alarms},
            {"evaluated", health.evaluated},
            {"raised", health.raised},
            {"last_ms", health.last_ms},
            {"off_until", std::move(off_until)},
            {"problem", std::move(problem)}};
}

}  // namespace

RouteRows alarm_routes(const apps::Context& context) {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/alarms/{id}/comments", "alarm.read",
        {"报警的备注，旧在前", "Comments on an alarm, oldest first"},
        [context](const Call& call, const NoBody&) { return comments_of(context, call); }));
    rows.push_back(route<CommentRequest, json::object>(
        Method::post, "/api/v1/alarms/{id}/comments", "alarm.comment",
        {"给报警加备注", "Comments on an alarm"},
        [context](const Call& call, const CommentRequest& ask) {
            return comment_on(context, call, ask);
        },
        201));
    return rows;
}

RouteRow rule_state_route(const apps::Context& context,
                          std::function<std::vector<RuleState>(std::string_view space)> states) {
    return route<NoBody, json::object>(
        Method::get, "/api/v1/rules/state", "rule.read",
        {"各条规则运行得如何", "How each rule fares"},
        [context, states = std::move(states)](const Call& call,
                                              const NoBody&) -> Result<json::object> {
            TRY_ASSIGN(rules, context.records.all(context.access.view(call.who, call.space, "rule"),
                                                  "rule"));
            std::set<Uuid> visible;
            for (const auto& rule : rules) visible.insert(rule.id);
            json::array out;
            for (const auto& state : states(call.space)) {
                if (visible.contains(state.rule)) out.push_back(told(state));
            }
            return json::object{{"rules", std::move(out)}};
        });
}

}  // namespace anlan::monitoring
