// What is there: records with a place, found in memory by area or by nearness. For programs inside
// (the decision application's 50 ms), which see everything of their zone.
#pragma once

#include "core/geo.h"
#include "core/ids.h"
#include "foundations/bigdata/record.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::map {

struct Nearby {
    std::string kind;
    Uuid id;
    std::string title, title_en;
    bigdata::Scope scope;
    Geometry geometry;
    LonLat anchor;          ///< anchor_of(geometry).
    double distance_m = 0;  ///< From the point asked about to the anchor, in local metres.
};

class Surroundings {
  public:
    virtual ~Surroundings() = default;
    /// Records of `kinds` whose geometry shares a point with `area`, nearest to `from` first.
    /// Unknown kinds and spaces give nothing.
    [[nodiscard]] virtual std::vector<Nearby> inside(std::string_view space,
                                                     std::span<const std::string> kinds,
                                                     const Geometry& area, LonLat from) const = 0;
    /// At most `count` records of `kind`, nearest to `from` first, by their anchors.
    [[nodiscard]] virtual std::vector<Nearby> nearest(std::string_view space, std::string_view kind,
                                                      LonLat from, std::size_t count) const = 0;
};

}  // namespace anlan::map
