// What a gateway costs: bytes to readings, a unit's whole session up to the lake's door, HTTP JSON.
#include "foundations/sensing/gateways/ais/decoder.h"
#include "foundations/sensing/gateways/gb26875/session.h"
#include "foundations/sensing/gateways/http_json/decoder.h"
#include "foundations/sensing/gateways/hydrant/decoder.h"
#include "foundations/sensing/gateways/jt808/decoder.h"
#include "foundations/sensing/gateways/line_protocol/decoder.h"
#include "foundations/sensing/gateways/mqtt/packet.h"
#include "foundations/sensing/gateways/mqtt/payload.h"
#include "foundations/sensing/gateways/ndjson/decoder.h"
#include "foundations/sensing/test_doubles.h"

#include <benchmark/benchmark.h>

namespace anlan::sensing {
namespace {

using namespace gb26875;

constexpr std::size_t k_piece_bytes = 16 * 1024;  // what the listener reads at once
const Address k_unit = *Address::parse("000000005001");

PartState part_state(std::uint8_t number) {
    PartState o;
    o.system_type = o.system_address = 1;
    o.part_type = 40;
    o.part_address = {number, 0, 1, 0};
    o.state = 1;
    o.time = WireTime::of(test::noon());
    return o;
}

/// `count` frames of `objects` part states each.
std::vector<std::uint8_t> stream_of(int count, int objects) {
    std::vector<std::uint8_t> out;
    std::vector<Object> states;
    for (int i = 0; i < objects; ++i) states.emplace_back(part_state(static_cast<std::uint8_t>(i)));
    const auto unit = *encode_unit(2, states);
    for (int i = 0; i < count; ++i) {
        const auto frame = encode({.sequence = static_cast<std::uint16_t>(i),
                                   .time = test::noon(),
                                   .source = k_unit,
                                   .destination = {}},
                                  unit);
        out.insert(out.end(), frame.begin(), frame.end());
    }
    return out;
}

void bytes_to_readings(benchmark::State& state) {
    constexpr int k_frames = 1000;
    const auto bytes = stream_of(k_frames, static_cast<int>(state.range(0)));
    std::vector<Reading> readings;
    Unit unit;
    std::int64_t frames = 0, count = 0;
    for (auto _ : state) {
        FrameReader reader;
        for (std::size_t at = 0; at < bytes.size(); at += k_piece_bytes) {
            reader.push(Bytes(bytes).subspan(at, std::min(k_piece_bytes, bytes.size() - at)));
            while (auto next = reader.next()) {
                readings.clear();
                if (!*next || !decode(**next, unit)) state.SkipWithError("a frame was lost");
                readings_of(unit, readings);
                ++frames;
                count += static_cast<std::int64_t>(readings.size());
            }
        }
    }
    state.SetItemsProcessed(frames);
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
    state.counters["readings"] =
        benchmark::Counter(static_cast<double>(count), benchmark::Counter::kIsRate);
}
BENCHMARK(bytes_to_readings)->Arg(1)->Arg(22);

/// Session, hub with one listener, acknowledgement; the lake is memory that commits at once.
void session_to_lake(benchmark::State& state) {
    constexpr int k_frames = 1000;
    test::MemoryRegister records;
    test::MemoryLake lake;
    const SystemClock clock;
    const auto device = test::device("unit", "gb26875", k_unit.text());
    records.put(device);
    for (int i = 0; i < 22; ++i)
        records.put(test::datastream(device, "part:1/1/40/" + std::to_string(i) + ".0.1.0"));
    Hub::Options options{.records = &records, .lake = &lake, .clock = &clock, .zone = "dongjiang"};
    options.readings_per_second = options.readings_burst = 1e12;
    options.report = [](const Error&) {};
    const auto hub = *Hub::create(options);
    double sum = 0;
    hub->listen([&](std::span<const Heard> heard) { sum += heard[0].observation.value; });
    Counters counters;
    std::size_t answered = 0;
    Session session({.hub = hub.get(),
                     .clock = &clock,
                     .peer = "bench",
                     .send = [&](const auto& w) { answered += w.size(); },
                     .counters = {std::shared_ptr<void>(), &counters}});
    const auto bytes = stream_of(k_frames, static_cast<int>(state.range(0)));
    for (auto _ : state) {
        for (std::size_t at = 0; at < bytes.size(); at += k_piece_bytes) {
            session.receive(Bytes(bytes).subspan(at, std::min(k_piece_bytes, bytes.size() - at)));
        }
        lake.stored.clear();
    }
    if (counters.confirmed != static_cast<std::uint64_t>(state.iterations()) * k_frames)
        state.SkipWithError("a frame was not confirmed");
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations() * k_frames);
}
BENCHMARK(session_to_lake)->Arg(1)->Arg(22);

/// Sentences to readings: position reports, and with 1 every fifth message a name in two sentences.
void ais_to_readings(benchmark::State& state) {
    const std::string position = "!AIVDM,1,1,,B,181:Kjh01ewHFRPDK1s3IRcn06sd,0*08\r\n";
    const std::string names =
        "!SAVDM,2,1,6,A,55NOvQP1u>QIL@O??SL985`u>0EQ18E=>222221J1p`884i6N344Sll1@m80,0*0C\r\n"
        "!SAVDM,2,2,6,A,TRA1iH88880,2*6F\r\n";
    std::string text;
    for (int i = 0; i < 1000; ++i) text += state.range(0) == 1 && i % 5 == 0 ? names : position;
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    std::vector<Reading> readings;
    const Timestamp now = test::noon();
    std::int64_t count = 0;
    for (auto _ : state) {
        ais::MessageReader reader;
        for (std::size_t at = 0; at < bytes.size(); at += k_piece_bytes) {
            reader.push(bytes.subspan(at, std::min(k_piece_bytes, bytes.size() - at)));
            while (const auto next = reader.next(now)) {
                if (!*next) state.SkipWithError("a message was lost");
                ais::readings_of(**next, now, readings);
                ++count;
            }
        }
    }
    if (count != state.iterations() * 1000) state.SkipWithError("a message was lost");
    state.SetItemsProcessed(count);
}
BENCHMARK(ais_to_readings)->Arg(0)->Arg(1);

/// Position reports with mileage, fuel and satellites to readings.
void jt808_to_readings(benchmark::State& state) {
    std::vector<std::uint8_t> body(28, 0), bytes;
    body[7] = 2;
    body[9] = 0x52;
    body[22] = 0x26;
    body[23] = body[24] = 0x11;
    for (const int byte : {0x01, 4, 0, 0, 0, 100, 0x02, 2, 0, 55, 0x31, 1, 9})
        body.push_back(static_cast<std::uint8_t>(byte));
    for (int i = 0; i < 1000; ++i) {
        const auto frame = jt808::encode(
            {0x0200, static_cast<std::uint16_t>(i), jt808::Version::v2013, 0, "13912344323"}, body);
        bytes.insert(bytes.end(), frame.begin(), frame.end());
    }
    std::vector<Reading> readings;
    jt808::Content content;
    std::int64_t count = 0;
    for (auto _ : state) {
        jt808::MessageReader reader;
        for (std::size_t at = 0; at < bytes.size(); at += k_piece_bytes) {
            reader.push(Bytes(bytes).subspan(at, std::min(k_piece_bytes, bytes.size() - at)));
            while (const auto frame = reader.frames.next()) {
                const auto message = reader.parts.add(**frame, {});
                if (!message || !jt808::decode(**message, content))
                    state.SkipWithError("a message was lost");
                readings.clear();
                for (const auto& each : content.positions) jt808::readings_of(each, readings);
                ++count;
            }
        }
    }
    if (count != state.iterations() * 1000) state.SkipWithError("a message was lost");
    state.SetItemsProcessed(count);
}
BENCHMARK(jt808_to_readings);

void http_json_body(benchmark::State& state) {
    json::array readings;
    for (int i = 0; i < state.range(0); ++i) {
        readings.push_back({{"channel", "nh3"},
                            {"value", 1.6 + i * 0.01},
                            {"at", iso8601(test::noon() + i * 1000)}});
    }
    const std::string body = to_text(json::object{{"readings", std::move(readings)}});
    for (auto _ : state) {
        if (!http_json::decode(std::string_view(body))) state.SkipWithError("refused");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(http_json_body)->Arg(1)->Arg(1000);

void ndjson_body(benchmark::State& state) {
    std::string body;
    for (int i = 0; i < state.range(0); ++i) {
        body += to_text(json::object{{"channel", "nh3"},
                                     {"value", 1.6 + i * 0.01},
                                     {"at", iso8601(test::noon() + i * 1000)}}) +
                "\n";
    }
    for (auto _ : state) {
        if (!ndjson::decode(body)) state.SkipWithError("refused");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(ndjson_body)->Arg(1000);

void line_protocol_body(benchmark::State& state) {
    std::string body;
    for (int i = 0; i < state.range(0); ++i) {
        body += "weather,mast=2 wind_speed=" + std::to_string(1.6 + i * 0.01) + ' ' +
                std::to_string((test::noon() + i * 1000).ms) + "000000\n";
    }
    for (auto _ : state) {
        if (!line_protocol::decode(body, {})) state.SkipWithError("refused");
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(line_protocol_body)->Arg(1000);

void hydrant_frames(benchmark::State& state) {
    constexpr int k_frames = 1000;
    std::vector<std::uint8_t> bytes;
    hydrant::Frame frame;
    frame.number = "SHMK19060013";
    frame.kind = 1;
    frame.time = test::noon();
    const std::vector<std::int16_t> records(static_cast<std::size_t>(state.range(0)), 538);
    for (int i = 0; i < k_frames; ++i) {
        frame.now = static_cast<std::int16_t>(i);
        const auto one = hydrant::pack(frame, records);
        bytes.insert(bytes.end(), one.begin(), one.end());
    }
    const hydrant::Settings settings;
    std::vector<Reading> readings;
    for (auto _ : state) {
        hydrant::FrameReader reader;
        int count = 0;
        for (std::size_t at = 0; at < bytes.size(); at += k_piece_bytes) {
            reader.push(Bytes(bytes).subspan(at, std::min(k_piece_bytes, bytes.size() - at)));
            while (const auto next = reader.next()) {
                if (!*next) state.SkipWithError("a frame was lost");
                hydrant::readings_of(**next, settings, readings);
                ++count;
            }
        }
        if (count != k_frames) state.SkipWithError("a frame was lost");
    }
    state.SetItemsProcessed(state.iterations() * k_frames);
}
BENCHMARK(hydrant_frames)->Arg(0)->Arg(10);
void mqtt_bytes_to_readings(benchmark::State& state) {
    constexpr int k_messages = 1000;
    mqtt::Out bytes;
    for (std::uint16_t i = 1; i <= k_messages; ++i) {
        mqtt::Publish message{.topic = "anlan/GAS-00001/up", .properties = {}};
        message.qos = 1;
        message.id = i;
        message.payload = R"({"nh3":412.5,"temperature":-18.25})";
        encode(bytes, message, mqtt::Version::v5);
    }
    std::vector<Reading> readings;
    mqtt::Packet packet;
    for (auto _ : state) {
        mqtt::PacketReader reader;
        for (std::size_t at = 0; at < bytes.size(); at += k_piece_bytes) {
            reader.push(mqtt::Bytes(bytes).subspan(at, std::min(k_piece_bytes, bytes.size() - at)));
            readings.clear();
            while (const auto next = reader.next()) {
                if (!*next || !decode(**next, mqtt::Version::v5, {}, packet))
                    state.SkipWithError("a packet was lost");
                const auto& message = std::get<mqtt::Publish>(packet);
                if (!mqtt::readings_of({message.topic, message.payload, "GAS-00001", test::noon()},
                                       nullptr, readings))
                    state.SkipWithError("a payload was not read");
            }
        }
    }
    state.SetItemsProcessed(state.iterations() * k_messages);
}
BENCHMARK(mqtt_bytes_to_readings);

}  // namespace
}  // namespace anlan::sensing
