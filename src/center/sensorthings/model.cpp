#include "center/sensorthings/model.h"

#include <algorithm>
#include <array>

namespace anlan::center::sensorthings {
namespace {

using Names = std::string_view;

constexpr std::array<Names, 3> k_thing{"name", "description", "properties"};
constexpr std::array<Names, 5> k_location{"name", "description", "encodingType", "location",
                                          "properties"};
constexpr std::array<Names, 1> k_historical{"time"};
constexpr std::array<Names, 7> k_datastream{"name",         "description",       "observationType",
                                            "observedArea", "unitOfMeasurement", "phenomenonTime",
                                            "properties"};
constexpr std::array<Names, 5> k_sensor{"name", "description", "encodingType", "metadata",
                                        "properties"};
constexpr std::array<Names, 4> k_property{"name", "definition", "description", "properties"};
constexpr std::array<Names, 4> k_observation{"phenomenonTime", "resultTime", "result",
                                             "resultQuality"};
constexpr std::array<Names, 5> k_feature{"name", "description", "encodingType", "feature",
                                         "properties"};

constexpr std::array k_of_thing{Navigation{"Locations", Set::locations, true},
                                Navigation{"HistoricalLocations", Set::historical_locations, true},
                                Navigation{"Datastreams", Set::datastreams, true}};
constexpr std::array k_of_location{
    Navigation{"Things", Set::things, true},
    Navigation{"HistoricalLocations", Set::historical_locations, true}};
constexpr std::array k_of_historical{Navigation{"Thing", Set::things},
                                     Navigation{"Locations", Set::locations, true}};
constexpr std::array k_of_datastream{Navigation{"Thing", Set::things},
                                     Navigation{"Sensor", Set::sensors},
                                     Navigation{"ObservedProperty", Set::observed_properties},
                                     Navigation{"Observations", Set::observations, true}};
constexpr std::array k_of_sensor{Navigation{"Datastreams", Set::datastreams, true}};
constexpr std::array k_of_observation{Navigation{"Datastream", Set::datastreams},
                                      Navigation{"FeatureOfInterest", Set::features}};
constexpr std::array k_of_feature{Navigation{"Observations", Set::observations, true}};

constexpr std::array k_sets{
    SetRow{Set::things, "Things", "Thing", k_thing, k_of_thing},
    SetRow{Set::locations, "Locations", "Location", k_location, k_of_location},
    SetRow{Set::historical_locations, "HistoricalLocations", "HistoricalLocation", k_historical,
           k_of_historical},
    SetRow{Set::datastreams, "Datastreams", "Datastream", k_datastream, k_of_datastream},
    SetRow{Set::sensors, "Sensors", "Sensor", k_sensor, k_of_sensor},
    SetRow{Set::observed_properties, "ObservedProperties", "ObservedProperty", k_property,
           k_of_sensor},
    SetRow{Set::observations, "Observations", "Observation", k_observation, k_of_observation},
    SetRow{Set::features, "FeaturesOfInterest", "FeatureOfInterest", k_feature, k_of_feature},
};

}  // namespace

std::span<const SetRow> sets() {
    return k_sets;
}

const SetRow& row_of(Set set) {
    return k_sets[static_cast<std::size_t>(set)];
}

const SetRow* set_named(std::string_view name) {
    const auto at = std::ranges::find(k_sets, name, &SetRow::name);
    return at == k_sets.end() ? nullptr : &*at;
}

const Navigation* SetRow::link(std::string_view wanted) const {
    const auto at = std::ranges::find(navigation, wanted, &Navigation::name);
    return at == navigation.end() ? nullptr : &*at;
}

bool SetRow::has(std::string_view property) const {
    return property == "id" || std::ranges::find(properties, property) != properties.end();
}

}  // namespace anlan::center::sensorthings
