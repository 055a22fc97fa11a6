// One feed's protocol logic, without I/O: sentences in, readings and facts to the hub. A feed
// speaks for many ships: each message is its ship's delivery, under the MMSI. Nothing is
// acknowledged: VDM knows no answer.
#pragma once

#include "foundations/sensing/gateways/ais/decoder.h"
#include "foundations/sensing/gateways/tcp_server.h"

#include <atomic>
#include <memory>

namespace anlan::sensing::ais {

struct Counters {
    std::atomic<std::uint64_t> messages{0}, disturbances{0}, incomplete{0}, stored{0}, refused{0};
};

class Session final : public TcpSession {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string peer;
        std::shared_ptr<Counters> counters;  ///< Shared: the lake may answer after the server.
    };
    explicit Session(Options options) : m_options(std::move(options)) {}

    void receive(Bytes bytes) override;
    /// The datagram is complete: its last line may have no end.
    void end_datagram();
    void quiet() override { end_datagram(); }
    [[nodiscard]] bool waiting() const override { return m_reader.line_begun(); }
    [[nodiscard]] std::size_t unanswered() const override { return *m_unanswered; }

  private:
    void drain();
    void deal(const Message& message, Timestamp now);

    Options m_options;
    MessageReader m_reader;
    std::shared_ptr<std::atomic<std::size_t>> m_unanswered =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace anlan::sensing::ais
