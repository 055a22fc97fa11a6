#include "foundations/sensing/simulate/scene.h"

#include "foundations/sensing/simulate/movers.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numbers>
#include <set>
#include <sstream>

namespace anlan::sensing::simulate {
namespace {

constexpr int k_devices_max = 20'000;

/// A mistake in the file, on the way to its error.
struct Wrong {
    YAML::Mark mark;
    std::string zh, en;
};

[[noreturn]] void wrong(const YAML::Node& node, std::string zh, std::string en) {
    throw Wrong{node.Mark(), std::move(zh), std::move(en)};
}

/// What is misspelt must not be passed over.
void only(const YAML::Node& node, const std::set<std::string>& known) {
    if (!node.IsMap()) wrong(node, "应为键值表", "a mapping is expected");
    for (const auto& each : node) {
        const auto key = each.first.as<std::string>();
        if (!known.contains(key)) wrong(each.first, "不认识的键 " + key, "unknown key " + key);
    }
}

double number(const YAML::Node& node, const char* key, double otherwise, double least,
              double most) {
    const YAML::Node value = node[key];
    if (!value) return otherwise;
    double out = 0;
    try {
        out = value.as<double>();
    } catch (const YAML::Exception&) {
        wrong(value, std::string(key) + " 应为数字", std::string(key) + " should be a number");
    }
    if (!(out >= least && out <= most))
        wrong(value, std::string(key) + " 超出范围", std::string(key) + " is out of range");
    return out;
}

constexpr double k_any = 1e15;

/// A channel whose value is a function of the script's time.
class Curve final : public Behaviour {
  public:
    using Value = std::function<double(const Moment&, Random&)>;
    Curve(std::string channel, Value value)
        : m_channel(std::move(channel)), m_value(std::move(value)) {}
    void report(const Moment& moment, Random& random, std::vector<Reading>& out) override {
        out.push_back(reading(m_channel, m_value(moment, random), moment.at));
    }

  private:
    const std::string m_channel;
    const Value m_value;
};

Curve::Value steps_of(const YAML::Node& node) {
    std::vector<std::pair<double, double>> steps;
    for (const YAML::Node& each : node) {
        if (!each.IsSequence() || each.size() != 2)
            wrong(each, "应为 [秒, 值]", "[second, value] is expected");
        steps.emplace_back(each[0].as<double>(), each[1].as<double>());
    }
    if (steps.empty() || !std::ranges::is_sorted(steps))
        wrong(node, "steps 应按时间先后，至少一个", "steps should be in order, one at least");
    return [steps](const Moment& moment, Random&) {
        double value = steps.front().second;
        for (const auto& [at, then] : steps) {
            if (moment.script_s >= at) value = then;
        }
        return value;
    };
}

Curve::Value ramp_of(const YAML::Node& node) {
    only(node, {"from", "to", "after_s", "over_s"});
    const double from = number(node, "from", 0, -k_any, k_any),
                 to = number(node, "to", 0, -k_any, k_any),
                 after = number(node, "after_s", 0, 0, k_any),
                 over = number(node, "over_s", 0, 0, k_any);
    return [=](const Moment& moment, Random&) {
        const double into = moment.script_s - after;
        const double share = into <= 0 ? 0 : into >= over ? 1 : into / over;
        return from + (to - from) * share;
    };
}

Curve::Value sine_of(const YAML::Node& node) {
    only(node, {"mean", "amplitude", "period_s"});
    const double mean = number(node, "mean", 0, -k_any, k_any),
                 amplitude = number(node, "amplitude", 0, -k_any, k_any),
                 period = number(node, "period_s", 60, 1e-3, k_any);
    return [=](const Moment& moment, Random&) {
        return mean + amplitude * std::sin(2 * std::numbers::pi * moment.script_s / period);
    };
}

Curve::Value wander_of(const YAML::Node& node) {
    only(node, {"mean", "deviation", "forgets_s"});
    const double mean = number(node, "mean", 0, -k_any, k_any);
    const auto wander = std::make_shared<Wander>(Wander{
        number(node, "deviation", 0, 0, k_any), number(node, "forgets_s", 60, 1e-3, k_any), 0});
    return [mean, wander](const Moment& moment, Random& random) {
        return mean + wander->step(moment.step_s, random);
    };
}

std::shared_ptr<Behaviour> track_of(const YAML::Node& node) {
    only(node, {"points", "speed_m_s", "loop"});
    Lane lane{{}, number(node, "speed_m_s", 5, 0.01, 100), node["loop"].as<bool>(false)};
    for (const YAML::Node& p : node["points"]) {
        if (!p.IsSequence() || p.size() != 2)
            wrong(p, "应为 [经度, 纬度]", "[longitude, latitude] is expected");
        lane.points.push_back({p[0].as<double>(), p[1].as<double>()});
    }
    if (lane.points.size() < 2) wrong(node, "track 至少两个点", "a track has two points at least");
    return make_sailing_ship(lane);
}

std::shared_ptr<Behaviour> behaviour_of(const YAML::Node& node) {
    only(node, {"channel", "constant", "steps", "ramp", "sine", "wander", "track"});
    if (node.size() != (node["track"] ? 1U : 2U)) {
        wrong(node, "应有 channel 与一种行为，或只有 track",
              "a channel and one behaviour are expected, or a track alone");
    }
    if (node["track"]) return track_of(node["track"]);
    if (!node["channel"]) wrong(node, "缺少 channel", "channel is missing");
    Curve::Value value;
    if (node["constant"]) {
        const double constant = number(node, "constant", 0, -k_any, k_any);
        value = [constant](const Moment&, Random&) { return constant; };
    }
    if (node["steps"]) value = steps_of(node["steps"]);
    if (node["ramp"]) value = ramp_of(node["ramp"]);
    if (node["sine"]) value = sine_of(node["sine"]);
    if (node["wander"]) value = wander_of(node["wander"]);
    return std::make_shared<Curve>(node["channel"].as<std::string>(), std::move(value));
}

LineFaults faults_of(const YAML::Node& node, const LineFaults& otherwise) {
    if (!node) return otherwise;
    only(node, {"loss", "duplication", "delay_s", "clock_error_s", "noise", "noise_bytes",
                "half_packets", "reconnects"});
    LineFaults out;
    out.loss = number(node, "loss", 0, 0, 1);
    out.duplication = number(node, "duplication", 0, 0, 1);
    out.delay_s = number(node, "delay_s", 0, 0, 3600);
    out.clock_error_s = number(node, "clock_error_s", 0, -k_any, k_any);
    out.noise = number(node, "noise", 0, 0, 10);
    out.noise_bytes = number(node, "noise_bytes", 0, 0, 1);
    out.half_packets = number(node, "half_packets", 0, 0, 1);
    out.reconnects = number(node, "reconnects", 0, 0, 1);
    return out;
}

/// The address `by` further: its last digits, as many as there are, counted in their base.
std::string counted(const std::string& address, int by, int base) {
    std::string out = address;
    for (std::size_t i = out.size(); i-- > 0 && by > 0;) {
        const char c = out[i];
        const int digit = c >= '0' && c <= '9'                 ? c - '0'
                          : base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : base == 16 && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                               : -1;
        if (digit < 0) break;
        const int sum = digit + by;
        out[i] = "0123456789abcdef"[sum % base];
        by = sum / base;
    }
    return out;
}

std::string filled(std::string text, const std::string& address) {
    constexpr std::string_view k_hole = "{address}";
    if (const auto at = text.find(k_hole); at != std::string::npos)
        text.replace(at, k_hole.size(), address);
    return text;
}

void add_devices(const YAML::Node& node, const LineFaults& faults, Scene& into) {
    only(node, {"protocol", "address", "count", "token", "interval_s", "heartbeat_s", "channels",
                "faults"});
    const auto protocol = node["protocol"].as<std::string>("");
    const EncoderRow* row = encoder_row(protocol);
    if (row == nullptr) {
        std::string names;
        for (const EncoderRow& each : encoders()) names += " " + std::string(each.protocol);
        wrong(node, "protocol 应为" + names, "protocol should be one of" + names);
    }
    const auto first = node["address"].as<std::string>("");
    const int count = static_cast<int>(number(node, "count", 1, 1, k_devices_max));
    for (int i = 0; i < count; ++i) {
        SceneDevice device;
        device.protocol = protocol;
        device.address = counted(first, i, protocol == "gb26875" ? 16 : 10);
        if (const auto problem = row->address_problem(device.address); !problem.empty())
            wrong(node, "address：" + std::string(problem), "address: " + std::string(problem));
        device.token = filled(node["token"].as<std::string>(""), device.address);
        device.interval_s = number(node, "interval_s", 10, 0.01, 86'400);
        device.heartbeat_s = number(node, "heartbeat_s", 0, 0, 86'400);
        device.faults = faults_of(node["faults"], faults);
        for (const YAML::Node& channel : node["channels"])
            device.behaviours.push_back(behaviour_of(channel));
        if (device.behaviours.empty() && device.heartbeat_s == 0)
            wrong(node, "没有 channels，也没有 heartbeat_s", "neither channels nor heartbeat_s");
        if (into.devices.size() >= k_devices_max)
            wrong(node, "最多 20000 台设备", "20000 devices at most");
        into.devices.push_back(std::move(device));
    }
}

}  // namespace

Result<Scene> parse_scene(const std::string& text, const std::string& file) {
    const auto failed = [&](const YAML::Mark& mark, const std::string& zh, const std::string& en) {
        return fail(errors::k_scene_wrong, {{"file", file},
                                            {"line", std::to_string(mark.line + 1)},
                                            {"what", zh},
                                            {"what_en", en}});
    };
    try {
        const YAML::Node root = YAML::Load(text);
        Scene out;
        only(root, {"seed", "devices", "faults"});
        if (root["seed"]) out.seed = root["seed"].as<std::uint64_t>();
        const LineFaults faults = faults_of(root["faults"], {});
        for (const YAML::Node& node : root["devices"]) add_devices(node, faults, out);
        if (out.devices.empty()) wrong(root, "没有设备", "no devices");
        return out;
    } catch (const Wrong& w) {
        return failed(w.mark, w.zh, w.en);
    } catch (const YAML::Exception& e) {
        return failed(e.mark, e.msg, e.msg);
    }
}

Result<Scene> read_scene(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(anlan::errors::k_io, {{"what", file.string()}});
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    return parse_scene(text, file.filename().string());
}

}  // namespace anlan::sensing::simulate
