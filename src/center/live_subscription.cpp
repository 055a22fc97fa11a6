#include "center/live_subscription.h"

#include "center/errors.h"
#include "center/live_errors.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::center {
namespace {

std::unexpected<Error> wrong(std::string_view member) {
    return fail(errors::k_bad_subscription, {{"member", std::string(member)}});
}

Result<std::optional<Bounds>> area_of(const json::object& message) {
    const auto* given = message.if_contains("area");
    if (given == nullptr || given->is_null()) return std::nullopt;
    if (!given->is_array() || given->get_array().size() != 4) return wrong("area");
    std::array<double, 4> side{};
    for (std::size_t i = 0; i < side.size(); ++i) {
        boost::system::error_code error;
        side[i] = given->get_array()[i].to_number<double>(error);
        if (error || !std::isfinite(side[i])) return wrong("area");
    }
    const Bounds out{side[0], side[1], side[2], side[3]};
    if (out.west > out.east || out.south > out.north) return wrong("area");
    return out;
}

Result<std::vector<std::string>> texts_of(const json::object& message, std::string_view member,
                                          std::size_t most) {
    std::vector<std::string> out;
    const auto* given = message.if_contains(member);
    if (given == nullptr || given->is_null()) return out;
    // An empty list is not "all": whoever sends one has lost what was meant.
    if (!given->is_array() || given->get_array().empty() || given->get_array().size() > most)
        return wrong(member);
    for (const auto& each : given->get_array()) {
        if (!each.is_string()) return wrong(member);
        out.emplace_back(each.get_string());
    }
    return out;
}

Result<std::int64_t> count_of(const json::object& message, std::string_view member,
                              std::int64_t otherwise, std::int64_t most) {
    const auto* given = message.if_contains(member);
    if (given == nullptr || given->is_null()) return otherwise;
    if (!given->is_int64() || given->get_int64() < 0 || given->get_int64() > most)
        return wrong(member);
    return given->get_int64();
}

bool meets(const Bounds& area, const json::value& geometry) {
    const auto read = geometry_from_json(geometry);
    return read && bounds_of(*read).meets(area);
}

}  // namespace

bool LiveSubscription::wants(const bigdata::Entry& entry) const {
    const auto& record = entry.after;
    if (!kinds.empty() && std::ranges::find(kinds, record.kind) == kinds.end()) return false;
    if (!records.empty() && std::ranges::find(records, record.id) == records.end()) return false;
    if (!area) return true;
    if (record.geometry && bounds_of(*record.geometry).meets(*area)) return true;
    const auto* before = entry.before.if_contains("geometry");
    return before != nullptr && before->is_object() && meets(*area, *before);
}

Result<LiveSubscription> read_subscription(const json::object& message,
                                           const bigdata::Catalog& catalog) {
    constexpr std::array<std::string_view, 8> k_known{"type",  "kinds", "records",  "area",
                                                      "space", "since", "merge_ms", "observations"};
    for (const auto& [name, value] : message) {
        const std::string_view key(name.data(), name.size());
        if (std::ranges::find(k_known, key) == k_known.end()) return wrong(key);
    }
    LiveSubscription out;
    TRY_ASSIGN(kinds, texts_of(message, "kinds", 200));
    for (const auto& kind : kinds) {
        if (catalog.kind(kind) == nullptr) return wrong("kinds");
    }
    out.kinds = kinds;
    TRY_ASSIGN(records, texts_of(message, "records", k_subscribed_records_max));
    for (const auto& text : records) {
        const auto id = Uuid::parse(text);
        if (!id) return wrong("records");
        out.records.push_back(*id);
    }
    TRY_ASSIGN(area, area_of(message));
    out.area = area;
    TRY_ASSIGN(merge_ms, count_of(message, "merge_ms", 0, k_merge_ms_max));
    out.merge_ms = merge_ms;
    if (message.contains("since")) {
        TRY_ASSIGN(since, count_of(message, "since", 0, INT64_MAX));
        out.since = since;
    }
    out.space = text_at(message, "space");
    out.observations = boolean_at(message, "observations", true);
    return out;
}

}  // namespace anlan::center
