// The hub: where every gateway hands in its readings and every rule listens.
//
// Life of a reading: gateway (framing, checksum, decode) → take() finds the datastream by space,
// protocol, device address and channel → listeners (rule state, in memory; an alarm is journalled
// at once) → lake, in a group commit → `durable`, upon which the gateway acknowledges. A slow lake
// never delays a listener. An unknown device goes to quarantine: listed, never silently dropped.
#pragma once

#include "core/time.h"
#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/register.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace anlan::sensing {

/// One reading as a decoder gives it: SI or the datastream's declared unit, UTC.
struct Reading {
    std::string channel;             ///< Which of the device's datastreams ("nh3", "part:1/1/40/10.0.2.0").
    double value = 0;
    std::optional<Timestamp> at;     ///< Nothing when the device has no clock: receipt counts.
    bigdata::Quality quality = bigdata::Quality::good;
};

/// What one frame or request brought.
struct Delivery {
    std::string protocol;            ///< Code of table `protocol`.
    std::string space;               ///< From the listener and the device's credential.
    std::string address;             ///< The device's protocol address.
    std::string peer;
    std::string sample;              ///< The raw frame, for quarantine; at most 512 bytes, hex or text.
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
    std::string name, name_en;       ///< Of the device.
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
        double future_tolerance_s = 60;    ///< A device clock further ahead is flagged, receipt counts.
        double past_tolerance_s = 86'400;  ///< Further behind: kept, flagged uncertain.
    };
    static Result<std::unique_ptr<Hub>> create(Options options);
    virtual ~Hub() = default;

    /// `durable` answers the gateway: acknowledge, or say why not. An unknown device is answered
    /// with unknown_device and quarantined; an unknown channel is quarantined as address#channel.
    virtual void take(Delivery delivery, std::function<void(Result<void>)> durable) = 0;

    /// Called for each delivery, in order per device, on the gateway's thread; must be quick.
    using Listener = std::function<void(std::span<const Heard>)>;
    virtual void listen(Listener listener) = 0;

    /// The stream with the lake's number; nothing when the register no longer has it.
    [[nodiscard]] virtual std::shared_ptr<const Stream> stream(bigdata::StreamNumber number) const = 0;
    [[nodiscard]] virtual std::vector<std::shared_ptr<const Stream>> streams(std::string_view space) const = 0;
    [[nodiscard]] virtual std::shared_ptr<const Stream> find(std::string_view space, Uuid datastream) const = 0;

    /// Register entries of device and datastream, so that what is adopted speaks at once.
    virtual void on_entry(const bigdata::Entry& entry) = 0;
};

}  // namespace anlan::sensing
