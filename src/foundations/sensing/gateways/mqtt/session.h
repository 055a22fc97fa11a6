// One connection's protocol logic, without I/O: packets in, acknowledgements and commands out.
//
// A device is known by its token (password, or user name alone), of which only the SM3 is kept; the
// user name beside a password is its address. All messages of one read are handed to the hub as one
// delivery. PUBACK and PUBREC go back once it is on disk; what could not be stored is not
// acknowledged: the connection is closed, and the device sends again when it is back.
#pragma once

#include "foundations/sensing/gateways/mqtt/sessions.h"

#include <atomic>
#include <unordered_map>

namespace anlan::sensing::mqtt {

struct Counters {
    std::atomic<std::uint64_t> connected{0}, turned_away{0}, messages{0}, stored{0}, refused{0},
        duplicates{0}, unreadable{0}, malformed{0}, wills{0};
};

/// What all connections of a listener share; answers may come after the listener's end.
struct Shared {
    Hub* hub = nullptr;
    const Clock* clock = nullptr;
    Door door = Door::live;
    Settings settings;
    Counters counters;
    std::unique_ptr<Sessions> sessions;
    std::function<void(const Error&)> report;
};

inline constexpr std::string_view k_protocol = "mqtt";

/// Topic and payload, for quarantine: text, or hexadecimal where it is none.
std::string sample_of(std::string_view topic, std::string_view payload);
/// Nothing that the device would better send again.
bool is_accepted(const Result<void>& stored);

class Session final : public TcpSession {
  public:
    Session(std::shared_ptr<Shared> shared, std::string peer, Send send);

    void receive(Bytes bytes) override;
    void quiet() override;
    /// Until it has said who it is, a connection has only a short time.
    [[nodiscard]] bool waiting() const override { return !m_connected; }
    [[nodiscard]] std::size_t unanswered() const override { return m_flight->deliveries; }
    [[nodiscard]] std::optional<double> idle_timeout_s() const override;
    void closed() override;

  private:
    struct Due {
        Type type = Type::puback;
        std::uint16_t id = 0;
    };
    /// Messages of one address that go to the hub together.
    struct Batch {
        std::string address, sample;
        std::vector<Reading> readings;
        std::vector<Due> due;
        std::size_t messages = 0;
    };
    struct Flight {
        std::atomic<std::size_t> deliveries{0}, messages{0};
    };
    enum class Standing { device, stranger };

    void deal(const Packet& packet);
    void deal(const Connect& packet);
    void deal(const Publish& packet);
    void deal(const Acknowledgement& packet);
    void deal(const Subscribe& packet);
    void deal(const Unsubscribe& packet);
    void deal(const Farewell& packet);

    /// Nothing when the device may come in.
    std::optional<Reason> identify(const Connect& packet);
    [[nodiscard]] bool is_device() const;
    void welcome(const Connect& packet, const Sessions::Opened& opened);
    [[nodiscard]] std::function<void()> loss_of(const Connect& packet) const;
    bool resolve_alias(const Publish& packet, std::string_view& topic);
    void take(const Publish& packet, std::string_view topic);
    void unreadable(const Publish& packet, std::string_view topic, const Error& error);
    void refuse(const Publish& packet, Reason reason);
    void flush();
    void note_stranger(std::string sample);
    [[nodiscard]] std::uint8_t granted(const Subscribe::Item& item) const;

    void say_ping();
    void reject(Reason reason);
    void close();
    template <class T>
    void say(const T& packet) {
        Out out;
        encode(out, packet, m_version);
        m_send(std::move(out));
    }

    std::shared_ptr<Shared> m_shared;
    std::string m_peer;
    Send m_send;
    SteadyTime m_began;
    PacketReader m_reader;
    Packet m_packet;
    Version m_version = Version::v311;
    bool m_connected = false, m_closed = false, m_graceful = false;
    Standing m_standing = Standing::stranger;
    std::string m_space, m_address, m_credential;
    std::uint16_t m_keep_alive_s = 0;
    std::optional<std::uint32_t> m_new_expiry_s;
    Sessions::Opened m_opened;
    std::unordered_map<std::uint32_t, std::string> m_aliases;
    Batch m_batch;
    std::shared_ptr<Flight> m_flight = std::make_shared<Flight>();
};

}  // namespace anlan::sensing::mqtt
