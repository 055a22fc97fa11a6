#include "foundations/sensing/simulate/detectors.h"

#include <algorithm>

namespace anlan::sensing::simulate {
namespace {

constexpr double k_veer_takes_s = 60;

class Background final : public Behaviour {
  public:
    Background(std::string channel, double mean, Wander wander)
        : m_channel(std::move(channel)), m_mean(mean), m_wander(wander) {}
    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        out.push_back(reading(
            m_channel, std::max(0.0, m_mean + m_wander.step(moment.step_s, random)), moment.at));
    }

  private:
    std::string m_channel;
    double m_mean;
    Wander m_wander;
};

class State final : public Behaviour {
  public:
    State(std::string channel, double word) : m_channel(std::move(channel)), m_word(word) {}
    void report(const Moment& moment, Random&, std::vector<Reading>& out) override {
        out.push_back(reading(m_channel, m_word, moment.at));
    }

  private:
    std::string m_channel;
    double m_word;
};

class Scripted final : public Behaviour {
  public:
    explicit Scripted(ScriptedChannel channel) : m_channel(std::move(channel)) {}
    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        double value = scripted_value(m_channel, moment.script_s);
        switch (m_channel.kind) {
            case ScriptedChannel::Kind::state:
                break;
            case ScriptedChannel::Kind::value:
                // Never below zero: not a concentration, nor anything else a detector shows.
                value = std::max(0.0, value * (1 + m_channel.noise * random.next_normal()));
                break;
            case ScriptedChannel::Kind::wind_direction:
                value = wrap_deg(value + m_direction.step(moment.step_s, random));
                break;
            case ScriptedChannel::Kind::wind_speed:
                value = std::max(0.1, value * (1 + m_speed.step(moment.step_s, random)));
                break;
        }
        out.push_back(reading(m_channel.channel, value, moment.at));
    }

  private:
    ScriptedChannel m_channel;
    Wander m_direction{4, 60, 0}, m_speed{0.06, 20, 0};
};

double approach(double from, double to, double since_s, double rise_s) {
    if (since_s < 0) return from;
    if (rise_s <= 0) return to;
    return to + (from - to) * std::exp(-since_s / rise_s);
}

}  // namespace

double scripted_value(const ScriptedChannel& c, double script_s) {
    const double veered =
        std::clamp((script_s - c.veer_after_s) / k_veer_takes_s, 0.0, 1.0) * c.veer_deg;
    if (script_s <= c.falls_at_s)
        return approach(c.baseline, c.plateau, script_s - c.delay_s, c.rise_s) + veered;
    const double top = approach(c.baseline, c.plateau, c.falls_at_s - c.delay_s, c.rise_s);
    return approach(top, c.baseline, script_s - c.falls_at_s, c.rise_s) + veered;
}

std::unique_ptr<Behaviour> make_background(std::string channel, double mean, Wander wander) {
    return std::make_unique<Background>(std::move(channel), mean, wander);
}

std::unique_ptr<Behaviour> make_state(std::string channel, double word) {
    return std::make_unique<State>(std::move(channel), word);
}

std::unique_ptr<Behaviour> make_scripted(ScriptedChannel channel) {
    return std::make_unique<Scripted>(std::move(channel));
}

}  // namespace anlan::sensing::simulate
