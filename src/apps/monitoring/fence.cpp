#include "apps/monitoring/fence.h"

#include <algorithm>
#include <cmath>

namespace anlan::monitoring {
namespace {

constexpr double k_metres_a_degree = 111'320;
/// A degree of longitude is at least this part of one of latitude, up to 60 degrees.
constexpr double k_narrowest = 0.5;

double distance_to_segment_m(Local p, Local a, Local b) {
    const Local ab = b - a, ap = p - a;
    const double square = ab.east_m * ab.east_m + ab.north_m * ab.north_m;
    const double along =
        square > 0
            ? std::clamp((ap.east_m * ab.east_m + ap.north_m * ab.north_m) / square, 0.0, 1.0)
            : 0;
    return distance_m(p, Local{a.east_m + along * ab.east_m, a.north_m + along * ab.north_m});
}

}  // namespace

std::shared_ptr<const Fence> Fence::from(const bigdata::Record& record, double edge_m) {
    if (!record.geometry || (record.geometry->type != GeometryType::polygon &&
                             record.geometry->type != GeometryType::multi_polygon))
        return nullptr;
    auto out = std::make_shared<Fence>();
    const auto& f = record.fields;
    out->id = record.id;
    out->name = {std::string(text_at(f, "name")),
                 std::string(text_at(f, "name_en", text_at(f, "name")))};
    out->enabled = boolean_at(f, "enabled", true);
    out->dangerous_only = boolean_at(f, "dangerous_only", false);
    for (const auto& type : array_at(f, "device_types")) {
        if (const auto* text = type.if_string()) out->device_types.emplace(*text);
    }
    out->m_area = *record.geometry;
    out->m_edge_m = edge_m;
    out->m_bounds = bounds_of(out->m_area);
    const double margin_deg = edge_m / k_metres_a_degree;
    out->m_bounds.south -= margin_deg;
    out->m_bounds.north += margin_deg;
    out->m_bounds.west -= margin_deg / k_narrowest;
    out->m_bounds.east += margin_deg / k_narrowest;
    for (const auto& part : out->m_area.parts) {
        for (const auto& ring : part) {
            auto& local = out->m_rings.emplace_back();
            for (const auto& point : ring) local.push_back(to_local(point));
        }
    }
    return out;
}

bool Fence::takes(std::string_view device_type) const {
    if (device_types.empty()) return device_type == "vehicle" || device_type == "ship";
    return device_types.contains(std::string(device_type));
}

bool Fence::holds(LonLat place, Edge before) const {
    if (place.longitude_deg < m_bounds.west || place.longitude_deg > m_bounds.east ||
        place.latitude_deg < m_bounds.south || place.latitude_deg > m_bounds.north)
        return false;
    if (contains(m_area, place)) return true;
    if (before == Edge::outside) return false;
    const Local p = to_local(place);
    for (const auto& ring : m_rings) {
        for (std::size_t i = 1; i < ring.size(); ++i) {
            if (distance_to_segment_m(p, ring[i - 1], ring[i]) <= m_edge_m) return true;
        }
    }
    return false;
}

Result<Fences> read_fences(const bigdata::Register& records, const bigdata::View& view,
                           double edge_m) {
    TRY_ASSIGN(rows, records.all(view, "geofence"));
    Fences out;
    for (const auto& row : rows) {
        if (auto fence = Fence::from(row, edge_m)) out[row.id] = std::move(fence);
    }
    return out;
}

bool carries_dangerous_goods(const bigdata::Record& record) {
    return !text_at(record.fields, "dangerous_goods").empty();
}

bool is_dangerous(const bigdata::Register& records, const std::string& zone,
                  const sensing::Stream& stream) {
    const bigdata::View view{zone, stream.space, bigdata::RowFilter::everything()};
    const auto device = records.get(view, "device", stream.device);
    if (device && carries_dangerous_goods(*device)) return true;
    const auto vehicles = records.all(
        view, "vehicle", {{"device", bigdata::Compare::equal, json::value(stream.device.text())}});
    return vehicles && std::ranges::any_of(*vehicles, carries_dangerous_goods);
}

}  // namespace anlan::monitoring
