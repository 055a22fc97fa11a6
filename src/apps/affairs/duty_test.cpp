#include "apps/affairs/duty.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

namespace anlan::affairs {
namespace {

struct Watch {
    testing::House house;
    std::unique_ptr<Duty> duty;

    Watch() {
        const auto settings = DutySettings::load(std::filesystem::path(ANLAN_SOURCE_DIR) /
                                                 "catalog/settings/duty.yaml");
        EXPECT_TRUE(settings.has_value());
        duty = std::make_unique<Duty>(house.context(), *settings);
        stream("mast", "wind_speed");
        stream("mast", "wind_direction");
        stream("gauge", "tide_level");
        stream("never heard", "nh3_ppm");
        stream("asked nothing", "speed", 0);
    }
    void stream(const std::string& device, const std::string& property, double interval_s = 10) {
        sensing::Stream s;
        s.datastream = Uuid::from_name(device + property);
        s.number = house.lake.number_of({s.datastream, "live"});
        s.space = "live";
        s.device = Uuid::from_name(device);
        s.property = property;
        s.expected_interval_s = interval_s;
        s.name = device;
        house.hub.add(s);
    }
    void hear(const std::string& device, const std::string& property, double value) {
        const auto number = house.lake.number_of({Uuid::from_name(device + property), "live"});
        house.lake.append({{number, house.clock.now(), house.clock.now(), value, {}}},
                          [](Result<void>) {});
    }
    json::object now(std::string_view space = "live") {
        auto out = duty->now(bigdata::Access::program("dongjiang"), space);
        EXPECT_TRUE(out.has_value());
        return *out;
    }
};

TEST(Duty, TheWindIsMeasuredThenStaleAndNeverInvented) {
    Watch w;
    EXPECT_EQ(text_at(object_at(w.now(), "wind"), "mode"), "none");
    EXPECT_TRUE(w.now().at("tide").is_null());
    w.hear("mast", "wind_direction", 312);
    EXPECT_EQ(text_at(object_at(w.now(), "wind"), "mode"), "none");  // half a wind is none
    w.hear("mast", "wind_speed", 4);
    w.hear("gauge", "tide_level", 1.2);
    w.house.clock.advance(60'000);
    auto wind = object_at(w.now(), "wind");
    EXPECT_EQ(text_at(wind, "mode"), "measured");
    EXPECT_EQ(number_at(wind, "from_deg", 0), 312);
    EXPECT_EQ(number_at(wind, "age_s", 0), 60);
    EXPECT_FALSE(boolean_at(wind, "stale", true));
    w.house.clock.advance(1);
    EXPECT_EQ(text_at(object_at(w.now(), "wind"), "mode"), "stale");
    EXPECT_EQ(number_at(object_at(w.now(), "tide"), "level_m", 0), 1.2);
    EXPECT_TRUE(boolean_at(object_at(w.now(), "tide"), "stale", false));
    w.hear("mast", "wind_speed", 0.6);
    w.hear("mast", "wind_direction", 10);
    EXPECT_EQ(text_at(object_at(w.now(), "wind"), "mode"), "calm");
    EXPECT_EQ(text_at(object_at(w.now("elsewhere"), "wind"), "mode"), "none");
}

TEST(Duty, CountsDevicesThatSpeakAndThatAreSilent) {
    Watch w;
    w.hear("mast", "wind_speed", 4);
    const auto devices = object_at(w.now(), "devices");
    EXPECT_EQ(integer_at(devices, "live", -1), 1);
    EXPECT_EQ(integer_at(devices, "silent", -1), 2);  // gauge and the one never heard
    w.hear("asked nothing", "speed", 1);
    w.house.clock.advance(3'600'000);
    EXPECT_EQ(integer_at(object_at(w.now(), "devices"), "live", -1), 1);
}

TEST(Duty, NamesWhoIsOnDuty) {
    Watch w;
    w.house.records.put("person", Uuid::from_name("沈岚"),
                        {{"name", "沈岚"}, {"name_en", "Shen Lan"}, {"title", "值班长"}});
    w.house.records.put("shift", {},
                        {{"title", "班"},
                         {"duty_role", "duty_officer"},
                         {"person", Uuid::from_name("沈岚").text()},
                         {"starts_at", "2026-11-23T00:00:00Z"},
                         {"ends_at", "2026-11-23T08:00:00Z"}});
    const auto people = array_at(w.now(), "on_duty");
    ASSERT_EQ(people.size(), 1U);
    EXPECT_EQ(text_at(people[0].as_object(), "name_en"), "Shen Lan");
    EXPECT_EQ(text_at(people[0].as_object(), "role_en"), "Duty officer");
    const auto nobody = w.duty->now(Principal{}, "live");  // without a right: no names
    EXPECT_TRUE(array_at(*nobody, "on_duty").empty());
    w.house.clock.advance(2 * 3'600'000);
    EXPECT_TRUE(array_at(w.now(), "on_duty").empty());
}

}  // namespace
}  // namespace anlan::affairs
