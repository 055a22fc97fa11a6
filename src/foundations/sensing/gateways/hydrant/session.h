// One connection's protocol logic, without I/O. A frame names its terminal, so a concentrator or an
// NB-IoT forwarder may carry many over one connection. The maker's text at hand knows no answer to
// a report: none is sent, and the terminal is told nothing (README).
#pragma once

#include "foundations/sensing/gateways/hydrant/decoder.h"
#include "foundations/sensing/gateways/tcp_server.h"

#include <atomic>
#include <memory>

namespace anlan::sensing::hydrant {

struct Counters {
    std::atomic<std::uint64_t> frames{0}, disturbances{0}, stored{0}, refused{0};
};

class Session final : public TcpSession {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string peer;
        std::shared_ptr<const Settings> settings;
        std::shared_ptr<Counters> counters;  ///< Shared: an answer may come after the server.
    };
    explicit Session(Options options) : m_options(std::move(options)) {}

    void receive(Bytes bytes) override;
    void quiet() override;
    [[nodiscard]] bool waiting() const override { return m_reader.waiting(); }
    [[nodiscard]] std::size_t unanswered() const override { return *m_unanswered; }

  private:
    void drain();
    void hand_over(const Frame& frame);

    Options m_options;
    FrameReader m_reader;
    std::shared_ptr<std::atomic<std::size_t>> m_unanswered =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace anlan::sensing::hydrant
