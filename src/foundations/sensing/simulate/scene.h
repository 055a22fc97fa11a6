// A scene: a YAML file that says which devices there are, what they measure, and how badly their
// lines behave.
//
//   seed: 42                       # optional; the option --seed wins
//   devices:
//     - protocol: gb26875          # a row of encoders()
//       address: "0000000000e1"
//       count: 10                  # optional: so many of them, the address counting up
//       token: "…"                 # http_json only; {address} in it is replaced
//       interval_s: 10             # between reports
//       heartbeat_s: 30            # 0: none
//       channels:                  # each with exactly one way in which it behaves
//         - {channel: unit, constant: 1}
//         - {channel: "part:1/1/40/10.0.2.0", steps: [[0, 0], [60, 2]]}  # [second, value]
//         - {channel: nh3, ramp: {from: 2, to: 400, after_s: 60, over_s: 120}}
//         - {channel: t, sine: {mean: 293, amplitude: 5, period_s: 86400}}
//         - {channel: p, wander: {mean: 3.5e5, deviation: 2e3, forgets_s: 600}}
//         - {track: {points: [[117.80, 39.00], [117.82, 39.01]], speed_m_s: 8, loop: true}}
//       faults: {loss: 0.01, duplication: 0.01, delay_s: 3, clock_error_s: 0, noise: 0.02,
//                noise_bytes: 0.01, half_packets: 0.01, reconnects: 0.01}
//   faults: {…}                    # of every device that says none of its own
//
// A track brings longitude, latitude, speed and course. Values are as in the protocol's README: SI,
// or the datastream's unit.
#pragma once

#include "foundations/sensing/simulate/behaviour.h"
#include "foundations/sensing/simulate/encoder.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace anlan::sensing::simulate {

namespace errors {
inline constexpr ErrorRow k_scene_wrong{"scene_wrong", 422, LogLevel::error,
                                        "场景文件 {file} 第 {line} 行：{what}",
                                        "Scene {file}, line {line}: {what_en}"};
}  // namespace errors

/// Each share is of the packets, from 0 to 1.
struct LineFaults {
    double loss = 0;           ///< Never sent.
    double duplication = 0;    ///< Sent twice.
    double delay_s = 0;        ///< Sent up to this much later, real seconds; its time stays right.
    double clock_error_s = 0;  ///< The device's clock is ahead by this.
    double noise = 0;          ///< Relative deviation added to values that are not whole numbers.
    double noise_bytes = 0;    ///< After 1 to 32 bytes of rubbish.
    double half_packets = 0;   ///< Cut off somewhere; the device sends it again in its time.
    double reconnects = 0;     ///< Followed by the end of the connection.
};

struct SceneDevice {
    std::string protocol, address, token;
    double interval_s = 10, heartbeat_s = 0;
    LineFaults faults;
    std::vector<std::shared_ptr<Behaviour>> behaviours;  ///< This device's own.
};

struct Scene {
    std::optional<std::uint64_t> seed;
    std::vector<SceneDevice> devices;
};

/// Errors: io, scene_wrong with the line.
Result<Scene> read_scene(const std::filesystem::path& file);
/// The same from text, called `file` in errors.
Result<Scene> parse_scene(const std::string& text, const std::string& file);

}  // namespace anlan::sensing::simulate
