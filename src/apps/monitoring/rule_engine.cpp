#include "apps/monitoring/rule_engine.h"

#include "apps/monitoring/rule_evaluate.h"

#include <algorithm>
#include <cmath>

namespace anlan::monitoring {
namespace {

/// A device whose clock steps back sends readings that all look late; after this many in a row its
/// new time is believed. Fewer are stragglers of a backlog, which say nothing about now.
constexpr int k_late_readings_believed = 3;

/// False when the reading is a repetition or a straggler.
bool is_news(StreamMemory& memory, const bigdata::Observation& o) {
    if (memory.last_at.ms == 0 || o.at > memory.last_at) {
        memory.late_in_a_row = 0;
    } else if (o.at == memory.last_at) {
        if (o.value == memory.last_value) return false;
    } else if (++memory.late_in_a_row < k_late_readings_believed) {
        return false;
    } else {
        memory.late_in_a_row = 0;
    }
    memory.last_at = o.at;
    memory.last_value = o.value;
    return true;
}

}  // namespace

RuleEngine::RuleEngine(Options options) : m_options(std::move(options)) {}

bool RuleEngine::knows(std::string_view space) const {
    return m_rules.contains(space);
}

std::vector<std::string> RuleEngine::spaces() const {
    std::vector<std::string> out;
    for (const auto& [space, rules] : m_rules) out.push_back(space);
    return out;
}

void RuleEngine::set_rules(std::string_view space, std::vector<std::shared_ptr<const Rule>> rules,
                           Timestamp now) {
    m_rules[std::string(space)] = std::move(rules);
    set_combined(std::string(space));
    watch_rules(std::string(space));
    for (auto& [id, memory] : m_streams) {
        if (id.second == space) match_rules(*memory, now);
    }
}

void RuleEngine::forget_space(std::string_view space) {
    if (const auto it = m_rules.find(space); it != m_rules.end()) m_rules.erase(it);
    std::erase_if(m_groups, [&](const auto& item) { return item.first.first == space; });
    std::erase_if(m_combined, [&](const auto& item) { return item.first.first == space; });
    for (auto it = m_streams.begin(); it != m_streams.end();) {
        if (it->first.second != space) {
            ++it;
            continue;
        }
        for (const auto& track : it->second->tracks) m_by_alarm.erase(track->alarm);
        std::ranges::replace(m_by_number, it->second.get(), static_cast<StreamMemory*>(nullptr));
        it = m_streams.erase(it);
    }
}

/// An edited combined rule begins anew; the alarms that stand are held until it has heard enough.
void RuleEngine::set_combined(const std::string& space) {
    const auto& rules = m_rules[space];
    std::erase_if(m_combined, [&](const auto& item) {
        return item.first.first == space &&
               std::ranges::find(rules, item.second.first) == rules.end();
    });
    for (const auto& rule : rules) {
        if (rule->type == RuleType::combined)
            m_combined.try_emplace({space, rule->id}, rule, Combined(rule));
    }
}

Combined* RuleEngine::combined_of(const std::string& space, Uuid rule) {
    const auto it = m_combined.find({space, rule});
    return it == m_combined.end() ? nullptr : &it->second.second;
}

/// An alarm that stands is held in a Combined that has not heard its datastreams yet.
void RuleEngine::hold_combined(Track& track, Timestamp now) {
    const auto& levels = track.rule->levels;
    const auto row = std::ranges::find(levels, track.condition.level(), &RuleLevel::level);
    auto* combined = combined_of(track.stream.stream->space, track.rule->id);
    if (combined == nullptr || row == levels.end()) return;
    combined->resume(*track.stream.stream, static_cast<int>(row - levels.begin()), now);
}

void RuleEngine::apply(const std::string& space, Uuid rule,
                       const std::vector<Combined::Change>& changes, Timestamp now) {
    for (const auto& change : changes) {
        const auto memory = m_streams.find({change.datastream, space});
        if (memory == m_streams.end()) continue;
        for (auto& track : memory->second->tracks) {
            if (track->rule->id != rule) continue;
            track->highest = track->stream.last_value;
            track->condition.impose(change.row, change.since, now);
            reconcile(*track, now);
        }
    }
}

StreamMemory& RuleEngine::memory_of(const sensing::Stream& stream, Timestamp now) {
    if (stream.number < m_by_number.size()) {
        auto* known = m_by_number[stream.number];
        if (known != nullptr && known->stream->datastream == stream.datastream) return *known;
    }
    auto& slot = m_streams[{stream.datastream, stream.space}];
    if (!slot) {
        slot = std::make_unique<StreamMemory>();
        slot->stream = std::make_shared<const sensing::Stream>(stream);
        slot->known_since = now;
        match_rules(*slot, now);
    }
    return *slot;
}

void RuleEngine::match_rules(StreamMemory& memory, Timestamp now) {
    const auto it = m_rules.find(memory.stream->space);
    const auto* rules = it == m_rules.end() ? nullptr : &it->second;
    for (auto& track : memory.tracks) {
        track->retired = true;
        track->health = nullptr;
    }
    for (std::size_t i = 0; rules != nullptr && i < rules->size(); ++i) {
        const auto rule = rule_for((*rules)[i], *memory.stream);
        if (!rule) continue;
        if (rule->fence && rule->fence->dangerous_only &&
            !(m_options.is_dangerous && m_options.is_dangerous(*memory.stream)))
            continue;
        const auto same = std::ranges::find_if(
            memory.tracks, [&](const auto& t) { return t->rule->id == rule->id; });
        if (same == memory.tracks.end()) {
            memory.tracks.push_back(std::make_unique<Track>(rule, memory));
            memory.tracks.back()->health = health_of(memory.stream->space, rule->id);
            continue;
        }
        (*same)->health = health_of(memory.stream->space, rule->id);
        (*same)->retired = false;
        if ((*same)->rule == rule) continue;
        (*same)->condition.adopt(rule);
        if (rule->type != RuleType::geofence)
            (*same)->fence.reset();
        else if ((*same)->fence)
            (*same)->fence->adopt(rule);
        else
            (*same)->fence.emplace(rule);
        (*same)->rule = rule;
        hold_combined(**same, now);
    }
    if (!memory.tracks.empty()) memory.scope = m_options.scope_of(*memory.stream);
}

/// Tracks of rules that are gone, once nothing hangs on them.
void RuleEngine::reap(StreamMemory& memory) {
    std::erase_if(memory.tracks, [&](const auto& track) {
        const bool idle = track->retired && track->state == AlarmState::none && !track->in_flight;
        if (idle) leave_group(*track);
        return idle;
    });
}

void RuleEngine::observe(const sensing::Stream& stream, const bigdata::Observation& observation,
                         Timestamp now) {
    auto& memory = memory_of(stream, now);
    if (stream.number >= m_by_number.size()) m_by_number.resize(stream.number + 1, nullptr);
    m_by_number[stream.number] = &memory;
    memory.last_received = std::max(memory.last_received, observation.received);
    if (memory.tracks.empty()) return;

    const bool usable =
        observation.quality != bigdata::Quality::bad && std::isfinite(observation.value);
    const bool news = usable && is_news(memory, observation);
    if (news) memory.readings.add(observation);
    for (auto& track : memory.tracks) {
        evaluate(*track, now, [&] { judge(*track, observation, news, now); });
        reconcile(*track, now);
    }
}

void RuleEngine::judge(Track& track, const bigdata::Observation& observation, bool news,
                       Timestamp now) {
    const auto& stream = *track.stream.stream;
    auto& condition = track.condition;
    if (track.rule->type == RuleType::silence) {
        condition.silence(0, stream.expected_interval_s, now);
    } else if (track.rule->type == RuleType::combined) {
        auto* combined = news ? combined_of(stream.space, track.rule->id) : nullptr;
        if (combined != nullptr)
            apply(stream.space, track.rule->id,
                  combined->observe(stream, observation.value, observation.received), now);
    } else if (news && !track.fence) {
        const bool was_over = condition.level() > 0;
        condition.observe(observation.value, observation.at, observation.received);
        track.highest = was_over ? std::max(track.highest, track.watched()) : track.watched();
    }
}

void RuleEngine::moved(const sensing::Stream& lead, const Fix& fix, Timestamp now) {
    for (auto& track : memory_of(lead, now).tracks) {
        if (!track->fence) continue;
        evaluate(*track, now, [&] {
            track->fence->move(fix);
            judge_fence(*track, now);
        });
        reconcile(*track, now);
    }
}

void RuleEngine::judge_fence(Track& track, Timestamp now) {
    const bool was_over = track.condition.level() > 0;
    track.condition.impose(track.fence->row(), track.fence->since(), now);
    track.highest = was_over ? std::max(track.highest, track.watched()) : track.watched();
}

void RuleEngine::tick(Timestamp now,
                      const std::vector<std::shared_ptr<const sensing::Stream>>& streams) {
    for (const auto& stream : streams) {
        auto& memory = memory_of(*stream, now);
        if (memory.stream != stream) {  // first seen by a reading, or its device was edited
            memory.stream = stream;
            match_rules(memory, now);
        }
        // An exercise shows live devices too, but only its own report there.
        const bool expected = stream->space == bigdata::k_live || memory.last_received.ms > 0;
        const auto since = memory.last_received.ms > 0 ? memory.last_received : memory.known_since;
        for (auto& track : memory.tracks) {
            if (!expected || track->rule->type != RuleType::silence) continue;
            const double silent_s = static_cast<double>(now - since) / 1000;
            track->condition.silence(silent_s, stream->expected_interval_s, now);
        }
    }
    for (auto& [key, combined] : m_combined) {
        const auto* health = health_of(key.first, key.second);
        if (health == nullptr || now >= health->off_until)
            apply(key.first, key.second, combined.second.tick(now), now);
    }
    for (auto& [id, memory] : m_streams) {
        for (auto& track : memory->tracks) {
            track->condition.tick(now);
            const bool off = track->health != nullptr && now < track->health->off_until;
            if (track->fence && track->fence->has_moved() && !off) {
                track->fence->tick(now);
                judge_fence(*track, now);
            }
            reconcile(*track, now);
        }
        reap(*memory);
    }
}

int RuleEngine::wanted_level(const Track& track) const {
    int level = track.retired ? 0 : track.condition.level();
    for (const auto* member : track.members) {
        const bool counts = !member->retired && member->state != AlarmState::none;
        const int theirs = counts ? member->condition.level() : 0;
        if (theirs > 0) level = level == 0 ? theirs : std::min(level, theirs);
    }
    return level;
}

/// A value that moved is written now and then, not with every reading. Silence and the time in an
/// area only grow: no news.
bool RuleEngine::is_stale(const Track& track, Timestamp now) const {
    if (track.rule->type == RuleType::silence || now - track.written_at < m_options.value_every_ms)
        return false;
    const auto* row = track.condition.row();
    if (track.fence && (row == nullptr || row->event != FenceEvent::speed)) return false;
    return track.watched() != track.value_written || track.highest > track.highest_written;
}

void RuleEngine::reconcile(Track& track, Timestamp now) {
    if (track.in_flight || track.must_reload || now < track.retry_at) return;
    if (track.shelved_until.ms > 0 && track.state != AlarmState::none &&
        (now >= track.shelved_until || track.level_written < track.shelved_level)) {
        unshelve(track, now);
        return;
    }
    const int own = track.retired ? 0 : track.condition.level();
    if (track.barred_level > 0) {
        if (own == 0) lift_bar(track, now);
        if (own == 0 || own >= track.barred_level) return;
        track.barred_level = 0;  // worse than what was called false: that is news
    }
    const int level = wanted_level(track);
    switch (track.state) {
        case AlarmState::none:
            if (own > 0) raise(track, now);
            return;
        case AlarmState::cleared:
            if (level > 0) update(track, level, now);
            return;
        case AlarmState::active:
        case AlarmState::acknowledged:
            if (level == 0) {
                move_alarm(track,
                           track.state == AlarmState::active ? "clear" : "clear_acknowledged", {},
                           now);
            } else if (level != track.level_written ||
                       track.alarms_in_group != track.alarms_in_group_written ||
                       is_stale(track, now)) {
                update(track, level, now);
            }
            return;
    }
}

std::vector<AlarmWrite> RuleEngine::take_writes() {
    return std::exchange(m_writes, {});
}

std::vector<std::pair<std::string, Uuid>> RuleEngine::take_reloads() {
    std::vector<std::pair<std::string, Uuid>> out;
    for (const auto& [alarm, track] : m_by_alarm) {
        if (track->must_reload) out.emplace_back(track->stream.stream->space, alarm);
    }
    return out;
}

std::size_t RuleEngine::live_alarms() const {
    return m_by_alarm.size();
}

std::map<Uuid, int> RuleEngine::alarms_by_device(std::string_view space) const {
    std::map<Uuid, int> out;
    for (const auto& [alarm, track] : m_by_alarm) {
        if (track->stream.stream->space == space) ++out[track->stream.stream->device];
    }
    return out;
}

Track* RuleEngine::track_of(Uuid alarm) {
    const auto it = m_by_alarm.find(alarm);
    return it == m_by_alarm.end() ? nullptr : it->second;
}

}  // namespace anlan::monitoring
