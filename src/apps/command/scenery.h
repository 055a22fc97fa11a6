// Scenery for the tests of command: one cold store with a vessel, its plan, streets, teams, people.
#pragma once

#include "apps/command/command.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::command::testing {

using anlan::testing::House;
using bigdata::k_live;
using bigdata::Record;

inline const Uuid k_enterprise = Uuid::from_name("cold store"), k_vessel = Uuid::from_name("V-201"),
                  k_plan = Uuid::from_name("plan");
inline const LonLat k_place{117.800, 39.000};

struct Site {
    House house;
    std::unique_ptr<Command> command;
    std::vector<std::pair<Uuid, json::object>> played;
    std::vector<Uuid> stopped;
    SeededRandom random{11};

    Site() {
        auto& r = house.records;
        r.put("substance", Uuid::from_name("nh3"),
              {{"name", "氨"},
               {"name_en", "Ammonia"},
               {"cas", "7664-41-7"},
               {"molar_mass_g_mol", 17.03},
               {"boiling_point_k", 239.8},
               {"liquid_density_kg_m3", 610},
               {"latent_heat_j_kg", 1.37e6},
               {"liquid_heat_capacity_j_kg_k", 4600},
               {"gas_heat_capacity_j_kg_k", 2100},
               {"heat_ratio", 1.31},
               {"source", "test"}});
        r.put("enterprise", k_enterprise,
              {{"code", "E1"},
               {"name", "海鲸冷链（示例）"},
               {"name_en", "Haijing"},
               {"type", "cold_store"},
               {"safety_manager", "吴工"}});
        r.put("vessel", k_vessel,
              {{"name", "海鲸冷链 V-201"},
               {"name_en", "V-201"},
               {"enterprise", k_enterprise.text()},
               {"substance", Uuid::from_name("nh3").text()},
               {"inventory_kg", 9600},
               {"temperature_k", 303.15},
               {"pressure_pa", 1'167'000},
               {"liquid_height_m", 1.6},
               {"hole_diameter_m", 0.012},
               {"release_height_m", 1.2},
               {"room", "机房"}},
              Geometry::point(k_place));
        r.put(
            "plan", k_plan,
            {{"name", "预案"},
             {"code", "YA-1"},
             {"hazard", "ammonia_leak"},
             {"enterprise", k_enterprise.text()},
             {"substance", Uuid::from_name("nh3").text()},
             {"response_level", 2},
             {"forces",
              *parse_json(R"([{"type":"hazmat","count":1},{"type":"medical","count":1}])")},
             {"steps",
              *parse_json(
                  R"([{"key":"power","section":"现场","title":"断电","title_en":"Cut power","role":"enterprise_safety","minutes":5,"kind":"task"},
                                        {"key":"valve","section":"现场","title":"关阀","title_en":"Close the valve","role":"hazmat_leader","minutes":20,"kind":"task","after":["power"]},
                                        {"key":"warn","section":"疏散","title":"疏散令","title_en":"Leave","role":"evacuation_leader","kind":"message"}])")}});
        // A block of streets: south and north ways from west to the store.
        road("south", {{117.780, 38.999}, {117.800, 38.999}});
        road("west", {{117.780, 38.999}, {117.780, 39.010}});
        road("north", {{117.780, 39.010}, {117.800, 39.010}});
        road("east", {{117.800, 39.010}, {117.800, 39.001}});
        road("gap", {{117.800, 39.001}, {117.800, 38.999}});
        team("危化队", "hazmat", {117.780, 38.9991}, R"(["ammonia_leak"])");
        team("远危化队", "hazmat", {117.780, 39.0099}, R"(["ammonia_leak"])");
        team("消防不对口", "hazmat", {117.799, 38.9991}, R"(["fire"])");
        team("急救", "medical", {117.781, 38.9991}, R"(["ammonia_leak"])");
        r.put("person", Uuid::from_name("秦岳"), {{"name", "秦岳"}, {"name_en", "Qin Yue"}});
        r.put("shift", {},
              {{"title", "班"},
               {"duty_role", "hazmat_leader"},
               {"person", Uuid::from_name("秦岳").text()},
               {"starts_at", "2026-11-23T00:00:00Z"},
               {"ends_at", "2026-11-24T00:00:00Z"}});
        device("GD-1", "gas_detector", {117.80005, 39.0}, "nh3_ppm");
        device("GD-2", "gas_detector", {117.80005, 39.0}, "nh3_ppm");
        r.put("rule", Uuid::from_name("rule"),
              {{"name", "氨"},
               {"type", "threshold"},
               {"property", "nh3_ppm"},
               {"hazard", "ammonia_leak"},
               {"enabled", true},
               {"levels",
                *parse_json(
                    R"([{"level":1,"op":">=","value":84},{"level":2,"op":">=","value":42}])")}});
        r.settle();
        boot();
    }
    void road(const char* name, Geometry::Ring line) {
        house.records.put("road", Uuid::from_name(name),
                          {{"name", name}, {"name_en", name}, {"class", "primary"}},
                          Geometry::line(std::move(line)));
    }
    void team(const char* name, const char* type, LonLat place, const char* hazards) {
        house.records.put(
            "team", Uuid::from_name(name),
            {{"name", name},
             {"type", type},
             {"people", 8},
             {"hazards", *parse_json(hazards)},
             {"turnout_day_seconds", 60},
             {"turnout_night_seconds", 120},
             {"vehicles",
              *parse_json(R"([{"type":"洗消车","type_en":"Decontamination vehicle","count":2}])")}},
            Geometry::point(place));
    }
    void device(const std::string& name, const char* type, LonLat place, const char* property,
                const char* protocol = "http_json") {
        const Uuid id = Uuid::from_name(name), stream = Uuid::from_name(name + property);
        json::object fields{{"name", name},
                            {"type", type},
                            {"protocol", protocol},
                            {"address", name},
                            {"enterprise", k_enterprise.text()}};
        if (std::string_view(type) == "gas_detector") fields["vessel"] = k_vessel.text();
        if (!house.records.get({"dongjiang", "live", {}}, "device", id))
            house.records.put("device", id, fields, Geometry::point(place));
        house.records.put(
            "datastream", stream,
            {{"name", name}, {"device", id.text()}, {"property", property}, {"channel", property}});
        sensing::Stream s;
        s.number = house.lake.number_of({stream, std::string(k_live)});
        s.space = k_live;
        s.datastream = stream;
        s.device = id;
        s.property = property;
        house.hub.add(s);
    }
    /// As at a start of the program.
    void boot() {
        house.records.crash();
        house.start_messenger();
        const auto settings = Settings::load(std::filesystem::path(ANLAN_SOURCE_DIR) /
                                             "catalog/settings/command.yaml");
        ExerciseDesk::Simulator simulator{
            [this](Uuid id, const json::object& script) -> Result<void> {
                played.emplace_back(id, script);
                return {};
            },
            [this](Uuid id) { stopped.push_back(id); }, &random};
        command = std::make_unique<Command>(house.context(), *settings, simulator);
        const auto started = command->start();
        ASSERT_TRUE(started.has_value()) << text_of(started.error(), Language::en);
        house.hear([this](const bigdata::Entry& e) { command->on_entry(e); });
        house.records.settle();
    }
    Uuid alarm(const std::string& device, int level, std::string_view space = k_live,
               std::string_view hazard = "ammonia_leak") {
        const Uuid id = house.ids.next();
        house.records.put("alarm", id,
                          {{"title", "氨"},
                           {"level", level},
                           {"rule", Uuid::from_name("rule").text()},
                           {"datastream", Uuid::from_name(device + "nh3_ppm").text()},
                           {"device", Uuid::from_name(device).text()},
                           {"enterprise", k_enterprise.text()},
                           {"vessel", k_vessel.text()},
                           {"hazard", hazard},
                           {"value", 400},
                           {"frame_at", iso8601(house.clock.now() + -120)},
                           {"raised_at", iso8601(house.clock.now())}},
                          Geometry::point(k_place), space);
        return id;
    }
    void update(std::string_view kind, Uuid id, json::object fields,
                std::string_view space = k_live) {
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.space = space;
        batch.author = {Uuid::from_name("x"), "陈默", "api"};
        bigdata::Change change;
        change.action = bigdata::Action::update;
        change.kind = kind;
        change.id = id;
        change.fields = std::move(fields);
        batch.changes = {change};
        const auto done = house.records.write(batch);
        ASSERT_TRUE(done.has_value()) << text_of(done.error(), Language::en);
        house.records.settle();
    }
    std::vector<Record> rows(std::string_view kind, std::string_view space = k_live) {
        return house.records.rows(kind, space);
    }
    Record only(std::string_view kind, std::string_view space = k_live) {
        const auto all = rows(kind, space);
        EXPECT_EQ(all.size(), 1U) << kind;
        return all.empty() ? Record{} : all.front();
    }
    Record named(std::string_view kind, std::string_view field, std::string_view value,
                 std::string_view space = k_live) {
        for (auto& r : rows(kind, space)) {
            if (text_at(r.fields, field) == value) return r;
        }
        ADD_FAILURE() << "no " << kind << " with " << field << " " << value;
        return {};
    }
    Record team_named(std::string_view name) {
        return *house.records.get({"dongjiang", "live", {}}, "team", Uuid::from_name(name));
    }
    Uuid draft() {
        alarm("GD-1", 1);
        house.records.settle();
        return only("incident").id;
    }
    Uuid confirmed() {
        const Uuid id = draft();
        house.records.move("incident", id, "confirm");
        return id;
    }
    /// A square cloud with its west and east edges at these longitudes, over the southern street.
    void impact(Uuid incident, int edition, double west, double east) {
        const json::object polygon{
            {"type", "Polygon"},
            {"coordinates",
             json::array{json::array{json::array{west, 38.997}, json::array{east, 38.997},
                                     json::array{east, 39.0005}, json::array{west, 39.0005},
                                     json::array{west, 38.997}}}}};
        house.records.put(
            "impact", house.ids.next(),
            {{"title", "威胁区"},
             {"incident", incident.text()},
             {"edition", edition},
             {"cause", "draft"},
             {"wind", json::object{}},
             {"source_term", json::object{}},
             {"model", json::object{}},
             {"zones", json::array{json::object{
                           {"key", "aegl2"}, {"name", "AEGL-2"}, {"geometry", polygon}}}},
             {"affected", json::array{}},
             {"totals", json::object{}},
             {"computed_at", iso8601(house.clock.now())},
             {"computed_ms", 3.0}});
        house.records.settle();
    }
};

}  // namespace anlan::command::testing
