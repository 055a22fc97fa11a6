// One connection's protocol logic, without I/O: packets in, answers and commands out.
//
// A packet names its device by MN; several devices may share a connection (a data logger's). Data
// that wants an answer (Flag A) gets 9014 once its readings are on disk, and none when it was not
// stored: the device sends again (clause 6: 10 s, three times). A factor that nobody registered
// is quarantined and answered, because repeating would not help. 1013 (asks for the time) gets 9013
// and 1012.
//
// A device that the hub knows can be told things (conversations.h; the mark is the QN): its clock
// is set when its real-time data is too far off, its intervals as configured, and what the command
// desk wants. Without an answer a command is sent again after 10 s, three times in all.
//
// The CP of a device with a key is opened before it is read and sealed before it is sent
// (cipher.h). What cannot be opened gets no answer.
#pragma once

#include "foundations/sensing/gateways/conversations.h"
#include "foundations/sensing/gateways/hj212/cipher.h"
#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/gateways/tcp_server.h"

#include <atomic>
#include <deque>
#include <map>
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
        std::shared_ptr<Conversations> conversations;  ///< The listener's.
        /// By MN; null without encryption.
        std::shared_ptr<const std::map<std::string, std::shared_ptr<const Cipher>, std::less<>>>
            ciphers = nullptr;
    };
    explicit Session(Options options) : m_options(std::move(options)) {}

    void receive(Bytes bytes) override;
    void quiet() override;
    [[nodiscard]] bool waiting() const override { return m_reader.waiting(); }
    [[nodiscard]] std::size_t unanswered() const override { return *m_unanswered; }

  private:
    /// What passes between the center and one device.
    struct Talk {
        std::string st, pw;
        std::shared_ptr<void> presence;  ///< A new one when it is to be reached otherwise.
        bool clock_told = false, intervals_told = false;
    };

    void drain();
    void deal(Packet packet);
    [[nodiscard]] const Cipher* cipher_of(std::string_view mn) const;
    void hear(const Packet& packet);
    void hand_over(const Packet& packet, std::vector<Reading> readings);
    [[nodiscard]] std::optional<Timestamp> time_of(const Packet& packet);
    Talk* talk_of(const Packet& packet);
    void plan(const Packet& packet, Talk& talk);
    bool tell(std::string_view mn, std::string cn, std::string cp);
    void answer(const Packet& packet, std::string_view cn);

    Options m_options;
    PacketReader m_reader;
    Content m_content;
    std::string m_opened;  ///< The CP of the packet at hand, where it was sealed.
    std::map<std::string, Talk, std::less<>> m_talks;
    /// DataTime of split data, which its later packets may leave out.
    std::deque<std::pair<std::string, Timestamp>> m_split_times;
    std::shared_ptr<std::atomic<std::size_t>> m_unanswered =
        std::make_shared<std::atomic<std::size_t>>(0);
};

/// The conversations of a listener: an order's mark is its QN, which no other has.
std::shared_ptr<Conversations> make_conversations(const Clock& clock);

/// What the center answers to `packet`: 9013 or 9014 with its QN, PW and MN.
std::string answer_to(const Packet& packet, std::string_view cn,
                      Checksum checksum = Checksum::annex_a);

}  // namespace anlan::sensing::hj212
