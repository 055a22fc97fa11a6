// What a client of the live feed wants to hear of. It says so with a message, as often as it likes;
// each replaces the one before:
//
//   {"type":"subscribe", "kinds":["alarm","task"], "records":["<id>",…], "area":[w,s,e,n],
//    "space":"live", "since":N, "merge_ms":100, "observations":false}
//
// Every member may be absent and then limits nothing. Those given must all hold. A record is in an
// area when its box meets it now or met it before the change, so that a client also hears of what
// leaves; a record without a place is in no area. `space` another than the present one starts there
// at `since`, or at now. With `merge_ms` several changes of one record within that time are told
// once, as the last of them: each entry carries the whole record.
#pragma once

#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/journal.h"

#include <optional>
#include <string>
#include <vector>

namespace anlan::center {

struct LiveSubscription {
    std::vector<std::string> kinds;  ///< Empty: all.
    std::vector<Uuid> records;       ///< Empty: all.
    std::optional<Bounds> area;
    std::string space;  ///< Empty: the present one.
    std::optional<std::int64_t> since;
    std::int64_t merge_ms = 0;
    bool observations = true;

    [[nodiscard]] bool wants(const bigdata::Entry& entry) const;
};

inline constexpr std::size_t k_subscribed_records_max = 100;
inline constexpr std::int64_t k_merge_ms_max = 5000;

/// Errors: bad_subscription, naming the member.
Result<LiveSubscription> read_subscription(const json::object& message,
                                           const bigdata::Catalog& catalog);

}  // namespace anlan::center
