// The entity sets of SensorThings 1.1 (18-088, clause 8), their properties and how they hang
// together. Device → Thing, Location, Sensor and FeatureOfInterest under one id; datastream →
// Datastream; code of table `property` → ObservedProperty; the lake → Observations.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace anlan::center::sensorthings {

enum class Set {
    things,
    locations,
    historical_locations,
    datastreams,
    sensors,
    observed_properties,
    observations,
    features
};

struct Navigation {
    std::string_view name;  ///< "Thing", "Datastreams".
    Set target;
    bool many = false;
};

struct SetRow {
    Set set;
    std::string_view name, singular;
    std::span<const std::string_view> properties;
    std::span<const Navigation> navigation;

    [[nodiscard]] const Navigation* link(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view property) const;
};

std::span<const SetRow> sets();
const SetRow& row_of(Set set);
/// By the plural name; null for none.
const SetRow* set_named(std::string_view name);

}  // namespace anlan::center::sensorthings
