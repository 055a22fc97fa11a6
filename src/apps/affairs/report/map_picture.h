// The map of a printed report: base layers, zones with their patterns, routes, wind and scale.
#pragma once

#include "apps/affairs/report/words.h"
#include "core/geo.h"
#include "core/json.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

struct _cairo;

namespace anlan::affairs {

/// Base layers (GeoJSON files) in local metres, loaded once.
class BaseMap {
  public:
    /// Reads land, zone, blocks, buildings and green where they are; a missing file is left out.
    static BaseMap load(const std::filesystem::path& folder);

    struct Shape {
        std::vector<std::vector<Local>> rings;
        Bounds bounds;
    };
    [[nodiscard]] const std::vector<Shape>& layer(std::string_view name) const;

  private:
    std::map<std::string, std::vector<Shape>, std::less<>> m_layers;
};

struct MapContent {
    LonLat source;
    json::object impact;  ///< Fields of an impact record.
    std::vector<Geometry> roads, routes;
};

/// Draws into width × height points: fits the zones (at least 1 km), north up.
void draw_map(_cairo* on, double width, double height, const BaseMap& base,
              const MapContent& content, const Words& words, Language language);

}  // namespace anlan::affairs
