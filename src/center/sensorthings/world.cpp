#include "center/sensorthings/world.h"

#include "center/sensorthings/errors.h"
#include "center/sensorthings/scan.h"
#include "foundations/bigdata/errors.h"
#include "foundations/sensing/gateways/sensorthings/decoder.h"

#include <algorithm>

namespace anlan::center::sensorthings {
namespace {

namespace posted = sensing::sensorthings;

std::unexpected<Error> not_found(Set set, std::string_view id) {
    return fail(errors::k_st_not_found, {{"path", std::string(row_of(set).name) + "('" +
                                                      std::string(id.substr(0, 80)) + "')"}});
}

Entity of_device(const Device& device, Set set) {
    Entity out;
    out.set = set;
    out.device = device;
    return out;
}

Entity of_property(std::string code) {
    Entity out;
    out.set = Set::observed_properties;
    out.property = std::move(code);
    return out;
}

std::string property_code(const Datastream& datastream) {
    return std::string(text_at(datastream->fields, "property"));
}

/// "<uuid>:<ms>", an id of a place at a time.
std::optional<posted::ObservationId> timed(std::string_view id) {
    return posted::parse_observation_id(id);
}

}  // namespace

Device World::keep_device(bigdata::Record record) {
    m_context.access.mask(m_call.who, record);
    const Uuid id = record.id;
    return m_devices.try_emplace(id, std::make_shared<const bigdata::Record>(std::move(record)))
        .first->second;
}

Datastream World::keep_datastream(bigdata::Record record) {
    m_context.access.mask(m_call.who, record);
    const Uuid id = record.id;
    return m_datastreams.try_emplace(id, std::make_shared<const bigdata::Record>(std::move(record)))
        .first->second;
}

Result<Device> World::device(const Uuid& id) {
    if (const auto at = m_devices.find(id); at != m_devices.end()) return at->second;
    auto record = m_context.records.get(view("device"), "device", id);
    if (!record) return not_found(Set::things, id.text());
    return keep_device(std::move(*record));
}

Result<Datastream> World::datastream(const Uuid& id) {
    if (const auto at = m_datastreams.find(id); at != m_datastreams.end()) return at->second;
    auto record = m_context.records.get(view("datastream"), "datastream", id);
    if (!record) return not_found(Set::datastreams, id.text());
    return keep_datastream(std::move(*record));
}

Result<std::vector<Device>> World::devices() {
    if (!m_all_devices) {
        TRY_ASSIGN(records, m_context.records.all(view("device"), "device"));
        for (auto& each : records) keep_device(std::move(each));
        m_all_devices = true;
    }
    std::vector<Device> out;
    for (const auto& [id, each] : m_devices) out.push_back(each);
    return out;
}

/// Of visible devices only.
Result<std::vector<Datastream>> World::datastreams() {
    if (!m_all_datastreams) {
        TRY(devices());
        TRY_ASSIGN(records, m_context.records.all(view("datastream"), "datastream"));
        for (auto& each : records) keep_datastream(std::move(each));
        m_all_datastreams = true;
        m_of_device.clear();
        for (const auto& [id, each] : m_datastreams) {
            const auto owner = Uuid::parse(text_at(each->fields, "device"));
            if (owner && m_devices.contains(*owner)) m_of_device[*owner].push_back(each);
        }
    }
    std::vector<Datastream> out;
    for (const auto& [owner, each] : m_of_device) out.insert(out.end(), each.begin(), each.end());
    return out;
}

Result<std::vector<Datastream>> World::datastreams_of(const Device& device) {
    const auto at = m_of_device.find(device->id);
    if (at != m_of_device.end()) return at->second;
    std::vector<Datastream> out;
    if (!m_all_datastreams) {
        TRY_ASSIGN(records, m_context.records.all(view("datastream"), "datastream",
                                                  {{"device", bigdata::Compare::equal,
                                                    json::value(device->id.text())}}));
        for (auto& each : records) out.push_back(keep_datastream(std::move(each)));
        m_of_device.emplace(device->id, out);
    }
    return out;
}

Result<Entity> World::of_datastream(const Datastream& stream, Set set) {
    const auto owner = Uuid::parse(text_at(stream->fields, "device"));
    if (!owner) return not_found(Set::datastreams, stream->id.text());
    TRY_ASSIGN(owned_by, device(*owner));
    Entity out = of_device(owned_by, set);
    out.datastream = stream;
    return out;
}

Result<std::optional<std::pair<bigdata::StreamNumber, bigdata::StreamNumber>>>
World::position_streams(const Device& device) {
    TRY_ASSIGN(streams, datastreams_of(device));
    std::optional<bigdata::StreamNumber> longitude, latitude;
    for (const auto& each : streams) {
        Entity entity = of_device(device, Set::datastreams);
        entity.datastream = each;
        const std::string code = property_code(each);
        if (code == "longitude") longitude = stream_of(entity);
        if (code == "latitude") latitude = stream_of(entity);
    }
    std::optional<std::pair<bigdata::StreamNumber, bigdata::StreamNumber>> out;
    if (longitude && latitude) out.emplace(*longitude, *latitude);
    return out;
}

/// Its last position, or where its record says that it stands.
Result<std::optional<LonLat>> World::place_of(const Device& device) {
    TRY_ASSIGN(streams, position_streams(device));
    if (streams) {
        const auto east = m_context.lake.last(streams->first);
        const auto north = m_context.lake.last(streams->second);
        if (east && north && east->at == north->at)
            return std::optional(LonLat{east->value, north->value});
    }
    if (device->geometry) return std::optional(anchor_of(*device->geometry));
    return std::optional<LonLat>();
}

Result<Entity> World::with_place(const Device& device, std::optional<Timestamp> at) {
    Entity out = of_device(device, Set::historical_locations);
    out.at = at;
    TRY_ASSIGN(streams, position_streams(device));
    if (streams && at) {
        TRY_ASSIGN(east, m_context.lake.raw(streams->first, *at, *at + 1, 1));
        TRY_ASSIGN(north, m_context.lake.raw(streams->second, *at, *at + 1, 1));
        if (!east.empty() && !north.empty()) {
            out.place = {east.front().value, north.front().value};
            return out;
        }
    }
    return not_found(Set::historical_locations, id_of(out));
}

Result<Entity> World::find(Set set, std::string_view id) {
    if (set == Set::observed_properties) {
        const auto* table = m_context.catalog.codes("property");
        if (table == nullptr || table->find(id) == nullptr) return not_found(set, id);
        return of_property(std::string(id));
    }
    if (set == Set::observations) {
        const auto parts = timed(id);
        if (!parts) return not_found(set, id);
        TRY_ASSIGN(stream, datastream(parts->datastream));
        TRY_ASSIGN(out, of_datastream(stream, set));
        const auto number = stream_of(out);
        if (!number) return not_found(set, id);
        TRY_ASSIGN(rows, m_context.lake.raw(*number, parts->at, parts->at + 1, 1));
        if (rows.empty()) return not_found(set, id);
        out.observation = rows.front();
        return std::move(out);
    }
    const auto past = timed(id);
    if (past && (set == Set::historical_locations || set == Set::locations)) {
        TRY_ASSIGN(mover, device(past->datastream));
        TRY_ASSIGN(out, with_place(mover, past->at));
        out.set = set;
        return std::move(out);
    }
    const auto uuid = Uuid::parse(id);
    if (!uuid || set == Set::historical_locations) return not_found(set, id);
    if (set == Set::datastreams) {
        TRY_ASSIGN(stream, datastream(*uuid));
        return of_datastream(stream, set);
    }
    TRY_ASSIGN(found, device(*uuid));
    if (set == Set::locations || set == Set::features) {
        TRY_ASSIGN(place, place_of(found));
        if (!place && set == Set::locations) return not_found(set, id);
    }
    return of_device(found, set);
}

Result<std::vector<Entity>> World::with_property(const std::string& property) {
    TRY_ASSIGN(streams, datastreams());
    std::vector<Entity> out;
    for (const auto& each : streams) {
        if (property_code(each) != property) continue;
        TRY_ASSIGN(entity, of_datastream(each, Set::datastreams));
        out.push_back(std::move(entity));
    }
    return out;
}

Result<std::vector<Entity>> World::all(Set set) {
    std::vector<Entity> out;
    if (set == Set::observed_properties) {
        if (const auto* table = m_context.catalog.codes("property")) {
            for (const auto& code : table->codes) out.push_back(of_property(code.value));
        }
        return out;
    }
    if (set == Set::datastreams) {
        TRY_ASSIGN(streams, datastreams());
        for (const auto& each : streams) {
            TRY_ASSIGN(entity, of_datastream(each, set));
            out.push_back(std::move(entity));
        }
        return out;
    }
    TRY_ASSIGN(found, devices());
    TRY(datastreams());  // At once rather than one device at a time, when a filter asks.
    for (const auto& each : found) {
        if (set == Set::locations) {
            TRY_ASSIGN(place, place_of(each));
            if (!place) continue;
        }
        out.push_back(of_device(each, set));
    }
    return out;
}

Result<std::vector<Entity>> World::related(const Entity& from, const Navigation& link) {
    std::vector<Entity> out;
    if (link.target == Set::observed_properties) {
        out.push_back(of_property(property_code(from.datastream)));
    } else if (from.set == Set::observed_properties) {
        return with_property(from.property);
    } else if (link.target == Set::datastreams && link.many) {
        TRY_ASSIGN(streams, datastreams_of(from.device));
        for (const auto& each : streams) {
            out.push_back(of_device(from.device, Set::datastreams));
            out.back().datastream = each;
        }
    } else if (link.target == Set::datastreams) {
        out.push_back(from);
        out.back().set = Set::datastreams;
    } else if (link.target == Set::locations && from.set == Set::historical_locations) {
        out.push_back(from);
        out.back().set = Set::locations;
    } else {
        if (link.target == Set::locations) {
            TRY_ASSIGN(place, place_of(from.device));
            if (!place) return out;
        }
        out.push_back(of_device(from.device, link.target));
    }
    return out;
}

bool World::hang_together(const Entity& parent, const Entity& child) {
    if (parent.set == Set::observed_properties)
        return child.datastream && property_code(child.datastream) == parent.property;
    if (child.set == Set::observed_properties)
        return parent.datastream && property_code(parent.datastream) == child.property;
    if (parent.set == Set::datastreams && child.datastream)
        return child.datastream->id == parent.datastream->id;
    if (parent.at && child.at && *parent.at != *child.at) return false;
    return parent.device->id == child.device->id;
}

std::optional<bigdata::StreamNumber> World::stream_of(const Entity& datastream) const {
    const auto stream = m_context.hub.find(m_call.space, datastream.datastream->id);
    return stream ? std::optional(stream->number) : std::nullopt;
}

Result<std::vector<Entity>> World::datastreams_below(const Entity* from) {
    if (from == nullptr) return all(Set::datastreams);
    if (from->set == Set::datastreams) return std::vector<Entity>{*from};
    static constexpr Navigation k_datastreams{"Datastreams", Set::datastreams, true};
    return related(*from, k_datastreams);
}

Result<std::vector<Entity>> World::positions(const Entity* from, TimeBounds bounds,
                                             std::size_t limit) {
    std::vector<Device> movers;
    if (from != nullptr) {
        movers.push_back(from->device);
    } else {
        TRY(datastreams());
        TRY_ASSIGN(everybody, devices());
        movers = everybody;
    }
    std::vector<Entity> out;
    for (const auto& mover : movers) {
        TRY_ASSIGN(streams, position_streams(mover));
        if (!streams) continue;
        Scan east(m_context.lake, streams->first, bounds.from, bounds.to, Direction::newest_first);
        Scan north(m_context.lake, streams->second, bounds.from, bounds.to,
                   Direction::newest_first);
        for (std::size_t count = 0; count < limit;) {
            TRY_ASSIGN(x, east.peek());
            TRY_ASSIGN(y, north.peek());
            if (x == nullptr || y == nullptr) break;
            if (x->at == y->at) {
                out.push_back(of_device(mover, Set::historical_locations));
                out.back().at = x->at;
                out.back().place = {x->value, y->value};
                ++count;
            }
            const Timestamp newer = std::max(x->at, y->at);
            const bool east_goes = x->at == newer, north_goes = y->at == newer;
            if (east_goes) east.next();
            if (north_goes) north.next();
        }
    }
    std::ranges::stable_sort(out, [](const Entity& a, const Entity& b) { return *a.at > *b.at; });
    if (out.size() > limit) out.resize(limit);
    return out;
}

}  // namespace anlan::center::sensorthings
