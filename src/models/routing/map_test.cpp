// Routes on maps drawn as text: what closes what, what is said about it.
#include "models/routing/ascii_map.h"
#include "models/routing/errors.h"
#include "models/routing/route.h"

#include <gmock/gmock.h>

namespace anlan::routing {
namespace {

using testing::AsciiMap;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names(const Route& route) {
    std::vector<std::string> out;
    for (const auto& r : route.roads) out.push_back(r.name.en);
    return out;
}

std::vector<Turn> turns(const Route& route) {
    std::vector<Turn> out;
    for (const auto& r : route.roads) out.push_back(r.turn);
    return out;
}

std::string in_chinese(const Error& e) {
    return text_of(*e.row, e.parameters, Language::zh);
}

// Two ways from a to b: the straight one, and one round by the north.
const AsciiMap k_block({
    "C---------D",
    "|         |",
    "|         |",
    "A-a--m--b-B",
});

TEST(RouteOnAMap, TakesTheShortWayAlongOneSegment) {
    const Graph g = k_block.graph();
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 600, 0.1);
    EXPECT_NEAR(route->seconds, 60, 0.01);
    EXPECT_THAT(names(*route), ElementsAre("AB"));
    EXPECT_TRUE(route->notes.empty());
}

TEST(RouteOnAMap, GoesRoundAnAreaThatLiesOnTheStraightWay) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> cloud{{{"云团", "cloud"}, k_block.square('m', 50)}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, cloud));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 200 + 300 + 1000 + 300 + 200, 0.1);
    EXPECT_THAT(names(*route), ElementsAre("AB", "CA", "CD", "DB", "AB"));
    EXPECT_THAT(turns(*route),
                ElementsAre(Turn::start, Turn::right, Turn::right, Turn::right, Turn::right));
    EXPECT_EQ(route->inside_m, 0);
}

TEST(RouteOnAMap, AnAreaThatOnlyTouchesARoadClosesIt) {
    const Graph g = k_block.graph();
    Geometry touching = k_block.square('m', 50);
    const Local m = to_local(k_block.at('m'));
    touching = Geometry::polygon({k_block.at('m'), to_lonlat({m.east_m + 40, m.north_m + 40}),
                                  to_lonlat({m.east_m - 40, m.north_m + 40})});
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'),
                                  Closures(g, std::vector<BlockedArea>{{{"尖", "tip"}, touching}}));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 2000, 0.1);
}

TEST(RouteOnAMap, AnAreaWithACornerOnAJunctionClosesItsRoads) {
    const Graph g = k_block.graph();
    const Local d = to_local(k_block.at('D'));  // The corner is the junction to the last bit.
    const auto outside =
        Geometry::polygon({k_block.at('D'), to_lonlat({d.east_m + 90, d.north_m + 30}),
                           to_lonlat({d.east_m + 30, d.north_m + 90})});
    const std::vector<BlockedArea> areas{{{"云团", "cloud"}, k_block.square('m', 50)},
                                         {{"角", "corner"}, outside}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, areas));
    ASSERT_FALSE(route);
    EXPECT_THAT(in_chinese(route.error()), HasSubstr("“角”：CD"));
}

TEST(RouteOnAMap, ALoopIsLeftAndEnteredByItsNearerEnd) {
    auto roads = k_block.roads();
    const Local a = to_local(k_block.at('A'));
    const auto by = [&](double e, double n) { return to_lonlat({a.east_m + e, a.north_m + n}); };
    roads.push_back({Uuid::from_name("loop"),
                     {"loop", "loop"},
                     {k_block.at('A'), by(-300, 0), by(-300, -300), by(0, -300), k_block.at('A')},
                     MetresPerSecond(10),
                     false,
                     false,
                     {}});
    const auto g = Graph::build(roads);
    ASSERT_TRUE(g);
    for (const auto place : {by(-100, 0), by(0, -100)}) {
        const auto out = find_route(*g, place, k_block.at('a'), Closures(*g));
        const auto in = find_route(*g, k_block.at('a'), place, Closures(*g));
        ASSERT_TRUE(out && in);
        EXPECT_NEAR(out->length_m, 300, 0.1);
        EXPECT_NEAR(in->length_m, 300, 0.1);
    }
}

TEST(RouteOnAMap, AnAreaBesideTheRoadClosesNothing) {
    const Graph g = k_block.graph();
    const Local m = to_local(k_block.at('m'));
    const auto beside = Geometry::polygon({to_lonlat({m.east_m, m.north_m + 2}),
                                           to_lonlat({m.east_m + 40, m.north_m + 40}),
                                           to_lonlat({m.east_m - 40, m.north_m + 40})});
    const auto route =
        find_route(g, k_block.at('a'), k_block.at('b'),
                   Closures(g, std::vector<BlockedArea>{{{"旁", "beside"}, beside}}));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 600, 0.1);
}

TEST(RouteOnAMap, AHoleInAnAreaIsOpen) {
    const Graph g = k_block.graph();
    Geometry ring = k_block.square('m', 5000);
    ring.parts.front().push_back(k_block.square('m', 4000).parts.front().front());
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'),
                                  Closures(g, std::vector<BlockedArea>{{{"环", "ring"}, ring}}));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 600, 0.1);
}

TEST(RouteOnAMap, SaysWhichAreaAndWhichRoadsCloseEveryWay) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> clouds{{{"云团", "cloud"}, k_block.square('m', 50)},
                                          {{"火场", "fire"}, k_block.square('D', 80)}};
    const std::vector<ClosedRoad> works{{k_block.road("CA"), {"施工", "road works"}}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, clouds, works));
    ASSERT_FALSE(route);
    EXPECT_TRUE(route.error().is(errors::k_every_road_closed));
    EXPECT_THAT(in_chinese(route.error()), HasSubstr("“云团”：AB"));
    EXPECT_THAT(in_chinese(route.error()), HasSubstr("道路封闭（施工）：CA"));
    // The fire closes roads that could not be reached anyhow: it is not the reason.
    EXPECT_THAT(in_chinese(route.error()), ::testing::Not(HasSubstr("火场")));
    EXPECT_THAT(text_of(*route.error().row, route.error().parameters, Language::en),
                HasSubstr("'cloud': AB"));
    EXPECT_GE(route.error().fields.size(), 2U);
}

TEST(RouteOnAMap, AClosedRoadThatLeadsElsewhereIsNotTheReason) {
    const AsciiMap spur({"E--<--A-a--m--b-B"});
    const Graph g = spur.graph();
    const std::vector<BlockedArea> both{{{"云团", "cloud"}, spur.square('m', 50)},
                                        {{"火场", "fire"}, spur.square('E', 80)}};
    const auto route = find_route(g, spur.at('a'), spur.at('b'), Closures(g, both));
    ASSERT_FALSE(route);
    EXPECT_THAT(in_chinese(route.error()), HasSubstr("“云团”：AB"));
    EXPECT_THAT(in_chinese(route.error()), ::testing::Not(HasSubstr("火场")));
}

TEST(RouteOnAMap, ADestinationInsideIsReachedTheShortWayInsideAndSaysSo) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> cloud{{{"云团", "cloud"}, k_block.square('m', 150)}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('m'), Closures(g, cloud));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 300, 0.1);
    EXPECT_NEAR(route->inside_m, 150, 0.1);
    ASSERT_EQ(route->notes.size(), 1U);
    EXPECT_EQ(route->notes[0].id, "destination_inside");
    EXPECT_THAT(route->notes[0].text.zh, HasSubstr("“云团”"));
    EXPECT_THAT(route->notes[0].text.en, HasSubstr("150 m"));
}

TEST(RouteOnAMap, PrefersALongWayOutsideToAShortOneInside) {
    const Graph g = k_block.graph();
    // From A the straight way has 500 m inside; round by C and D only 100 m.
    const Local m = to_local(k_block.at('m'));
    const auto area = Geometry::polygon(
        {to_lonlat({m.east_m - 400, m.north_m - 50}), to_lonlat({m.east_m + 100, m.north_m - 50}),
         to_lonlat({m.east_m + 100, m.north_m + 50}), to_lonlat({m.east_m - 400, m.north_m + 50})});
    const auto route = find_route(g, k_block.at('A'), k_block.at('m'),
                                  Closures(g, std::vector<BlockedArea>{{{"云", "cloud"}, area}}));
    ASSERT_TRUE(route);
    EXPECT_THAT(names(*route), ElementsAre("CA", "CD", "DB", "AB"));
    EXPECT_NEAR(route->inside_m, 100, 0.1);
}

TEST(RouteOnAMap, CanStopBeforeTheEdge) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> cloud{{{"云团", "cloud"}, k_block.square('m', 150)}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('m'), Closures(g, cloud),
                                  {.inside = Inside::stop_at_edge, .edge_margin_m = 30});
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 300 - 150 - 30, 0.1);
    EXPECT_EQ(route->inside_m, 0);
    ASSERT_EQ(route->notes.size(), 1U);
    EXPECT_EQ(route->notes[0].id, "stopped_at_edge");
    EXPECT_THAT(route->notes[0].text.en, HasSubstr("180 m short"));
}

TEST(RouteOnAMap, AStartInsideMayLeave) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> cloud{{{"云团", "cloud"}, k_block.square('a', 150)}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, cloud));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 600, 0.1);
    ASSERT_EQ(route->notes.size(), 1U);
    EXPECT_EQ(route->notes[0].id, "start_inside");
}

TEST(RouteOnAMap, AnotherAreaThanTheDestinationsStaysClosed) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> both{{{"云团", "cloud"}, k_block.square('b', 50)},
                                        {{"火场", "fire"}, k_block.square('m', 50)}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, both));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 2000, 0.1);
}

TEST(RouteOnAMap, WeightedAreasMayBeCrossedAtAPrice) {
    const Graph g = k_block.graph();
    const std::vector<BlockedArea> cloud{{{"云团", "cloud"}, k_block.square('m', 50)}};
    // 100 m inside: at a weight of 10 the straight way costs 1,500 m, less than 2,000 m round; at
    // 20 more.
    const auto across = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, cloud),
                                   {.areas = Areas::weighted, .inside_weight = 10});
    const auto round = find_route(g, k_block.at('a'), k_block.at('b'), Closures(g, cloud),
                                  {.areas = Areas::weighted, .inside_weight = 20});
    ASSERT_TRUE(across && round);
    EXPECT_NEAR(across->length_m, 600, 0.1);
    EXPECT_NEAR(across->inside_m, 100, 0.1);
    EXPECT_NEAR(across->seconds, 60, 0.01) << "the price is not time";
    EXPECT_NEAR(round->length_m, 2000, 0.1);
}

const AsciiMap k_one_way({
    "A-a->--b-B",
    "|        |",
    "C--------D",
});

TEST(RouteOnAMap, KeepsToOneWayRoads) {
    const Graph g = k_one_way.graph();
    const Closures open(g);
    const auto there = find_route(g, k_one_way.at('a'), k_one_way.at('b'), open);
    const auto back = find_route(g, k_one_way.at('b'), k_one_way.at('a'), open);
    ASSERT_TRUE(there && back);
    EXPECT_NEAR(there->length_m, 500, 0.1);
    EXPECT_NEAR(back->length_m, 200 + 200 + 900 + 200 + 200, 0.1);
    EXPECT_THAT(names(*back), ElementsAre("AB", "BD", "CD", "AC", "AB"));
}

TEST(RouteOnAMap, RoadsThatDoNotConnectAreSaidToBeSo) {
    const AsciiMap apart({"A--a--B", "       ", "C--c--D"});
    const Graph g = apart.graph();
    const auto route = find_route(g, apart.at('a'), apart.at('c'), Closures(g));
    ASSERT_FALSE(route);
    EXPECT_TRUE(route.error().is(errors::k_roads_do_not_connect));
}

TEST(RouteOnAMap, AWayAgainstEveryOneWayRoadDoesNotConnect) {
    const AsciiMap line({"A-a->--B-->--b-C"});
    const Graph g = line.graph();
    EXPECT_TRUE(find_route(g, line.at('a'), line.at('b'), Closures(g)));
    const auto back = find_route(g, line.at('b'), line.at('a'), Closures(g));
    ASSERT_FALSE(back);
    EXPECT_TRUE(back.error().is(errors::k_roads_do_not_connect));
}

TEST(RouteOnAMap, NoRoadNearIsSaidForTheRightEnd) {
    const Graph g = k_block.graph();
    const Local far = to_local(k_block.at('A')) - Local{800, 800};
    const auto route = find_route(g, k_block.at('a'), to_lonlat(far), Closures(g));
    ASSERT_FALSE(route);
    EXPECT_TRUE(route.error().is(errors::k_no_road_near));
    EXPECT_THAT(in_chinese(route.error()), HasSubstr("终点"));
    const auto nowhere = find_route(g, {-170, 89}, k_block.at('a'), Closures(g));
    ASSERT_FALSE(nowhere);
    EXPECT_THAT(in_chinese(nowhere.error()), HasSubstr("起点"));
}

TEST(RouteOnAMap, SnapsToAnOpenRoadWhenTheNearestIsClosed) {
    const Graph g = k_block.graph();
    const std::vector<ClosedRoad> works{{k_block.road("AB"), {}}};
    const auto route = find_route(g, k_block.at('a'), k_block.at('D'), Closures(g, {}, works));
    ASSERT_TRUE(route);
    EXPECT_THAT(names(*route), ElementsAre("CA", "CD"));
    EXPECT_NEAR(route->start_off_m, 200, 0.1);
}

TEST(RouteOnAMap, StartAndDestinationInOnePlace) {
    const Graph g = k_block.graph();
    const auto route = find_route(g, k_block.at('a'), k_block.at('a'), Closures(g));
    ASSERT_TRUE(route);
    EXPECT_NEAR(route->length_m, 0, 1e-6);
    EXPECT_GE(route->line.size(), 2U);
}

TEST(RouteOnAMap, ManoeuvresAreSaidInBothLanguages) {
    const Taken taken{{"海鸥道", "Hai'ou Street"}, 430, 39, Turn::left, 0};
    EXPECT_EQ(text_of(taken).zh, "左转进入海鸥道，430 m");
    EXPECT_EQ(text_of(taken).en, "Turn left into Hai'ou Street, 430 m");
}

TEST(GraphBuilding, NamesEveryBadRoad) {
    auto roads = k_block.roads();
    roads[0].line.resize(1);
    roads[2].speed = MetresPerSecond(0);
    const auto g = Graph::build(roads);
    ASSERT_FALSE(g);
    EXPECT_TRUE(g.error().is(errors::k_bad_road));
    ASSERT_EQ(g.error().fields.size(), 2U);
    EXPECT_EQ(g.error().fields[0].where, "roads/0");
    EXPECT_EQ(g.error().fields[1].where, "roads/2");
}

TEST(GraphBuilding, JoinsEndsWithinTheSnappingDistanceOnly) {
    auto roads = k_block.roads();
    const Local a = to_local(roads[0].line[0]);
    roads[0].line[0] = to_lonlat({a.east_m + 0.7, a.north_m});
    EXPECT_EQ(Graph::build(roads)->nodes().size(), 4U);
    roads[0].line[0] = to_lonlat({a.east_m + 1.5, a.north_m});
    EXPECT_EQ(Graph::build(roads)->nodes().size(), 5U);
}

TEST(GraphBuilding, AnEmptyNetworkHasNoRoadNear) {
    const auto g = Graph::build({});
    ASSERT_TRUE(g);
    EXPECT_FALSE(find_route(*g, {117.8, 39}, {117.81, 39}, Closures(*g)));
}

}  // namespace
}  // namespace anlan::routing
