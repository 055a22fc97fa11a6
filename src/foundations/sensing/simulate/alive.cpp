#include "foundations/sensing/simulate/alive.h"

#include "core/units.h"

#include "foundations/sensing/simulate/detectors.h"
#include "foundations/sensing/simulate/movers.h"
#include "foundations/sensing/simulate/weather.h"

#include <yaml-cpp/yaml.h>

#include <fstream>
#include <map>

namespace anlan::sensing::simulate {
namespace {

/// A record as records/*.ndjson keep it.
struct Row {
    std::string id;
    json::object fields;
    std::optional<Geometry> geometry;
    [[nodiscard]] std::string text(std::string_view key) const {
        return std::string(text_at(fields, key));
    }
};

Result<std::vector<Row>> read_rows(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) return fail(errors::k_alive_wrong, {{"file", path.string()}, {"what", "cannot open"}});
    std::vector<Row> out;
    int number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty()) continue;
        const auto value = parse_json(line);
        const auto* o = value ? value->if_object() : nullptr;
        if (o == nullptr) {
            return fail(errors::k_alive_wrong,
                        {{"file", path.string() + ":" + std::to_string(number)},
                         {"what", "not a JSON object"}});
        }
        Row row{std::string(text_at(*o, "id")), object_at(*o, "fields"), {}};
        if (const auto* geometry = o->if_contains("geometry");
            geometry != nullptr && !geometry->is_null()) {
            TRY_ASSIGN(read, geometry_from_json(*geometry));
            row.geometry = std::move(read);
        }
        out.push_back(std::move(row));
    }
    return out;
}

Wander wander_of(const YAML::Node& node, double scale = 1) {
    return {node["deviation"].as<double>() * scale, node["forgets_s"].as<double>(), 0};
}

constexpr double k_pascals_per_hectopascal = 100;

WeatherSettings weather_of(const YAML::Node& root) {
    WeatherSettings out;
    for (const YAML::Node& m : root["climate"]["months"]) {
        out.months.at(m["month"].as<std::size_t>() - 1) = {
            m["wind_from_deg"].as<double>(),
            m["wind_m_s"].as<double>(),
            m["temperature_c"].as<double>() + k_zero_celsius_k,
            m["half_range_k"].as<double>(),
            m["humidity_percent"].as<double>(),
            m["pressure_hpa"].as<double>() * k_pascals_per_hectopascal};
    }
    const YAML::Node w = root["weather"];
    out.wind_speed = wander_of(w["wind_speed"]);
    out.wind_direction = wander_of(w["wind_direction"]);
    out.gust = wander_of(w["gust"]);
    out.temperature_k = wander_of(w["temperature_k"]);
    out.humidity_percent = wander_of(w["humidity_percent"]);
    out.pressure_pa = wander_of(w["pressure_hpa"], k_pascals_per_hectopascal);
    out.cloud = wander_of(w["cloud"]);
    out.cloud_mean = w["cloud"]["mean"].as<double>();
    return out;
}

TideSettings tide_of(const YAML::Node& node) {
    TideSettings out{node["mean_m"].as<double>(), node["ripple_m"].as<double>(), {}};
    for (const YAML::Node& c : node["constituents"]) {
        out.constituents.push_back({c["speed_deg_h"].as<double>(), c["amplitude_m"].as<double>(),
                                    c["phase_deg"].as<double>()});
    }
    return out;
}

std::map<std::string, Lane> lanes_of(const YAML::Node& ships) {
    std::map<std::string, Lane> out;
    for (const YAML::Node& node : ships["lanes"]) {
        Lane lane{{}, node["speed_m_s"].as<double>(), node["loop"].as<bool>(false)};
        for (const YAML::Node& p : node["points"])
            lane.points.push_back({p[0].as<double>(), p[1].as<double>()});
        if (lane.points.size() < 2)
            throw YAML::RepresentationException(node.Mark(), "a lane has at least two points");
        for (const YAML::Node& ship : node["ships"]) out.emplace(ship.as<std::string>(), lane);
    }
    return out;
}

std::shared_ptr<const Streets> streets_of(const std::vector<Row>& roads) {
    auto out = std::make_shared<Streets>();
    for (const Row& road : roads) {
        if (!road.geometry || road.geometry->type != GeometryType::line_string) continue;
        const bool one_way = boolean_at(road.fields, "one_way", false);
        out->add(road.geometry->parts.at(0).at(0), one_way ? Traffic::one_way : Traffic::both_ways,
                 number_at(road.fields, "speed_km_h", 30) / 3.6);
    }
    return out;
}

/// Makes the behaviours of one device after another, given its channels.
class Zone {
  public:
    Zone(const YAML::Node& root, std::shared_ptr<const Streets> streets)
        : m_root(root),
          m_weather(weather_of(root)),
          m_tide(tide_of(root["tide"])),
          m_lanes(lanes_of(root["ships"])),
          m_streets(std::move(streets)) {}

    void fill(Device& device, const Row& row, const std::vector<Row>& channels) const {
        const std::string type = row.text("type");
        const LonLat place = row.geometry ? anchor_of(*row.geometry) : LonLat{};
        auto& out = device.behaviours;
        if (type == "weather_mast") out.push_back(make_mast(m_weather, place));
        if (type == "tide_gauge") out.push_back(make_tide_gauge(m_tide));
        if (type == "vehicle" && !m_streets->empty()) {
            const YAML::Node t = m_root["trucks"];
            out.push_back(make_truck(m_streets,
                                     {t["speed_of_limit"].as<double>(), t["deviation"].as<double>(),
                                      t["forgets_s"].as<double>(), t["stops_per_hour"].as<double>(),
                                      t["stop_s"].as<double>()},
                                     place));
        }
        if (type == "ship") {
            const auto lane = m_lanes.find(row.text("address"));
            const YAML::Node b = m_root["ships"]["berthed"];
            out.push_back(lane != m_lanes.end()
                              ? make_sailing_ship(lane->second)
                              : make_berthed_ship(place, b["heading_deg"].as<double>(),
                                                  b["swing_m"].as<double>()));
        }
        for (const Row& channel : channels) fill_channel(device, channel);
    }
    [[nodiscard]] double heartbeat_s() const {
        return m_root["fire_units"]["heartbeat_s"].as<double>();
    }

  private:
    YAML::Node m_root;
    WeatherSettings m_weather;
    TideSettings m_tide;
    std::map<std::string, Lane> m_lanes;
    std::shared_ptr<const Streets> m_streets;

    void fill_channel(Device& device, const Row& channel) const {
        const std::string property = channel.text("property");
        constexpr double k_normal = 1;  // bit 0: normal
        if (property == "fire_state" || property == "unit_state") {
            device.behaviours.push_back(make_state(channel.text("channel"), k_normal));
        } else if (const YAML::Node gas = m_root["gas"][property]) {
            device.behaviours.push_back(
                make_background(channel.text("channel"), gas["mean"].as<double>(), wander_of(gas)));
        }
    }
};

Result<std::vector<Device>> read_zone(const std::filesystem::path& folder) {
    TRY_ASSIGN(roads, read_rows(folder / "records" / "road.ndjson"));
    TRY_ASSIGN(devices, read_rows(folder / "records" / "device.ndjson"));
    TRY_ASSIGN(datastreams, read_rows(folder / "records" / "datastream.ndjson"));
    const Zone zone(YAML::LoadFile((folder / "alive.yaml").string()), streets_of(roads));
    std::map<std::string, std::vector<Row>> channels;
    for (const Row& row : datastreams) channels[row.text("device")].push_back(row);

    // Detectors behind a fire unit speak under its address: one device, many behaviours.
    std::map<std::string, Device> out;
    for (const Row& row : devices) {
        const std::string protocol = row.text("protocol"), address = row.text("address");
        const bool unit = protocol == "gb26875";
        if (!boolean_at(row.fields, "in_service", true) || (!unit && protocol != "http_json"))
            continue;
        Device& device = out[protocol + "/" + address];
        device.protocol = unit ? Protocol::gb26875 : Protocol::http_json;
        device.address = address;
        device.token = unit ? std::string() : demonstration_token(address);
        device.heartbeat_s = unit ? zone.heartbeat_s() : 0;
        const double interval_s = number_at(row.fields, "expected_interval_s", device.interval_s);
        device.interval_s =
            device.behaviours.empty() ? interval_s : std::min(device.interval_s, interval_s);
        zone.fill(device, row, channels[row.id]);
    }
    std::vector<Device> list;
    for (auto& [key, device] : out) {
        if (!device.behaviours.empty()) list.push_back(std::move(device));
    }
    return list;
}

}  // namespace

Result<std::vector<Device>> read_alive(const std::filesystem::path& folder) {
    try {
        return read_zone(folder);
    } catch (const YAML::Exception& e) {
        return fail(errors::k_alive_wrong,
                    {{"file", (folder / "alive.yaml").string()}, {"what", e.what()}});
    } catch (const std::out_of_range&) {
        return fail(errors::k_alive_wrong,
                    {{"file", (folder / "alive.yaml").string()}, {"what", "month 1 … 12"}});
    }
}

}  // namespace anlan::sensing::simulate
