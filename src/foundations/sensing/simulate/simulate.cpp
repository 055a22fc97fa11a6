#include "foundations/sensing/simulate/simulate.h"

#include "foundations/sensing/gateways/table.h"
#include "foundations/sensing/simulate/alive.h"
#include "foundations/sensing/simulate/player.h"
#include "foundations/sensing/simulate/scene_player.h"
#include "foundations/sensing/simulate/script.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iostream>
#include <iterator>
#include <mutex>
#include <thread>

namespace anlan::sensing::simulate {
namespace {

constexpr std::uint16_t k_port_live = 5200, k_port_exercise = 5201;
constexpr std::size_t k_script_bytes_max = 4 << 20;

volatile std::sig_atomic_t g_signalled = 0;

/// Turns SIGINT and SIGTERM into a stop while it lives, and puts the old handlers back.
class Signals {
  public:
    explicit Signals(std::stop_source& stop) {
        g_signalled = 0;
        struct sigaction action{};
        action.sa_handler = [](int) { g_signalled = 1; };
        ::sigaction(SIGINT, &action, &m_interrupt);
        ::sigaction(SIGTERM, &action, &m_terminate);
        m_watch = std::jthread([&stop](const std::stop_token& end) {
            while (!end.stop_requested() && g_signalled == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (g_signalled != 0) stop.request_stop();
        });
    }
    ~Signals() {
        m_watch = {};
        ::sigaction(SIGINT, &m_interrupt, nullptr);
        ::sigaction(SIGTERM, &m_terminate, nullptr);
    }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

  private:
    struct sigaction m_interrupt{}, m_terminate{};
    std::jthread m_watch;
};

Result<Script> load_script(const std::string& file, std::istream& standard_input) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(file, std::ios::binary);
        if (!opened) return fail(anlan::errors::k_io, {{"what", file}});
    }
    std::istream& in = file == "-" ? standard_input : opened;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    TRY_ASSIGN(value, parse_json(text, {k_script_bytes_max, 16}));
    return read_script(value);
}

struct Cast {
    std::vector<Device> devices;
    PlaySettings settings;
};

Result<Cast> cast_of(const SimulateOptions& options, std::istream& standard_input) {
    Cast scene;
    PlaySettings& s = scene.settings;
    s.http = {options.host, options.http_port};
    s.faults = options.faults;
    s.duration_s = options.duration_s;
    if (options.play == SimulateOptions::Play::alive) {
        s.gb26875 = {options.host, options.gb26875_port.value_or(k_port_live)};
        s.seed = options.seed ? *options.seed : SystemRandom().next_u64() % 1'000'000;
        TRY_ASSIGN(devices, read_alive(options.data));
        scene.devices = std::move(devices);
        return scene;
    }
    TRY_ASSIGN(script, load_script(options.exercise, standard_input));
    s.http = {script.host.value_or(options.host), script.http_port.value_or(options.http_port)};
    s.gb26875 = {s.http.host,
                 script.gb26875_port.value_or(options.gb26875_port.value_or(k_port_exercise))};
    s.seed = options.seed.value_or(script.seed);
    s.speed = script.speed;
    s.elapsed_s = script.elapsed_s;
    s.first_within_s = 1;
    scene.devices = std::move(script.devices);
    return scene;
}

int say_wrong(const Error& error, std::ostream& problems) {
    problems << text_of(error, Language::zh) << '\n' << text_of(error, Language::en) << '\n';
    return 2;
}

std::uint16_t port_of(const SimulateOptions& options, std::string_view protocol) {
    if (const auto at = options.ports.find(protocol); at != options.ports.end()) return at->second;
    if (protocol == "http_json") return options.http_port;
    if (protocol == "gb26875" && options.gb26875_port) return *options.gb26875_port;
    const GatewayRow* row = gateway_row(protocol);
    return row == nullptr ? std::uint16_t{0} : row->port;
}

int run_scene(const SimulateOptions& options, std::stop_token stop, std::ostream& out,
              std::ostream& problems) {
    auto scene = read_scene(options.scene);
    if (!scene) return say_wrong(scene.error(), problems);
    const SystemClock clock;
    ScenePlay play;
    play.host = options.host;
    play.port = [&](std::string_view protocol) { return port_of(options, protocol); };
    play.seed =
        options.seed ? *options.seed : scene->seed.value_or(SystemRandom().next_u64() % 1'000'000);
    play.speed = options.speed;
    play.duration_s = options.duration_s;
    play.clock = &clock;
    play.say = [&](const std::string& zh, const std::string& en) {
        problems << zh << " / " << en << std::endl;
    };
    out << "模拟 " << scene->devices.size() << " 台设备，种子 " << play.seed << "，速度 "
        << play.speed << " / " << scene->devices.size() << " devices, seed " << play.seed
        << ", speed " << play.speed << std::endl;
    std::stop_source stopping;
    const std::stop_callback forward(stop, [&] { stopping.request_stop(); });
    SceneCounters counted;
    {
        const Signals signals(stopping);
        counted = play_scene(std::move(*scene), play, stopping.get_token());
    }
    out << "上报 " << counted.reports << "，报文 " << counted.packets << "，收下 "
        << counted.accepted << "，未收 " << counted.refused << "，未答 " << counted.unanswered
        << "，丢失 " << counted.lost << "，连接 " << counted.connections << "，受命 "
        << counted.asked << " / " << counted.reports << " reports, " << counted.packets
        << " packets, " << counted.accepted << " accepted, " << counted.refused << " refused, "
        << counted.unanswered << " unanswered, " << counted.lost << " lost, " << counted.connections
        << " connections, " << counted.asked << " orders" << std::endl;
    return counted.connections > 0 ? 0 : 1;
}

}  // namespace

int run_simulate(const SimulateOptions& options, std::stop_token stop, std::istream& standard_input,
                 std::ostream& out, std::ostream& problems) {
    if (options.follow_parent) {
        const pid_t parent = ::getppid();
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) return 0;  // it ended before we asked
    }
    if (options.play == SimulateOptions::Play::scene)
        return run_scene(options, std::move(stop), out, problems);
    auto scene = cast_of(options, standard_input);
    if (!scene) return say_wrong(scene.error(), problems);
    const SystemClock clock;
    std::mutex mutex;
    PlaySettings& s = scene->settings;
    s.clock = &clock;
    s.say = [&](const std::string& zh, const std::string& en) {
        const std::lock_guard lock(mutex);
        problems << zh << " / " << en << std::endl;
    };
    out << "模拟 " << scene->devices.size() << " 台设备，种子 " << s.seed << " / "
        << scene->devices.size() << " devices, seed " << s.seed << " → http " << s.http.text()
        << ", gb26875 " << s.gb26875.text() << std::endl;
    std::stop_source stopping;
    const std::stop_callback forward(stop, [&] { stopping.request_stop(); });
    PlayCounters counters;
    {
        const Signals signals(stopping);
        play(std::move(scene->devices), s, counters, stopping.get_token());
    }
    out << "上报 " << counters.reports << "，收下 " << counters.accepted << "，未收 "
        << counters.refused << "，断线 " << counters.line_failures << " / " << counters.reports
        << " reports, " << counters.accepted << " accepted, " << counters.refused << " refused, "
        << counters.line_failures << " line failures" << std::endl;
    return counters.accepted > 0 ? 0 : 1;
}

}  // namespace anlan::sensing::simulate
