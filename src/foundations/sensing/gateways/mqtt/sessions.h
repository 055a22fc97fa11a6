// What the server remembers of a device over its connections: subscriptions, packet identifiers of
// QoS 2, commands on their way, its will. In memory: after a restart of the program devices are
// told that there is no session, and send again what was not acknowledged.
#pragma once

#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/mqtt/packet.h"
#include "foundations/sensing/gateways/mqtt/settings.h"

#include <deque>
#include <map>
#include <mutex>

namespace anlan::sensing::mqtt {

/// One connection, as its session sees it.
struct Link {
    Send send;
    Version version = Version::v311;
    std::uint16_t receive_maximum = 0xFFFF;     ///< Commands that the device takes at once.
    std::uint32_t packet_bytes_max = 1U << 28;  ///< That the device takes.
    std::function<void()> lost;                 ///< Publishes the will; empty without one.
    std::uint32_t will_delay_s = 0;
};

/// Thread-safe.
class Sessions {
  public:
    Sessions(const Clock& clock, const Settings& settings) : m_clock(clock), m_settings(settings) {}
    ~Sessions() { end(); }

    /// A client identifier is the device's own: another device cannot take its session.
    struct Key {
        std::string space, address, client_id;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    struct Session;  ///< Opaque outside.
    using Handle = std::shared_ptr<Session>;
    struct Opened {
        Handle session;
        std::uint64_t connection = 0;  ///< This connection's number, for leave().
        bool present = false;
        std::uint32_t expiry_s = 0;  ///< As granted.
    };
    /// Of an older connection with the same key the device is told, and its will is published.
    Opened open(const Key& key, bool clean, std::uint32_t expiry_s, Link link);
    /// Sends again what the device had not acknowledged, and what waited for it.
    void resume(const Handle& session);
    /// Sends what waited for a subscription.
    void resume_waiting(const Handle& session);
    enum class Leaving { graceful, lost };
    void leave(const Handle& session, std::uint64_t connection, Leaving leaving,
               std::optional<std::uint32_t> expiry_s = std::nullopt);

    void subscribe(const Handle& session, std::string_view filter, std::uint8_t qos);
    /// False when there was no such subscription.
    bool unsubscribe(const Handle& session, std::string_view filter);

    /// A message of QoS 2: seen for the first time, on its way to the disk, or stored already.
    enum class Receipt { fresh, pending, stored };
    Receipt receive(const Handle& session, std::uint16_t id);
    void stored(const Handle& session, std::uint16_t id);
    /// False when the identifier was not in use.
    bool release(const Handle& session, std::uint16_t id);

    /// Errors: device_not_connected, bad_command_parameter (larger than the device takes).
    Result<void> command(const DeviceCommand& command,
                         std::function<void(CommandOutcome)> answered);
    void acknowledged(const Handle& session, std::uint16_t id, Reason reason);

    /// Once a second: wills that waited, commands and sessions whose time is up.
    void tick();
    /// The program ends: no will is published, commands on their way are uncertain.
    void end();
    [[nodiscard]] std::size_t count() const;

  private:
    using Answers = std::vector<std::function<void()>>;
    const Clock& m_clock;
    const Settings& m_settings;
    mutable std::mutex m_mutex;
    std::map<Key, Handle> m_sessions;
    std::uint64_t m_connections = 0;
    bool m_ended = false;

    void send_waiting(Session& session);
    static void drop(Session& session, Answers& answers);
};

}  // namespace anlan::sensing::mqtt
