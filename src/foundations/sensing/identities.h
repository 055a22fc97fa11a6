// What devices say of themselves beside their readings: kept in memory, and on the device's record
// (field `identity`) when it changed, so that lists and screens know a ship by its name. A thread
// of its own writes: no gateway waits for the register.
#pragma once

#include "foundations/sensing/hub.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace anlan::sensing {

class Identities {
  public:
    struct Options {
        bigdata::Register* records = nullptr;
        const Clock* clock = nullptr;
        std::string zone;
        std::int64_t every_ms = 60'000;  ///< At most one write per device in this time.
        /// The devices registered under an address.
        std::function<std::vector<Uuid>(const Hub::DeviceKey&)> devices_at;
        std::function<void(const Error&)> report;
    };
    explicit Identities(Options options);
    /// Writes what is left.
    ~Identities();
    Identities(const Identities&) = delete;
    Identities& operator=(const Identities&) = delete;

    /// Members of `facts` replace those known before. Of more than 50,000 addresses, those that
    /// come later are not kept.
    void describe(Hub::DeviceKey device, json::object facts);
    /// The address now has a device: what it said before that is written.
    void adopted(const Hub::DeviceKey& device);

  private:
    using Key = std::array<std::string, 3>;  ///< Space, protocol, address.
    struct Row {
        json::object facts;
        bool changed = true;
        std::optional<SteadyTime> written;
    };

    Options m_options;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::map<Key, Row> m_rows;
    bool m_news = false, m_stop = false;
    std::thread m_thread;

    void run();
    void write_due(bool all);
    [[nodiscard]] Result<void> write(const Hub::DeviceKey& device, Uuid id,
                                     const json::object& facts);
};

}  // namespace anlan::sensing
