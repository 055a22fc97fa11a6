#include "apps/monitoring/quality_route.h"

#include "apps/monitoring/errors.h"
#include "foundations/bigdata/errors.h"

#include <map>
#include <mutex>
#include <unordered_map>

namespace anlan::monitoring {
namespace {

constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::int64_t k_period_max_ms = 31 * k_day_ms;
constexpr std::int64_t k_kept_us = 30'000'000;

using Streams = std::vector<std::shared_ptr<const sensing::Stream>>;

/// What one pass over a period found, by the lake's number.
using Meters = std::unordered_map<bigdata::StreamNumber, QualityMeter>;

/// The last period that was asked for, so that the four views of one screen cost one pass. One pass
/// at a time: who asks meanwhile waits for it.
class Desk {
  public:
    Desk(const apps::Context& context, QualitySettings settings)
        : m_context(context), m_settings(std::move(settings)) {}
    [[nodiscard]] const QualitySettings& settings() const { return m_settings; }

    Result<std::shared_ptr<const Meters>> meters(const std::string& space, const Streams& streams,
                                                 Timestamp from, Timestamp until) {
        const std::lock_guard lock(m_mutex);
        const SteadyTime now = m_context.clock.steady();
        if (m_meters && m_space == space && m_from == from && m_until == until &&
            now - m_made < k_kept_us)
            return m_meters;
        auto out = std::make_shared<Meters>();
        for (const auto& stream : streams)
            out->try_emplace(stream->number, m_settings.limits(stream->property, stream->unit));
        TRY(m_context.lake.scan(from, until, [&](std::span<const bigdata::Observation> rows) {
            for (const auto& row : rows) {
                if (const auto at = out->find(row.stream); at != out->end()) at->second.add(row);
            }
        }));
        m_space = space;
        m_from = from;
        m_until = until;
        m_made = now;
        m_meters = std::move(out);
        return m_meters;
    }

  private:
    const apps::Context& m_context;
    const QualitySettings m_settings;
    std::mutex m_mutex;
    std::string m_space;
    Timestamp m_from, m_until;
    SteadyTime m_made;
    std::shared_ptr<const Meters> m_meters;
};

/// One row of the answer while it grows.
struct Row {
    std::string name, name_en;
    std::int64_t devices = 0, online = 0, received = 0, counted = 0, stuck = 0, jumps = 0,
                 out_of_range = 0;
    double expected = 0;  ///< Of the datastreams that have an expected interval; `counted` came.
    Delays delays;
    std::optional<Timestamp> last_at;
};

enum class By { device, grid, enterprise, type };

Result<By> by_asked(const Call& call) {
    const auto text = call.asked("by", "device");
    if (text == "device") return By::device;
    if (text == "grid") return By::grid;
    if (text == "enterprise") return By::enterprise;
    if (text == "type") return By::type;
    return fail(errors::k_bad_grouping, {{"what", std::string(text)}});
}

Result<Timestamp> time_asked(const Call& call, std::string_view name, Timestamp otherwise) {
    const auto text = call.asked(name);
    if (text.empty()) return otherwise;
    const auto at = parse_iso8601(text);
    if (!at) return fail(errors::k_bad_period, {{"what", std::string(text)}});
    return *at;
}

std::string key_of(By by, const bigdata::Record& device) {
    const auto id = [](Uuid uuid) { return uuid.is_nil() ? std::string{} : uuid.text(); };
    switch (by) {
        case By::device:
            return device.id.text();
        case By::grid:
            return id(device.scope.grid);
        case By::enterprise:
            return id(device.scope.enterprise.is_nil()
                          ? Uuid::parse(text_at(device.fields, "enterprise")).value_or(Uuid{})
                          : device.scope.enterprise);
        case By::type:
            return std::string(text_at(device.fields, "type"));
    }
    return {};
}

/// What people call it; of a grid or an enterprise only when they may read it.
Label name_of(const apps::Context& context, const Call& call, By by, const std::string& key,
              const bigdata::Record& device) {
    const auto of = [](const json::object& fields) {
        const std::string zh(text_at(fields, "name"));
        return Label{zh, std::string(text_at(fields, "name_en", zh))};
    };
    if (key.empty()) return {"未划归", "Not assigned"};
    if (by == By::device) return of(device.fields);
    if (by == By::type) {
        const auto* codes = context.catalog.codes("device_type");
        const auto* code = codes == nullptr ? nullptr : codes->find(key);
        return code == nullptr ? Label{key, key} : code->label;
    }
    const char* kind = by == By::grid ? "grid" : "enterprise";
    const auto record = context.records.get(context.access.view(call.who, call.space, kind), kind,
                                            Uuid::parse(key).value_or(Uuid{}));
    return record ? of(record->fields) : Label{key, key};
}

void add_stream(Row& row, const QualityMeter& meter, double expected) {
    row.received += meter.received();
    if (expected > 0) {
        row.expected += expected;
        // A datastream that sends twice as often does not make up for one that is silent.
        row.counted += std::min(meter.received(), static_cast<std::int64_t>(expected + 0.5));
    }
    row.stuck += meter.stuck() ? 1 : 0;
    row.jumps += meter.jumps();
    row.out_of_range += meter.out_of_range();
    row.delays.add(meter.delays());
}

json::object told(const std::string& key, const Row& row) {
    const auto seconds = [](std::optional<double> s) {
        return s ? json::value(*s) : json::value(nullptr);
    };
    const auto expected = static_cast<std::int64_t>(row.expected + 0.5);
    json::object out{{"key", key},
                     {"name", row.name},
                     {"name_en", row.name_en},
                     {"devices", row.devices},
                     {"online", row.online},
                     {"expected", expected},
                     {"received", row.received},
                     {"completeness", nullptr},
                     {"delay_p50_s", seconds(row.delays.quantile_s(0.5))},
                     {"delay_p99_s", seconds(row.delays.quantile_s(0.99))},
                     {"stuck", row.stuck},
                     {"jumps", row.jumps},
                     {"out_of_range", row.out_of_range},
                     {"last_at", nullptr}};
    if (expected > 0)
        out["completeness"] =
            std::min(1.0, static_cast<double>(row.counted) / static_cast<double>(expected));
    if (row.last_at) out["last_at"] = iso8601(*row.last_at);
    return out;
}

class Answer {
  public:
    Answer(const apps::Context& context, Desk& desk, const Call& call, By by)
        : m_context(context), m_desk(desk), m_call(call), m_by(by) {}

    Result<json::object> make(Timestamp from, Timestamp until) {
        const auto view = m_context.access.view(m_call.who, m_call.space, "device");
        TRY_ASSIGN(devices, m_context.records.all(view, "device"));
        const auto streams = m_context.hub.streams(m_call.space);
        TRY_ASSIGN(meters, m_desk.meters(m_call.space, streams, from, until));
        std::unordered_map<Uuid, Streams> streams_of;
        for (const auto& stream : streams) streams_of[stream->device].push_back(stream);
        for (const auto& device : devices) {
            // What is out of service owes nothing.
            if (!boolean_at(device.fields, "in_service", true)) continue;
            add_device(device, streams_of[device.id], *meters, from, until);
        }
        json::array rows;
        for (const auto& [key, row] : m_rows) rows.push_back(told(key, row));
        return json::object{
            {"rows", std::move(rows)}, {"from", iso8601(from)}, {"until", iso8601(until)}};
    }

  private:
    void add_device(const bigdata::Record& device, const Streams& streams, const Meters& meters,
                    Timestamp from, Timestamp until) {
        const auto key = key_of(m_by, device);
        const auto [at, added] = m_rows.try_emplace(key);
        Row& row = at->second;
        if (added) {
            const Label name = name_of(m_context, m_call, m_by, key, device);
            row.name = name.zh;
            row.name_en = name.en;
        }
        ++row.devices;
        bool online = false;
        for (const auto& stream : streams) {
            const auto meter = meters.find(stream->number);
            if (meter == meters.end()) continue;
            // A device owes nothing for the time before it was registered.
            const auto since = std::max(from, device.created_at);
            const auto end = std::min(until, m_context.clock.now());
            const double owed_s = std::max(0.0, static_cast<double>(end - since) * 1e-3);
            add_stream(row, meter->second,
                       stream->expected_interval_s > 0 ? owed_s / stream->expected_interval_s : 0);
            if (const auto last = m_context.lake.last(stream->number)) {
                row.last_at = std::max(row.last_at.value_or(last->at), last->at);
                online = online || is_online(*stream, last->received);
            }
        }
        row.online += online ? 1 : 0;
    }
    [[nodiscard]] bool is_online(const sensing::Stream& stream, Timestamp heard) const {
        const auto& settings = m_desk.settings();
        const double silent_s = static_cast<double>(m_context.clock.now() - heard) * 1e-3;
        return silent_s <= (stream.expected_interval_s > 0
                                ? settings.online_intervals * stream.expected_interval_s
                                : settings.online_otherwise_s);
    }

    const apps::Context& m_context;
    Desk& m_desk;
    const Call& m_call;
    const By m_by;
    std::map<std::string, Row> m_rows;
};

}  // namespace

RouteRow quality_route(const apps::Context& context, QualitySettings settings) {
    const auto desk = std::make_shared<Desk>(context, std::move(settings));
    return route<NoBody, json::object>(
        Method::get, "/api/v1/quality", "device.read",
        {"设备数据质量：完整率、时延、不变、跳变、超量程",
         "Quality of what devices report: completeness, delay, standstill, jumps, out of range"},
        [&context, desk](const Call& call, const NoBody&) -> Result<json::object> {
            TRY_ASSIGN(by, by_asked(call));
            // Whole minutes, so that questions shortly after one another are the same question.
            const std::int64_t now_ms = context.clock.now().ms / k_minute_ms * k_minute_ms;
            TRY_ASSIGN(until, time_asked(call, "until", {now_ms + k_minute_ms}));
            TRY_ASSIGN(from, time_asked(call, "from", until + -k_day_ms));
            if (from >= until || until - from > k_period_max_ms)
                return fail(errors::k_bad_period,
                            {{"what", iso8601(from) + " – " + iso8601(until)}});
            return Answer(context, *desk, call, by).make(from, until);
        },
        200,
        {{"by",
          {"按 device、grid、enterprise 或 type 汇总", "by device, grid, enterprise or type"}},
         {"from", {"起，默认止前 24 小时", "from, by default 24 hours before the end"}},
         {"until", {"止，默认现在", "until, now by default"}}});
}

}  // namespace anlan::monitoring
