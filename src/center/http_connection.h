// One connection's life: requests one after the other, their limits, and the answers. Included by
// http_server.cpp and http_connection.cpp alone.
#pragma once

#include "center/rate_limit.h"
#include "center/server.h"
#include "center/worker_pool.h"
#include "core/time.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <set>

namespace anlan::center {

class Transports;

/// The answers that connections wait for. At the stop each is given up while its connection's loop
/// still runs: one that comes afterwards would find it gone. Thread-safe.
class OpenAnswers {
  public:
    /// Given up at once when the server has stopped.
    void add(const std::shared_ptr<Later>& later) {
        {
            const std::lock_guard lock(m_mutex);
            if (!m_closed) {
                m_open.insert(later);
                return;
            }
        }
        later->give_up();
    }
    void remove(const std::shared_ptr<Later>& later) {
        const std::lock_guard lock(m_mutex);
        m_open.erase(later);
    }
    void close() {
        std::set<std::shared_ptr<Later>> open;
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
            open.swap(m_open);
        }
        for (const auto& later : open) later->give_up();
    }

  private:
    std::mutex m_mutex;
    bool m_closed = false;
    std::set<std::shared_ptr<Later>> m_open;
};

/// What all connections share; outlives them.
struct ServerState {
    ServerState(ServerOptions o, ServerHandlers h)
        : options(std::move(o)),
          handlers(std::move(h)),
          rate(options.requests_per_second_max, 2 * options.requests_per_second_max),
          pool(options.worker_threads, options.waiting_max) {}

    const ServerOptions options;
    const ServerHandlers handlers;
    ServerCounters counters;
    SystemClock clock;
    RateLimit rate;
    WorkerPool pool;
    std::atomic<bool> stopping{false};
    std::atomic<std::int64_t> in_work{0};  ///< Requests being answered.
    OpenAnswers open_answers;
    std::atomic<std::uint64_t> next_id{0};
    std::string id_prefix;
};

/// Until the peer leaves, breaks a rule, or the server stops. `tls`: taken over; nullptr: none.
boost::asio::awaitable<void> serve_connection(ServerState& state, Transports& transports,
                                              boost::asio::ip::tcp::socket socket, ssl_st* tls,
                                              std::string peer);

}  // namespace anlan::center
