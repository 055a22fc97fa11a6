// The loop on the real register: a reading becomes an alarm, an incident, a plan with tasks and
// receipts; the process dies without a word in the middle; the chain still verifies. Hub and lake
// are test doubles, everything else is as in the program.
#include "apps/command/command.h"
#include "apps/monitoring/monitoring.h"
#include "apps/testing/house.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

namespace anlan::testing {
namespace {

using bigdata::k_live;
using bigdata::Record;

const Uuid k_enterprise = Uuid::from_name("cold store"), k_vessel = Uuid::from_name("V-201"),
           k_device = Uuid::from_name("GD-1"), k_stream = Uuid::from_name("GD-1/nh3");
constexpr int k_detectors = 6;

struct Folder {
    std::filesystem::path path;
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "anlan-loop-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

/// The program as center wires it. Its end tells the applications nothing: entries that were not
/// yet heard stay unheard.
struct Program {
    std::unique_ptr<bigdata::Register> records;
    bigdata::Access access{shipped_catalog()};
    std::unique_ptr<comms::Messenger> messenger;
    std::unique_ptr<monitoring::Monitoring> monitoring;
    std::unique_ptr<command::Command> command;
    std::unique_ptr<bigdata::Register::Subscription> subscription;

    Program(const std::filesystem::path& folder, const Clock& clock, IdSource& ids, FakeHub& hub,
            FakeLake& lake) {
        auto opened = bigdata::Register::open({.database = folder / "register.db",
                                               .catalog = &shipped_catalog(),
                                               .clock = &clock,
                                               .ids = &ids});
        EXPECT_TRUE(opened.has_value()) << text_of(opened.error(), Language::en);
        records = std::move(*opened);
        std::vector<std::unique_ptr<comms::Channel>> channels;
        channels.push_back(std::make_unique<comms::InProgramChannel>());
        channels.push_back(std::make_unique<comms::SimulatedChannel>());
        messenger = std::make_unique<comms::Messenger>(
            comms::Messenger::Options{records.get(), &clock, "dongjiang"}, std::move(channels));
        const apps::Context context{*records, lake, shipped_catalog(), access, hub,
                                    clock,    ids,  "dongjiang"};
        monitoring = std::make_unique<monitoring::Monitoring>(context, *messenger,
                                                              monitoring::Monitoring::Options{});
        const auto settings = command::Settings::load(std::filesystem::path(ANLAN_SOURCE_DIR) /
                                                      "catalog/settings/command.yaml");
        command = std::make_unique<command::Command>(context, *settings,
                                                     command::ExerciseDesk::Simulator{});
        const auto since = records->last_sequence();
        EXPECT_TRUE(messenger->start().has_value());
        EXPECT_TRUE(monitoring->start().has_value());
        EXPECT_TRUE(command->start().has_value());
        subscription = records->listen(since, [this](const bigdata::Entry& e) {
            messenger->on_entry(e);
            monitoring->on_entry(e);
            command->on_entry(e);
        });
    }
    ~Program() {
        subscription.reset();
        records.reset();  // the writer first: its callbacks still know the applications
    }
    std::vector<Record> rows(std::string_view kind) const {
        return *records->all({"dongjiang", std::string(k_live), {}}, kind);
    }
    void write(bigdata::Change change) {
        bigdata::Batch batch;
        batch.zone = "dongjiang";
        batch.author = {Uuid::from_name("chenmo"), "陈默", "api"};
        batch.changes = {std::move(change)};
        const auto done = records->write(std::move(batch));
        ASSERT_TRUE(done.has_value()) << text_of(done.error(), Language::en);
    }
    void put(std::string_view kind, Uuid id, json::object fields,
             std::optional<Geometry> geometry = {}) {
        bigdata::Change change;
        change.kind = kind;
        change.id = id;
        change.fields = std::move(fields);
        change.geometry = std::move(geometry);
        write(std::move(change));
    }
    /// Waits for what the journal's thread brings about.
    template <class Condition>
    bool wait(Condition condition) const {
        for (int i = 0; i < 500; ++i) {
            if (condition()) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    bool all_in(std::string_view kind, std::size_t count,
                std::initializer_list<std::string_view> states) const {
        const auto found = rows(kind);
        return found.size() == count && std::ranges::all_of(found, [&](const Record& r) {
                   return std::ranges::find(states, r.state) != states.end();
               });
    }
};

struct Loop : ::testing::Test {
    Folder folder;
    SystemClock clock;
    SystemRandom random;
    IdSource ids{clock, random};
    FakeHub hub;
    FakeLake lake;
    std::unique_ptr<Program> program;

    void start() {
        program.reset();
        program = std::make_unique<Program>(folder.path, clock, ids, hub, lake);
    }
    void SetUp() override {
        start();
        auto& p = *program;
        p.put("substance", Uuid::from_name("nh3"),
              {{"name", "氨"},
               {"cas", "7664-41-7"},
               {"molar_mass_g_mol", 17.03},
               {"source", "test"}});
        p.put("enterprise", k_enterprise,
              {{"code", "E1"}, {"name", "冷库"}, {"type", "cold_store"}});
        p.put("vessel", k_vessel,
              {{"name", "V-201"},
               {"enterprise", k_enterprise.text()},
               {"substance", Uuid::from_name("nh3").text()},
               {"inventory_kg", 9600}},
              Geometry::point({117.8, 39.0}));
        p.put("rule", Uuid::from_name("rule"),
              {{"name", "氨"},
               {"type", "threshold"},
               {"property", "nh3_ppm"},
               {"hazard", "ammonia_leak"},
               {"enabled", true},
               {"group_minutes", 10},
               {"levels", *parse_json(R"([{"level":1,"op":">=","value":84,"clear":76}])")}});
        p.put(
            "plan", Uuid::from_name("plan"),
            {{"name", "预案"},
             {"hazard", "ammonia_leak"},
             {"forces", *parse_json(R"([{"type":"hazmat","count":1}])")},
             {"steps",
              *parse_json(
                  R"([{"key":"a","title":"断电","role":"expert","minutes":5},{"key":"b","title":"关阀","role":"expert","after":["a"]}])")}});
        p.put("road", Uuid::from_name("road"), {{"name", "路"}, {"class", "primary"}},
              Geometry::line({{117.79, 39.0}, {117.8, 39.0}}));
        p.put("team", Uuid::from_name("team"),
              {{"name", "危化队"}, {"type", "hazmat"}, {"hazards", json::array{"ammonia_leak"}}},
              Geometry::point({117.79, 39.0}));
        for (int i = 0; i < k_detectors; ++i) {
            const std::string name = "GD-" + std::to_string(i);
            const Uuid device = Uuid::from_name(name), stream = Uuid::from_name(name + "/nh3");
            p.put("device", device,
                  {{"name", name},
                   {"type", "gas_detector"},
                   {"protocol", "http_json"},
                   {"address", name},
                   {"vessel", k_vessel.text()}});
            p.put("datastream", stream,
                  {{"name", name},
                   {"device", device.text()},
                   {"property", "nh3_ppm"},
                   {"channel", "nh3"}});
            sensing::Stream s;
            s.number = lake.number_of({stream, std::string(k_live)});
            s.space = k_live;
            s.datastream = stream;
            s.device = device;
            s.enterprise = k_enterprise;
            s.vessel = k_vessel;
            s.property = "nh3_ppm";
            hub.add(s);
        }
        start();
    }
    void hear(int detector, double value) {
        const auto stream =
            hub.find(k_live, Uuid::from_name("GD-" + std::to_string(detector) + "/nh3"));
        const auto now = clock.now();
        const sensing::Heard heard{*stream,
                                   {stream->number, now, now, value, bigdata::Quality::good}};
        program->monitoring->on_observations({&heard, 1});
    }
    void move(std::string_view kind, Uuid id, std::string_view name) {
        bigdata::Change change;
        change.action = bigdata::Action::move;
        change.kind = kind;
        change.id = id;
        change.move = name;
        program->write(std::move(change));
    }
};

TEST_F(Loop, DetectorsThatCryTogetherOnManyThreadsDraftOneIncident) {
    std::vector<std::jthread> gateways;
    for (int d = 0; d < k_detectors; ++d) {
        gateways.emplace_back([this, d] {
            for (int i = 0; i < 40; ++i) hear(d, i % 7 == 3 ? 80 : 90 + i);
        });
    }
    gateways.clear();
    const auto& p = *program;
    ASSERT_TRUE(p.wait([&] {
        return p.all_in("alarm", k_detectors, {"active"}) && p.all_in("incident", 1, {"draft"});
    }));
    const auto incident = p.rows("incident").front();
    EXPECT_TRUE(p.wait([&] {
        return std::ranges::all_of(p.rows("alarm"), [&](const Record& a) {
            return text_at(a.fields, "incident") == incident.id.text();
        });
    }));
    int heads = 0;
    for (const auto& alarm : p.rows("alarm")) heads += !alarm.fields.contains("group");
    EXPECT_EQ(heads, 1);
}

TEST_F(Loop, TheProcessDiesInTheMiddleAndNothingIsLostOrDoubled) {
    hear(0, 400);
    ASSERT_TRUE(program->wait([&] { return program->all_in("incident", 1, {"draft"}); }));
    const Uuid incident = program->rows("incident").front().id;
    move("incident", incident,
         "confirm");  // and dies with the confirmation on disk, perhaps its effects too
    start();
    ASSERT_TRUE(program->wait([&] {
        return program->rows("task").size() == 2 && program->all_in("dispatch", 1, {"proposed"}) &&
               program->all_in("message", 1, {"sent"});
    }));
    hear(0, 410);
    for (int again = 0; again < 2; ++again) start();
    EXPECT_EQ(program->rows("alarm").size(), 1U);
    EXPECT_EQ(program->rows("incident").size(), 1U);
    EXPECT_EQ(program->rows("task").size(), 2U);

    Uuid first;
    for (const auto& task : program->rows("task")) {
        if (text_at(task.fields, "step") == "a") first = task.id;
    }
    move("task", first, "accept");
    move("task", first, "done");
    EXPECT_TRUE(program->wait([&] {
        return program->all_in("task", 2, {"done", "ordered"}) &&
               program->all_in("message", 2, {"sent"});
    }));
    move("dispatch", program->rows("dispatch").front().id, "order");
    EXPECT_TRUE(program->wait([&] { return program->all_in("team", 1, {"assigned"}); }));
    EXPECT_EQ(program->rows("dispatch").front().geometry->type, GeometryType::line_string);
    program.reset();
    const auto verdict = bigdata::verify_journal(folder.path / "register.db");
    ASSERT_TRUE(verdict.has_value());
    EXPECT_FALSE(verdict->broken_at.has_value()) << verdict->what;
}

}  // namespace
}  // namespace anlan::testing
