#include "apps/command/errors.h"
#include "apps/command/scenery.h"
#include "core/hash.h"

#include <gtest/gtest.h>

namespace anlan::command {
namespace {

using testing::k_vessel;
using testing::Site;

/// The site with a mast that has measured 4 m/s from the west, and a detector in the open to the
/// east.
struct Stage : Site {
    Stage() {
        for (const auto* property : {"wind_direction", "wind_speed"})
            device("MAST", "weather_mast", {117.81, 39.0}, property);
        device("GD-3", "gas_detector", {117.8025, 39.0}, "nh3_ppm", "gb26875");
        device("GD-3", "gas_detector", {117.8025, 39.0}, "fire_state", "gb26875");
        measure("wind_direction", 270);
        measure("wind_speed", 4);
        house.records.settle();
    }
    void measure(const std::string& property, double value) {
        const auto number = house.lake.number_of({Uuid::from_name("MAST" + property), "live"});
        house.lake.append({{number, house.clock.now(), house.clock.now(), value, {}}},
                          [](Result<void>) {});
    }
    Result<json::value> ask(json::object body) {
        const auto routes = command->routes();
        const auto row = std::ranges::find(routes, "/api/v1/exercises/what-if", &RouteRow::path);
        const auto who = bigdata::Access::program("dongjiang");
        const Call call{.who = who, .space = "live", .language = Language::zh};
        auto reply = row->handler(call, json::value(std::move(body)));
        house.records.settle();
        if (!reply) return std::unexpected(std::move(reply).error());
        return std::get<json::value>(reply->body);
    }
    json::object part(std::string_view role, std::string_view property) {
        for (const auto& each : array_at(played.back().second, "devices")) {
            if (text_at(each.as_object(), "role") == role &&
                text_at(each.as_object(), "property") == property)
                return each.as_object();
        }
        ADD_FAILURE() << "no " << role << " " << property;
        return {};
    }
};

TEST(ExerciseDesk, AVesselBecomesAnExerciseWithItsOwnDevices) {
    Stage s;
    const auto reply = s.ask({{"vessel", k_vessel.text()}, {"speed", 4}});
    ASSERT_TRUE(reply.has_value()) << text_of(reply.error(), Language::en);
    const auto exercise = s.only("exercise");
    const std::string space = exercise.id.text();
    EXPECT_EQ(text_at(reply->as_object(), "id"), space);
    EXPECT_EQ(exercise.state, "running");
    EXPECT_EQ(text_at(exercise.fields, "number"), "YL-20261123-01");
    EXPECT_EQ(text_at(exercise.fields, "hazard"), "ammonia_leak");

    // Nothing but the exercise's record is in the live space, and no secret is in that.
    int live = 0;
    for (const auto& e : s.house.records.journal())
        live +=
            e.after.space == "live" && e.at >= exercise.created_at && e.after.kind == "exercise";
    EXPECT_EQ(live, 1);
    EXPECT_EQ(text_at(s.named("device", "name", "GD-1").fields, "address"), "GD-1");
    EXPECT_EQ(to_text(json::value(exercise.fields)).find("\"token\""), std::string::npos);

    ASSERT_EQ(s.played.size(), 1U);
    EXPECT_EQ(s.played[0].first, exercise.id);
    EXPECT_EQ(number_at(s.played[0].second, "speed", 0), 4);
    const auto room = s.part("room", "nh3_ppm");
    const auto gd1 = s.named("device", "name", "GD-1", space);
    EXPECT_EQ(text_at(gd1.fields, "credential_hash"), hex(sm3(text_at(room, "token"))));
    EXPECT_NE(text_at(gd1.fields, "address"), "GD-1");
    EXPECT_EQ(gd1.space, space);
    EXPECT_EQ(number_at(room, "plateau", 0),
              1000);  // the room fills; the detector's range ends there
}

TEST(ExerciseDesk, TheScriptFollowsTheMeasuredWind) {
    Stage s;
    ASSERT_TRUE(s.ask({{"vessel", k_vessel.text()}}).has_value());
    const auto lee = s.part("detector", "nh3_ppm");
    EXPECT_GT(number_at(lee, "plateau", 0), 84);
    EXPECT_NEAR(number_at(lee, "delay_s", 0), 216.0 / 4, 216.0 / 4 * 0.4);  // 216 m downwind
    EXPECT_EQ(text_at(lee, "address").size(), 12U);
    EXPECT_FALSE(lee.contains("token"));
    const auto state = s.part("state", "fire_state");
    EXPECT_EQ(text_at(state, "address"), text_at(lee, "address"));
    EXPECT_EQ(number_at(state, "baseline", 0), 1);
    EXPECT_EQ(number_at(state, "plateau", 0), 3);
    EXPECT_GT(number_at(state, "delay_s", 0), number_at(lee, "delay_s", 0));
    EXPECT_EQ(number_at(s.part("mast", "wind_direction"), "plateau", 0), 270);

    s.measure("wind_direction", 90);  // now the detector stands upwind
    ASSERT_TRUE(s.ask({{"vessel", k_vessel.text()}}).has_value());
    EXPECT_LT(number_at(s.part("detector", "nh3_ppm"), "plateau", 1e9), 42);
    EXPECT_EQ(number_at(s.part("state", "fire_state"), "plateau", -1), 1);
    EXPECT_EQ(s.rows("exercise").size(), 2U);
    EXPECT_NE(to_text(json::value(s.played[0].second)), to_text(json::value(s.played[1].second)));
}

TEST(ExerciseDesk, ARoomDetectorAnswersInItsOwnUnitAndAtTheRoomsPace) {
    Stage s;
    s.device("GD-4", "gas_detector", {117.80005, 39.0}, "gas_lel", "gb26875");
    s.device("GD-4", "gas_detector", {117.80005, 39.0}, "fire_state", "gb26875");
    s.house.records.put(
        "rule", Uuid::from_name("lel"),
        {{"name", "可燃气"},
         {"type", "threshold"},
         {"property", "gas_lel"},
         {"levels",
          *parse_json(R"([{"level":1,"op":">=","value":50},{"level":2,"op":">=","value":25}])")}});
    s.update("substance", Uuid::from_name("nh3"), {{"lel_percent", 15}});
    ASSERT_TRUE(s.ask({{"vessel", k_vessel.text()}}).has_value());
    EXPECT_EQ(number_at(s.played.back().second, "speed", 0), 4);  // nobody said
    const auto gas = s.part("room", "gas_lel");
    EXPECT_EQ(number_at(gas, "plateau", 0),
              100);  // per cent of the explosive limit, the range's end
    const double rise_s = number_at(gas, "rise_s", 0);
    EXPECT_GT(rise_s, 15);   // slower than the detector,
    EXPECT_LT(rise_s, 300);  // quicker than the room: the range is a part of it
    for (const auto& each : array_at(s.played.back().second, "devices")) {
        if (text_at(each.as_object(), "property") != "fire_state" ||
            text_at(each.as_object(), "address") != text_at(gas, "address"))
            continue;
        EXPECT_NEAR(number_at(each.as_object(), "delay_s", 0), 2 - rise_s * std::log(0.75),
                    0.1);  // at 25 %
    }
}

TEST(ExerciseDesk, TheWholeResponseRunsInItsSpaceAndTouchesNothingElse) {
    Stage s;
    ASSERT_TRUE(s.ask({{"vessel", k_vessel.text()}}).has_value());
    const std::string space = s.only("exercise").id.text();
    const auto before = s.house.records.journal().size();
    s.alarm("GD-1", 1, space);
    s.house.records.settle();
    const auto incident = s.only("incident", space);
    EXPECT_EQ(text_at(incident.fields, "number"), "YL-20261123-01");
    s.house.records.move("incident", incident.id, "confirm", {}, space);
    s.house.records.move("dispatch", s.named("dispatch", "title", "危化队", space).id, "order", {},
                         space);
    EXPECT_EQ(s.rows("task", space).size(), 2U);
    EXPECT_EQ(s.named("team", "name", "危化队", space).state, "assigned");
    EXPECT_EQ(s.team_named("危化队").state, "available");
    for (const auto& message : s.rows("message", space))
        EXPECT_EQ(text_at(message.fields, "channel"), "simulated");
    for (auto i = before; i < s.house.records.journal().size(); ++i)
        EXPECT_EQ(s.house.records.journal()[i].after.space, space);
}

TEST(ExerciseDesk, AfterARestartItGoesOnWithNewTokens) {
    Stage s;
    ASSERT_TRUE(s.ask({{"vessel", k_vessel.text()}, {"speed", 2}}).has_value());
    const auto old_token = std::string(text_at(s.part("room", "nh3_ppm"), "token"));
    s.measure("wind_direction", 90);
    s.house.clock.advance(42'000);
    s.boot();
    ASSERT_EQ(s.played.size(), 2U);
    const auto room = s.part("room", "nh3_ppm");
    EXPECT_NE(text_at(room, "token"), old_token);
    const std::string space = s.only("exercise").id.text();
    EXPECT_EQ(text_at(s.named("device", "name", "GD-1", space).fields, "credential_hash"),
              hex(sm3(text_at(room, "token"))));
    EXPECT_EQ(number_at(s.played[1].second, "elapsed_s", 0), 42);
    EXPECT_EQ(number_at(s.played[1].second, "speed", 0), 2);
    EXPECT_EQ(number_at(object_at(s.played[1].second, "wind"), "from_deg", 0),
              270);  // the wind it began with
}

TEST(ExerciseDesk, EndingItStopsTheSimulatorAndClosesTheSpace) {
    Stage s;
    ASSERT_TRUE(s.ask({{"vessel", k_vessel.text()}}).has_value());
    const auto id = s.only("exercise").id;
    s.house.records.move("exercise", id, "end");
    EXPECT_EQ(s.stopped, std::vector<Uuid>{id});
    EXPECT_TRUE(s.only("exercise").fields.contains("ended_at"));
    bigdata::Batch batch;
    batch.zone = "dongjiang";
    batch.space = id.text();
    batch.changes = {patch(s.named("device", "name", "GD-1", id.text()), {{"in_service", false}})};
    EXPECT_FALSE(s.house.records.write(batch).has_value());
}

TEST(ExerciseDesk, SaysWhyItCannot) {
    Stage s;
    EXPECT_EQ(s.ask({{"vessel", Uuid::from_name("nowhere").text()}}).error().row->http_status, 404);
    EXPECT_TRUE(s.ask({{"vessel", k_vessel.text()}, {"speed", 0}})
                    .error()
                    .is(errors::k_speed_out_of_range));
    s.update("vessel", k_vessel, {{"hole_diameter_m", nullptr}});
    EXPECT_TRUE(s.ask({{"vessel", k_vessel.text()}}).error().is(errors::k_release_unknown));
    for (const auto* name : {"GD-1", "GD-2", "GD-3"})
        s.update("device", Uuid::from_name(name), {{"in_service", false}});
    EXPECT_TRUE(s.ask({{"vessel", k_vessel.text()}}).error().is(errors::k_no_detectors));
    EXPECT_TRUE(s.rows("exercise").empty());
}

}  // namespace
}  // namespace anlan::command
