// Test doubles and scenery for the tests of the applications: a hub and a lake without devices, a
// register in memory, and a context made of them. For tests only.
#pragma once

#include "apps/context.h"
#include "core/random.h"
#include "foundations/comms/channels/in_program/in_program.h"
#include "foundations/comms/channels/simulated/simulated.h"
#include "foundations/comms/messenger.h"
#include "foundations/comms/testing/fake_register.h"

#include <map>

namespace anlan::testing {

class FakeLake final : public bigdata::Lake {
  public:
    bigdata::StreamNumber number_of(const bigdata::StreamKey& key) override {
        return m_numbers.emplace(key, static_cast<bigdata::StreamNumber>(m_numbers.size()))
            .first->second;
    }
    std::optional<bigdata::StreamKey> key_of(bigdata::StreamNumber number) const override {
        for (const auto& [key, value] : m_numbers) {
            if (value == number) return key;
        }
        return std::nullopt;
    }
    void append(std::vector<bigdata::Observation> observations,
                std::function<void(Result<void>)> durable) override {
        for (const auto& o : observations) {
            m_last[o.stream] = o;
            m_all.push_back(o);
        }
        durable({});
    }
    std::optional<bigdata::Observation> last(bigdata::StreamNumber stream) const override {
        const auto it = m_last.find(stream);
        return it == m_last.end() ? std::nullopt : std::optional(it->second);
    }
    Result<std::vector<bigdata::Bucket>> series(bigdata::StreamNumber, Timestamp, Timestamp,
                                                std::size_t) const override {
        return std::vector<bigdata::Bucket>{};
    }
    /// In the order of arrival: tests append by time.
    Result<std::vector<bigdata::Observation>> raw(bigdata::StreamNumber stream, Timestamp from,
                                                  Timestamp to, std::size_t limit) const override {
        std::vector<bigdata::Observation> out;
        for (const auto& o : m_all) {
            if (o.stream == stream && o.at >= from && o.at < to && out.size() < limit)
                out.push_back(o);
        }
        return out;
    }

  private:
    std::map<bigdata::StreamKey, bigdata::StreamNumber> m_numbers;
    std::map<bigdata::StreamNumber, bigdata::Observation> m_last;
    std::vector<bigdata::Observation> m_all;
};

class FakeHub final : public sensing::Hub {
  public:
    void take(sensing::Delivery, std::function<void(Result<void>)> durable) override {
        durable({});
    }
    void listen(Listener) override {}
    std::shared_ptr<const sensing::Stream> stream(bigdata::StreamNumber number) const override {
        for (const auto& s : m_streams) {
            if (s->number == number) return s;
        }
        return nullptr;
    }
    std::vector<std::shared_ptr<const sensing::Stream>> streams(
        std::string_view space) const override {
        std::vector<std::shared_ptr<const sensing::Stream>> out;
        for (const auto& s : m_streams) {
            if (s->space == space) out.push_back(s);
        }
        return out;
    }
    std::shared_ptr<const sensing::Stream> find(std::string_view space,
                                                Uuid datastream) const override {
        for (const auto& s : m_streams) {
            if (s->space == space && s->datastream == datastream) return s;
        }
        return nullptr;
    }
    void on_entry(const bigdata::Entry&) override {}
    std::shared_ptr<const sensing::Stream> add(sensing::Stream stream) {
        m_streams.push_back(std::make_shared<const sensing::Stream>(std::move(stream)));
        return m_streams.back();
    }

  private:
    std::vector<std::shared_ptr<const sensing::Stream>> m_streams;
};

/// Everything an application is given, and a messenger that hears the journal first.
struct House {
    ManualClock clock{*parse_iso8601("2026-11-23T06:00:00Z")};  // 14:00 in Beijing
    SeededRandom random{7};
    IdSource ids{clock, random};
    FakeRegister records{shipped_catalog(), clock, ids};
    FakeLake lake;
    FakeHub hub;
    bigdata::Access access{shipped_catalog()};
    comms::SimulatedChannel* simulated = nullptr;
    std::unique_ptr<comms::Messenger> messenger;
    std::vector<std::unique_ptr<bigdata::Register::Subscription>> subscriptions;

    House() { start_messenger(); }
    apps::Context context() {
        return {records, lake, shipped_catalog(), access, hub, clock, ids, "dongjiang"};
    }
    void start_messenger() {
        std::vector<std::unique_ptr<comms::Channel>> channels;
        channels.push_back(std::make_unique<comms::InProgramChannel>());
        auto channel = std::make_unique<comms::SimulatedChannel>();
        simulated = channel.get();
        channels.push_back(std::move(channel));
        messenger = std::make_unique<comms::Messenger>(
            comms::Messenger::Options{&records, &clock, "dongjiang"}, std::move(channels));
        static_cast<void>(messenger->start());
        hear([this](const bigdata::Entry& e) { messenger->on_entry(e); });
    }
    void hear(bigdata::Register::Listener listener) {
        subscriptions.push_back(records.listen(0, std::move(listener)));
    }
};

}  // namespace anlan::testing
