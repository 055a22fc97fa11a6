#include "foundations/sensing/simulate/player.h"

#include "core/hash.h"
#include "foundations/sensing/simulate/unit_frames.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace anlan::sensing::simulate {
namespace {

constexpr std::size_t k_lanes_per_protocol = 3;
constexpr std::size_t k_kept_reports_max = 100;
constexpr std::int64_t k_say_every_us = 60'000'000;

std::uint64_t seed_of(std::uint64_t seed, std::string_view address) {
    const Digest digest = sm3(std::to_string(seed) + "/" + std::string(address));
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out = out << 8 | digest[i];
    return out;
}

bool is_state(std::string_view channel) {
    return channel == "unit" || channel.starts_with("part:") || channel.starts_with("system:");
}

std::string body_of(const std::vector<Reading>& readings) {
    json::array list;
    for (const Reading& r : readings) {
        list.push_back({{"channel", r.channel}, {"value", r.value}, {"at", iso8601(*r.at)}});
    }
    return to_text(json::object{{"readings", std::move(list)}});
}

using Report = std::vector<Reading>;

/// A device with its own chance, clock and line.
class Actor {
  public:
    Actor(Device device, const PlaySettings& settings, SteadyTime start)
        : m_device(std::move(device)),
          m_settings(settings),
          m_start(start),
          m_random(seed_of(settings.seed, m_device.address)),
          m_http(settings.http) {
        if (m_device.protocol == Protocol::gb26875) {
            m_unit.emplace(settings.gb26875,
                           gb26875::Address::parse(m_device.address).value_or(gb26875::Address{}));
        }
        const double first_s =
            std::min(settings.first_within_s, m_device.interval_s) * m_random.next_unit();
        m_due = {start.us + micros(first_s)};
        m_heartbeat_due = {m_due.us + micros(m_device.heartbeat_s)};
    }

    [[nodiscard]] SteadyTime due() const {
        SteadyTime out = m_due;
        if (!m_delayed.empty()) out = std::min(out, m_delayed.begin()->first);
        if (!m_outgoing.empty()) out = std::min(out, m_not_before);
        if (m_device.heartbeat_s > 0) out = std::min(out, std::max(m_heartbeat_due, m_not_before));
        return out;
    }

    /// Everything that is due. False: the line is down; measuring goes on.
    bool act(SteadyTime now, PlayCounters& counters) {
        if (now >= m_due) measure(now, counters);
        while (!m_delayed.empty() && m_delayed.begin()->first <= now) {
            keep(std::move(m_delayed.begin()->second));
            m_delayed.erase(m_delayed.begin());
        }
        if (now < m_not_before) return true;
        while (!m_outgoing.empty()) {
            const Result<bool> sent = send(m_outgoing.front());
            if (!sent) return down(now, sent.error(), counters);
            ++(*sent ? counters.accepted : counters.refused);
            m_outgoing.pop_front();
            if (!*sent) return wait(now);  // a device the server does not know, or not yet
        }
        if (m_device.heartbeat_s > 0 && now >= m_heartbeat_due) {
            m_heartbeat_due = {now.us + micros(m_device.heartbeat_s)};
            const std::vector<std::uint8_t> nothing;
            if (auto sent = m_unit->send({&nothing, 1}, label()); !sent) {
                return down(now, sent.error(), counters);
            }
        }
        m_backoff.reset();
        return true;
    }

    [[nodiscard]] const std::string& problem() const { return m_problem; }
    std::string take_refusal() { return std::exchange(m_refusal, {}); }

  private:
    Device m_device;
    const PlaySettings& m_settings;
    SteadyTime m_start, m_due, m_heartbeat_due, m_not_before, m_reported;
    bool m_first = true;
    SeededRandom m_random;  ///< What is measured: the line's troubles must not change it.
    SeededRandom m_chance{m_random.next_u64()};
    HttpLine m_http;
    std::optional<UnitLine> m_unit;
    std::multimap<SteadyTime, Report> m_delayed;
    std::deque<Report> m_outgoing;
    Backoff m_backoff;
    std::string m_problem, m_refusal;

    static std::int64_t micros(double seconds) { return static_cast<std::int64_t>(seconds * 1e6); }
    [[nodiscard]] Timestamp label() const {
        return m_settings.clock->now() +
               static_cast<std::int64_t>(m_settings.faults.clock_error_s * 1000);
    }

    void measure(SteadyTime now, PlayCounters& counters) {
        const double since_start_s = static_cast<double>(now - m_start) * 1e-6;
        const Moment moment{label(), m_first ? 0 : static_cast<double>(now - m_reported) * 1e-6,
                            m_settings.elapsed_s + since_start_s * m_settings.speed};
        m_first = false;
        m_reported = now;
        // From the due time, not from now: a slow server does not make devices slower.
        m_due.us += micros(m_device.interval_s);
        if (m_due < now) m_due = {now.us + micros(m_device.interval_s)};
        Report report;
        for (const auto& behaviour : m_device.behaviours)
            behaviour->report(moment, m_random, report);
        const Faults& faults = m_settings.faults;
        for (Reading& r : report) {
            if (faults.noise > 0 && !is_state(r.channel))
                r.value *= 1 + faults.noise * m_random.next_normal();
        }
        ++counters.reports;
        counters.readings += report.size();
        if (m_random.next_unit() < faults.loss) {
            ++counters.lost;
            return;
        }
        const int copies = m_random.next_unit() < faults.duplication ? 2 : 1;
        for (int i = 0; i < copies; ++i) {
            const double delay_s =
                faults.delay_s_max > 0 ? faults.delay_s_max * m_random.next_unit() : 0;
            if (delay_s > 0)
                m_delayed.emplace(SteadyTime{now.us + micros(delay_s)}, report);
            else
                keep(report);
        }
    }

    void keep(Report report) {
        if (m_outgoing.size() >= k_kept_reports_max) m_outgoing.pop_front();
        m_outgoing.push_back(std::move(report));
    }

    /// True when the server took it, false when it refused.
    Result<bool> send(const Report& report) {
        if (m_unit) {
            const auto units = units_of(report, m_settings.clock->now());
            TRY_ASSIGN(outcome, m_unit->send(units, label()));
            if (outcome.unanswered > 0) {
                return fail(errors::k_line_down,
                            {{"where", m_settings.gb26875.text()}, {"what", "no confirmation"}});
            }
            if (outcome.denied > 0) m_refusal = m_device.address + ": deny";
            return outcome.denied == 0;
        }
        TRY_ASSIGN(answer, m_http.post("/api/v1/observations", m_device.token, body_of(report)));
        if (answer.status >= 500 || answer.status == 429) {
            return fail(errors::k_line_down, {{"where", m_settings.http.text()},
                                              {"what", "HTTP " + std::to_string(answer.status)}});
        }
        if (answer.status >= 300)
            m_refusal = m_device.address + ": HTTP " + std::to_string(answer.status) + " " +
                        answer.body.substr(0, 200);
        return answer.status < 300;
    }

    bool wait(SteadyTime now) {
        m_not_before = {now.us + micros(m_backoff.next_s(m_chance))};
        return true;
    }

    bool down(SteadyTime now, const Error& error, PlayCounters& counters) {
        ++counters.line_failures;
        m_problem = text_of(error, Language::en);
        wait(now);
        return false;
    }
};

/// Says each kind of thing at most once a minute.
class Speaker {
  public:
    explicit Speaker(const PlaySettings& settings) : m_settings(settings) {}
    void say(std::string_view kind, const std::string& zh, const std::string& en) {
        const std::lock_guard lock(m_mutex);
        const SteadyTime now = m_settings.clock->steady();
        const auto [at, fresh] = m_last.emplace(kind, now);
        if (!fresh && now - at->second < k_say_every_us) return;
        at->second = now;
        if (m_settings.say) m_settings.say(zh, en);
    }

  private:
    const PlaySettings& m_settings;
    std::mutex m_mutex;
    std::map<std::string, SteadyTime, std::less<>> m_last;
};

void run_lane(std::vector<std::unique_ptr<Actor>> actors, const PlaySettings& settings,
              PlayCounters& counters, Speaker& speaker, const std::stop_token& stop,
              SteadyTime end) {
    std::mutex mutex;
    std::condition_variable_any sleep;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        const auto next =
            std::ranges::min_element(actors, {}, [](const auto& a) { return a->due(); });
        SteadyTime now = settings.clock->steady();
        if (now >= end) return;
        const std::int64_t wait_us = std::min((*next)->due() - now, end - now);
        if (wait_us > 0) {
            sleep.wait_for(lock, stop, std::chrono::microseconds(wait_us), [] { return false; });
            continue;
        }
        Actor& actor = **next;
        if (!actor.act(now, counters)) {
            speaker.say("line", "线路中断：" + actor.problem(), "Line down: " + actor.problem());
        } else if (const std::string refusal = actor.take_refusal(); !refusal.empty()) {
            speaker.say("refused", "平台未收：" + refusal, "Refused: " + refusal);
        }
    }
}

}  // namespace

void play(std::vector<Device> devices, const PlaySettings& settings, PlayCounters& counters,
          std::stop_token stop) {
    const SteadyTime start = settings.clock->steady();
    const SteadyTime end{settings.duration_s > 0
                             ? start.us + static_cast<std::int64_t>(settings.duration_s * 1e6)
                             : std::numeric_limits<std::int64_t>::max() / 2};
    Speaker speaker(settings);
    // Lanes per protocol, so that a gateway that hangs does not silence the other's devices.
    std::array<std::vector<std::unique_ptr<Actor>>, 2 * k_lanes_per_protocol> lanes;
    std::array<std::size_t, 2> dealt{};
    for (Device& device : devices) {
        const auto protocol = static_cast<std::size_t>(device.protocol);
        const std::size_t lane =
            protocol * k_lanes_per_protocol + dealt[protocol]++ % k_lanes_per_protocol;
        lanes[lane].push_back(std::make_unique<Actor>(std::move(device), settings, start));
    }
    std::vector<std::jthread> threads;
    for (auto& lane : lanes) {
        if (lane.empty()) continue;
        threads.emplace_back([&, actors = std::move(lane)]() mutable {
            run_lane(std::move(actors), settings, counters, speaker, stop, end);
        });
    }
}

}  // namespace anlan::sensing::simulate
