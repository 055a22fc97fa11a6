#include "apps/decision/affected.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace anlan::decision {

namespace {

std::array<int, 24> by_hour(const json::array& a) {
    std::array<int, 24> out{};
    for (std::size_t h = 0; h < out.size() && h < a.size(); ++h) {
        if (a[h].is_number()) out[h] = std::max(0, static_cast<int>(a[h].to_number<double>()));
    }
    return out;
}

/// True bearing from a to b, 0–360.
double bearing_deg(LonLat a, LonLat b) {
    constexpr double k_rad = std::numbers::pi / 180;
    const double dlon = (b.longitude_deg - a.longitude_deg) * k_rad;
    const double la = a.latitude_deg * k_rad, lb = b.latitude_deg * k_rad;
    const double deg =
        std::atan2(std::sin(dlon) * std::cos(lb),
                   std::cos(la) * std::sin(lb) - std::sin(la) * std::cos(lb) * std::cos(dlon)) /
        k_rad;
    return deg < 0 ? deg + 360 : deg;
}

/// Nearest point of the target, so that a large site is as near as its fence.
double nearest_m(LonLat source, const Target& target) {
    if (contains(target.geometry, source)) return 0;
    const Local s = to_local(source);
    double best = distance_m(s, to_local(target.anchor));
    for (const auto& part : target.geometry.parts) {
        for (const auto& ring : part) {
            for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
                const Local a = to_local(ring[i]), b = to_local(ring[i + 1]);
                const Local ab = b - a, as = s - a;
                const double length2 = ab.east_m * ab.east_m + ab.north_m * ab.north_m;
                const double t =
                    length2 > 0
                        ? std::clamp((as.east_m * ab.east_m + as.north_m * ab.north_m) / length2,
                                     0.0, 1.0)
                        : 0;
                best = std::min(
                    best, distance_m(s, {a.east_m + t * ab.east_m, a.north_m + t * ab.north_m}));
            }
        }
    }
    return best;
}

bool is_workday(Timestamp at) {
    const int weekday = civil(at, k_beijing_offset_ms).weekday;
    return weekday != 0 && weekday != 6;
}

const AdviceRule& advise(const Target& target, std::string_view zone, double arrival_s,
                         const Settings& settings) {
    for (const auto& rule : settings.advice) {
        if (!rule.zone.empty() && rule.zone != zone) continue;
        if (!rule.kind.empty() && rule.kind != target.kind) continue;
        if (!rule.type.empty() && rule.type != target.type) continue;
        if (!rule.target_class.empty() && rule.target_class != target.target_class) continue;
        if (rule.arrival_over_s && !(arrival_s > *rule.arrival_over_s)) continue;
        return rule;
    }
    return settings.advice.back();  // fits everybody: checked when the settings were loaded
}

struct Found {
    const Target* target;
    std::size_t zone;  ///< Index into the zones; zones.size() for the fan only.
    double distance_m;
};

}  // namespace

std::optional<Target> target_of(const bigdata::Record& record, const Settings& settings) {
    if (!record.geometry) return std::nullopt;
    const auto& f = record.fields;
    Target out{record.id,
               record.kind,
               std::string(text_at(f, "type")),
               std::string(text_at(f, "class")),
               std::string(text_at(f, "name")),
               std::string(text_at(f, "name_en", text_at(f, "name"))),
               *record.geometry,
               bounds_of(*record.geometry),
               anchor_of(*record.geometry),
               by_hour(array_at(f, "people_workday")),
               by_hour(array_at(f, "people_restday"))};
    if (record.kind == "enterprise") {
        const int day = static_cast<int>(integer_at(f, "staff_day", 0));
        const int night = static_cast<int>(integer_at(f, "staff_night", 0));
        for (int h = 0; h < 24; ++h) {
            const bool by_day = h >= settings.day_from_hour && h < settings.day_to_hour;
            out.workday[static_cast<std::size_t>(h)] = by_day ? day : night;
        }
        out.restday.fill(night);
    }
    return out;
}

Affected who_is_inside(const AffectedInput& input, const std::vector<Target>& targets,
                       const Settings& settings) {
    Bounds reach;
    const auto widen = [&](const Geometry& g) {
        const Bounds b = bounds_of(g);
        reach.add({b.west, b.south});
        reach.add({b.east, b.north});
    };
    for (const auto& zone : input.zones) widen(zone.area);
    if (input.fan) widen(*input.fan);

    std::vector<Found> found;
    for (const auto& target : targets) {
        if (reach.empty() || !reach.meets(target.bounds)) continue;
        std::size_t zone = 0;
        while (zone < input.zones.size() && !intersects(input.zones[zone].area, target.geometry))
            ++zone;
        if (zone == input.zones.size() && !(input.fan && intersects(*input.fan, target.geometry)))
            continue;
        found.push_back({&target, zone, nearest_m(input.source, target)});
    }
    std::ranges::sort(found, [](const Found& a, const Found& b) {
        return std::tie(a.zone, a.distance_m, a.target->id) <
               std::tie(b.zone, b.distance_m, b.target->id);
    });

    const auto hour = static_cast<std::size_t>(civil(input.at, k_beijing_offset_ms).hour);
    const bool workday = is_workday(input.at);
    Affected out;
    std::vector<std::array<int, 24>> hours(input.zones.size(), std::array<int, 24>{});
    std::int64_t people_total = 0, fan_extra = 0;
    for (const auto& f : found) {
        const Target& t = *f.target;
        const auto& people = workday ? t.workday : t.restday;
        const bool fan_only = f.zone == input.zones.size();
        const std::string zone = fan_only ? std::string() : input.zones[f.zone].key;
        const double arrival_s =
            input.transport_wind_m_s > 0 ? f.distance_m / input.transport_wind_m_s : 0;
        const AdviceRule& advice = advise(t, zone, arrival_s, settings);
        json::array by_hours;
        for (std::size_t h = 0; h < 24; ++h) {
            by_hours.push_back(people[h]);
            if (!fan_only) hours[f.zone][h] += people[h];
        }
        (fan_only ? fan_extra : people_total) += people[hour];
        out.list.push_back(json::object{
            {"zone", zone},
            {"record", t.id.text()},
            {"kind", t.kind},
            {"name", t.name},
            {"name_en", t.name_en},
            {"type", t.type},
            {"people", people[hour]},
            {"people_by_hour", std::move(by_hours)},
            {"distance_m", std::round(f.distance_m)},
            {"arrival_s", std::round(arrival_s)},
            {"bearing_deg", std::round(bearing_deg(input.source, t.anchor))},
            {"advice", advice.advice},
            {"reason", json::object{{"zh", advice.reason.zh}, {"en", advice.reason.en}}},
            {"fan_only", fan_only}});
    }
    json::object by_zone, by_hour_of_zone;
    for (std::size_t z = 0; z < input.zones.size(); ++z) {
        by_zone[input.zones[z].key] = hours[z][hour];
        json::array a;
        for (const int n : hours[z]) a.push_back(n);
        by_hour_of_zone[input.zones[z].key] = std::move(a);
    }
    out.totals = {{"people", people_total},
                  {"by_zone", std::move(by_zone)},
                  {"by_hour", std::move(by_hour_of_zone)},
                  {"fan_extra", fan_extra}};
    return out;
}

}  // namespace anlan::decision
