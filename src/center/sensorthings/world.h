// What the caller may see, as SensorThings entities: made from device and datastream records and
// the lake when they are asked for, under the access rule. Of one request; not thread-safe.
#pragma once

#include "center/context.h"
#include "center/sensorthings/evaluate.h"
#include "center/sensorthings/model.h"
#include "core/route.h"

#include <list>
#include <map>
#include <set>

namespace anlan::center::sensorthings {

using Device = std::shared_ptr<const bigdata::Record>;
using Datastream = std::shared_ptr<const bigdata::Record>;

/// One entity of any set. Which members it has follows from the set.
struct Entity {
    Set set = Set::things;
    Device device;          ///< Of all but ObservedProperty.
    Datastream datastream;  ///< Of Datastream and Observation.
    std::string property;   ///< Of ObservedProperty: its code.
    bigdata::Observation observation{};
    /// Of HistoricalLocation, and of a Location of the past.
    std::optional<Timestamp> at{};
    LonLat place{};  ///< Where the device was `at`.
};

class World {
  public:
    World(const CenterContext& context, const Call& call) : m_context(context), m_call(call) {}

    [[nodiscard]] const CenterContext& context() const { return m_context; }
    /// "https://host/v1.1"
    [[nodiscard]] std::string root() const { return m_call.origin + "/v1.1"; }

    /// Errors: sensorthings_not_found, those of the register and the lake.
    Result<Entity> find(Set set, std::string_view id);
    /// Every entity of a set but Observations and HistoricalLocations. Errors: as find().
    Result<std::vector<Entity>> all(Set set);
    /// What hangs on `from`; for Observations see datastreams_below(), for HistoricalLocations
    /// positions().
    Result<std::vector<Entity>> related(const Entity& from, const Navigation& link);
    /// Whether `child` is what the navigation from `parent` leads to.
    static bool hang_together(const Entity& parent, const Entity& child);

    /// The datastreams whose observations a navigation to Observations means; all for null.
    Result<std::vector<Entity>> datastreams_below(const Entity* from);
    /// Where the devices were in [from, to), newest first, at most `limit`; all devices for null.
    Result<std::vector<Entity>> positions(const Entity* from, TimeBounds bounds, std::size_t limit);
    [[nodiscard]] std::optional<bigdata::StreamNumber> stream_of(const Entity& datastream) const;

    [[nodiscard]] static std::string id_of(const Entity& entity);
    [[nodiscard]] std::string link_of(const Entity& entity) const;
    /// A property's value, null for none. Errors: sensorthings_no_property.
    Result<json::value> property_of(const Entity& entity, std::string_view name);
    /// Values of a path from the entity, through navigations too. Errors: those of the others.
    Result<Values> lookup(const Entity& entity, std::span<const std::string> path);

  private:
    Result<Device> device(const Uuid& id);
    Result<Datastream> datastream(const Uuid& id);
    Result<std::vector<Datastream>> datastreams_of(const Device& device);
    Result<std::vector<Device>> devices();
    Result<std::vector<Datastream>> datastreams();
    Result<Entity> of_datastream(const Datastream& datastream, Set set);
    Result<std::vector<Entity>> with_property(const std::string& property);
    Result<Entity> with_place(const Device& device, std::optional<Timestamp> at);
    Result<std::optional<std::pair<bigdata::StreamNumber, bigdata::StreamNumber>>> position_streams(
        const Device& device);
    Result<std::optional<LonLat>> place_of(const Device& device);
    Device keep_device(bigdata::Record record);
    Datastream keep_datastream(bigdata::Record record);

    [[nodiscard]] bigdata::View view(std::string_view kind) const {
        return m_context.access.view(m_call.who, m_call.space, kind);
    }
    [[nodiscard]] std::string name_of(const bigdata::Record& record) const;
    [[nodiscard]] std::string description_of(const Entity& entity);

    const CenterContext& m_context;
    const Call& m_call;
    std::map<Uuid, Device> m_devices;
    std::map<Uuid, Datastream> m_datastreams;
    std::map<Uuid, std::vector<Datastream>> m_of_device;
    bool m_all_devices = false, m_all_datastreams = false;
};

}  // namespace anlan::center::sensorthings
