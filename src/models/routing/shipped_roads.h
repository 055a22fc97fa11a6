// For tests and benchmarks: the roads of the shipped zone, from its record file.
#pragma once

#include "core/json.h"
#include "models/routing/graph.h"

#include <fstream>
#include <string>
#include <vector>

namespace anlan::routing {

inline std::vector<Road> shipped_roads(const std::string& path) {
    std::vector<Road> roads;
    std::ifstream file(path);
    for (std::string text; std::getline(file, text);) {
        const auto value = parse_json(text);
        ASSERT(value.has_value() && value->is_object());
        const auto& o = value->as_object();
        const auto& f = object_at(o, "fields");
        auto line = geometry_from_json(o.at("geometry"));
        const auto id = Uuid::parse(text_at(o, "id"));
        ASSERT(line.has_value() && id.has_value());
        roads.push_back({*id,
                         {std::string(text_at(f, "name")), std::string(text_at(f, "name_en"))},
                         std::move(line->parts.front().front()),
                         MetresPerSecond(number_at(f, "speed_km_h", 0) / 3.6),
                         boolean_at(f, "one_way", false),
                         boolean_at(f, "closed", false),
                         {}});
    }
    return roads;
}

}  // namespace anlan::routing
