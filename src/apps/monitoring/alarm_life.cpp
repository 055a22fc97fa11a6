// RuleEngine: what comes back (journal, outcomes, restart), groups, and the clock of an alarm.
#include "apps/monitoring/rule_engine.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>

namespace anlan::monitoring {
namespace {

Timestamp time_at(const json::object& fields, std::string_view key) {
    return parse_iso8601(text_at(fields, key)).value_or(Timestamp{});
}

std::string_view move_open_to(std::string_view move, AlarmState state) {
    if (move == "acknowledge" && state == AlarmState::active) return move;
    if (move == "close" && state == AlarmState::cleared) return move;
    if ((move == "false" || move == "shelve" || move == "unshelve") && state != AlarmState::none)
        return move;
    return {};
}

}  // namespace

AlarmState alarm_state_from(std::string_view state) {
    if (state == "active") return AlarmState::active;
    if (state == "active_acknowledged") return AlarmState::acknowledged;
    if (state == "cleared") return AlarmState::cleared;
    return AlarmState::none;
}

void RuleEngine::adopt(const bigdata::Record& alarm, const sensing::Stream& stream, Timestamp now) {
    auto& memory = memory_of(stream, now);
    const Uuid rule_id = Uuid::parse(text_at(alarm.fields, "rule")).value_or(Uuid{});
    auto it =
        std::ranges::find_if(memory.tracks, [&](const auto& t) { return t->rule->id == rule_id; });
    if (it ==
        memory.tracks.end()) {  // the rule went while the program was down: only clearing is left
        auto gone = std::make_shared<Rule>();
        gone->id = rule_id;
        gone->levels.emplace_back();
        memory.tracks.push_back(std::make_unique<Track>(std::move(gone), memory));
        it = std::prev(memory.tracks.end());
        (*it)->retired = true;
    }
    auto& track = **it;
    const int level = static_cast<int>(integer_at(alarm.fields, "level", 4));
    const auto state = alarm_state_from(alarm.state);
    if (state == AlarmState::none) {
        if (alarm.state != "false_alarm" || alarm.fields.contains("cleared_at")) return;
        if (track.state != AlarmState::none) return;
        track.barred_level = level;
        track.barred_by = alarm.id;
        track.condition.resume(level, time_at(alarm.fields, "frame_at"));
        return;
    }
    track.barred_level = 0;
    track.alarm = alarm.id;
    m_by_alarm[alarm.id] = &track;
    if (state != AlarmState::cleared) {
        track.condition.resume(level, time_at(alarm.fields, "frame_at"));
        if (track.fence) track.fence->resume(level, time_at(alarm.fields, "frame_at"));
        hold_combined(track, now);
    }
    const double value = number_at(alarm.fields, "value", 0);
    track.value_written = value;
    track.highest = track.highest_written = number_at(alarm.fields, "value_max", value);
    track.level_written = level;
    track.written_at = now;
    track.raised_at = time_at(alarm.fields, "raised_at");
    if (track.rule->type != RuleType::silence) {
        if (track.rule->type != RuleType::rate && !track.fence) memory.last_value = value;
    } else {
        memory.known_since =
            track.raised_at + -static_cast<std::int64_t>(value * 1000);  // still not heard
    }
    track.alarms_in_group = track.alarms_in_group_written =
        static_cast<int>(integer_at(alarm.fields, "members", 1));
    take_record(track, alarm, now);

    const Uuid head = Uuid::parse(text_at(alarm.fields, "group")).value_or(Uuid{});
    auto& groups = m_groups[{stream.space, track.rule->hazard}];
    if (auto* under = head.is_nil() ? nullptr : track_of(head)) {
        track.head = under;
        under->members.push_back(&track);
        const auto group = std::ranges::find(groups, under, &Group::head);
        if (group != groups.end()) group->latest = std::max(group->latest, track.raised_at);
    } else if (!track.rule->hazard.empty()) {
        groups.push_back({&track, track.raised_at, stream.enterprise, track.place()});
    }
}

void RuleEngine::take_record(Track& track, const bigdata::Record& alarm, Timestamp now) {
    track.revision = alarm.revision;
    const auto state = alarm_state_from(alarm.state);
    if (state == AlarmState::none || alarm.deleted) {
        end_alarm(track, alarm.state == "false_alarm" && !alarm.fields.contains("cleared_at"), now);
        return;
    }
    track.state = state;
    const bool was_shelved = track.shelved_until.ms > 0;
    track.shelved_until = time_at(alarm.fields, "shelved_until");
    if (!was_shelved) track.shelved_level = track.level_written;
    track.answer_by =
        state == AlarmState::active ? time_at(alarm.fields, "answer_by") : Timestamp{};
}

void RuleEngine::on_alarm(const bigdata::Record& alarm, std::string_view move,
                          std::string_view actor, Timestamp now) {
    auto* track = track_of(alarm.id);
    if (track == nullptr) return;
    // Before the state is taken: a head that ends forgets its members.
    if (!move.empty()) follow_head(*track, move, alarm, actor, now);
    if (alarm.revision > track->revision) take_record(*track, alarm, now);
    reconcile(*track, now);
}

/// What a person does to the head of a group holds for the whole group.
void RuleEngine::follow_head(Track& head, std::string_view move, const bigdata::Record& alarm,
                             std::string_view actor, Timestamp now) {
    for (auto* member : head.members) {
        const auto theirs = move_open_to(move, member->state);
        if (theirs.empty() || (move == "unshelve" && member->shelved_until.ms == 0)) continue;
        bigdata::Change change;
        change.action = bigdata::Action::move;
        change.kind = "alarm";
        change.id = member->alarm;
        change.move = std::string(theirs);
        change.reason = "group";
        if (move == "shelve") {
            change.fields["shelved_until"] = std::string(text_at(alarm.fields, "shelved_until"));
            change.fields["shelve_reason"] = std::string(text_at(alarm.fields, "shelve_reason"));
        } else if (move == "unshelve") {
            change.fields = {{"shelved_until", nullptr}, {"shelve_reason", nullptr}};
        } else if (move == "acknowledge" || move == "close") {
            change.fields["acknowledged_at"] = iso8601(now);
            change.fields["acknowledged_by"] = std::string(actor);
        } else if (move == "false") {
            change.fields["reason_text"] = std::string(text_at(alarm.fields, "reason_text"));
        }
        m_writes.push_back({member->stream.stream->space, std::move(change)});
    }
}

void RuleEngine::settled(Uuid alarm, const Result<bigdata::Applied>& outcome, Timestamp now) {
    auto* track = track_of(alarm);
    if (track == nullptr) return;
    track->in_flight = false;
    if (outcome) {
        if (!outcome->records.empty() && outcome->records.front().revision > track->revision) {
            take_record(*track, outcome->records.front(), now);
        }
        reconcile(*track, now);
        return;
    }
    if (outcome.error().is(errors::k_space_closed)) {  // the exercise ended while this waited
        forget_space(std::string(track->stream.stream->space));
        return;
    }
    track->retry_at = now + m_options.retry_after_ms;
    if (track->revision > 0) {
        track->must_reload = true;
        return;
    }
    m_by_alarm.erase(alarm);  // never existed: raised again after a while
    leave_group(*track);
    track->state = AlarmState::none;
    track->alarm = {};
}

void RuleEngine::reloaded(Uuid alarm, const Result<bigdata::Record>& record, Timestamp now) {
    auto* track = track_of(alarm);
    if (track == nullptr) return;
    if (record) {
        track->must_reload = false;
        track->retry_at = {};
        track->level_written = static_cast<int>(integer_at(record->fields, "level", 0));
        take_record(*track, *record, now);
        reconcile(*track, now);
    } else if (record.error().row->http_status == 404) {
        end_alarm(*track, false, now);
    }
}

void RuleEngine::end_alarm(Track& track, bool false_alarm, Timestamp now) {
    const Uuid ended = track.alarm;
    m_by_alarm.erase(ended);
    leave_group(track);
    track.alarm = {};
    track.state = AlarmState::none;
    track.must_reload = false;
    track.in_flight = false;
    track.retry_at = {};  // what was refused was of this alarm; the next one must not wait for it
    track.answer_by = {};
    const int level = track.condition.level();
    if (level > 0 && !track.retired) {
        track.barred_level = level;
        track.barred_by = ended;
    } else if (false_alarm) {
        track.barred_by = ended;
        lift_bar(track, now);
    }
}

void RuleEngine::join_group(Track& track, Timestamp now) {
    track.head = nullptr;
    track.members.clear();
    const auto& stream = *track.stream.stream;
    if (track.rule->group_ms <= 0 || track.rule->hazard.empty()) return;
    auto& groups = m_groups[{stream.space, track.rule->hazard}];
    // The newest first: it is the one that goes on.
    const auto own = std::ranges::find_if(groups.rbegin(), groups.rend(), [&](const Group& group) {
        return belongs(group, track, now);
    });
    if (own == groups.rend()) {
        groups.push_back({&track, now, stream.enterprise, track.place()});
        return;
    }
    track.head = own->head;
    own->head->members.push_back(&track);
    ++own->head->alarms_in_group;
    own->latest = now;
    reconcile(*own->head, now);
}

/// One event: within the rule's window, of one enterprise, or near where either has none; and not
/// further apart than the rule allows.
bool RuleEngine::belongs(const Group& group, const Track& track, Timestamp now) const {
    if (now - group.latest > track.rule->group_ms || group.head->state == AlarmState::none)
        return false;
    const Uuid enterprise = track.stream.stream->enterprise;
    const auto place = track.place();
    const auto rule_m = static_cast<double>(track.rule->group_m);
    const auto near = [&](double within_m) {
        return group.place && place && distance_m(*group.place, *place) <= within_m;
    };
    if (!enterprise.is_nil() && enterprise == group.enterprise)
        return rule_m <= 0 || !group.place || !place || near(rule_m);
    if (!enterprise.is_nil() && !group.enterprise.is_nil()) return false;
    return near(rule_m > 0 ? rule_m : m_options.settings.group_m);
}

/// Its time is up, or it has grown worse than what was shelved.
void RuleEngine::unshelve(Track& track, Timestamp now) {
    bigdata::Change change;
    change.action = bigdata::Action::move;
    change.kind = "alarm";
    change.id = track.alarm;
    change.move = "unshelve";
    change.reason = now >= track.shelved_until ? "time" : "worse";
    change.fields = {{"shelved_until", nullptr}, {"shelve_reason", nullptr}};
    if (track.state == AlarmState::active)
        start_clock(track, track.level_written, now, change.fields);
    track.shelved_until = {};
    send(track, std::move(change));
}

void RuleEngine::leave_group(Track& track) {
    for (auto* member : track.members) member->head = nullptr;
    track.members.clear();
    if (track.head != nullptr) std::erase(track.head->members, &track);
    track.head = nullptr;
    for (auto& [key, groups] : m_groups)
        std::erase_if(groups, [&](const Group& group) { return group.head == &track; });
}

void RuleEngine::hurry(Uuid alarm, Timestamp now) {
    auto* track = track_of(alarm);
    if (track == nullptr || track->answer_by.ms == 0) return;
    const auto& clock = m_options.clocks.by_level[static_cast<std::size_t>(track->level_written)];
    track->answer_by =
        now + -static_cast<std::int64_t>(track->escalations) * clock.answer_within_ms;
}

std::vector<Escalation> RuleEngine::take_escalations(Timestamp now) {
    std::vector<Escalation> out;
    for (const auto& [alarm, track] : m_by_alarm) {
        if (track->state != AlarmState::active || track->answer_by.ms == 0 ||
            track->head != nullptr)
            continue;
        if (now < track->shelved_until || track->in_flight) continue;
        const auto& clock =
            m_options.clocks.by_level[static_cast<std::size_t>(track->level_written)];
        while (track->escalations < clock.escalate_to.size() &&
               now >= track->answer_by +
                          static_cast<std::int64_t>(track->escalations) * clock.answer_within_ms) {
            const auto step = track->escalations++;
            out.push_back({track->stream.stream->space, alarm, step, clock.escalate_to[step],
                           track->level_written, title_of(*track, track->level_written),
                           track->raised_at, track->stream.scope});
        }
    }
    return out;
}

}  // namespace anlan::monitoring
