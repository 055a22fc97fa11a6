// One connection's protocol logic, without I/O: messages in, answers and commands out.
//
// A terminal is known by its phone number; several may share a connection. It registers (0100,
// answered by 8100 with a code when its number is a device's address, by "no such vehicle" when it
// is not, which lists it in quarantine), authenticates with the code (0102), and from then on is
// believed. Positions get 8001 once their readings are on disk, and "failed" when they were not
// stored, upon which the terminal keeps and repeats them; a channel that nobody registered is
// quarantined and counts as stored, because repeating would not help. A message of several packages
// is answered when it is whole, each package by its number; what is missing when the last has come
// is asked for once.
#pragma once

#include "core/random.h"
#include "foundations/sensing/gateways/conversations.h"
#include "foundations/sensing/gateways/jt808/decoder.h"
#include "foundations/sensing/gateways/tcp_server.h"

#include <atomic>
#include <map>
#include <memory>

namespace anlan::sensing::jt808 {

struct Counters {
    std::atomic<std::uint64_t> messages{0}, disturbances{0}, incomplete{0}, stored{0}, refused{0},
        denied{0};
};

/// Whom a terminal must have convinced before its readings count.
enum class Trust : std::uint8_t {
    code,   ///< It sent the code of its registration (0102) through this connection.
    phone,  ///< Its phone number is a device's address: for terminals that never register.
};

class Session final : public TcpSession {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Random* random = nullptr;  ///< For codes: the system's.
        Door door = Door::live;
        std::string peer;
        Send send;
        Trust trust = Trust::code;
        std::shared_ptr<Counters> counters;  ///< Shared: an answer may come after the server.
        std::shared_ptr<Conversations> conversations;
        std::shared_ptr<std::atomic<std::uint16_t>> numbers;  ///< Of what the platform sends.
    };
    explicit Session(Options options) : m_options(std::move(options)) {}

    void receive(Bytes bytes) override;
    void quiet() override;
    [[nodiscard]] bool waiting() const override { return m_frames.waiting(); }
    [[nodiscard]] std::size_t unanswered() const override { return *m_unanswered; }

  private:
    /// What answers need, wherever and whenever they are sent.
    struct Voice {
        Send send;
        std::shared_ptr<std::atomic<std::uint16_t>> numbers;
        Version version = Version::v2013;
        std::uint8_t protocol_version = 1;
        std::string phone;
        void say(std::uint16_t id, Bytes body) const;
        /// 8001 for each frame of the message.
        void answer(std::uint16_t id, const std::vector<std::uint16_t>& sequences,
                    std::uint8_t result) const;
    };
    struct Terminal {
        std::string code_hash;  ///< Given out through this connection; the register may be late.
        std::shared_ptr<std::atomic<bool>> trusted = std::make_shared<std::atomic<bool>>(false);
    };

    void drain();
    void deal(const Message& message);
    void register_terminal(const Message& message);
    void authenticate(const Message& message);
    void hear_answer(const Message& message);
    void hand_over(const Message& message, std::vector<Reading> readings, bool counts);
    void ask_again(const Frame& last);
    [[nodiscard]] Terminal* terminal_of(const std::string& phone);
    [[nodiscard]] Delivery delivery_of(const Message& message) const;
    [[nodiscard]] Hub::DeviceKey key_of(const std::string& phone) const;
    [[nodiscard]] Voice voice_to(const Message& message) const;

    Options m_options;
    FrameReader m_frames;
    Parts m_parts;
    Content m_content;
    std::map<std::string, Terminal, std::less<>> m_terminals;
    std::shared_ptr<int> m_presence =
        std::make_shared<int>(0);  ///< For conversations: gone with us.
    std::shared_ptr<std::atomic<std::size_t>> m_unanswered =
        std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace anlan::sensing::jt808
