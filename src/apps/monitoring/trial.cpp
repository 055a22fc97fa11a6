#include "apps/monitoring/trial.h"

#include "apps/monitoring/condition.h"

#include <algorithm>
#include <cmath>

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

}  // namespace

Result<Trial> try_rule(const std::shared_ptr<const Rule>& rule,
                       std::span<const std::shared_ptr<const sensing::Stream>> streams,
                       const bigdata::Lake& lake, Timestamp from, Timestamp to) {
    Trial out;
    for (const auto& stream : streams) {
        auto holds = rule_for(rule, *stream);
        if (!holds) continue;
        ++out.streams;
        OneStream one(out, std::move(holds), stream, from);
        for (Timestamp next = from; next < to;) {
            const auto room = Trial::k_readings_max - out.readings;
            if (room == 0) {
                out.complete = false;
                break;
            }
            TRY_ASSIGN(page, lake.raw(stream->number, next, to, std::min(k_page, room)));
            for (const auto& o : page) one.take(o);
            out.readings += page.size();
            if (page.size() < std::min(k_page, room)) break;
            next = page.back().at + 1;
        }
        one.end(to);
    }
    std::ranges::stable_sort(out.alarms, {}, &WouldBeAlarm::raised_at);
    return out;
}

}  // namespace anlan::monitoring
