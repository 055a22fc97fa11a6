// RuleEngine: what is written into an alarm's record.
#include "apps/monitoring/rule_engine.h"

#include <algorithm>

namespace anlan::monitoring {
namespace {

struct LevelWord {
    std::string_view zh, en;
};
constexpr std::array<LevelWord, 5> k_level_words{
    {{"", ""}, {"一级", "level 1"}, {"二级", "level 2"}, {"三级", "level 3"}, {"四级", "level 4"}}};

void put_reference(json::object& fields, std::string_view key, Uuid id) {
    if (!id.is_nil()) fields[key] = id.text();
}

double silent_s(const Track& track, Timestamp now) {
    const auto& m = track.stream;
    return static_cast<double>(now - (m.last_received.ms > 0 ? m.last_received : m.known_since)) /
           1000;
}

double value_of(const Track& track, Timestamp now) {
    return track.rule->type == RuleType::silence ? silent_s(track, now) : track.watched();
}

bool is_about_speed(const Track& track) {
    const auto* row = track.condition.row();
    return track.fence && row != nullptr && row->event == FenceEvent::speed;
}

std::string unit_of(const Track& track) {
    const std::string& unit = track.stream.stream->unit;
    if (track.fence) return is_about_speed(track) ? "m/s" : "s";
    if (track.rule->type == RuleType::silence) return "s";
    if (track.rule->type == RuleType::rate) return unit.empty() ? "1/min" : unit + "/min";
    return unit;
}

}  // namespace

json::array RecentReadings::to_json() const {
    json::array out;
    const std::size_t count = std::min(m_added, k_readings_kept);
    for (std::size_t i = m_added - count; i < m_added; ++i) {
        const auto& o = m_items[i % k_readings_kept];
        out.push_back(json::object{
            {"at", iso8601(o.at)}, {"received", iso8601(o.received)}, {"value", o.value}});
    }
    return out;
}

namespace {

Label fence_title(const Track& track) {
    if (!track.fence || !track.rule->fence) return track.rule->name;
    const auto& name = track.rule->fence->name;
    const auto* row = track.condition.row();
    switch (row == nullptr ? FenceEvent::enter : row->event) {
        case FenceEvent::enter:
            return {"进入" + name.zh, "Entered: " + name.en};
        case FenceEvent::leave:
            return {"离开" + name.zh, "Left: " + name.en};
        case FenceEvent::speed:
            return {name.zh + "内超速", "Too fast in: " + name.en};
        case FenceEvent::dwell:
            return {"在" + name.zh + "停留过久", "Too long in: " + name.en};
    }
    return track.rule->name;
}

}  // namespace

Label RuleEngine::title_of(const Track& track, int level) const {
    const Label property = m_options.property_label(track.stream.stream->property);
    const auto& words = k_level_words[static_cast<std::size_t>(level)];
    switch (track.rule->type) {
        case RuleType::silence:
            return {property.zh + "无数据", "No data: " + property.en};
        case RuleType::state_bits:
            if (const auto* row = track.condition.row(); row != nullptr && !row->name.zh.empty()) {
                return {row->name.zh, row->name.en.empty() ? row->name.zh : row->name.en};
            }
            break;
        case RuleType::rate:
            return {property.zh + "变化过快" + std::string(words.zh) + "报警",
                    property.en + " changes too fast, " + std::string(words.en) + " alarm"};
        case RuleType::combined:
            return {track.rule->name.zh + std::string(words.zh) + "报警",
                    (track.rule->name.en.empty() ? track.rule->name.zh : track.rule->name.en) +
                        ", " + std::string(words.en) + " alarm"};
        case RuleType::geofence:
            return fence_title(track);
        case RuleType::stuck:
            return {property.zh + "读数不变", "Readings stand still: " + property.en};
        case RuleType::threshold:
            break;
    }
    return {property.zh + std::string(words.zh) + "报警",
            property.en + ", " + std::string(words.en) + " alarm"};
}

void RuleEngine::describe_level(const Track& track, int level, json::object& fields) const {
    const Label title = title_of(track, level);
    fields["title"] = title.zh;
    fields["title_en"] = title.en;
    fields["level"] = level;
    const auto* row = track.condition.row();
    if (row == nullptr)
        return;  // a head that only its members keep alive: its own limit stays as it was
    if (track.rule->type == RuleType::threshold || track.rule->type == RuleType::rate)
        fields["limit"] = row->limit.value;
    if (track.rule->type == RuleType::silence)
        fields["limit"] = row->factor * track.stream.stream->expected_interval_s;
    if (track.fence) {
        fields["limit"] = row->event == FenceEvent::speed ? row->limit.value : row->for_s;
        fields["unit"] = unit_of(track);
    }
    const std::string& source = row->source.empty() ? track.rule->source : row->source;
    if (!source.empty()) fields["limit_source"] = source;
    fields["frame_at"] = iso8601(track.condition.first_frame());
    fields["readings"] = track.fence ? track.fence->evidence() : track.stream.readings.to_json();
}

void RuleEngine::start_clock(Track& track, int level, Timestamp now, json::object& fields) {
    const auto& clock = m_options.clocks.by_level[static_cast<std::size_t>(level)];
    track.escalations = 0;
    track.answer_by = clock.answer_within_ms > 0 ? now + clock.answer_within_ms : Timestamp{};
    if (track.answer_by.ms > 0)
        fields["answer_by"] = iso8601(track.answer_by);
    else
        fields["answer_by"] = nullptr;
}

void RuleEngine::raise(Track& track, Timestamp now) {
    const auto& stream = *track.stream.stream;
    track.alarm = m_options.ids->next();
    track.state = AlarmState::active;
    track.revision = 0;
    track.raised_at = now;
    track.alarms_in_group = track.alarms_in_group_written = 1;
    if (track.health != nullptr) ++track.health->raised;
    m_by_alarm[track.alarm] = &track;
    join_group(track, now);

    const int level = track.condition.level();
    bigdata::Change change;
    change.kind = "alarm";
    change.id = track.alarm;
    change.scope = track.stream.scope;
    if (const auto place = track.place()) change.geometry = Geometry::point(*place);
    auto& f = change.fields;
    describe_level(track, level, f);
    put_reference(f, "rule", track.rule->id);
    put_reference(f, "datastream", stream.datastream);
    put_reference(f, "device", stream.device);
    put_reference(f, "enterprise", stream.enterprise);
    put_reference(f, "vessel", stream.vessel);
    if (track.rule->fence) put_reference(f, "geofence", track.rule->fence->id);
    if (!track.rule->hazard.empty()) f["hazard"] = track.rule->hazard;
    if (!stream.property.empty()) f["property"] = stream.property;
    const bool silence = track.rule->type == RuleType::silence;
    if (const std::string unit = unit_of(track); !unit.empty()) f["unit"] = unit;
    const double value = value_of(track, now);
    track.highest = silence ? value : std::max(track.highest, value);
    f["value"] = value;
    f["value_max"] = track.highest;
    f["raised_at"] = iso8601(now);
    f["level_at"] = iso8601(now);
    if (silence) f.erase("frame_at");
    if (track.head != nullptr) f["group"] = track.head->alarm.text();
    start_clock(track, level, now, f);
    if (f["answer_by"].is_null()) f.erase("answer_by");

    track.level_written = level;
    track.value_written = value;
    track.highest_written = track.highest;
    track.written_at = now;
    send(track, std::move(change));
}

/// A live alarm's level, value or group changed; a cleared one is raised again.
void RuleEngine::update(Track& track, int level, Timestamp now) {
    json::object f;
    const bool reopen = track.state == AlarmState::cleared;
    if (reopen || level != track.level_written) {
        describe_level(track, level, f);
        if (track.rule->type == RuleType::silence) f.erase("frame_at");
        f["level_at"] = iso8601(now);
        if (reopen) f["cleared_at"] = nullptr;
        const bool worse = level < track.level_written;
        if (reopen || (worse && track.state == AlarmState::active))
            start_clock(track, level, now, f);
    }
    f["value"] = track.value_written = value_of(track, now);
    f["value_max"] = track.highest_written = std::max(track.highest, track.value_written);
    if (track.alarms_in_group != track.alarms_in_group_written)
        f["members"] = track.alarms_in_group;
    track.alarms_in_group_written = track.alarms_in_group;
    track.level_written = level;
    track.written_at = now;
    if (reopen) {
        track.state = AlarmState::active;
        move_alarm(track, "reopen", std::move(f), now);
        return;
    }
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "alarm";
    change.id = track.alarm;
    change.fields = std::move(f);
    send(track, std::move(change));
}

void RuleEngine::move_alarm(Track& track, std::string_view move, json::object fields,
                            Timestamp now) {
    if (move != "reopen") {
        fields["cleared_at"] = iso8601(now);
        fields["value"] = track.value_written = value_of(track, now);
        fields["value_max"] = track.highest_written =
            std::max(track.highest, track.highest_written);
    }
    bigdata::Change change;
    change.action = bigdata::Action::move;
    change.kind = "alarm";
    change.id = track.alarm;
    change.move = std::string(move);
    change.fields = std::move(fields);
    send(track, std::move(change));
}

/// The condition behind a false alarm has ended: the next crossing is a new alarm. The record says
/// so, because a restart has to know it too.
void RuleEngine::lift_bar(Track& track, Timestamp now) {
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "alarm";
    change.id = track.barred_by;
    change.fields["cleared_at"] = iso8601(now);
    m_writes.push_back({track.stream.stream->space, std::move(change)});
    track.barred_level = 0;
    track.barred_by = {};
}

void RuleEngine::send(Track& track, bigdata::Change change) {
    track.in_flight = true;
    m_writes.push_back({track.stream.stream->space, std::move(change)});
}

}  // namespace anlan::monitoring
