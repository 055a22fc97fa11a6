// All of HTTP that needs no socket: screens, routes, refusals, live feed, security headers, gzip,
// log.
#pragma once

#include "center/live_feed.h"
#include "center/phone_page.h"
#include "center/rate_limit.h"
#include "center/router.h"
#include "center/server.h"
#include "center/static_files.h"

#include <array>
#include <atomic>
#include <cstdint>

namespace anlan::center {

/// Upper bounds of the buckets of times taken; one more bucket holds the rest.
inline constexpr std::array k_bucket_bounds_ms{1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000};

struct ServiceCounters {
    std::array<std::atomic<std::int64_t>, k_bucket_bounds_ms.size() + 1> buckets{};
    std::array<std::atomic<std::int64_t>, 6> by_class{};  ///< Index: status / 100.
    std::atomic<std::int64_t> took_us{0};
};

class Service {
  public:
    Service(const Router& router, const StaticFiles& files, LiveFeed& feed, const PhoneDoor& phones)
        : m_router(router), m_files(files), m_feed(feed), m_phones(phones) {}

    /// Refers to the service, which must outlive the server.
    ServerHandlers handlers();
    [[nodiscard]] const ServiceCounters& counters() const { return m_counters; }

    // What the handlers do; public for tests.
    bool quick(const Request& request, Response& response) const;
    [[nodiscard]] Response handle(const Request& request) const;
    [[nodiscard]] Response refuse(const Request& request, const Error& error) const;
    Result<std::shared_ptr<LiveConnection>> join(const Request& request) const;

  private:
    void go_secure(const Request& request, Response& response) const;
    void answered(const Request& request, const Response& response, std::int64_t took_us);

    const Router& m_router;
    const StaticFiles& m_files;
    LiveFeed& m_feed;
    const PhoneDoor& m_phones;
    ServiceCounters m_counters;
};

inline constexpr std::string_view k_live_path = "/api/v1/live";

}  // namespace anlan::center
