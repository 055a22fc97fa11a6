// Devices and channels that nobody registered: counted in memory, written to the register at most
// once every few seconds an address, so that a flood of strangers is listed and costs nothing.
#pragma once

#include "foundations/sensing/hub.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace anlan::sensing {

class Quarantine {
  public:
    static constexpr std::size_t k_addresses_max = 10'000;
    static constexpr std::size_t k_channels_max = 64;  ///< Listed of one address.

    struct Options {
        bigdata::Register* records = nullptr;
        const Clock* clock = nullptr;
        std::string zone;
        std::int64_t every_ms = 5'000;
        std::function<void(const Error&)> report;
    };
    /// Reads what is listed already and starts the thread that writes.
    explicit Quarantine(Options options);
    ~Quarantine();

    struct Sighting {
        std::string space, protocol, address, peer, sample;
        Timestamp at;
        std::vector<Reading> readings{};  ///< What it said: the last value of each channel is kept.
    };
    /// Counts one frame. Beyond 10,000 addresses new ones are not listed. Thread-safe, never waits
    /// for the register.
    void note(const Sighting& sighting);
    /// It has been registered: its entry is removed.
    void adopted(std::string_view space, std::string_view protocol, std::string_view address);
    /// Somebody removed the record: counting starts anew.
    void forget(const bigdata::Record& record);
    /// Writes what is due now and returns once it is written. For tests and for the end.
    void flush();

  private:
    enum class Wish { keep, remove };
    struct Seen {
        double value = 0;  ///< Perhaps not finite.
        Timestamp at;
    };
    struct Row {
        Uuid id;  ///< Nil until written.
        std::string peer, sample;
        std::map<std::string, Seen> channels;
        Timestamp first_at, last_at;
        std::int64_t frames = 0, frames_written = 0;
        SteadyTime tried_at{-1};  ///< Of the last write; negative: none yet.
        Wish wish = Wish::keep;
    };
    struct Key {
        std::string space, protocol, address;
        friend auto operator<=>(const Key&, const Key&) = default;
    };

    Options m_options;
    std::mutex m_mutex;
    std::mutex m_writing;  ///< One flush at a time.
    std::map<Key, Row> m_rows;
    std::condition_variable m_wake;
    bool m_news = false, m_stop = false;
    std::thread m_thread;

    struct Due {
        Key key;
        std::int64_t frames = 0;  ///< As written; more may have come since.
        Wish wish = Wish::keep;
        bigdata::Change change;
    };

    void load();
    void run();
    std::vector<Due> due(bool all);
    void write(std::vector<Due> batch);
    void settle(const Due& due, const Result<bigdata::Applied>& outcome, std::size_t index);
    [[nodiscard]] bigdata::Change change_of(const Key& key, const Row& row) const;
};

}  // namespace anlan::sensing
