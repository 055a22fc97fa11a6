// One connection's protocol logic, without I/O: packets in, answers and commands out.
//
// A packet names its device by MN; several devices may share a connection (a data logger's). Data
// that wants an answer (Flag A) gets 9014 once its readings are on disk, and none when it was not
// stored: the device sends again (clause 6: 10 s, three times). A factor that nobody registered
// is quarantined and answered, because repeating would not help. 1013 (asks for the time) gets 9013
// and 1012.
//
// Commands go to a device once the hub has known it, one after another: its clock is set when its
// real-time data is too far off, and its intervals as configured. A command without 9012 is sent
// again after 10 s, at most three times, as often as the device speaks.
#pragma once

#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/gateways/tcp_server.h"

#include <atomic>
#include <deque>
#include <memory>

namespace anlan::sensing::hj212 {

struct Counters {
    std::atomic<std::uint64_t> packets{0}, disturbances{0}, wrong_checks{0}, stored{0}, refused{0};
};

class Session final : public TcpSession {
  public:
    struct Options {
        Hub* hub = nullptr;
        const Clock* clock = nullptr;
        Door door = Door::live;
        std::string peer;
        Send send;
        std::shared_ptr<const Settings> settings;
        std::shared_ptr<Counters> counters;  ///< Shared: an answer may come after the server.
        std::function<void(const Error&)> report;
    };
    explicit Session(Options options) : m_options(std::move(options)) {}

    void receive(Bytes bytes) override;
    void quiet() override;
    [[nodiscard]] bool waiting() const override { return m_reader.waiting(); }
    [[nodiscard]] std::size_t unanswered() const override { return *m_unanswered; }

  private:
    struct Command {
        std::string_view cn;
        std::string cp;
    };
    struct Request {
        Command command;
        std::string qn;
        Timestamp sent;
        int tries = 1;
    };
    /// What passes between the center and one device.
    struct Talk {
        std::string st, pw;
        std::shared_ptr<std::atomic<bool>> known = std::make_shared<std::atomic<bool>>(false);
        bool clock_told = false, intervals_told = false;
        std::deque<Command> waiting;
        std::optional<Request> request;
    };

    void drain();
    void deal(const Packet& packet);
    void hand_over(const Packet& packet, std::vector<Reading> readings);
    [[nodiscard]] std::optional<Timestamp> time_of(const Packet& packet);
    Talk* talk_of(const Packet& packet);
    void hear_outcome(const Packet& packet, Talk& talk);
    void go_on(const Packet& packet, Talk& talk);
    void plan(const Packet& packet, Talk& talk);
    void send_request(const Packet& packet, Talk& talk);
    void answer(const Packet& packet, std::string_view cn);

    Options m_options;
    PacketReader m_reader;
    Content m_content;
    std::map<std::string, Talk, std::less<>> m_talks;
    /// DataTime of split data, which its later packets may leave out.
    std::deque<std::pair<std::string, Timestamp>> m_split_times;
    std::shared_ptr<std::atomic<std::size_t>> m_unanswered =
        std::make_shared<std::atomic<std::size_t>>(0);
};

/// What the center answers to `packet`: 9013 or 9014 with its QN, PW and MN.
std::string answer_to(const Packet& packet, std::string_view cn);

}  // namespace anlan::sensing::hj212
