#include "foundations/sensing/simulate/scene_actor.h"

#include "core/hash.h"

#include <algorithm>

namespace anlan::sensing::simulate {
namespace {

constexpr std::size_t k_outgoing_max = 1'000;
constexpr std::size_t k_outstanding_max = 16;
constexpr double k_answer_s = 10;  // GB/T 26875.3, 6.3; HJ 212, 6
constexpr int k_tries = 3;
constexpr double k_wait_s_max = 30;
constexpr std::uint64_t k_rubbish_bytes_max = 32;

std::uint64_t seed_of(std::uint64_t seed, const SceneDevice& device) {
    const Digest digest = sm3(std::to_string(seed) + "/" + device.protocol + "/" + device.address);
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out = out << 8 | digest[i];
    return out;
}

}  // namespace

SceneActor::SceneActor(SceneDevice device, const std::string& host, std::uint64_t seed,
                       ScriptTime time)
    : m_device(std::move(device)),
      m_time(time),
      m_random(seed_of(seed, m_device)),
      m_chance(m_random.next_u64()),
      m_encoder(encoder_row(m_device.protocol)->make({m_device.address, m_device.token, host})) {
    // Spread over the first interval, so that devices do not come all at once.
    const double first_s = m_device.interval_s / time.speed * m_chance.next_unit();
    m_connect_at = {time.start.us + micros(std::min(first_s, 3.0))};
    m_report_at = m_device.behaviours.empty() ? SteadyTime{INT64_MAX}
                                              : SteadyTime{time.start.us + micros(first_s)};
    m_heartbeat_at = m_device.heartbeat_s > 0
                         ? SteadyTime{m_connect_at.us + micros(m_device.heartbeat_s / time.speed)}
                         : SteadyTime{INT64_MAX};
}

Timestamp SceneActor::label(SteadyTime now) const {
    return m_time.instant(now) + static_cast<std::int64_t>(m_device.faults.clock_error_s * 1000);
}

SteadyTime SceneActor::due() const {
    SteadyTime out = m_report_at;
    if (m_line == Line::closed) out = std::min(out, m_connect_at);
    if (!m_delayed.empty()) out = std::min(out, m_delayed.begin()->first);
    if (m_line != Line::open) return out;
    out = std::min(out, m_heartbeat_at);
    for (const Outstanding& each : m_outstanding) out = std::min(out, each.again);
    return out;
}

void SceneActor::keep(Packet packet) {
    if (m_outgoing.size() >= k_outgoing_max) m_outgoing.pop_front();
    m_outgoing.push_back(std::move(packet));
}

void SceneActor::measure(SteadyTime now, SceneCounters& counters) {
    const double interval_s = m_device.interval_s / m_time.speed;
    const double step_s =
        m_first ? 0 : static_cast<double>(now - m_reported_at) * 1e-6 * m_time.speed;
    const Moment moment{label(now), step_s, m_time.script_s(now)};
    m_first = false;
    m_reported_at = now;
    m_report_at.us += micros(interval_s);
    if (m_report_at < now) m_report_at = {now.us + micros(interval_s)};
    std::vector<Reading> readings;
    for (const auto& behaviour : m_device.behaviours) behaviour->report(moment, m_random, readings);
    for (Reading& each : readings) {
        // Whole numbers are states and counts.
        if (m_device.faults.noise > 0 && each.value != std::trunc(each.value))
            each.value *= 1 + m_device.faults.noise * m_random.next_normal();
    }
    ++counters.reports;
    for (Packet& packet : m_encoder->report(readings, label(now))) {
        if (happens(m_device.faults.loss)) {
            ++counters.lost;
            continue;
        }
        const int copies = happens(m_device.faults.duplication) ? 2 : 1;
        for (int i = 0; i < copies; ++i) {
            const double delay_s = m_device.faults.delay_s * m_chance.next_unit();
            if (delay_s > 0)
                m_delayed.emplace(SteadyTime{now.us + micros(delay_s)}, packet);
            else
                keep(packet);
        }
    }
}

/// On the line, with what may go wrong there.
void SceneActor::put(const Packet& packet, std::vector<Doing>& out, SceneCounters& counters) {
    ++counters.packets;
    std::vector<std::uint8_t> bytes;
    if (happens(m_device.faults.noise_bytes)) {
        bytes.resize(1 + m_chance.next_u64() % k_rubbish_bytes_max);
        m_chance.fill(bytes);
    }
    std::size_t size = packet.bytes.size();
    if (size > 1 && happens(m_device.faults.half_packets))
        size = 1 + m_chance.next_u64() % (size - 1);
    bytes.insert(bytes.end(), packet.bytes.begin(),
                 packet.bytes.begin() + static_cast<std::ptrdiff_t>(size));
    m_encoder->sending(packet);
    out.push_back({Doing::What::send, std::move(bytes)});
}

void SceneActor::flush(SteadyTime now, std::vector<Doing>& out, SceneCounters& counters) {
    while (m_line == Line::open && !m_outgoing.empty() &&
           m_outstanding.size() < k_outstanding_max) {
        Packet packet = std::move(m_outgoing.front());
        m_outgoing.pop_front();
        put(packet, out, counters);
        if (!packet.mark.empty())
            m_outstanding.push_back({std::move(packet), {now.us + micros(k_answer_s)}});
        if (happens(m_device.faults.reconnects)) {
            out.push_back({Doing::What::close, {}});
            disconnected(now);
        }
    }
}

void SceneActor::send_again(SteadyTime now, std::vector<Doing>& out, SceneCounters& counters) {
    for (auto at = m_outstanding.begin(); at != m_outstanding.end();) {
        if (at->again > now) {
            ++at;
        } else if (at->tries >= k_tries) {
            ++counters.unanswered;
            at = m_outstanding.erase(at);
        } else {
            ++at->tries;
            at->again = {now.us + micros(k_answer_s)};
            put(at->packet, out, counters);
            ++at;
        }
    }
}

std::vector<SceneActor::Doing> SceneActor::act(SteadyTime now, SceneCounters& counters) {
    std::vector<Doing> out;
    if (now >= m_report_at) measure(now, counters);
    while (!m_delayed.empty() && m_delayed.begin()->first <= now) {
        keep(std::move(m_delayed.begin()->second));
        m_delayed.erase(m_delayed.begin());
    }
    if (m_line == Line::closed && now >= m_connect_at) {
        m_line = Line::connecting;
        out.push_back({Doing::What::connect, {}});
    }
    if (m_line != Line::open) return out;
    if (now >= m_heartbeat_at) {
        m_heartbeat_at = {now.us + micros(m_device.heartbeat_s / m_time.speed)};
        for (Packet& packet : m_encoder->heartbeat(label(now))) keep(std::move(packet));
    }
    send_again(now, out, counters);
    flush(now, out, counters);
    return out;
}

std::vector<SceneActor::Doing> SceneActor::connected(SteadyTime now, SceneCounters& counters) {
    m_line = Line::open;
    ++counters.connections;
    std::vector<Doing> out;
    std::vector<Packet> first = m_encoder->connected(label(now));
    // What the old connection took without an answer goes once more, after the greeting.
    for (Outstanding& each : m_outstanding) first.push_back(std::move(each.packet));
    m_outstanding.clear();
    m_outgoing.insert(m_outgoing.begin(), std::make_move_iterator(first.begin()),
                      std::make_move_iterator(first.end()));
    flush(now, out, counters);
    return out;
}

void SceneActor::disconnected(SteadyTime now) {
    m_line = Line::closed;
    m_connect_at = {now.us + micros(m_wait_s * (0.8 + 0.4 * m_chance.next_unit()))};
    m_wait_s = std::min(m_wait_s * 2, k_wait_s_max);
}

std::vector<SceneActor::Doing> SceneActor::heard(std::span<const std::uint8_t> bytes,
                                                 SteadyTime now, SceneCounters& counters) {
    std::vector<Doing> out;
    DeviceEncoder::Heard heard = m_encoder->hear(bytes, label(now));
    const auto settle = [&](const std::string& mark, std::uint64_t& counter) {
        const auto at = std::ranges::find_if(
            m_outstanding, [&](const Outstanding& o) { return o.packet.mark == mark; });
        if (at == m_outstanding.end()) return;
        ++counter;
        m_outstanding.erase(at);
    };
    for (const auto& mark : heard.accepted) settle(mark, counters.accepted);
    for (const auto& mark : heard.refused) settle(mark, counters.refused);
    if (!heard.accepted.empty()) m_wait_s = 1;
    counters.asked += heard.asked.size();
    for (Packet& packet : heard.answers) {
        put(packet, out, counters);
        if (!packet.mark.empty())
            m_outstanding.push_back({std::move(packet), {now.us + micros(k_answer_s)}});
    }
    flush(now, out, counters);
    return out;
}

}  // namespace anlan::sensing::simulate
