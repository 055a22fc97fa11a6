#include "apps/decision/assessment.h"
#include "apps/decision/errors.h"
#include "apps/decision/settings.h"
#include "apps/decision/wind.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace anlan::decision {
namespace {

Settings shipped() {
    auto settings =
        load_settings(std::string(ANLAN_SOURCE_DIR) + "/catalog/settings/decision.yaml");
    EXPECT_TRUE(settings) << text_of(settings.error(), Language::en);
    return *settings;
}

// 2026-11-19 14:30 in Beijing: a Thursday afternoon.
const Timestamp k_afternoon = *parse_iso8601("2026-11-19T14:30:00+08:00");
const LonLat k_place{117.80, 39.00};

LonLat away(double bearing_deg, double distance) {
    const double rad = bearing_deg * M_PI / 180;
    return {k_place.longitude_deg + distance * std::sin(rad) / 86'610,
            k_place.latitude_deg + distance * std::cos(rad) / 111'020};
}

Geometry square(LonLat centre, double half_m) {
    const double dx = half_m / 86'610, dy = half_m / 111'020;
    return Geometry::polygon({{centre.longitude_deg - dx, centre.latitude_deg - dy},
                              {centre.longitude_deg + dx, centre.latitude_deg - dy},
                              {centre.longitude_deg + dx, centre.latitude_deg + dy},
                              {centre.longitude_deg - dx, centre.latitude_deg + dy}});
}

bigdata::Record place(std::string_view kind, std::string_view name, LonLat at,
                      json::object fields) {
    bigdata::Record r;
    r.id = Uuid::from_name(name);
    r.kind = kind;
    r.geometry = square(at, 20);
    r.fields = std::move(fields);
    r.fields["name"] = name;
    return r;
}

json::array hours(int day, int night) {
    json::array out;
    for (int h = 0; h < 24; ++h) out.push_back(h >= 8 && h < 20 ? day : night);
    return out;
}

Situation ammonia() {
    Situation s;
    s.place = k_place;
    // NIST: 17.031 g/mol, 239.8 K, 682 kg/m³, 1.371 MJ/kg; AEGL of the EPA, 60 minutes.
    s.substance = {{"name", "氨"},
                   {"name_en", "Ammonia"},
                   {"molar_mass_g_mol", 17.031},
                   {"boiling_point_k", 239.8},
                   {"liquid_density_kg_m3", 682.0},
                   {"latent_heat_j_kg", 1.371e6},
                   {"liquid_heat_capacity_j_kg_k", 4600.0},
                   {"gas_heat_capacity_j_kg_k", 2170.0},
                   {"heat_ratio", 1.32},
                   {"idlh_ppm", 300},
                   {"aegl1_ppm", 30},
                   {"aegl2_ppm", 160},
                   {"aegl3_ppm", 1100}};
    s.vessel = {{"name", "V-203"},
                {"temperature_k", 293.15},
                {"pressure_pa", 857'000.0},
                {"hole_diameter_m", 0.012}};
    s.inventory_kg = 18'400;
    s.wind.mode = WindMode::measured;
    s.wind.from = Degrees(312);
    s.wind.speed = MetresPerSecond(4);
    s.wind.gust = MetresPerSecond(6.3);
    s.wind.at = k_afternoon;
    s.at = k_afternoon;
    return s;
}

TEST(WindWatch, MeanTurnsThroughNorthAndDeviationIsYamartinos) {
    const Settings settings = shipped();
    WindWatch watch(settings);
    for (int i = 0; i < 40; ++i) {
        const Timestamp at = k_afternoon + i * 1000;
        EXPECT_TRUE(watch.hear("live", "wind_direction", i % 2 == 0 ? 350 : 10, at));
        EXPECT_TRUE(watch.hear("live", "wind_speed", i == 7 ? 6 : 4, at));
    }
    const Wind wind = watch.now("live", k_afternoon + 40'000);
    EXPECT_EQ(wind.mode, WindMode::measured);
    EXPECT_NEAR(std::remainder(wind.from.value, 360), 0, 0.5);
    EXPECT_NEAR(wind.speed.value, 4.05 * std::cos(10 * M_PI / 180), 0.02);
    EXPECT_DOUBLE_EQ(wind.gust.value, 6);
    ASSERT_TRUE(wind.deviation);
    EXPECT_NEAR(wind.deviation->value, 10, 0.3);  // directions at ±10° have a deviation of 10°
    EXPECT_EQ(watch.now("elsewhere", k_afternoon).mode, WindMode::none);
}

TEST(WindWatch, SilentMastIsStaleAndOldSamplesLeaveTheWindow) {
    const Settings settings = shipped();
    WindWatch watch(settings);
    watch.hear("live", "wind_direction", 90, k_afternoon);
    watch.hear("live", "wind_speed", 9, k_afternoon);
    const auto later =
        k_afternoon + static_cast<std::int64_t>(settings.wind_stale_after_s * 1000) + 1;
    EXPECT_EQ(watch.now("live", later).mode, WindMode::stale);
    watch.hear("live", "wind_direction", 180, later);
    watch.hear("live", "wind_speed", 0.5, later);
    const Wind wind = watch.now("live", later);
    EXPECT_EQ(wind.mode, WindMode::calm);
    EXPECT_NEAR(wind.from.value, 180, 1e-6);
    EXPECT_NEAR(wind.speed.value, 0.5, 1e-9);
}

TEST(Wind, MovedAsksForAStepAndNeverOverridesAHand) {
    const Settings settings = shipped();
    Wind used = ammonia().wind, now = used;
    EXPECT_FALSE(moved(used, now, settings));
    now.from = Degrees(312 + settings.recompute_step_deg);
    EXPECT_TRUE(moved(used, now, settings));
    now.from = Degrees(314);
    now.speed = MetresPerSecond(4 + settings.recompute_step_m_s);
    EXPECT_TRUE(moved(used, now, settings));
    used.mode = WindMode::manual;
    EXPECT_FALSE(moved(used, now, settings));
    used.mode = WindMode::measured;
    now.mode = WindMode::stale;
    EXPECT_FALSE(moved(used, now, settings));
}

TEST(Wind, AHandsWindIsChecked) {
    EXPECT_TRUE(manual_wind({{"from_deg", 360}, {"speed_m_s", 0}}, {}));
    for (const json::object& bad :
         {json::object{{"from_deg", 361}, {"speed_m_s", 3}},
          json::object{{"from_deg", 10}, {"speed_m_s", -1}}, json::object{{"from_deg", 10}},
          json::object{{"from_deg", "x"}, {"speed_m_s", 3}}}) {
        EXPECT_FALSE(manual_wind(bad, {}));
    }
}

TEST(Assess, CloudGoesDownwindAndFindsWhoIsThere) {
    const Settings settings = shipped();
    std::vector<Target> targets;
    for (const auto& [name, bearing] :
         {std::pair{"downwind", 132.0}, {"upwind", 312.0}, {"across", 42.0}}) {
        targets.push_back(*target_of(place("protection_target", name, away(bearing, 300),
                                           {{"type", "school"},
                                            {"class", "high_sensitive"},
                                            {"people_workday", hours(486, 3)}}),
                                     settings));
    }
    const json::object out = assess(ammonia(), targets, settings);
    ASSERT_FALSE(out.contains("problem")) << to_text(out.at("problem"));
    const auto& zones = out.at("zones").as_array();
    ASSERT_EQ(zones.size(), 4U);
    double last = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& zone = zones[i].as_object();
        EXPECT_EQ(integer_at(zone, "level", -1), static_cast<int>(i) + 1);
        EXPECT_GT(number_at(zone, "distance_m", 0), last);
        last = number_at(zone, "distance_m", 0);
    }
    ASSERT_EQ(out.at("affected").as_array().size(), 1U);
    const auto& who = out.at("affected").as_array().front().as_object();
    EXPECT_EQ(text_at(who, "name"), "downwind");
    EXPECT_EQ(integer_at(who, "people", 0), 486);
    EXPECT_NEAR(number_at(who, "bearing_deg", 0), 132, 2);
    EXPECT_EQ(integer_at(object_at(out, "totals"), "people", 0), 486);
    EXPECT_FALSE(out.at("notes").as_array().empty());
}

TEST(Assess, MissingDataIsNamedNotGuessed) {
    const Settings settings = shipped();
    const auto problem = [&](auto change) {
        Situation s = ammonia();
        change(s);
        const json::object out = assess(s, {}, settings);
        EXPECT_TRUE(out.at("zones").as_array().empty());
        return std::string(text_at(object_at(out, "problem"), "id"));
    };
    EXPECT_EQ(problem([](Situation& s) { s.inventory_kg.reset(); }), "no_inventory");
    EXPECT_EQ(problem([](Situation& s) { s.vessel = {}; }), "no_vessel");
    EXPECT_EQ(problem([](Situation& s) { s.vessel.erase("hole_diameter_m"); }), "no_hole");
    EXPECT_EQ(problem([](Situation& s) { s.wind = {}; }), "no_wind");
    EXPECT_EQ(problem([](Situation& s) {
                  for (auto* k : {"aegl1_ppm", "aegl2_ppm", "aegl3_ppm", "idlh_ppm"})
                      s.substance.erase(k);
              }),
              "no_thresholds");
    EXPECT_EQ(problem([](Situation& s) { s.substance.erase("molar_mass_g_mol"); }),
              "model_datum_missing");
}

TEST(Assess, CalmAirDrawsAllRound) {
    const Settings settings = shipped();
    Situation s = ammonia();
    s.wind.mode = WindMode::calm;
    s.wind.speed = MetresPerSecond(0.4);
    const json::object out = assess(s, {}, settings);
    ASSERT_FALSE(out.contains("problem"));
    const auto area = geometry_from_json(out.at("zones").as_array()[1].as_object().at("geometry"));
    ASSERT_TRUE(area);
    for (const double bearing : {0.0, 90.0, 180.0, 270.0})
        EXPECT_TRUE(contains(*area, away(bearing, 20))) << bearing;
}

TEST(Affected, WorstZoneOnceHoursAndFan) {
    const Settings settings = shipped();
    AffectedInput input{k_place,
                        4,
                        k_afternoon,
                        {{"aegl3", square(k_place, 100)}, {"aegl2", square(k_place, 300)}},
                        square(k_place, 600)};
    std::vector<Target> targets;
    const auto add = [&](std::string_view kind, std::string_view name, double at,
                         json::object fields) {
        targets.push_back(*target_of(place(kind, name, away(90, at), std::move(fields)), settings));
    };
    add("protection_target", "in both", 90, {{"people_workday", hours(10, 1)}});
    add("enterprise", "site", 200, {{"staff_day", 40}, {"staff_night", 5}});
    add("protection_target", "fan", 500, {{"people_workday", hours(7, 7)}});
    add("protection_target", "far", 900, {{"people_workday", hours(1000, 1000)}});
    const Affected out = who_is_inside(input, targets, settings);
    ASSERT_EQ(out.list.size(), 3U);
    EXPECT_EQ(text_at(out.list[0].as_object(), "zone"), "aegl3");
    EXPECT_EQ(text_at(out.list[1].as_object(), "advice"), "stop_work");
    EXPECT_TRUE(boolean_at(out.list[2].as_object(), "fan_only", false));
    EXPECT_EQ(integer_at(out.totals, "people", 0), 50);
    EXPECT_EQ(integer_at(out.totals, "fan_extra", 0), 7);
    const auto& by_hour = array_at(object_at(out.totals, "by_hour"), "aegl2");
    EXPECT_EQ(by_hour[3].as_int64(), 5);
    EXPECT_EQ(by_hour[14].as_int64(), 40);
    // On a Sunday only the night shift of the enterprise is there.
    input.at = *parse_iso8601("2026-11-22T14:30:00+08:00");
    EXPECT_EQ(integer_at(who_is_inside(input, targets, settings).totals, "people", -1), 5);
}

TEST(Settings, AValueWithoutASourceIsRefused) {
    const std::string path = testing::TempDir() + "decision.yaml";
    std::ifstream in(std::string(ANLAN_SOURCE_DIR) + "/catalog/settings/decision.yaml");
    std::string text((std::istreambuf_iterator<char>(in)), {});
    const std::string part = "{value: 5, source: product}";
    text.replace(text.find(part), part.size(), "{value: 5}");
    std::ofstream(path) << text;
    const auto settings = load_settings(path);
    ASSERT_FALSE(settings);
    EXPECT_TRUE(settings.error().is(errors::k_settings_wrong));
    EXPECT_NE(text_of(settings.error(), Language::en).find("has no source"), std::string::npos);
}

}  // namespace
}  // namespace anlan::decision
