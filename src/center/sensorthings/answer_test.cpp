// The read API through the router: paths, pages, expansions, and the access rule.
#include "center/sensorthings/routes.h"
#include "center/sensorthings/scan.h"
#include "center/test_doubles.h"

#include <gmock/gmock.h>

namespace anlan::center::sensorthings {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> cut(std::string_view text, char separator) {
    std::vector<std::string> out;
    for (;;) {
        const auto end = std::min(text.find(separator), text.size());
        out.emplace_back(text.substr(0, end));
        if (end == text.size()) return out;
        text.remove_prefix(end + 1);
    }
}

struct Told {
    int status = 200;
    std::string error;  ///< Its row.
    std::string body;
};

struct SensorThings : center::test::CenterHouse {
    Timestamp noon = *parse_iso8601("2026-11-19T04:00:00Z");

    Uuid device(const std::string& name, Uuid grid = {}, std::optional<Geometry> place = {}) {
        bigdata::Change change;
        change.kind = "device";
        change.id = Uuid::from_name(name);
        change.fields = {{"name", name},
                         {"name_en", name},
                         {"type", "gas_detector"},
                         {"protocol", "http_json"},
                         {"address", name},
                         {"credential_hash", "secret-" + name},
                         {"manufacturer", "Anlan"},
                         {"model", "X1"}};
        change.geometry = place ? place : Geometry::point({117.8, 39.0});
        if (!grid.is_nil()) change.scope = bigdata::Scope{grid, {}, {}};
        return write(std::move(change));
    }
    Uuid datastream(Uuid device, const std::string& property, Uuid grid = {}) {
        bigdata::Change change;
        change.kind = "datastream";
        change.id = Uuid::from_name(device.text() + property);
        change.fields = {{"name", property},     {"name_en", property}, {"device", device.text()},
                         {"property", property}, {"channel", property}, {"unit", "ppm"}};
        if (!grid.is_nil()) change.scope = bigdata::Scope{grid, {}, {}};
        const Uuid id = write(std::move(change));
        sensing::Stream stream;
        stream.number = house.lake.number_of({id, "live"});
        stream.zone = "dongjiang";
        stream.space = "live";
        stream.datastream = id;
        stream.device = device;
        house.hub.add(std::move(stream));
        return id;
    }
    Uuid write(bigdata::Change change) {
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.author = {{}, "test", "command_line"};
        batch.changes.push_back(std::move(change));
        auto applied = house.records.write(std::move(batch));
        if (!applied) ADD_FAILURE() << text_of(applied.error(), Language::en);
        return applied ? applied->records.at(0).id : Uuid{};
    }
    void observe(Uuid stream, std::int64_t second, double value) {
        house.lake.append({{house.lake.number_of({stream, "live"}), noon + second * 1000,
                            noon + second * 1000 + 500, value, bigdata::Quality::good}},
                          [](const Result<void>&) {});
    }
    /// As the router calls the rows; tests/api goes through the router itself.
    Told get(const std::string& target, const std::string& account = "officer") {
        const auto told = [](const Error& error) {
            return Told{error.row->http_status, std::string(error.row->id), {}};
        };
        const auto session = accounts.resume("cookie-" + account);
        if (!session) return told(session.error());
        const auto question = std::min(target.find('?'), target.size());
        const auto parts = cut(target.substr(1, question - 1), '/');
        Call call{.who = session->principal, .space = "live", .language = Language::en};
        call.origin = "http://desk:8080";
        if (question < target.size()) {
            for (const auto& pair : cut(target.substr(question + 1), '&')) {
                const auto equals = pair.find('=');
                call.query[pair.substr(0, equals)] = decoded(pair.substr(equals + 1));
            }
        }
        const RouteRows rows = routes(context());
        for (auto row = rows.rbegin(); row != rows.rend(); ++row) {  // literal ones come last
            const auto pattern = cut(row->path.substr(1), '/');
            const bool fits = std::ranges::equal(pattern, parts, [](auto& p, auto& part) {
                return p.starts_with('{') || p == part;
            });
            if (!fits) continue;
            if (const auto may = house.access.require(session->principal, row->right); !may)
                return told(may.error());
            for (std::size_t i = 0; i < parts.size(); ++i) {
                if (pattern[i].starts_with('{'))
                    call.path.emplace(pattern[i].substr(1, pattern[i].size() - 2), parts[i]);
            }
            const auto reply = row->handler(call, nullptr);
            if (!reply) return told(reply.error());
            const auto* content = std::get_if<Content>(&reply->body);
            return {
                200,
                {},
                content != nullptr ? content->bytes : to_text(std::get<json::value>(reply->body))};
        }
        return {404, "no_such_route", {}};
    }
    /// What next_link() has encoded.
    static std::string decoded(std::string_view text) {
        std::string out;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') {
                out += text[i];
                continue;
            }
            out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
            i += 2;
        }
        return out;
    }
    json::object body(const std::string& target, const std::string& account = "officer") {
        const auto told = get(target, account);
        EXPECT_EQ(told.status, 200) << target << ' ' << told.error;
        const auto value = parse_json(told.body);
        return value && value->is_object() ? value->get_object() : json::object{};
    }
    /// Of a list, one property each.
    std::vector<std::string> listed(const std::string& target, const char* property = "name",
                                    const std::string& account = "officer") {
        std::vector<std::string> out;
        const auto answer = body(target, account);
        for (const auto& each : array_at(answer, "value"))
            out.push_back(to_text(each.as_object().at(property)));
        return out;
    }
    /// The pages of a list, joined by following the links.
    std::vector<std::string> all_pages(std::string target, const char* property,
                                       const std::function<void()>& meanwhile = {}) {
        std::vector<std::string> out;
        for (int page = 0; page < 50; ++page) {
            const auto answer = body(target);
            for (const auto& each : array_at(answer, "value"))
                out.push_back(to_text(each.as_object().at(property)));
            if (meanwhile) meanwhile();
            const std::string next(text_at(answer, "@iot.nextLink"));
            if (next.empty()) return out;
            EXPECT_TRUE(next.starts_with("http://desk:8080/v1.1/")) << next;
            target = next.substr(std::string("http://desk:8080").size());
        }
        ADD_FAILURE() << "the pages never end";
        return out;
    }
};

TEST_F(SensorThings, RootTellsSetsAndConformance) {
    const auto root = body("/v1.1");
    ASSERT_EQ(array_at(root, "value").size(), 8U);
    EXPECT_EQ(text_at(array_at(root, "value")[0].as_object(), "url"),
              "http://desk:8080/v1.1/Things");
    EXPECT_GE(array_at(object_at(root, "serverSettings"), "conformance").size(), 4U);
}

TEST_F(SensorThings, AThingWithEverythingThatHangsOnIt) {
    const Uuid id = device("GD-1");
    const Uuid stream = datastream(id, "nh3_ppm");
    observe(stream, 0, 1);
    observe(stream, 1, 412);
    const auto thing = body("/v1.1/Things('" + id.text() +
                            "')?$expand=Locations,Datastreams($expand=ObservedProperty,Sensor,"
                            "Observations($top=1))");
    const std::string text = to_text(thing);
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text_at(thing, "@iot.selfLink"), "http://desk:8080/v1.1/Things('" + id.text() + "')");
    const auto& below = array_at(thing, "Datastreams").at(0).as_object();
    EXPECT_EQ(text_at(object_at(below, "ObservedProperty"), "@iot.id"), "nh3_ppm");
    EXPECT_EQ(text_at(object_at(below, "Sensor"), "metadata"), "Anlan X1");
    EXPECT_EQ(text_at(object_at(below, "unitOfMeasurement"), "symbol"), "ppm");
    const auto& newest = array_at(below, "Observations").at(0).as_object();
    EXPECT_EQ(number_at(newest, "result", 0), 412);
    EXPECT_TRUE(below.contains("Observations@iot.nextLink"));
    EXPECT_TRUE(thing.contains("HistoricalLocations@iot.navigationLink"));
    EXPECT_EQ(to_text(array_at(thing, "Locations").at(0).as_object().at("location")),
              R"({"type":"Point","coordinates":[117.8,39]})");
}

TEST_F(SensorThings, PathsLeadFromEntityToEntity) {
    const Uuid id = device("GD-1"), other = device("GD-2");
    const Uuid stream = datastream(id, "nh3_ppm"), foreign = datastream(other, "nh3_ppm");
    observe(stream, 0, 1);
    const std::string base = "/v1.1/Things('" + id.text() + "')";
    EXPECT_THAT(listed(base + "/Datastreams"), ElementsAre("\"nh3_ppm\""));
    EXPECT_THAT(listed(base + "/Datastreams('" + stream.text() + "')/Observations", "result"),
                ElementsAre("1"));
    EXPECT_EQ(get(base + "/Datastreams('" + foreign.text() + "')").status, 404);
    const std::string observation =
        "/v1.1/Observations('" + stream.text() + ":" + std::to_string(noon.ms) + "')";
    EXPECT_EQ(text_at(body(observation + "/Datastream/Thing"), "@iot.id"), id.text());
    EXPECT_EQ(to_text(body(observation + "/result")), R"({"result":1})");
    EXPECT_EQ(get(observation + "/phenomenonTime/$value").body, "2026-11-19T04:00:00.000Z");
    EXPECT_EQ(text_at(body(observation + "/FeatureOfInterest"), "@iot.id"), id.text());
    EXPECT_THAT(listed("/v1.1/ObservedProperties('nh3_ppm')/Datastreams"),
                ElementsAre("\"nh3_ppm\"", "\"nh3_ppm\""));
    EXPECT_EQ(array_at(body("/v1.1/Things/$ref"), "value").size(), 2U);
    for (const char* nowhere :
         {"/v1.1/Nothings", "/v1.1/Things('x')", "/v1.1/Things/name", "/v1.1/Observations(1)",
          "/v1.1/Things('00000000-0000-7000-8000-000000000000')"})
        EXPECT_EQ(get(nowhere).status, 404) << nowhere;
    EXPECT_EQ(get(base + "/weight").status, 404);
    EXPECT_EQ(get(base + "/name/$value/x").status, 404);
}

TEST_F(SensorThings, FilterOrderSelectCount) {
    for (const char* name : {"B", "A", "C"}) datastream(device(name), "nh3_ppm");
    EXPECT_THAT(listed("/v1.1/Things?$orderby=name"), ElementsAre("\"A\"", "\"B\"", "\"C\""));
    EXPECT_THAT(listed("/v1.1/Things?$orderby=name desc&$top=2&$skip=1"),
                ElementsAre("\"B\"", "\"A\""));
    const auto some = body(
        "/v1.1/Things?$filter=name ne 'B'&$count=true&$select=name&$top=1"
        "&$orderby=name");
    EXPECT_EQ(integer_at(some, "@iot.count", 0), 2);
    EXPECT_EQ(to_text(array_at(some, "value")), R"([{"name":"A"}])");
    EXPECT_THAT(listed("/v1.1/Datastreams?$filter=Thing/name eq 'C'"), ElementsAre("\"nh3_ppm\""));
    EXPECT_THAT(listed("/v1.1/Things?$filter=properties/type eq 'gas_detector' and name lt 'B'"),
                ElementsAre("\"A\""));
    EXPECT_EQ(get("/v1.1/Things?$filter=weight gt 1").error, "sensorthings_no_property");
    EXPECT_EQ(get("/v1.1/Things?$skiptoken=x").error, "sensorthings_option");
}

TEST_F(SensorThings, PlacesAreFilteredByShape) {
    device("in", {}, Geometry::point({117.8, 39.0}));
    device("out", {}, Geometry::point({117.0, 39.0}));
    EXPECT_EQ(listed("/v1.1/Locations?$filter=st_within(location,geography'POLYGON ((117.7 38.9, "
                     "117.9 38.9, 117.9 39.1, 117.7 39.1, 117.7 38.9))')"),
              (std::vector<std::string>{"\"in\""}));
    EXPECT_EQ(listed("/v1.1/Things?$filter=geo.distance(Locations/location,geography'POINT (117 "
                     "39)') lt 10"),
              (std::vector<std::string>{"\"out\""}));
}

// A page goes on behind the last one shown, whatever came or went meanwhile.
TEST_F(SensorThings, PagesStayRightWhileThingsChange) {
    for (int i = 0; i < 7; ++i) device("T" + std::to_string(i));
    int round = 0;
    const auto names = all_pages("/v1.1/Things?$orderby=name&$top=2&$filter=name ne 'X'", "name",
                                 [&] { device("A" + std::to_string(round++)); });
    EXPECT_THAT(names,
                ElementsAre("\"T0\"", "\"T1\"", "\"T2\"", "\"T3\"", "\"T4\"", "\"T5\"", "\"T6\""));
    const Uuid stream = datastream(device("GD-1"), "nh3_ppm");
    for (int i = 0; i < 10; ++i) observe(stream, i, i);
    int later = 100;
    EXPECT_THAT(all_pages("/v1.1/Datastreams('" + stream.text() + "')/Observations?$top=3",
                          "result", [&] { observe(stream, later++, 99); }),
                ElementsAre("9", "8", "7", "6", "5", "4", "3", "2", "1", "0"));
}

TEST_F(SensorThings, ObservationsOfManyStreamsInTimeOrder) {
    const Uuid a = datastream(device("A"), "nh3_ppm"), b = datastream(device("B"), "nh3_ppm");
    for (int i = 0; i < 6; ++i) {
        observe(i % 2 == 0 ? a : b, i, i);
        if (i == 4) observe(b, i, 40);  // the same instant as one of a's
    }
    const auto newest = all_pages("/v1.1/Observations?$top=2", "phenomenonTime");
    ASSERT_EQ(newest.size(), 7U);
    EXPECT_TRUE(std::ranges::is_sorted(newest, std::greater<>()));
    EXPECT_THAT(all_pages("/v1.1/Observations?$top=2&$orderby=phenomenonTime&$filter=result lt 5",
                          "result"),
                ElementsAre("0", "1", "2", "3", "4"));
    EXPECT_THAT(all_pages("/v1.1/Observations?$top=3&$orderby=result desc", "result"),
                ElementsAre("40", "5", "4", "3", "2", "1", "0"));
    EXPECT_THAT(listed("/v1.1/Observations?$filter=phenomenonTime ge 2026-11-19T04:00:01Z and "
                       "phenomenonTime lt 2026-11-19T04:00:03Z and Datastream/Thing/name eq 'A'",
                       "result"),
                ElementsAre("2"));
    const auto counted = body("/v1.1/Observations?$top=0&$count=true&$filter=result ge 3");
    EXPECT_EQ(integer_at(counted, "@iot.count", 0), 4);
    EXPECT_TRUE(array_at(counted, "value").empty());
}

TEST_F(SensorThings, DataArrays) {
    const Uuid a = datastream(device("A"), "nh3_ppm");
    observe(a, 0, 1);
    observe(a, 1, 2);
    const auto answer = body(
        "/v1.1/Observations?$resultFormat=dataArray&$select=result,"
        "phenomenonTime");
    const auto& first = array_at(answer, "value").at(0).as_object();
    EXPECT_EQ(to_text(first.at("components")), R"(["phenomenonTime","result"])");
    EXPECT_EQ(to_text(first.at("dataArray")),
              R"([["2026-11-19T04:00:01.000Z",2],["2026-11-19T04:00:00.000Z",1]])");
    EXPECT_EQ(integer_at(first, "dataArray@iot.count", 0), 2);
}

TEST_F(SensorThings, MovingThingsHaveAHistory) {
    const Uuid ship = device("ship");
    const Uuid east = datastream(ship, "longitude"), north = datastream(ship, "latitude");
    for (int i = 0; i < 4; ++i) {
        observe(east, i, 117.0 + i);
        observe(north, i, 39.0);
    }
    observe(east, 9, 120);  // half a position is none
    const std::string base = "/v1.1/Things('" + ship.text() + "')";
    const auto times = all_pages(base + "/HistoricalLocations?$top=3", "time");
    ASSERT_EQ(times.size(), 4U);
    EXPECT_EQ(times[0], "\"2026-11-19T04:00:03.000Z\"");
    const auto past = body("/v1.1/HistoricalLocations('" + ship.text() + ":" +
                           std::to_string(noon.ms) + "')?$expand=Locations,Thing");
    EXPECT_EQ(text_at(object_at(past, "Thing"), "name"), "ship");
    EXPECT_EQ(to_text(array_at(past, "Locations").at(0).as_object().at("location")),
              R"({"type":"Point","coordinates":[117,39]})");
}

// The access rule: a grid officer sees the grid's things and nobody's, by every way.
TEST_F(SensorThings, NobodySeesMoreThanInTheLedgers) {
    const Uuid mine = device("mine", grid_one), theirs = device("theirs", grid_two);
    const Uuid my_stream = datastream(mine, "nh3_ppm", grid_one);
    const Uuid their_stream = datastream(theirs, "nh3_ppm", grid_two);
    observe(my_stream, 0, 1);
    observe(their_stream, 0, 2);
    EXPECT_THAT(listed("/v1.1/Things", "name", "gridder"), ElementsAre("\"mine\""));
    EXPECT_THAT(listed("/v1.1/Observations", "result", "gridder"), ElementsAre("1"));
    EXPECT_EQ(listed("/v1.1/ObservedProperties('nh3_ppm')/Datastreams", "name", "gridder").size(),
              1U);
    for (const std::string& path :
         {"Things('" + theirs.text() + "')", "Locations('" + theirs.text() + "')",
          "Datastreams('" + their_stream.text() + "')",
          "Datastreams('" + their_stream.text() + "')/Observations",
          "Observations('" + their_stream.text() + ":" + std::to_string(noon.ms) + "')"})
        EXPECT_EQ(get("/v1.1/" + path, "gridder").status, 404) << path;
    EXPECT_EQ(get("/v1.1/Things", "nobody").status, 401);
    EXPECT_EQ(get("/v1.1/Things", "sysadmin").status, 403);
}

TEST_F(SensorThings, AScanBackwardsFindsAllOfACrowdedAndOfASparseStream) {
    const Uuid stream = datastream(device("A"), "nh3_ppm");
    const auto number = house.lake.number_of({stream, "live"});
    observe(stream, -200'000'000, -1);  // six years before
    for (int i = 0; i < 6'000; ++i) observe(stream, i, i);
    Scan scan(house.lake, number, {INT64_MIN}, {INT64_MAX}, Direction::newest_first);
    std::vector<double> values;
    for (;;) {
        const auto row = scan.peek();
        ASSERT_TRUE(row);
        if (*row == nullptr) break;
        values.push_back((*row)->value);
        scan.next();
    }
    ASSERT_EQ(values.size(), 6'001U);
    EXPECT_TRUE(std::ranges::is_sorted(values, std::greater<>()));
}

}  // namespace
}  // namespace anlan::center::sensorthings
