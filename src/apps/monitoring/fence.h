// A geofence: an area on the ground, for which devices, and how far outside its edge a thing must
// be before it has left.
#pragma once

#include "core/geo.h"
#include "core/ids.h"
#include "core/label.h"
#include "foundations/bigdata/register.h"
#include "foundations/sensing/hub.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace anlan::monitoring {

enum class Edge { outside, inside };  ///< Where the thing was before.

class Fence {
  public:
    /// Nothing when the record has no area.
    static std::shared_ptr<const Fence> from(const bigdata::Record& record, double edge_m);

    Uuid id;
    Label name;
    bool enabled = true;
    bool dangerous_only = false;         ///< Only what carries dangerous goods.
    std::set<std::string> device_types;  ///< Empty: vehicles and ships.

    [[nodiscard]] bool takes(std::string_view device_type) const;
    /// Within the area; what was inside stays so up to `edge_m` beyond the edge, so that a receiver
    /// that trembles at the edge enters once. Cost: under 1 µs away from it, else about 1 µs and
    /// the edge's points.
    [[nodiscard]] bool holds(LonLat place, Edge before) const;

  private:
    Geometry m_area;
    Bounds m_bounds;  ///< With the margin of the edge.
    std::vector<std::vector<Local>> m_rings;
    double m_edge_m = 0;
};

using Fences = std::map<Uuid, std::shared_ptr<const Fence>>;

/// Those of the view that have an area. Errors: those of the register.
Result<Fences> read_fences(const bigdata::Register& records, const bigdata::View& view,
                           double edge_m);

/// Of a device's or a vehicle's record.
bool carries_dangerous_goods(const bigdata::Record& record);
/// By the record of the datastream's device, or by that of the vehicle that carries it.
bool is_dangerous(const bigdata::Register& records, const std::string& zone,
                  const sensing::Stream& stream);

}  // namespace anlan::monitoring
