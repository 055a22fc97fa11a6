// A register and a lake in memory, for tests of what stands between them. They keep what the hub
// relies on: spaces inherit, writes give records ids and sequences, the lake answers when told to.
#pragma once

#include "foundations/bigdata/errors.h"
#include "foundations/sensing/hub.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

namespace anlan::sensing::test {

class MemoryRegister final : public bigdata::Register {
  public:
    using Record = bigdata::Record;
    std::vector<Record> rows;             ///< Current rows of all spaces.
    std::vector<bigdata::Batch> batches;  ///< As written through write().
    std::function<void(const bigdata::Entry&)> hears;

    std::string closed_space = "none";  ///< Writes to it are refused, and counted.
    std::atomic<int> refused = 0;

    /// As somebody else would write it; returns what a listener hears.
    bigdata::Entry put(Record record) {
        const std::lock_guard lock(m_mutex);
        record.sequence = ++m_sequence;
        std::erase_if(
            rows, [&](const Record& r) { return r.id == record.id && r.space == record.space; });
        rows.push_back(record);
        bigdata::Entry entry;
        entry.sequence = record.sequence;
        entry.action = record.deleted ? bigdata::Action::remove : bigdata::Action::create;
        entry.after = record;
        return entry;
    }
    [[nodiscard]] std::vector<Record> of(std::string_view kind) const {
        const std::lock_guard lock(m_mutex);
        std::vector<Record> out;
        std::ranges::copy_if(rows, std::back_inserter(out),
                             [&](const Record& r) { return r.kind == kind && !r.deleted; });
        return out;
    }

    Result<bigdata::Applied> write(bigdata::Batch batch) override {
        if (batch.space == closed_space) {
            ++refused;
            return fail(errors::k_space_closed);
        }
        bigdata::Applied applied;
        for (const bigdata::Change& change : batch.changes) {
            Record record;
            const auto known = find(batch.space, change.id);
            if (change.action != bigdata::Action::create && !known)
                return fail(errors::k_no_such_record);
            if (known)
                record = *known;
            else
                record.id = Uuid::from_name("row " + std::to_string(m_sequence));
            record.kind = change.kind;
            record.space = batch.space;
            record.zone = batch.zone;
            for (const auto& [key, value] : change.fields)
                record.fields.insert_or_assign(key, value);
            record.deleted = change.action == bigdata::Action::remove;
            applied.records.push_back(put(record).after);
        }
        const std::lock_guard lock(m_mutex);
        batches.push_back(std::move(batch));
        return applied;
    }
    void write_later(bigdata::Batch batch,
                     std::function<void(Result<bigdata::Applied>)> done) override {
        done(write(std::move(batch)));
    }
    [[nodiscard]] Result<std::int64_t> sequence_at(Timestamp) const override { return m_sequence; }
    Result<Record> erase(bigdata::Erasure) override { return fail(errors::k_no_such_record); }
    [[nodiscard]] Result<Record> get(const bigdata::View& view, std::string_view,
                                     Uuid id) const override {
        if (auto found = find(view.space, id)) return *found;
        return fail(errors::k_no_such_record);
    }
    [[nodiscard]] Result<bigdata::Page> list(const bigdata::View&, std::string_view,
                                             const bigdata::Query&) const override {
        return bigdata::Page{};
    }
    [[nodiscard]] Result<std::vector<Record>> all(
        const bigdata::View& view, std::string_view kind,
        const std::vector<bigdata::Condition>&) const override {
        std::vector<Record> out;
        for (const Record& r : of(kind)) {
            if (r.space == view.space || r.space == bigdata::k_live) out.push_back(r);
        }
        return out;
    }
    [[nodiscard]] Result<Count> count(const bigdata::View&, std::string_view,
                                      const bigdata::Query&) const override {
        return Count{};
    }
    [[nodiscard]] Result<std::vector<bigdata::Entry>> entries(const bigdata::View&, std::int64_t,
                                                              std::size_t, std::string_view,
                                                              Uuid) const override {
        return std::vector<bigdata::Entry>{};
    }
    [[nodiscard]] std::int64_t last_sequence() const override { return m_sequence; }
    [[nodiscard]] std::string head() const override { return {}; }
    std::unique_ptr<Subscription> listen(std::int64_t, Listener) override { return nullptr; }
    Result<std::int64_t> open_space(std::string_view, std::string_view) override {
        return m_sequence;
    }
    Result<void> close_space(std::string_view, std::string_view) override { return {}; }

  private:
    mutable std::mutex m_mutex;
    std::int64_t m_sequence = 0;

    [[nodiscard]] std::optional<Record> find(std::string_view space, Uuid id) const {
        const std::lock_guard lock(m_mutex);
        for (const Record& r : rows) {
            if (r.id == id && r.space == space && !r.deleted) return r;
        }
        return std::nullopt;
    }
};

class MemoryLake final : public bigdata::Lake {
  public:
    bool commits_at_once = true;

    bigdata::StreamNumber number_of(const bigdata::StreamKey& key) override {
        const std::lock_guard lock(m_mutex);
        const auto [at, fresh] =
            m_numbers.emplace(key, static_cast<bigdata::StreamNumber>(m_numbers.size() + 1));
        if (fresh) m_keys.emplace(at->second, key);
        return at->second;
    }
    [[nodiscard]] std::optional<bigdata::StreamKey> key_of(
        bigdata::StreamNumber stream) const override {
        const auto at = m_keys.find(stream);
        return at == m_keys.end() ? std::nullopt : std::optional(at->second);
    }
    void append(std::vector<bigdata::Observation> observations,
                std::function<void(Result<void>)> durable) override {
        std::unique_lock lock(m_mutex);
        stored.insert(stored.end(), observations.begin(), observations.end());
        if (!commits_at_once) return m_waiting.push_back(std::move(durable));
        lock.unlock();
        durable({});
    }
    /// The group commit happens, or fails.
    void commit(Result<void> outcome = {}) {
        std::vector<std::function<void(Result<void>)>> waiting;
        {
            const std::lock_guard lock(m_mutex);
            waiting.swap(m_waiting);
        }
        for (const auto& durable : waiting) durable(outcome);
    }
    [[nodiscard]] std::size_t waiting() const {
        const std::lock_guard lock(m_mutex);
        return m_waiting.size();
    }
    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock(m_mutex);
        return stored.size();
    }
    [[nodiscard]] std::optional<bigdata::Observation> last(bigdata::StreamNumber) const override {
        return {};
    }
    [[nodiscard]] Result<std::vector<bigdata::Bucket>> series(bigdata::StreamNumber, Timestamp,
                                                              Timestamp,
                                                              std::size_t) const override {
        return std::vector<bigdata::Bucket>{};
    }
    [[nodiscard]] Result<std::vector<bigdata::Observation>> raw(bigdata::StreamNumber, Timestamp,
                                                                Timestamp,
                                                                std::size_t) const override {
        return std::vector<bigdata::Observation>{};
    }

    std::vector<bigdata::Observation> stored;

  private:
    mutable std::mutex m_mutex;
    std::map<bigdata::StreamKey, bigdata::StreamNumber> m_numbers;
    std::map<bigdata::StreamNumber, bigdata::StreamKey> m_keys;
    std::vector<std::function<void(Result<void>)>> m_waiting;
};

inline Timestamp noon() {
    return *parse_iso8601("2026-11-19T12:00:00+08:00");
}

inline bigdata::Record device(std::string_view name, std::string_view protocol,
                              std::string_view address, std::string_view space = bigdata::k_live) {
    bigdata::Record r;
    r.id = Uuid::from_name(std::string(space) + " device " + std::string(name));
    r.kind = "device";
    r.zone = "dongjiang";
    r.space = space;
    r.fields = {
        {"name", name}, {"type", "gas_detector"}, {"protocol", protocol}, {"address", address}};
    return r;
}

inline bigdata::Record datastream(const bigdata::Record& device, std::string_view channel,
                                  std::string_view property = "nh3_ppm") {
    bigdata::Record r;
    r.id = Uuid::from_name(device.id.text() + std::string(channel));
    r.kind = "datastream";
    r.zone = device.zone;
    r.space = device.space;
    r.fields = {{"name", channel},
                {"device", device.id.text()},
                {"property", property},
                {"channel", channel}};
    return r;
}

inline bigdata::Record exercise(std::string_view state) {
    bigdata::Record r;
    r.id = Uuid::from_name("exercise");
    r.kind = "exercise";
    r.zone = "dongjiang";
    r.space = bigdata::k_live;
    r.state = state;
    return r;
}

}  // namespace anlan::sensing::test
