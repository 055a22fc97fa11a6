// GET /api/v1/devices: every device and when it last spoke.
#include "apps/monitoring/period.h"
#include "apps/monitoring/position_routes.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace anlan::monitoring {
namespace {

constexpr std::size_t k_rows_usual = 200, k_rows_max = 2000;
constexpr std::size_t k_found_max = 10'000;
constexpr std::array<std::string_view, 5> k_states{"online", "late", "silent", "never", "off"};

struct Spoken {
    int streams = 0;
    Timestamp last;  ///< Receipt; 0: never.
};

class DeviceDesk {
  public:
    DeviceDesk(const apps::Context& context, const PositionSettings& settings,
               const QualitySettings& online, AlarmsByDevice alarms)
        : m_context(context),
          m_silent_after_intervals(settings.silent_after_intervals),
          m_online_intervals(online.online_intervals),
          m_online_otherwise_s(online.online_otherwise_s),
          m_alarms(std::move(alarms)) {}

    Result<json::object> list(const Call& call) const {
        const auto state = call.asked("state");
        if (!state.empty() && std::ranges::find(k_states, state) == k_states.end())
            return fail(errors::k_bad_filter,
                        {{"name", "state"},
                         {"expected", "online、late、silent、never 或 off"},
                         {"expected_en", "online, late, silent, never or off"}});
        TRY_ASSIGN(limit, count_asked(call, "limit", k_rows_usual, 1, k_rows_max));
        TRY_ASSIGN(devices, found(call));
        const auto after = Uuid::parse(call.asked("after"));
        if (!call.asked("after").empty() && !after) return fail(errors::k_bad_cursor);
        std::ranges::sort(devices, {}, [](const bigdata::Record& r) {
            return std::pair(text_at(r.fields, "name"), r.id);
        });
        std::array<int, k_states.size()> counts{};
        const auto spoken = spoken_in(call.space);
        const auto alarms = m_alarms(call.space);
        const auto now = m_context.clock.now();
        json::array rows;
        std::string next;
        bool begun = !after.has_value();
        for (auto& device : devices) {
            const auto heard = spoken.find(device.id);
            const Spoken said = heard == spoken.end() ? Spoken{} : heard->second;
            const auto is = state_of(device, said, now);
            ++counts.at(is);
            const bool was_begun = begun;
            begun = begun || device.id == *after;
            if (!was_begun || (!state.empty() && k_states.at(is) != state)) continue;
            if (rows.size() == limit) {
                next = text_at(rows.back().as_object(), "id");
                continue;  // the counts are of all
            }
            m_context.access.mask(call.who, device);
            const auto live = alarms.find(device.id);
            rows.push_back(
                told(device, said, k_states.at(is), live == alarms.end() ? 0 : live->second));
        }
        json::object counted;
        for (std::size_t i = 0; i < k_states.size(); ++i) counted[k_states.at(i)] = counts.at(i);
        return json::object{{"devices", std::move(rows)},
                            {"counts", std::move(counted)},
                            {"next", next.empty() ? json::value(nullptr) : json::value(next)}};
    }

  private:
    Result<std::vector<bigdata::Record>> found(const Call& call) const {
        const auto view = m_context.access.view(call.who, call.space, "device");
        if (view.rows.none) return std::vector<bigdata::Record>{};
        std::vector<bigdata::Condition> where;
        for (const char* key : {"type", "grid"}) {
            if (!call.asked(key).empty())
                where.push_back({key, bigdata::Compare::equal, json::value(call.asked(key))});
        }
        if (call.asked("text").empty()) return m_context.records.all(view, "device", where);
        bigdata::Query query;
        query.where = std::move(where);
        query.text = call.asked("text");
        query.limit = k_found_max;
        TRY_ASSIGN(page, m_context.records.list(view, "device", query));
        return std::move(page.records);
    }

    /// An inherited device speaks in the live space.
    std::unordered_map<Uuid, Spoken> spoken_in(const std::string& space) const {
        std::unordered_map<Uuid, Spoken> out;
        const auto add = [&](std::string_view from) {
            for (const auto& stream : m_context.hub.streams(from)) {
                auto& said = out[stream->device];
                ++said.streams;
                if (const auto last = m_context.lake.last(stream->number))
                    said.last = std::max(said.last, last->received);
            }
        };
        add(bigdata::k_live);
        if (space != bigdata::k_live) add(space);
        return out;
    }

    /// Index of k_states.
    std::size_t state_of(const bigdata::Record& device, const Spoken& said, Timestamp now) const {
        enum : std::size_t { online, late, silent, never, off };
        if (!boolean_at(device.fields, "in_service", true)) return off;
        if (said.last.ms == 0) return never;
        const double interval_s = number_at(device.fields, "expected_interval_s", 0);
        const auto silent_s = static_cast<double>(now - said.last) / 1000;
        if (interval_s <= 0) return silent_s > m_online_otherwise_s ? silent : online;
        if (silent_s <= m_online_intervals * interval_s) return online;
        return silent_s > m_silent_after_intervals * interval_s ? silent : late;
    }

    static json::object told(const bigdata::Record& device, const Spoken& said,
                             std::string_view state, int alarms) {
        json::object out{{"id", device.id.text()}};
        for (const char* key : {"name", "name_en", "type", "protocol", "address", "enterprise",
                                "expected_interval_s"}) {
            const auto* value = device.fields.if_contains(key);
            out[key] = value == nullptr ? json::value(nullptr) : *value;
        }
        out["grid"] = device.scope.grid.is_nil() ? json::value(nullptr)
                                                 : json::value(device.scope.grid.text());
        out["place"] =
            device.geometry ? json::value(to_json(*device.geometry)) : json::value(nullptr);
        out["last_at"] = said.last.ms == 0 ? json::value(nullptr) : json::value(iso8601(said.last));
        out["state"] = state;
        out["streams"] = said.streams;
        out["alarms"] = alarms;
        return out;
    }

    apps::Context m_context;
    const double m_silent_after_intervals, m_online_intervals, m_online_otherwise_s;
    AlarmsByDevice m_alarms;
};

}  // namespace

RouteRow devices_route(const apps::Context& context, const PositionSettings& settings,
                       const QualitySettings& online, AlarmsByDevice alarms) {
    const auto desk =
        std::make_shared<const DeviceDesk>(context, settings, online, std::move(alarms));
    return route<NoBody, json::object>(
        Method::get, "/api/v1/devices", "device.read",
        {"设备与其最近一次发言", "Devices and when they last spoke"},
        [desk](const Call& call, const NoBody&) { return desk->list(call); }, 200,
        {{"state", {"online、late、silent、never 或 off", "online, late, silent, never or off"}},
         {"type", {"设备类型", "type of device"}},
         {"grid", {"网格编号", "id of a grid"}},
         {"text", {"检索词", "words to find"}},
         {"after", {"上一页的 next", "next of the page before"}},
         {"limit", {"最多条数，至多 2000", "at most this many, up to 2,000"}}});
}

}  // namespace anlan::monitoring
