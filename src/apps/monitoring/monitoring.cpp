#include "apps/monitoring/monitoring.h"

#include "apps/monitoring/adoption.h"
#include "apps/monitoring/alarm_routes.h"
#include "apps/monitoring/errors.h"
#include "apps/monitoring/position_routes.h"
#include "apps/monitoring/quality_route.h"
#include "apps/monitoring/trial_route.h"
#include "foundations/comms/roster.h"

#include <algorithm>
#include <exception>
#include <set>

namespace anlan::monitoring {
namespace {

const bigdata::Author k_author{Uuid{}, "system", "rule"};

Uuid reference(const json::object& fields, std::string_view key) {
    return Uuid::parse(text_at(fields, key)).value_or(Uuid{});
}

Label label_of(const bigdata::Catalog& catalog, std::string_view table, std::string_view value) {
    const auto* codes = catalog.codes(table);
    const auto* code = codes == nullptr ? nullptr : codes->find(value);
    return code == nullptr ? Label{std::string(value), std::string(value)} : code->label;
}

bigdata::View whole(const std::string& zone, std::string_view space) {
    return {zone, std::string(space), {}};
}

/// A vehicle that got or lost its terminal or its dangerous goods.
bool changes_what_moves(const bigdata::Entry& entry) {
    if (entry.after.kind != "vehicle") return false;
    const bool is_named = entry.after.fields.contains("device");
    return entry.before.contains("device") ||
           (is_named && (entry.before.contains("dangerous_goods") ||
                         entry.action == bigdata::Action::create || entry.after.deleted));
}

RuleEngine::Options engine_options(const apps::Context& context, Monitoring::Options options) {
    RuleEngine::Options out;
    out.ids = &context.ids;
    out.clocks = std::move(options.clocks);
    out.settings = std::move(options.alarms);
    out.steady_us = [&clock = context.clock] { return clock.steady().us; };
    out.value_every_ms = options.value_every_ms;
    out.property_label = [&catalog = context.catalog](std::string_view property) {
        return label_of(catalog, "property", property);
    };
    out.is_dangerous = [&records = context.records, zone = context.zone](const auto& stream) {
        return is_dangerous(records, zone, stream);
    };
    out.scope_of = [&records = context.records,
                    zone = context.zone](const sensing::Stream& stream) {
        const auto device = records.get(whole(zone, stream.space), "device", stream.device);
        bigdata::Scope scope = device ? device->scope : bigdata::Scope{};
        if (scope.enterprise.is_nil()) scope.enterprise = stream.enterprise;
        return scope;
    };
    return out;
}

}  // namespace

Monitoring::Monitoring(const apps::Context& context, comms::Messenger& messenger, Options options)
    : m_context(context),
      m_messenger(messenger),
      m_quality(options.quality),
      m_positions(options.positions),
      m_shared(std::make_shared<Shared>(engine_options(context, std::move(options)))) {}

Result<void> Monitoring::start() {
    std::vector<std::string> spaces{std::string(bigdata::k_live)};
    TRY_ASSIGN(exercises, m_context.records.all(whole(m_context.zone, bigdata::k_live), "exercise",
                                                {{"state", bigdata::Compare::equal, "running"}}));
    for (const auto& exercise : exercises) spaces.push_back(exercise.id.text());
    for (const auto& space : spaces) {
        TRY(load_rules(space));
        TRY(load_alarms(space));
        load_positions(space);
    }
    return {};
}

Result<void> Monitoring::load_rules(const std::string& space) {
    TRY_ASSIGN(records, m_context.records.all(whole(m_context.zone, space), "rule"));
    TRY_ASSIGN(fences, read_fences(m_context.records, whole(m_context.zone, space),
                                   m_positions.settings().edge_m));
    std::vector<std::shared_ptr<const Rule>> rules;
    std::vector<std::pair<RuleFault, std::int64_t>> faults;
    for (const auto& record : records) {
        if (!is_enabled(record)) continue;
        try {
            auto rule = rule_from(record, fences);
            if (rule)
                rules.push_back(std::move(*rule));
            else
                faults.push_back(
                    {{space,
                      record.id,
                      {text_of(rule.error(), Language::zh), text_of(rule.error(), Language::en)}},
                     record.revision});
        } catch (const std::exception& e) {
            faults.push_back({{space, record.id, {e.what(), e.what()}}, record.revision});
        }
    }
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->engine.set_rules(space, std::move(rules), m_context.clock.now());
        std::erase_if(m_shared->faults, [&](const RuleFault& f) { return f.space == space; });
        for (const auto& [fault, revision] : faults) m_shared->faults.push_back(fault);
    }
    for (const auto& [fault, revision] : faults) report(fault, revision);
    return {};
}

Result<void> Monitoring::load_alarms(const std::string& space) {
    TRY_ASSIGN(alarms, m_context.records.all(whole(m_context.zone, space), "alarm",
                                             {{"state", bigdata::Compare::not_equal, "closed"}}));
    // Heads before members, earlier before later.
    std::ranges::sort(alarms, [](const bigdata::Record& a, const bigdata::Record& b) {
        return std::tuple(a.fields.contains("group"), text_at(a.fields, "raised_at"), a.id) <
               std::tuple(b.fields.contains("group"), text_at(b.fields, "raised_at"), b.id);
    });
    const std::lock_guard lock(m_shared->mutex);
    for (const auto& alarm : alarms)
        m_shared->engine.adopt(alarm, stream_of(alarm), m_context.clock.now());
    return {};
}

/// Where everything was when the program ended; what has been silent for long since says nothing
/// about now.
void Monitoring::load_positions(const std::string& space) {
    std::vector<std::shared_ptr<const sensing::Stream>> streams;
    std::vector<sensing::Heard> heard;
    for (auto& stream : m_context.hub.streams(space)) {
        if (part_of(stream->property) == Part::none) continue;
        const auto last = m_context.lake.last(stream->number);
        if (!last) continue;
        streams.push_back(std::move(stream));
        heard.push_back({*streams.back(), *last});
    }
    const auto moved = m_positions.hear(heard);
    const auto now = m_context.clock.now();
    const auto& settings = m_positions.settings();
    const std::lock_guard lock(m_shared->mutex);
    for (const auto& each : moved) {
        const double stale_s =
            settings.stale_after_intervals * settings.interval_of(each.lead->expected_interval_s);
        if (static_cast<double>(now - each.fix.received) / 1000 <= stale_s)
            m_shared->engine.moved(*each.lead, each.fix, now);
    }
}

/// The hub's stream, or, where it no longer has one, what the alarm itself says of it.
sensing::Stream Monitoring::stream_of(const bigdata::Record& alarm) const {
    const auto& f = alarm.fields;
    const Uuid datastream = reference(f, "datastream");
    if (const auto stream = m_context.hub.find(alarm.space, datastream)) return *stream;
    sensing::Stream out;
    out.number = m_context.lake.number_of({datastream, alarm.space});
    out.zone = alarm.zone;
    out.space = alarm.space;
    out.datastream = datastream;
    out.device = reference(f, "device");
    out.enterprise = reference(f, "enterprise");
    out.vessel = reference(f, "vessel");
    out.property = std::string(text_at(f, "property"));
    out.unit = std::string(text_at(f, "unit"));
    if (alarm.geometry) out.place = anchor_of(*alarm.geometry);
    return out;
}

void Monitoring::on_observations(std::span<const sensing::Heard> heard) {
    std::set<std::string> unknown;
    std::vector<AlarmWrite> writes;
    std::vector<Isolation> isolations;
    const auto now = m_context.clock.now();
    {
        const std::lock_guard lock(m_shared->mutex);
        const std::string* last = nullptr;  // A delivery is of one space, as a rule.
        for (const auto& each : heard) {
            if (last != nullptr && *last == each.stream.space) continue;
            last = &each.stream.space;
            if (!m_shared->engine.knows(*last)) unknown.insert(*last);
        }
    }
    for (const auto& space : unknown) {
        // An exercise's first reading. When the register cannot be read now, the next one tries
        // again.
        if (!load_rules(space)) return;
    }
    const auto moved = m_positions.hear(heard);
    {
        const std::lock_guard lock(m_shared->mutex);
        for (const auto& each : moved) m_shared->engine.moved(*each.lead, each.fix, now);
        for (const auto& each : heard) m_shared->engine.observe(each.stream, each.observation, now);
        writes = m_shared->engine.take_writes();
        isolations = m_shared->engine.take_isolations();
    }
    submit(std::move(writes));
    tell(isolations);
}

void Monitoring::on_entry(const bigdata::Entry& entry) {
    const auto& record = entry.after;
    if (record.zone != m_context.zone) return;
    if (record.kind == "rule" || record.kind == "geofence" || changes_what_moves(entry)) {
        // On failure the old rules stay; the next change or start reads again.
        static_cast<void>(load_rules(record.space));
    } else if (record.kind == "exercise" && record.state == "ended") {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->engine.forget_space(record.id.text());
        m_positions.forget_space(record.id.text());
        std::erase_if(m_shared->faults,
                      [&](const RuleFault& f) { return f.space == record.id.text(); });
    } else if (record.kind == "alarm" && entry.action != bigdata::Action::create) {
        stamp_acknowledgement(entry);
    }
    std::vector<AlarmWrite> writes;
    {
        const std::lock_guard lock(m_shared->mutex);
        if (record.kind == "alarm") {
            m_shared->engine.on_alarm(record, entry.move, entry.author.name, m_context.clock.now());
        }
        writes = m_shared->engine.take_writes();
    }
    submit(std::move(writes));
}

/// Who answered and when, also where the caller of the move did not say.
void Monitoring::stamp_acknowledgement(const bigdata::Entry& entry) {
    if (entry.move != "acknowledge" && entry.move != "close") return;
    json::object fields;
    if (!entry.after.fields.contains("acknowledged_at"))
        fields["acknowledged_at"] = iso8601(entry.at);
    if (!entry.after.fields.contains("acknowledged_by"))
        fields["acknowledged_by"] = entry.author.name;
    if (fields.empty()) return;
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "alarm";
    change.id = entry.after.id;
    change.fields = std::move(fields);
    submit({{entry.after.space, std::move(change)}});
}

void Monitoring::tick(Timestamp now) {
    std::vector<std::pair<std::string, Uuid>> reloads;
    std::vector<std::string> spaces;
    {
        const std::lock_guard lock(m_shared->mutex);
        reloads = m_shared->engine.take_reloads();
        spaces = m_shared->engine.spaces();
    }
    for (const auto& [space, alarm] : reloads) {
        const auto record = m_context.records.get(whole(m_context.zone, space), "alarm", alarm);
        const std::lock_guard lock(m_shared->mutex);
        m_shared->engine.reloaded(alarm, record, now);
    }
    std::vector<std::shared_ptr<const sensing::Stream>> streams;
    for (const auto& space : spaces)
        std::ranges::move(m_context.hub.streams(space), std::back_inserter(streams));
    std::vector<AlarmWrite> writes;
    std::vector<Escalation> escalations;
    std::vector<Isolation> isolations;
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->engine.tick(now, streams);
        writes = m_shared->engine.take_writes();
        escalations = m_shared->engine.take_escalations(now);
        isolations = m_shared->engine.take_isolations();
    }
    submit(std::move(writes));
    tell(isolations);
    for (const auto& escalation : escalations) escalate(escalation);
}

/// Each alarm's change is a batch of its own: one that is refused takes no other with it.
void Monitoring::submit(std::vector<AlarmWrite> writes) {
    for (auto& write : writes) {
        bigdata::Batch batch;
        batch.zone = m_context.zone;
        batch.space = write.space;
        batch.author = k_author;
        batch.priority = bigdata::Priority::urgent;
        const Uuid alarm = write.change.id;
        batch.changes.push_back(std::move(write.change));
        m_context.records.write_later(std::move(batch),
                                      [shared = m_shared, &clock = m_context.clock,
                                       alarm](const Result<bigdata::Applied>& outcome) {
                                          // What follows from it is taken with the alarm's entry,
                                          // which comes next, or by tick().
                                          const std::lock_guard lock(shared->mutex);
                                          shared->engine.settled(alarm, outcome, clock.now());
                                      });
    }
}

/// To whoever is on duty in that role; when nobody is, the role is told all the same, and the next
/// one at once.
void Monitoring::escalate(const Escalation& escalation) {
    const auto now = m_context.clock.now();
    const auto roster = comms::on_duty(m_context.records, m_context.catalog,
                                       whole(m_context.zone, escalation.space), now);
    const auto* person = roster ? comms::first_of(*roster, escalation.to_role) : nullptr;
    comms::Outgoing message;
    message.id = Uuid::from_name("escalation/" + escalation.space + "/" + escalation.alarm.text() +
                                 "/" + std::to_string(escalation.step));
    message.to_role = escalation.to_role;
    message.to_text = comms::role_label(m_context.catalog, escalation.to_role);
    if (person != nullptr) {
        message.to_person = person->person;
        message.to_text = person->name;
    }
    message.title = {"报警无人应答：" + escalation.title.zh,
                     "Alarm unanswered: " + escalation.title.en};
    const std::string since = beijing_text(escalation.raised_at);
    message.text = {escalation.title.zh + "，" + since + " 触发，至今无人应答。请立即查看。",
                    escalation.title.en + ", raised " + since +
                        " (Beijing time), still unanswered. Look at it now."};
    if (roster && person == nullptr) {
        message.text.zh += "该岗位现无人值班，已同时通知下一岗位。";
        message.text.en += " Nobody is on duty in this role; the next one is told as well.";
    }
    message.scope = escalation.scope;
    m_messenger.send(message, escalation.space, "rule");
    if (!roster || person != nullptr) return;
    const std::lock_guard lock(m_shared->mutex);
    m_shared->engine.hurry(escalation.alarm, now);
}

void Monitoring::tell(const std::vector<Isolation>& isolations) {
    for (const auto& each : isolations) report({each.space, each.rule, each.text}, each.at.ms);
}

void Monitoring::report(const RuleFault& fault, std::int64_t revision) {
    bigdata::Batch batch;
    batch.zone = m_context.zone;
    batch.space = fault.space;
    batch.author = k_author;
    bigdata::Change change;
    change.kind = "log_entry";
    // Once for each revision of a wrong rule, however often it is read; for each isolation.
    change.id = Uuid::from_name("rule fault/" + fault.space + "/" + fault.rule.text() + "/" +
                                std::to_string(revision));
    change.fields = {{"text", fault.text.zh},
                     {"text_en", fault.text.en},
                     {"at", iso8601(m_context.clock.now())}};
    batch.changes.push_back(std::move(change));
    m_context.records.write_later(std::move(batch), [](const Result<bigdata::Applied>&) {});
}

RouteRows Monitoring::routes() {
    RouteRows rows = adoption_routes(m_context);
    for (auto& row : position_routes(m_context, m_positions)) rows.push_back(std::move(row));
    rows.push_back(devices_route(m_context, m_positions.settings(), m_quality,
                                 [shared = m_shared](std::string_view space) {
                                     const std::lock_guard lock(shared->mutex);
                                     return shared->engine.alarms_by_device(space);
                                 }));
    rows.push_back(trial_route(m_context, m_positions.settings()));
    for (auto& row : alarm_routes(m_context)) rows.push_back(std::move(row));
    rows.push_back(
        rule_state_route(m_context, [this](std::string_view space) { return rule_states(space); }));
    rows.push_back(quality_route(m_context, m_quality));
    return rows;
}

std::vector<RuleFault> Monitoring::faults() const {
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->faults;
}

std::vector<RuleState> Monitoring::rule_states(std::string_view space) const {
    const std::lock_guard lock(m_shared->mutex);
    auto out = m_shared->engine.rule_states(space);
    for (const auto& fault : m_shared->faults) {
        if (fault.space != space) continue;
        RuleState wrong;
        wrong.rule = fault.rule;
        wrong.health.problem_id = errors::k_bad_rule.id;
        wrong.health.problem = fault.text;
        out.push_back(std::move(wrong));
    }
    return out;
}

std::size_t Monitoring::isolated_rules() const {
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->engine.isolated(m_context.clock.now());
}

std::size_t Monitoring::live_alarms() const {
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->engine.live_alarms();
}

}  // namespace anlan::monitoring
