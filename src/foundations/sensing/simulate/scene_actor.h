// One device of a scene and its line, without I/O: when something is due, what goes out, what came
// back. Time and chance are given, so that a seed repeats a run and a test needs no clock.
#pragma once

#include "foundations/sensing/simulate/scene.h"

#include <deque>
#include <map>

namespace anlan::sensing::simulate {

/// The script's clock: real seconds times the speed, and the instants it stands for.
struct ScriptTime {
    SteadyTime start;  ///< Real.
    Timestamp from;    ///< Of the script's second 0.
    double speed = 1;
    bool ends = true;  ///< False: instants run with the real clock, however fast the script.
    [[nodiscard]] double script_s(SteadyTime now) const {
        return static_cast<double>(now - start) * 1e-6 * speed;
    }
    [[nodiscard]] Timestamp instant(SteadyTime now) const {
        const double real_s = static_cast<double>(now - start) * 1e-6;
        return from + static_cast<std::int64_t>((ends ? real_s * speed : real_s) * 1000);
    }
};

struct SceneCounters {
    std::uint64_t reports = 0, packets = 0, accepted = 0, refused = 0, unanswered = 0, lost = 0,
                  connections = 0, asked = 0;
};

class SceneActor {
  public:
    SceneActor(SceneDevice device, const std::string& host, std::uint64_t seed, ScriptTime time);

    /// What the line does now, in this order.
    struct Doing {
        enum class What { connect, send, close };
        What what = What::send;
        std::vector<std::uint8_t> bytes;
    };
    [[nodiscard]] SteadyTime due() const;
    std::vector<Doing> act(SteadyTime now, SceneCounters& counters);

    std::vector<Doing> connected(SteadyTime now, SceneCounters& counters);
    /// Or the attempt failed: another is due after a while.
    void disconnected(SteadyTime now);
    std::vector<Doing> heard(std::span<const std::uint8_t> bytes, SteadyTime now,
                             SceneCounters& counters);
    /// Something is out, or to go out.
    [[nodiscard]] bool waits() const { return !m_outstanding.empty() || !m_outgoing.empty(); }
    [[nodiscard]] const SceneDevice& device() const { return m_device; }

  private:
    using Packet = DeviceEncoder::Packet;
    enum class Line { closed, connecting, open };
    struct Outstanding {
        Packet packet;
        SteadyTime again;
        int tries = 1;
    };

    const SceneDevice m_device;
    const ScriptTime m_time;
    SeededRandom m_random;  ///< What is measured: the line's troubles must not change it.
    SeededRandom m_chance;
    std::unique_ptr<DeviceEncoder> m_encoder;
    Line m_line = Line::closed;
    SteadyTime m_connect_at, m_report_at, m_heartbeat_at, m_reported_at;
    bool m_first = true;
    double m_wait_s = 1;
    std::deque<Packet> m_outgoing;  ///< Not yet sent; the newest 1,000.
    std::multimap<SteadyTime, Packet> m_delayed;
    std::deque<Outstanding> m_outstanding;  ///< Sent, not answered.

    [[nodiscard]] static std::int64_t micros(double s) {
        return static_cast<std::int64_t>(s * 1e6);
    }
    [[nodiscard]] Timestamp label(SteadyTime now) const;
    [[nodiscard]] bool happens(double share) { return share > 0 && m_chance.next_unit() < share; }
    void measure(SteadyTime now, SceneCounters& counters);
    void keep(Packet packet);
    void put(const Packet& packet, std::vector<Doing>& out, SceneCounters& counters);
    void flush(SteadyTime now, std::vector<Doing>& out, SceneCounters& counters);
    void send_again(SteadyTime now, std::vector<Doing>& out, SceneCounters& counters);
};

}  // namespace anlan::sensing::simulate
