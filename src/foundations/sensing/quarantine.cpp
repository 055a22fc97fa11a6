#include "foundations/sensing/quarantine.h"

#include "core/describe.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace anlan::sensing {
namespace {

constexpr std::size_t k_batch = 500;

/// Worth trying the others alone: not when the disk is full or the space closed.
bool concerns_one_record(const Error& error) {
    return error.is(errors::k_no_such_record) || error.is(errors::k_bad_request) ||
           error.is(errors::k_stale_revision);
}

}  // namespace

Quarantine::Quarantine(Options options) : m_options(std::move(options)) {
    load();
    m_thread = std::thread([this] { run(); });
}

Quarantine::~Quarantine() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_all();
    m_thread.join();
    flush();
}

void Quarantine::load() {
    const auto listed =
        m_options.records->all({m_options.zone, std::string(bigdata::k_live), {}}, "quarantine");
    if (!listed) return m_options.report(listed.error());
    for (const bigdata::Record& record : *listed) {
        const json::object& f = record.fields;
        Row row;
        row.id = record.id;
        row.peer = text_at(f, "peer");
        row.sample = text_at(f, "sample");
        row.frames = row.frames_written = integer_at(f, "frames", 0);
        row.first_at = parse_iso8601(text_at(f, "first_at")).value_or(record.created_at);
        row.last_at = parse_iso8601(text_at(f, "last_at")).value_or(record.updated_at);
        for (const json::value& each : array_at(f, "channels")) {
            const auto* o = each.if_object();
            if (o == nullptr || row.channels.size() >= k_channels_max) continue;
            row.channels[std::string(text_at(*o, "channel"))] = {
                number_at(*o, "value", std::numeric_limits<double>::quiet_NaN()),
                parse_iso8601(text_at(*o, "at")).value_or(row.last_at)};
        }
        m_rows[{record.space, std::string(text_at(f, "protocol")),
                std::string(text_at(f, "address"))}] = row;
    }
}

void Quarantine::note(const Sighting& sighting) {
    const std::lock_guard lock(m_mutex);
    Key key{sighting.space.empty() ? std::string(bigdata::k_live) : sighting.space,
            sighting.protocol, sighting.address};
    auto at = m_rows.find(key);
    if (at == m_rows.end()) {
        if (m_rows.size() >= k_addresses_max) return;
        at = m_rows.emplace(std::move(key), Row{}).first;
        at->second.first_at = sighting.at;
        m_news = true;
        m_wake.notify_all();
    }
    Row& row = at->second;
    row.wish = Wish::keep;
    row.peer = sighting.peer;
    row.sample = sighting.sample;
    row.last_at = sighting.at;
    for (const Reading& reading : sighting.readings) {
        const auto seen = row.channels.find(reading.channel);
        if (seen == row.channels.end() && row.channels.size() >= k_channels_max) continue;
        row.channels[reading.channel] = {reading.value, reading.at.value_or(sighting.at)};
    }
    ++row.frames;
}

void Quarantine::adopted(std::string_view space, std::string_view protocol,
                         std::string_view address) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_rows.find({std::string(space), std::string(protocol), std::string(address)});
    if (at == m_rows.end()) return;
    at->second.wish = Wish::remove;
    m_news = true;
    m_wake.notify_all();
}

void Quarantine::forget(const bigdata::Record& record) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_rows.find({record.space, std::string(text_at(record.fields, "protocol")),
                                 std::string(text_at(record.fields, "address"))});
    if (at != m_rows.end() && at->second.id == record.id) m_rows.erase(at);
}

void Quarantine::run() {
    const std::chrono::milliseconds pause(std::max<std::int64_t>(m_options.every_ms / 2, 1));
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
        m_wake.wait_for(lock, pause, [&] { return m_news || m_stop; });
        m_news = false;
        if (m_stop) return;
        lock.unlock();
        write(due(false));
        lock.lock();
    }
}

void Quarantine::flush() {
    write(due(true));
}

std::vector<Quarantine::Due> Quarantine::due(bool all) {
    const std::lock_guard lock(m_mutex);
    const SteadyTime now = m_options.clock->steady();
    std::vector<Due> out;
    for (auto at = m_rows.begin(); at != m_rows.end();) {
        auto& [key, row] = *at;
        if (row.wish == Wish::remove && row.id.is_nil()) {
            at = m_rows.erase(at);
            continue;
        }
        const bool changed = row.wish == Wish::remove || row.frames > row.frames_written;
        const bool rested = row.tried_at.us < 0 || now - row.tried_at >= m_options.every_ms * 1000;
        if (changed && (rested || all || row.wish == Wish::remove)) {
            row.tried_at = now;
            out.push_back({key, row.frames, row.wish, change_of(key, row)});
        }
        ++at;
    }
    return out;
}

bigdata::Change Quarantine::change_of(const Key& key, const Row& row) const {
    bigdata::Change change;
    change.kind = "quarantine";
    change.id = row.id;
    if (row.wish == Wish::remove) {
        change.action = bigdata::Action::remove;
        return change;
    }
    change.action = row.id.is_nil() ? bigdata::Action::create : bigdata::Action::update;
    change.fields = {{"protocol", key.protocol},
                     {"address", key.address},
                     {"peer", row.peer},
                     {"frames", row.frames},
                     {"first_at", iso8601(row.first_at)},
                     {"last_at", iso8601(row.last_at)},
                     {"sample", row.sample}};
    json::array channels;
    for (const auto& [channel, seen] : row.channels) {
        channels.push_back(json::object{
            {"channel", channel},
            {"value", std::isfinite(seen.value) ? json::value(seen.value) : json::value(nullptr)},
            {"at", iso8601(seen.at)}});
    }
    if (!channels.empty()) change.fields["channels"] = std::move(channels);
    return change;
}

void Quarantine::write(std::vector<Due> all) {
    const std::lock_guard writing(m_writing);
    std::ranges::stable_sort(all, {}, [](const Due& d) { return d.key.space; });
    for (std::size_t from = 0; from < all.size();) {
        std::size_t to = from;
        bigdata::Batch batch{.zone = m_options.zone,
                             .space = all[from].key.space,
                             .author = {{}, "gateway", "gateway"},
                             .priority = bigdata::Priority::bulk,
                             .idempotency_key = {},
                             .request_id = {},
                             .changes = {}};
        for (; to < all.size() && to - from < k_batch && all[to].key.space == batch.space; ++to) {
            batch.changes.push_back(all[to].change);
        }
        const auto outcome = m_options.records->write(batch);
        if (!outcome) m_options.report(outcome.error());
        const bool one_of_many = !outcome && to - from > 1 && concerns_one_record(outcome.error());
        for (std::size_t i = from; i < to; ++i) {
            if (!one_of_many) {
                settle(all[i], outcome, i - from);
                continue;
            }
            // One record that somebody removed meanwhile must not hold up the others.
            bigdata::Batch single = batch;
            single.changes = {all[i].change};
            settle(all[i], m_options.records->write(std::move(single)), 0);
        }
        from = to;
    }
}

void Quarantine::settle(const Due& due, const Result<bigdata::Applied>& outcome,
                        std::size_t index) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_rows.find(due.key);
    if (at == m_rows.end()) return;
    Row& row = at->second;
    const bool space_ended = !outcome && (outcome.error().is(errors::k_space_closed) ||
                                          outcome.error().is(errors::k_no_such_space));
    if (due.wish == Wish::remove || space_ended) {
        // Failed or not: a frame that comes now is a new stranger.
        m_rows.erase(at);
    } else if (outcome) {
        row.id = outcome->records.at(index).id;
        row.frames_written = due.frames;
    } else if (due.change.action == bigdata::Action::update) {
        row.id = Uuid{};
    }
}

}  // namespace anlan::sensing
