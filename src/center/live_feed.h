// The live feed: journal entries and last values to every client that may see them, now.
//
// Promise: a client that says `since` gets every entry after it that it may see and has subscribed
// to (live_subscription.h: all, until it says otherwise), once, in the journal's order: replayed
// from the journal first, then live, with no gap and no repetition between. A client that reads
// slower than things happen is not waited for: when its queue is half full it is told nothing more
// by the dispatch, and reads on from the journal, page by page, as it takes what waits.
// Observations are coalesced to last values, at most one message each interval. A session that
// ends, also by a change of its rights, is cut off at once ("revoked").
//
// Threads: on_entry() on the register's dispatch thread, on_observations() on the gateways', one
// thread of the feed's own for replays and intervals, clients' calls on the server's. No socket
// here.
#pragma once

#include "center/data_routes.h"
#include "center/live_subscription.h"
#include "center/server.h"

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace anlan::center {

class LiveClient;

class LiveFeed {
  public:
    struct Options {
        std::size_t clients_max = 500;
        std::size_t messages_waiting_max = 4'000;  ///< Of one client.
        std::size_t bytes_waiting_max = 8 << 20;   ///< Of one client.
        std::int64_t interval_ms = 200;            ///< Between two messages of observations.
        /// Whether somebody may work in a space. Errors: no_such_space.
        std::function<Result<void>(const Principal&, std::string_view space)> check_space;
    };
    LiveFeed(CenterContext context, Options options);
    ~LiveFeed();

    /// Starts the feed's thread. Entries up to `sequence` count as told already.
    void start(std::int64_t sequence);
    /// Says bye:shutdown to all and ends the thread.
    void stop();

    void on_entry(const bigdata::Entry& entry);
    void on_observations(std::span<const sensing::Heard> heard);
    void on_session_end(const std::string& handle);

    /// A new client that wants `space` from `since` on; nothing since: from now on. Errors:
    /// live_full.
    Result<std::shared_ptr<LiveConnection>> join(const bigdata::Session& session, std::string space,
                                                 std::optional<std::int64_t> since);
    [[nodiscard]] std::size_t clients() const;
    /// Largest queue of any client now, in messages.
    [[nodiscard]] std::size_t longest_queue() const;

    /// What the feed's thread does once each interval; public for tests.
    void flush_observations();
    /// Brings clients that still read the past forward. True when some are left. Public for tests.
    bool replay_some();
    /// Puts new subscriptions in force, and tells what has been merged for long enough. Public for
    /// tests.
    void serve_wishes();
    void flush_merged();

  private:
    friend class LiveClient;
    struct Item {
        Bytes text;  ///< One element of `items`, serialised once for everybody.
        Uuid datastream;
    };
    /// The last value of a datastream since the last flush: only it is ever made into text, however
    /// many readings came.
    struct News {
        bigdata::Observation observation;
        Uuid datastream, device;
        std::string property;
    };
    using AllNews = std::unordered_map<bigdata::StreamNumber, News>;
    using Items = std::unordered_map<bigdata::StreamNumber, Item>;
    class EntryTexts;

    void tell(LiveClient& client, const bigdata::Entry& entry, EntryTexts& texts) const;
    [[nodiscard]] bool concerns(const LiveClient& client, const bigdata::Entry& entry) const;
    bool replay(LiveClient& client);
    void deliver(LiveClient& client, const bigdata::Entry& entry, Bytes text) const;
    void subscribe(LiveClient& client, LiveSubscription wish);
    [[nodiscard]] bool merging() const;
    void nudge();
    static Items items_of(const AllNews& news);
    void send_items(LiveClient& client, const Items& fresh) const;
    std::vector<std::shared_ptr<LiveClient>> everyone() const;
    void forget(const LiveClient* client);
    void run();

    CenterContext m_context;
    Options m_options;
    mutable std::mutex m_mutex;  ///< Of the list of clients and of m_told.
    std::vector<std::shared_ptr<LiveClient>> m_clients;
    std::int64_t m_told = 0;  ///< Sequence of the last entry given to those that are live.
    std::mutex m_heard_mutex;
    std::unordered_map<std::string, AllNews> m_heard;  ///< By space, since the last flush.
    std::mutex m_thread_mutex;
    std::condition_variable m_nudge;
    bool m_stopping = false, m_replays_wanted = false;
    std::thread m_thread;
};

}  // namespace anlan::center
