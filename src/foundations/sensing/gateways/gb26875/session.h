// One connection's protocol logic, without I/O: bytes in, answers out.
//
// Every frame names its device by source address. Command 2 (send data) is confirmed once its
// readings are on disk, and denied when the device is unknown, out of service, too fast, or the
// application data is broken; the unit then repeats (clause 6.3). A part that nobody registered is
// quarantined and confirmed, because repeating it would not help. An empty command 2 is a
// heartbeat. Command 5 (reply) brings readings too and needs no answer.
//
// A device that the hub knows can be told things through its connection (conversations.h); its
// confirmations, denials and replies settle them, and so does the operation with which somebody
// answers a roll call.
#pragma once

#include "foundations/sensing/gateways/conversations.h"
#include "foundations/sensing/gateways/gb26875/encoder.h"
#include "foundations/sensing/gateways/tcp_server.h"

#include <atomic>
#include <memory>

namespace anlan::sensing::gb26875 {

using sensing::Door;

struct Counters {
    std::atomic<std::uint64_t> frames{0}, disturbances{0}, confirmed{0}, denied{0};
};

class Session final : public TcpSession {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string peer;
        Send send;
        /// A unit whose time label is further off is told the time (type 90), once; 0: never.
        double clock_tolerance_s = 0;
        std::shared_ptr<Counters> counters;  ///< Shared: an answer may come after the server.
        std::shared_ptr<Conversations> conversations;  ///< The same; the listener's.
    };
    explicit Session(Options options) : m_options(std::move(options)) {}

    void receive(Bytes bytes) override;
    void quiet() override;
    [[nodiscard]] bool waiting() const override { return m_reader.waiting(); }
    [[nodiscard]] std::size_t unanswered() const override { return *m_unanswered; }

  private:
    Options m_options;
    FrameReader m_reader;
    Unit m_unit;
    bool m_clock_told = false;
    std::shared_ptr<void> m_presence = std::make_shared<char>();  ///< Gone with the connection.
    std::shared_ptr<std::atomic<std::size_t>> m_unanswered =
        std::make_shared<std::atomic<std::size_t>>(0);

    void drain();
    void deal(const Frame& frame);
    void hear_answer(const Frame& frame, bool decoded);
    void hand_over(const Frame& frame, std::vector<Reading> readings);
    void tell_the_time(const Frame& frame);
};

/// The conversations of a listener: an order's mark is the sequence number of its frame.
std::shared_ptr<Conversations> make_conversations(const Clock& clock);

}  // namespace anlan::sensing::gb26875
