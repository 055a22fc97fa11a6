// What a listener has asked of its devices, and what they answered: the connection each device
// speaks through, one order at a time to it, sent again without an answer, given up when its time
// is up. Thread-safe: orders come from the command desk, answers from the listener's thread.
#pragma once

#include "foundations/sensing/gateways/gateway.h"

#include <deque>
#include <map>
#include <mutex>

namespace anlan::sensing {

/// A command as a protocol puts it.
struct Order {
    std::string code;  ///< The protocol's own name of it.
    std::string data;  ///< What goes with it, as the protocol's line wants it.
    double answer_s = 10;  ///< Without a word from the device after this it is sent again …
    int tries = 3;         ///< … until it was sent this often.
    double done_s = 10;    ///< Once the device has said that it got it: time for its last word.
};

class Conversations {
  public:
    using Answered = std::function<void(CommandOutcome)>;
    /// How to reach one device.
    struct Line {
        Send send;
        /// The order's bytes. `mark` is what the device's answers to it will carry.
        std::function<std::vector<std::uint8_t>(const Order& order, const std::string& mark,
                                                Timestamp now)>
            write;
    };
    /// The order under way.
    struct Current {
        std::string code, mark;
        bool received = false;  ///< The device has said that it got it.
    };
    struct Options {
        const Clock* clock = nullptr;
        std::function<std::string(Timestamp now)> new_mark;
    };
    explicit Conversations(Options options) : m_options(std::move(options)) {}
    ~Conversations() { close(); }
    Conversations(const Conversations&) = delete;
    Conversations& operator=(const Conversations&) = delete;

    /// The device was heard through the connection `owner`, which is gone when nobody else holds
    /// it. `line` is asked for when that is news.
    void speaks(std::string_view address, const std::shared_ptr<void>& owner,
                const std::function<Line()>& line);
    [[nodiscard]] bool reaches(std::string_view address) const;

    /// Sends the order, or keeps it until those before it are answered. `answered` is called once,
    /// on any thread; it may be empty. Errors: device_not_connected.
    Result<void> ask(std::string_view address, Order order, Answered answered);

    [[nodiscard]] std::optional<Current> current(std::string_view address) const;
    /// The device has the order; its last word may take `done_s` from now.
    void received(std::string_view address, std::string_view mark);
    /// Data in several pieces: kept under "parts" of the reply, the first 100 of them, and counted.
    void add(std::string_view address, std::string_view mark, json::object part);
    /// The last word on the order under way; a mark of another is ignored.
    void settle(std::string_view address, std::string_view mark, CommandOutcome outcome);

    /// Once a second or so: sends again, gives up, finds connections that ended.
    void tick();
    /// Gives up everything: what was sent is uncertain, what waited is not sent.
    void close();

  private:
    struct Asked {
        Order order;
        Answered answered;
        std::string mark;
        int tries = 0;
        bool received = false;
        SteadyTime until{};
        json::object reply;
    };
    struct Device {
        std::weak_ptr<void> owner;
        Line line;
        std::deque<Asked> asked;  ///< The first is under way when it has a mark.
    };
    /// Outcomes to tell once the lock is given back.
    using Told = std::vector<std::pair<Answered, CommandOutcome>>;

    Options m_options;
    mutable std::mutex m_mutex;
    std::map<std::string, Device, std::less<>> m_devices;

    [[nodiscard]] SteadyTime in(double seconds) const {
        return {m_options.clock->steady().us + static_cast<std::int64_t>(seconds * 1e6)};
    }
    Asked* under_way(std::string_view address, std::string_view mark);
    void send(Device& device);
    void look_after(Device& device, Told& told);
    static void tell(Told& told);
};

}  // namespace anlan::sensing
