#include "apps/monitoring/trial_route.h"

#include "apps/monitoring/period.h"
#include "apps/monitoring/trial.h"
#include "foundations/bigdata/errors.h"

namespace anlan::monitoring {
namespace {

struct TrialRequest {
    std::optional<Uuid> rule;            ///< A saved rule …
    std::optional<json::object> fields;  ///< … and what is changed in it, or a rule not yet saved.
    std::optional<std::string> from, to;
};
BOOST_DESCRIBE_STRUCT(TrialRequest, (), (rule, fields, from, to))

Result<std::shared_ptr<const Rule>> rule_asked(const apps::Context& context, const Call& call,
                                               const TrialRequest& ask, double edge_m) {
    bigdata::Record record;
    if (ask.rule) {
        TRY_ASSIGN(saved, context.records.get(context.access.view(call.who, call.space, "rule"),
                                              "rule", *ask.rule));
        record = std::move(saved);
    }
    record.kind = "rule";
    for (const auto& [name, value] : ask.fields.value_or(json::object{})) {
        if (value.is_null())
            record.fields.erase(name);
        else
            record.fields[name] = value;
    }
    const auto* kind = context.catalog.kind("rule");
    ASSERT(kind != nullptr);
    TRY(bigdata::check_fields(context.catalog, *kind, record.fields, true));
    TRY_ASSIGN(fences,
               read_fences(context.records,
                           {context.zone, call.space, bigdata::RowFilter::everything()}, edge_m));
    return rule_from(record, fences);
}

/// The space's datastreams that the caller may see.
std::vector<std::shared_ptr<const sensing::Stream>> streams_seen(const apps::Context& context,
                                                                 const Call& call) {
    const auto view = context.access.view(call.who, call.space, "datastream");
    std::vector<std::shared_ptr<const sensing::Stream>> out;
    for (auto& stream : context.hub.streams(call.space)) {
        if (context.records.get(view, "datastream", stream->datastream))
            out.push_back(std::move(stream));
    }
    return out;
}

json::object told(const apps::Context& context, const Call& call, const WouldBeAlarm& alarm) {
    json::object out{{"datastream", alarm.stream->datastream.text()},
                     {"device", alarm.stream->device.text()},
                     {"level", alarm.level},
                     {"raised_at", iso8601(alarm.raised_at)},
                     {"cleared_at", nullptr},
                     {"worst", alarm.worst}};
    if (alarm.cleared_at) out["cleared_at"] = iso8601(*alarm.cleared_at);
    const auto device = context.records.get(context.access.view(call.who, call.space, "device"),
                                            "device", alarm.stream->device);
    if (device) {
        out["name"] = text_at(device->fields, "name");
        out["name_en"] = text_at(device->fields, "name_en");
    }
    return out;
}

Result<json::object> answer(const apps::Context& context, const Call& call, const TrialRequest& ask,
                            const PositionSettings& settings) {
    TRY_ASSIGN(period,
               period_asked(ask.from.value_or(""), ask.to.value_or(""), context.clock.now()));
    TRY_ASSIGN(rule, rule_asked(context, call, ask, settings.edge_m));
    auto streams = streams_seen(context, call);
    if (rule->fence && rule->fence->dangerous_only) {
        std::erase_if(streams, [&](const auto& stream) {
            return !is_dangerous(context.records, context.zone, *stream);
        });
    }
    TRY_ASSIGN(trial, try_rule(rule, streams, context.lake, period.from, period.until, settings));
    json::array alarms;
    for (const auto& alarm : trial.alarms) alarms.push_back(told(context, call, alarm));
    return json::object{{"from", iso8601(period.from)}, {"to", iso8601(period.until)},
                        {"streams", trial.streams},     {"readings", trial.readings},
                        {"complete", trial.complete},   {"alarms", std::move(alarms)}};
}

}  // namespace

RouteRow trial_route(const apps::Context& context, const PositionSettings& settings) {
    return route<TrialRequest, json::object>(
        Method::post, "/api/v1/rules/trial", "rule.update",
        {"在已记录的时段上试算一条规则：本会报出哪些警",
         "Tries a rule on a recorded period: what it would have raised"},
        [context, settings](const Call& call, const TrialRequest& ask) {
            return answer(context, call, ask, settings);
        });
}

}  // namespace anlan::monitoring
