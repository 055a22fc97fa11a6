// The hub: where every gateway hands in its readings and every rule listens.
//
// Life of a reading: gateway (framing, checksum, decode) → take() finds the datastream by space,
// protocol, device address and channel → listeners (rule state, in memory; an alarm is journalled
// at once) → lake, in a group commit → `durable`, upon which the gateway acknowledges. A slow lake
// never delays a listener. An unknown device goes to quarantine: listed, never silently dropped.
#pragma once

#include "core/json.h"
#include "core/time.h"
#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/register.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace anlan::sensing {

/// One reading as a decoder gives it: SI or the datastream's declared unit, UTC.
struct Reading {
    std::string channel;  ///< Which of the device's datastreams ("nh3", "part:1/1/40/10.0.2.0").
    double value = 0;
    std::optional<Timestamp> at;  ///< Nothing when the device has no clock: receipt counts.
    bigdata::Quality quality = bigdata::Quality::good;
};

/// What one frame or request brought.
struct Delivery {
    std::string protocol;  ///< Code of table `protocol`.
    std::string space;     ///< From the listener and the device's credential.
    std::string address;   ///< The device's protocol address.
    std::string peer;
    std::string sample;  ///< The raw frame, for quarantine; at most 512 bytes, hex or text.
    Timestamp received;
    std::vector<Reading> readings;
};

/// A datastream as rules and screens need it, from the register.
struct Stream {
    bigdata::StreamNumber number = 0;
    std::string zone, space;
    Uuid datastream, device, enterprise, vessel;
    std::string property, unit, device_type;
    std::optional<LonLat> place;
    double expected_interval_s = 0;
    std::string name, name_en;  ///< Of the device.
};

struct Heard {
    const Stream& stream;
    bigdata::Observation observation;
};

class Hub {
  public:
    struct Options {
        bigdata::Register* records = nullptr;
        bigdata::Lake* lake = nullptr;
        const Clock* clock = nullptr;
        std::string zone;
        double future_tolerance_s =
            60;  ///< A device clock further ahead is flagged, receipt counts.
        double past_tolerance_s = 86'400;    ///< Further behind: kept, flagged uncertain.
        double readings_per_second = 1'000;  ///< Of one device, on average; above it: rate_limited.
        double readings_burst = 10'000;      ///< What a silent device may send at once.
        std::int64_t quarantine_every_ms = 5'000;  ///< At most one write per address in this time.
        std::int64_t identity_every_ms = 60'000;   ///< The same of what a device says of itself.
        std::function<void(const Error&)> report;  ///< Failures nobody waits for: for the log.
    };
    static Result<std::unique_ptr<Hub>> create(Options options);
    virtual ~Hub() = default;

    /// `durable` answers the gateway: acknowledge, or say why not. It runs on the lake's thread, or
    /// on the caller's where nothing is stored; it must be quick.
    ///
    /// Channels are those of the device and of the devices whose `parent` it is (the detectors
    /// behind a fire unit). A delivery without readings asks whether the device is known.
    ///
    /// Errors: unknown_device (quarantined), device_out_of_service, rate_limited, not_finite:
    /// nothing was taken. unknown_channel: quarantined as address#channel, all else was stored.
    /// Otherwise the lake's.
    virtual void take(Delivery delivery, std::function<void(Result<void>)> durable) = 0;

    /// Called for each delivery, in order per device, on the gateway's thread; must be quick.
    using Listener = std::function<void(std::span<const Heard>)>;
    virtual void listen(Listener listener) = 0;

    struct DeviceKey {
        std::string space, protocol, address;
    };
    /// Whose credential it is; `hash` is lower-case hexadecimal SM3 of the token.
    [[nodiscard]] virtual std::optional<DeviceKey> by_credential(std::string_view hash) const {
        return static_cast<void>(hash), std::nullopt;
    }
    /// What a device says of itself beside its readings (a ship's name, a terminal's number plate):
    /// members replace those known before. Kept in memory and, where the device is registered, in
    /// its record's `identity`, when they change, at most once a minute a device. Never waits.
    virtual void describe(DeviceKey device, json::object facts) {
        static_cast<void>(device), static_cast<void>(facts);
    }
    /// Makes `hash` (see by_credential) the device's only credential. `done` is called once, on any
    /// thread, when it is in the register. Errors: unknown_device, the register's.
    virtual void give_credential(const DeviceKey& device, std::string hash,
                                 std::function<void(Result<void>)> done);
    /// The running exercise that has a device of this address; nothing when none has.
    [[nodiscard]] virtual std::optional<std::string> exercise_of(std::string_view protocol,
                                                                 std::string_view address) const {
        return static_cast<void>(protocol), static_cast<void>(address), std::nullopt;
    }

    /// The stream with the lake's number; nothing when the register no longer has it.
    [[nodiscard]] virtual std::shared_ptr<const Stream> stream(
        bigdata::StreamNumber number) const = 0;
    [[nodiscard]] virtual std::vector<std::shared_ptr<const Stream>> streams(
        std::string_view space) const = 0;
    [[nodiscard]] virtual std::shared_ptr<const Stream> find(std::string_view space,
                                                             Uuid datastream) const = 0;

    /// Register entries of device, datastream, exercise and quarantine, so that what is adopted
    /// speaks at once and what belongs to an ended exercise is silent at once.
    virtual void on_entry(const bigdata::Entry& entry) = 0;
};

}  // namespace anlan::sensing
