// One client of the live feed: its bounded outbox, and how far it has been told the journal.
#pragma once

#include "center/live_feed.h"

#include <deque>
#include <map>

namespace anlan::center {

class LiveClient final : public LiveConnection {
  public:
    LiveClient(LiveFeed& feed, bigdata::Session session, std::string space, std::int64_t since)
        : m_cursor(since), m_feed(feed), m_session(std::move(session)), m_space(std::move(space)) {}

    // LiveConnection
    void start(std::function<void()> wake) override;
    std::vector<Bytes> take(std::size_t count) override;
    [[nodiscard]] bool finished() const override;
    void hear(std::string_view text) override;
    void gone() override;

    [[nodiscard]] const Principal& who() const { return m_session.principal; }
    /// Changed by the feed's thread alone, under the feed's mutex.
    [[nodiscard]] const std::string& space() const { return m_space; }
    [[nodiscard]] const std::string& session() const { return m_session.handle; }

    /// Queues a message; over the limits, which only a flood of its own pings can reach, the client
    /// is told bye:slow and gets nothing more.
    void send(Bytes message);
    /// Whether so much waits that nothing more should be queued.
    [[nodiscard]] bool behind() const;
    /// What it has asked for since the last call.
    std::optional<LiveSubscription> take_wish();
    /// Drops what waits, says bye, and finishes.
    void bye(std::string_view reason);
    /// {"type":"error"}: what it said cannot be done.
    void refuse(const Error& error);
    [[nodiscard]] std::size_t waiting() const;

    // Used by the feed alone, under its rules.
    bool m_live = false;    ///< Guarded by the feed's mutex: entries come from on_entry().
    std::int64_t m_cursor;  ///< Last sequence told; replay's until m_live, then on_entry's.
    std::function<bool(const Uuid&)> m_sees_stream;
    LiveFeed::Items m_pending;        ///< Last values kept back while the queue is long.
    LiveSubscription m_subscription;  ///< Guarded by the feed's mutex; written by its thread alone.
    /// Entries kept back to be merged, by sequence; where each record's last one is. Guarded by the
    /// feed's mutex.
    std::map<std::int64_t, Bytes> m_merged;
    std::unordered_map<Uuid, std::int64_t> m_merged_at;
    std::int64_t m_merge_until_us = 0;  ///< When they are told; steady clock.

  private:
    LiveFeed& m_feed;
    const bigdata::Session m_session;
    friend class LiveFeed;
    std::string m_space;
    mutable std::mutex m_mutex;
    std::optional<LiveSubscription> m_wish;
    std::deque<Bytes> m_outbox;
    std::size_t m_bytes = 0;
    std::function<void()> m_wake;
    bool m_closing = false;
};

}  // namespace anlan::center
