// The properties of SensorThings entities, from the records' fields.
#include "center/sensorthings/errors.h"
#include "center/sensorthings/world.h"
#include "foundations/sensing/gateways/sensorthings/decoder.h"

#include <array>

namespace anlan::center::sensorthings {
namespace {

constexpr std::string_view k_geojson = "application/geo+json";
constexpr std::string_view k_measurement =
    "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";

constexpr std::array<std::string_view, 3> k_qualities{"good", "uncertain", "bad"};

/// The record's fields but for names, and for what is another entity or a secret.
json::object other_fields(const bigdata::Record& record) {
    json::object out;
    for (const auto& [name, value] : record.fields) {
        if (name == "name" || name == "name_en" || name == "credential_hash" || name == "device" ||
            name == "unit" || name == "description" || name == "description_en")
            continue;
        out.emplace(name, value);
    }
    return out;
}

}  // namespace

std::string World::name_of(const bigdata::Record& record) const {
    const auto english = text_at(record.fields, "name_en");
    if (m_call.language == Language::en && !english.empty()) return std::string(english);
    return std::string(text_at(record.fields, "name"));
}

std::string World::id_of(const Entity& e) {
    namespace posted = sensing::sensorthings;
    if (e.set == Set::observed_properties) return e.property;
    if (e.set == Set::observations)
        return posted::observation_id(e.datastream->id, e.observation.at);
    if (e.set == Set::datastreams) return e.datastream->id.text();
    return e.at ? posted::observation_id(e.device->id, *e.at) : e.device->id.text();
}

std::string World::link_of(const Entity& e) const {
    return root() + '/' + std::string(row_of(e.set).name) + "('" + id_of(e) + "')";
}

std::string World::description_of(const Entity& e) {
    const bigdata::Record& record = e.set == Set::datastreams ? *e.datastream : *e.device;
    const bool english = m_call.language == Language::en;
    std::string own(text_at(record.fields, english ? "description_en" : "description"));
    if (own.empty()) own = text_at(record.fields, english ? "zone_text_en" : "zone_text");
    if (!own.empty()) return own;
    const auto* table =
        m_context.catalog.codes(e.set == Set::datastreams ? "property" : "device_type");
    const auto* code =
        table == nullptr
            ? nullptr
            : table->find(text_at(record.fields, e.set == Set::datastreams ? "property" : "type"));
    if (code == nullptr) return name_of(record);
    return english ? code->label.en : code->label.zh;
}

Result<json::value> World::property_of(const Entity& e, std::string_view name) {
    if (name == "id") return json::value(id_of(e));
    if (!row_of(e.set).has(name)) {
        return fail(errors::k_st_no_property, {{"set", std::string(row_of(e.set).name)},
                                               {"name", std::string(name.substr(0, 80))}});
    }
    if (e.set == Set::observations) {
        if (name == "phenomenonTime") return json::value(iso8601(e.observation.at));
        if (name == "resultTime") return json::value(iso8601(e.observation.received));
        if (name == "result") return json::value(e.observation.value);
        return json::value(k_qualities[static_cast<std::size_t>(e.observation.quality)]);
    }
    if (e.set == Set::observed_properties) {
        const auto* table = m_context.catalog.codes("property");
        const auto* code = table == nullptr ? nullptr : table->find(e.property);
        if (name == "definition") return json::value("urn:anlan:property:" + e.property);
        if (code == nullptr || name == "properties") return json::value(json::object{});
        return json::value((m_call.language == Language::en) == (name == "name") ? code->label.en
                                                                                 : code->label.zh);
    }
    if (name == "time") return json::value(iso8601(*e.at));
    if (name == "encodingType")
        return json::value(e.set == Set::sensors ? std::string_view("text/plain") : k_geojson);
    if (name == "location" || name == "feature" || name == "observedArea") {
        if (e.at) return json::value(to_json(Geometry::point(e.place)));
        TRY_ASSIGN(place, place_of(e.device));
        if (!place) return json::value(nullptr);
        return json::value(to_json(Geometry::point(*place)));
    }
    if (e.set == Set::datastreams) {
        if (name == "observationType") return json::value(k_measurement);
        if (name == "unitOfMeasurement") {
            const auto unit = text_at(e.datastream->fields, "unit");
            const auto known = [&](bool yes) {
                return yes ? json::value(unit) : json::value(nullptr);
            };
            return json::value(json::object{{"name", known(!unit.empty())},
                                            {"symbol", known(!unit.empty())},
                                            {"definition", nullptr}});
        }
        if (name == "phenomenonTime") {
            const auto number = stream_of(e);
            const auto last = number ? m_context.lake.last(*number) : std::nullopt;
            return last ? json::value(iso8601(last->at)) : json::value(nullptr);
        }
        if (name == "properties") return json::value(other_fields(*e.datastream));
        return json::value(name == "name" ? name_of(*e.datastream) : description_of(e));
    }
    if (name == "metadata") {
        std::string out(text_at(e.device->fields, "manufacturer"));
        const auto model = text_at(e.device->fields, "model");
        if (!out.empty() && !model.empty()) out += ' ';
        out += model;
        const auto sheet = text_at(e.device->fields, "metadata");
        return json::value(sheet.empty() ? out : std::string(sheet));
    }
    if (name == "properties") return json::value(other_fields(*e.device));
    return json::value(name == "name" ? name_of(*e.device) : description_of(e));
}

Result<Values> World::lookup(const Entity& e, std::span<const std::string> path) {
    const SetRow& row = row_of(e.set);
    if (const Navigation* link = row.link(path.front()); link != nullptr && path.size() > 1) {
        Values out;
        if (link->target == Set::observations || link->target == Set::historical_locations) {
            return fail(errors::k_st_too_much,
                        {{"max", "0"}, {"how", std::string(link->name) + " ($expand)"}});
        }
        TRY_ASSIGN(found, related(e, *link));
        for (const auto& each : found) {
            TRY_ASSIGN(values, lookup(each, path.subspan(1)));
            out.insert(out.end(), values.begin(), values.end());
        }
        return out;
    }
    // Times as times, without a text in between.
    if (e.set == Set::observations && path.size() == 1) {
        if (path[0] == "result") return Values{e.observation.value};
        if (path[0] == "phenomenonTime") return Values{e.observation.at};
        if (path[0] == "resultTime") return Values{e.observation.received};
    }
    TRY_ASSIGN(whole, property_of(e, path.front()));
    const json::value* at = &whole;
    for (const std::string& part : path.subspan(1)) {
        const auto* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(part);
        if (at == nullptr) return Values{};
    }
    return Values{value_of(*at)};
}

}  // namespace anlan::center::sensorthings
