#include "apps/command/board.h"

#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <map>

namespace anlan::command {
namespace {

using bigdata::Record;

std::optional<Timestamp> time_at(const Record& record, std::string_view field) {
    return parse_iso8601(text_at(record.fields, field));
}

void keep_earliest(std::optional<Timestamp>& earliest, std::optional<Timestamp> t) {
    if (t && (!earliest || *t < *earliest)) earliest = t;
}

std::optional<Timestamp> earliest(const std::vector<Record>& records, std::string_view field) {
    std::optional<Timestamp> out;
    for (const auto& record : records) keep_earliest(out, time_at(record, field));
    return out;
}

json::array to_json(const std::vector<Record>& records) {
    json::array out;
    for (const auto& record : records) out.push_back(bigdata::to_json(record));
    return out;
}

/// By plan order; alarms, dispatches, messages and log by when they came.
void sort_board(BoardRecords& b) {
    const auto by_creation = [](const Record& r) { return std::pair(r.created_at, r.id); };
    std::ranges::sort(b.tasks, {}, [](const Record& r) {
        return std::pair(integer_at(r.fields, "sequence", 0), r.id);
    });
    std::ranges::sort(b.dispatches, {}, [](const Record& r) {
        return std::tuple(r.state == "refused" || r.state == "released",
                          number_at(r.fields, "eta_s", 1e12), r.id);
    });
    for (auto* list : {&b.alarms, &b.messages, &b.log}) std::ranges::sort(*list, {}, by_creation);
}

Result<BoardRecords> read_board(const apps::Context& context, const Call& call) {
    const auto id = Uuid::parse(call.parameter("id"));
    if (!id) return fail(errors::k_no_such_record);
    const auto view = [&](std::string_view kind) {
        return context.access.view(call.who, call.space, kind);
    };
    BoardRecords out;
    TRY_ASSIGN(incident, context.records.get(view("incident"), "incident", *id));
    out.incident = std::move(incident);
    context.access.mask(call.who, out.incident);
    const std::map<std::string, std::vector<Record>*> lists{{"alarm", &out.alarms},
                                                            {"task", &out.tasks},
                                                            {"dispatch", &out.dispatches},
                                                            {"message", &out.messages},
                                                            {"log_entry", &out.log}};
    for (const auto& [kind, list] : lists) {
        const auto rows = view(kind);
        if (rows.rows.none) continue;
        TRY_ASSIGN(found, context.records.all(
                              rows, kind,
                              {{"incident", bigdata::Compare::equal, json::value(id->text())}}));
        *list = std::move(found);
        for (auto& record : *list) context.access.mask(call.who, record);
    }
    if (const auto rows = view("impact"); !rows.rows.none) {
        out.first_impact = impact_of(context, rows, *id, Edition::first);
        out.impact = impact_of(context, rows, *id, Edition::newest);
        if (out.impact) context.access.mask(call.who, *out.impact);
    }
    sort_board(out);
    return out;
}

}  // namespace

json::array stopwatch(const BoardRecords& b) {
    const Uuid first_alarm = reference(b.incident.fields, "alarm");
    const auto alarm = std::ranges::find(b.alarms, first_alarm, &Record::id);
    std::optional<Timestamp> raised, zone, affected, order, receipt;
    if (alarm != b.alarms.end()) {
        raised = time_at(*alarm, "level_at");
        if (!raised) raised = time_at(*alarm, "raised_at");
        // An alarm that rose again after the draft is not what the draft came from.
        if (raised && *raised > b.incident.created_at) raised = time_at(*alarm, "raised_at");
    }
    if (b.first_impact) {
        zone = time_at(*b.first_impact, "computed_at");
        affected = b.first_impact->created_at;
    }
    for (const auto* list : {&b.tasks, &b.dispatches})
        keep_earliest(order, earliest(*list, "ordered_at"));
    keep_earliest(receipt, earliest(b.messages, "answered_at"));
    for (const auto* list : {&b.tasks, &b.dispatches})
        keep_earliest(receipt, earliest(*list, "accepted_at"));

    const auto frame = time_at(b.incident, "frame_at");
    const auto zero = frame ? frame : raised;
    json::array out;
    const auto step = [&](std::string_view name, std::optional<Timestamp> at) {
        out.push_back(
            json::object{{"step", name},
                         {"at", at ? json::value(iso8601(*at)) : json::value(nullptr)},
                         {"ms", at && zero ? json::value(*at - *zero) : json::value(nullptr)}});
    };
    step("frame", frame);
    step("alarm", raised);
    step("incident", b.incident.created_at);
    step("zone", zone);
    step("affected", affected);
    step("confirmed", time_at(b.incident, "confirmed_at"));
    step("plan", time_at(b.incident, "plan_started_at"));
    step("first_order", order);
    step("first_receipt", receipt);
    return out;
}

RouteRow board_route(const apps::Context& context) {
    auto row = route<NoBody, Reply>(
        Method::get, "/api/v1/incidents/{id}/board", "incident.read",
        {"一个事件的全部：报警、威胁区、任务、出动、消息、秒表",
         "All of one incident: alarms, zone, tasks, dispatches, messages, stopwatch"},
        [context](const Call& call, const NoBody&) -> Result<Reply> {
            TRY_ASSIGN(board, read_board(context, call));
            json::object body;
            body["incident"] = bigdata::to_json(board.incident);
            body["alarms"] = to_json(board.alarms);
            body["impact"] =
                board.impact ? json::value(bigdata::to_json(*board.impact)) : json::value(nullptr);
            body["tasks"] = to_json(board.tasks);
            body["dispatches"] = to_json(board.dispatches);
            body["messages"] = to_json(board.messages);
            body["log"] = to_json(board.log);
            body["stopwatch"] = stopwatch(board);
            return Reply{json::value(std::move(body)), std::nullopt, {}};
        });
    const json::object record{{"type", "object"}, {"additionalProperties", true}};
    const json::object records{{"type", "array"}, {"items", record}};
    row.response = {{"type", "object"},
                    {"properties",
                     {{"incident", record},
                      {"alarms", records},
                      {"impact", record},
                      {"tasks", records},
                      {"dispatches", records},
                      {"messages", records},
                      {"log", records},
                      {"stopwatch",
                       {{"type", "array"},
                        {"items",
                         {{"type", "object"},
                          {"properties",
                           {{"step", {{"type", "string"}}},
                            {"at", {{"type", json::array{"string", "null"}}}},
                            {"ms", {{"type", json::array{"integer", "null"}}}}}}}}}}}}};
    return row;
}

}  // namespace anlan::command
