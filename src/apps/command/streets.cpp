#include "apps/command/streets.h"

namespace anlan::command {

Result<std::shared_ptr<const routing::Graph>> streets_from(
    const std::vector<bigdata::Record>& roads, const Settings& settings) {
    std::vector<routing::Road> out;
    for (const auto& record : roads) {
        const auto& f = record.fields;
        const bool line = record.geometry && record.geometry->type == GeometryType::line_string &&
                          !record.geometry->parts.empty() && !record.geometry->parts[0].empty();
        const auto by_class = settings.speed_m_s.find(text_at(f, "class"));
        const double own = number_at(f, "speed_km_h", 0) / 3.6;
        const double speed = own > 0                                ? own
                             : by_class == settings.speed_m_s.end() ? 0
                                                                    : by_class->second;
        if (!line || speed <= 0) continue;
        const std::string reason(text_at(f, "closed_reason"));
        out.push_back({record.id,
                       {std::string(text_at(f, "name")), std::string(text_at(f, "name_en"))},
                       record.geometry->parts[0][0],
                       MetresPerSecond(speed),
                       boolean_at(f, "one_way", false),
                       boolean_at(f, "closed", false),
                       {reason, reason}});
    }
    TRY_ASSIGN(graph, routing::Graph::build(out));
    return std::make_shared<const routing::Graph>(std::move(graph));
}

}  // namespace anlan::command
