#include "apps/monitoring/trial.h"

#include "apps/monitoring/combined.h"
#include "apps/monitoring/condition.h"
#include "apps/monitoring/fence_watch.h"
#include "apps/monitoring/past_track.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace anlan::monitoring {
namespace {

constexpr std::size_t k_page = 50'000;

/// Follows one stream's level from reading to reading and keeps the alarms it makes.
class Scribe {
  public:
    Scribe(Trial& trial, std::shared_ptr<const sensing::Stream> stream)
        : m_trial(trial), m_stream(std::move(stream)) {}

    void note(int level, double worst, Timestamp at) {
        if (level == 0) {
            if (m_open) m_trial.alarms[*m_open].cleared_at = at;
            m_open.reset();
            return;
        }
        if (!m_open) {
            if (m_trial.alarms.size() >= Trial::k_alarms_max) {
                m_trial.complete = false;
                return;
            }
            m_open = m_trial.alarms.size();
            m_trial.alarms.push_back({m_stream, level, at, std::nullopt, worst});
        }
        auto& alarm = m_trial.alarms[*m_open];
        alarm.level = std::min(alarm.level, level);
        alarm.worst = std::max(alarm.worst, worst);
    }

  private:
    Trial& m_trial;
    std::shared_ptr<const sensing::Stream> m_stream;
    std::optional<std::size_t> m_open;
};

/// The silence before `until`, told as of the moment in which each level would have begun.
void judge_silence(Scribe& scribe, Condition& condition, const Rule& rule, double interval_s,
                   Timestamp since, Timestamp until) {
    constexpr std::int64_t k_just_after_ms = 1;
    const double silent_s = static_cast<double>(until - since) / 1000;
    for (auto level = rule.levels.rbegin(); level != rule.levels.rend(); ++level) {
        const double after_s = level->factor * interval_s;
        if (interval_s <= 0 || silent_s <= after_s) continue;
        const auto at = since + std::llround(after_s * 1000) + k_just_after_ms;
        condition.silence(static_cast<double>(at - since) / 1000, interval_s, at);
        scribe.note(condition.level(), silent_s, at);
    }
}

class OneStream {
  public:
    OneStream(Trial& trial, std::shared_ptr<const Rule> rule,
              const std::shared_ptr<const sensing::Stream>& stream, Timestamp from)
        : m_rule(rule),
          m_interval_s(stream->expected_interval_s),
          m_scribe(trial, stream),
          m_condition(std::move(rule)),
          m_heard(from) {}

    void take(const bigdata::Observation& o) {
        if (m_rule->type == RuleType::silence) {
            judge_silence(m_scribe, m_condition, *m_rule, m_interval_s, m_heard, o.at);
            m_condition.silence(0, m_interval_s, o.at);
            m_scribe.note(m_condition.level(), 0, o.at);
            m_heard = o.at;
            return;
        }
        if (o.quality == bigdata::Quality::bad || !std::isfinite(o.value)) return;
        m_condition.tick(o.at);
        m_scribe.note(m_condition.level(), m_watched, o.at);
        m_condition.observe(o.value, o.at, o.at);
        m_watched = m_rule->type == RuleType::rate ? m_condition.per_minute() : o.value;
        m_scribe.note(m_condition.level(), m_watched, o.at);
    }
    void end(Timestamp to) {
        if (m_rule->type == RuleType::silence) {
            judge_silence(m_scribe, m_condition, *m_rule, m_interval_s, m_heard, to);
            return;
        }
        m_condition.tick(to);
        m_scribe.note(m_condition.level(), m_watched, to);
    }

  private:
    std::shared_ptr<const Rule> m_rule;
    double m_interval_s;
    Scribe m_scribe;
    Condition m_condition;
    Timestamp m_heard;
    double m_watched = 0;
};

/// Pages of one stream's record until the trial's limit of readings is reached.
Result<void> read_stream(const bigdata::Lake& lake, bigdata::StreamNumber stream, Timestamp from,
                         Timestamp to, Trial& trial,
                         const std::function<void(const bigdata::Observation&)>& take) {
    for (Timestamp next = from; next < to;) {
        const auto room = std::min(k_page, Trial::k_readings_max - trial.readings);
        if (room == 0) {
            trial.complete = false;
            return {};
        }
        TRY_ASSIGN(page, lake.raw(stream, next, to, room));
        for (const auto& o : page) take(o);
        trial.readings += page.size();
        if (page.size() < room) return {};
        next = page.back().at + 1;
    }
    return {};
}

/// The streams' readings in one row, as they came.
Result<Trial> try_combined(const std::shared_ptr<const Rule>& rule,
                           std::span<const std::shared_ptr<const sensing::Stream>> streams,
                           const bigdata::Lake& lake, Timestamp from, Timestamp to) {
    constexpr std::int64_t k_tick_ms = 1000;
    Trial out;
    std::map<Uuid, Scribe> scribes;
    std::map<bigdata::StreamNumber, std::shared_ptr<const sensing::Stream>> by_number;
    std::vector<bigdata::Observation> heard;
    for (const auto& stream : streams) {
        if (!rule_for(rule, *stream)) continue;
        ++out.streams;
        scribes.try_emplace(stream->datastream, out, stream);
        by_number[stream->number] = stream;
        TRY(read_stream(lake, stream->number, from, to, out, [&](const bigdata::Observation& o) {
            if (o.quality == bigdata::Quality::bad || !std::isfinite(o.value)) return;
            heard.push_back(o);
            heard.back().stream = stream->number;
        }));
    }
    std::ranges::stable_sort(heard, {}, &bigdata::Observation::at);
    Combined combined(rule);
    double value = 0;
    const auto note = [&](const std::vector<Combined::Change>& changes, Timestamp at) {
        for (const auto& change : changes) {
            const int level = change.row < 0 || !rule->schedule.is_on(at)
                                  ? 0
                                  : rule->levels[static_cast<std::size_t>(change.row)].level;
            scribes.at(change.datastream).note(level, value, at);
        }
    };
    Timestamp ticked = from;
    for (const auto& o : heard) {
        if (o.at - ticked >= k_tick_ms) note(combined.tick(ticked = o.at), o.at);
        value = o.value;
        note(combined.observe(*by_number.at(o.stream), o.value, o.at), o.at);
    }
    note(combined.tick(to), to);
    return out;
}

/// Device by device, along its track.
Result<Trial> try_geofence(const std::shared_ptr<const Rule>& rule,
                           std::span<const std::shared_ptr<const sensing::Stream>> streams,
                           const bigdata::Lake& lake, Timestamp from, Timestamp to,
                           const PositionSettings& settings) {
    Trial out;
    for (const auto& lead : streams) {
        const auto holds = rule_for(rule, *lead);
        if (!holds) continue;
        ++out.streams;
        std::vector<std::shared_ptr<const sensing::Stream>> own;
        std::ranges::copy_if(streams, std::back_inserter(own),
                             [&](const auto& s) { return s->device == lead->device; });
        TRY_ASSIGN(track,
                   past_track(lake, own, settings, from, to, Trial::k_readings_max - out.readings));
        out.readings += track.readings;
        out.complete = out.complete && track.complete;
        Scribe scribe(out, lead);
        FenceWatch watch(holds);
        Condition condition(holds);
        for (const auto& fix : track.fixes) {
            watch.move(fix);
            condition.impose(watch.row(), watch.since(), fix.at);
            scribe.note(condition.level(), watch.value(), fix.at);
        }
    }
    return out;
}

}  // namespace

Result<Trial> try_rule(const std::shared_ptr<const Rule>& rule,
                       std::span<const std::shared_ptr<const sensing::Stream>> streams,
                       const bigdata::Lake& lake, Timestamp from, Timestamp to,
                       const PositionSettings& settings) {
    if (rule->type == RuleType::combined || rule->type == RuleType::geofence) {
        TRY_ASSIGN(out, rule->type == RuleType::combined
                            ? try_combined(rule, streams, lake, from, to)
                            : try_geofence(rule, streams, lake, from, to, settings));
        std::ranges::stable_sort(out.alarms, {}, &WouldBeAlarm::raised_at);
        return std::move(out);
    }
    Trial out;
    for (const auto& stream : streams) {
        auto holds = rule_for(rule, *stream);
        if (!holds) continue;
        ++out.streams;
        OneStream one(out, std::move(holds), stream, from);
        TRY(read_stream(lake, stream->number, from, to, out,
                        [&](const bigdata::Observation& o) { one.take(o); }));
        one.end(to);
    }
    std::ranges::stable_sort(out.alarms, {}, &WouldBeAlarm::raised_at);
    return out;
}

}  // namespace anlan::monitoring
