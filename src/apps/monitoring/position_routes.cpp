#include "apps/monitoring/position_routes.h"

#include "apps/monitoring/fence.h"
#include "apps/monitoring/past_track.h"
#include "apps/monitoring/period.h"
#include "foundations/bigdata/errors.h"

#include <unordered_map>

namespace anlan::monitoring {
namespace {

constexpr std::size_t k_points_usual = 2000, k_points_max = 20'000;

json::value or_null(const std::optional<double>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

json::value member(const json::object& fields, std::string_view key) {
    const auto* value = fields.if_contains(key);
    return value == nullptr ? json::value(nullptr) : *value;
}

/// Of the register's vehicles, by the terminal each carries.
Result<std::unordered_map<Uuid, bigdata::Record>> vehicles_by_device(const apps::Context& context,
                                                                     const Call& call) {
    std::unordered_map<Uuid, bigdata::Record> out;
    const auto view = context.access.view(call.who, call.space, "vehicle");
    if (view.rows.none) return out;
    TRY_ASSIGN(vehicles, context.records.all(view, "vehicle"));
    for (auto& vehicle : vehicles) {
        if (const auto device = Uuid::parse(text_at(vehicle.fields, "device")))
            out.emplace(*device, std::move(vehicle));
    }
    return out;
}

class PositionDesk {
  public:
    PositionDesk(const apps::Context& context, const Positions& positions)
        : m_context(context), m_positions(positions) {}

    Result<json::object> list(const Call& call) const {
        const auto view = m_context.access.view(call.who, call.space, "device");
        if (view.rows.none) return json::object{{"positions", json::array{}}};
        TRY_ASSIGN(vehicles, vehicles_by_device(m_context, call));
        const auto now = m_context.clock.now();
        json::array out;
        for (const auto& each : m_positions.all(call.space)) {
            auto device = m_context.records.get(view, "device", each.device);
            if (!device) continue;  // not the caller's, or gone
            m_context.access.mask(call.who, *device);
            const auto vehicle = vehicles.find(each.device);
            out.push_back(
                told(each, *device, vehicle == vehicles.end() ? nullptr : &vehicle->second, now));
        }
        return json::object{{"positions", std::move(out)}};
    }

    Result<json::object> track(const Call& call) const {
        const auto id = Uuid::parse(call.parameter("device"));
        if (!id) return fail(errors::k_no_such_record);
        TRY(m_context.records.get(m_context.access.view(call.who, call.space, "device"), "device",
                                  *id));
        TRY_ASSIGN(period,
                   period_asked(call.asked("from"), call.asked("until"), m_context.clock.now()));
        TRY_ASSIGN(max, count_asked(call, "max", k_points_usual, 2, k_points_max));
        std::vector<std::shared_ptr<const sensing::Stream>> streams;
        for (auto& stream : m_context.hub.streams(call.space)) {
            if (stream->device == *id) streams.push_back(std::move(stream));
        }
        TRY_ASSIGN(past, past_track(m_context.lake, streams, m_positions.settings(), period.from,
                                    period.until));
        const auto kept = thinned(past.fixes, max);
        json::array points;
        points.reserve(kept.size());
        for (const auto& fix : kept) {
            points.push_back(json::array{fix.place.longitude_deg, fix.place.latitude_deg, fix.at.ms,
                                         or_null(fix.speed_m_s), or_null(fix.course_deg)});
        }
        return json::object{{"device", id->text()},
                            {"points", std::move(points)},
                            {"thinned", kept.size() < past.fixes.size() || !past.complete}};
    }

  private:
    json::object told(const Whereabouts& each, const bigdata::Record& device,
                      const bigdata::Record* vehicle, Timestamp now) const {
        const auto& f = device.fields;
        const auto& settings = m_positions.settings();
        const double interval_s = number_at(f, "expected_interval_s", 0);
        const auto age_s = static_cast<double>(now - each.fix.received) / 1000;
        const bool dangerous = carries_dangerous_goods(device) ||
                               (vehicle != nullptr && carries_dangerous_goods(*vehicle));
        json::value identity = member(f, "identity");
        if (identity.is_null() && vehicle != nullptr && vehicle->fields.contains("plate"))
            identity = json::object{{"plate", text_at(vehicle->fields, "plate")}};
        return {
            {"device", each.device.text()},
            {"name", member(f, "name")},
            {"name_en", member(f, "name_en")},
            {"type", member(f, "type")},
            {"enterprise", member(f, "enterprise")},
            {"longitude", each.fix.place.longitude_deg},
            {"latitude", each.fix.place.latitude_deg},
            {"speed", or_null(each.fix.speed_m_s)},
            {"course", or_null(each.fix.course_deg)},
            {"at", iso8601(each.fix.at)},
            {"received", iso8601(each.fix.received)},
            {"stale", age_s > settings.stale_after_intervals * settings.interval_of(interval_s)},
            {"doubtful", each.doubtful},
            {"expected_interval_s",
             interval_s > 0 ? json::value(interval_s) : json::value(nullptr)},
            {"dangerous", dangerous},
            {"identity", std::move(identity)}};
    }

    apps::Context m_context;
    const Positions& m_positions;
};

}  // namespace

RouteRows position_routes(const apps::Context& context, const Positions& positions) {
    const auto desk = std::make_shared<const PositionDesk>(context, positions);
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/positions", "device.read",
        {"车辆与船舶现在何处", "Where vehicles and vessels are now"},
        [desk](const Call& call, const NoBody&) { return desk->list(call); }));
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/positions/{device}/track", "device.read",
        {"一段时间的轨迹（保留拐点、停留与速度峰值）",
         "A period's track; corners, stops and peaks of speed are kept"},
        [desk](const Call& call, const NoBody&) { return desk->track(call); }, 200,
        {{"from", {"起（RFC 3339），默认一天前", "from (RFC 3339), a day before by default"}},
         {"until", {"止，默认现在", "until, now by default"}},
         {"max", {"最多点数，默认 2000", "at most this many points, 2,000 by default"}}}));
    return rows;
}

}  // namespace anlan::monitoring
