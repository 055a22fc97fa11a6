#include "foundations/sensing/identities.h"

#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <chrono>

namespace anlan::sensing {
namespace {

constexpr std::size_t k_devices_max = 50'000;
constexpr std::int64_t k_pause_ms_max = 1'000;

}  // namespace

Identities::Identities(Options options) : m_options(std::move(options)) {
    m_thread = std::thread([this] { run(); });
}

Identities::~Identities() {
    {
        const std::lock_guard lock(m_mutex);
        m_stop = true;
    }
    m_wake.notify_all();
    m_thread.join();
    write_due(true);
}

void Identities::describe(Hub::DeviceKey device, json::object facts) {
    const std::lock_guard lock(m_mutex);
    Key key{std::move(device.space), std::move(device.protocol), std::move(device.address)};
    auto at = m_rows.find(key);
    if (at == m_rows.end()) {
        if (m_rows.size() >= k_devices_max) return;
        at = m_rows.emplace(std::move(key), Row{}).first;
    }
    Row& row = at->second;
    for (auto& [name, value] : facts) {
        json::value& known = row.facts[name];
        if (known == value) continue;
        known = std::move(value);
        row.changed = true;
    }
    if (!row.changed || m_news) return;
    m_news = true;
    m_wake.notify_all();
}

void Identities::adopted(const Hub::DeviceKey& device) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_rows.find(Key{device.space, device.protocol, device.address});
    if (at == m_rows.end()) return;
    at->second.changed = true;
    m_news = true;
    m_wake.notify_all();
}

void Identities::run() {
    const std::chrono::milliseconds pause(
        std::clamp<std::int64_t>(m_options.every_ms / 4, 1, k_pause_ms_max));
    std::unique_lock lock(m_mutex);
    while (!m_stop) {
        m_wake.wait(lock, [&] { return m_news || m_stop; });
        if (m_stop) return;
        m_news = false;
        lock.unlock();
        write_due(false);
        lock.lock();
        m_wake.wait_for(lock, pause, [&] { return m_stop; });
    }
}

void Identities::write_due(bool all) {
    struct Due {
        Hub::DeviceKey device;
        json::object facts;
    };
    std::vector<Due> due;
    {
        const std::lock_guard lock(m_mutex);
        const SteadyTime now = m_options.clock->steady();
        for (const auto& [key, row] : m_rows) {
            if (!row.changed) continue;
            if (!all && row.written && now - *row.written < m_options.every_ms * 1000)
                m_news = true;  // Later.
            else
                due.push_back({{key[0], key[1], key[2]}, row.facts});
        }
    }
    for (const Due& each : due) {
        const auto devices = m_options.devices_at(each.device);
        for (const Uuid id : devices) {
            const auto written = write(each.device, id, each.facts);
            if (!written && m_options.report) m_options.report(written.error());
        }
        const std::lock_guard lock(m_mutex);
        Row& row = m_rows[{each.device.space, each.device.protocol, each.device.address}];
        // Without a device it waits to be adopted; after a failure, for the next change.
        row.changed = row.facts != each.facts;
        if (!devices.empty()) row.written = m_options.clock->steady();
        if (row.changed) m_news = true;
    }
}

Result<void> Identities::write(const Hub::DeviceKey& device, Uuid id, const json::object& facts) {
    const auto record = m_options.records->get({m_options.zone, device.space, {}}, "device", id);
    if (!record) {
        // Removed meanwhile.
        if (record.error().is(errors::k_no_such_record)) return {};
        return std::unexpected(record.error());
    }
    const json::object& before = object_at(record->fields, "identity");
    json::object identity = before;
    for (const auto& [name, value] : facts) identity[name] = value;
    if (identity == before) return {};
    bigdata::Change change;
    change.action = bigdata::Action::update;
    change.kind = "device";
    change.id = id;
    change.fields = {{"identity", std::move(identity)}};
    TRY(m_options.records->write({.zone = m_options.zone,
                                  .space = device.space,
                                  .author = {{}, "gateway", "gateway"},
                                  .priority = bigdata::Priority::bulk,
                                  .idempotency_key = {},
                                  .request_id = {},
                                  .changes = {std::move(change)}}));
    return {};
}

}  // namespace anlan::sensing
