#include "apps/monitoring/rule.h"

#include "apps/monitoring/errors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace anlan::monitoring {
namespace {

constexpr std::size_t k_exceptions_max = 10'000, k_items_max = 16;
constexpr int k_streams_max = 1000;
constexpr double k_area_max_m = 100'000;

std::string text(const json::object& o, std::string_view key) {
    return std::string(text_at(o, key));
}

Uuid reference(const json::object& o, std::string_view key) {
    return Uuid::parse(text_at(o, key)).value_or(Uuid{});
}

std::optional<double> finite(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    if (v == nullptr || !v->is_number()) return std::nullopt;
    const auto number = v->to_number<double>();
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

/// Empty when the level is right, else what is wrong with it.
std::string read_threshold(const json::object& o, RuleLevel& out) {
    if (auto what = read_limit(o, out.limit); !what.empty()) return what;
    out.for_s = o.contains("for_s") ? finite(o, "for_s").value_or(-1) : 0;
    return out.for_s < 0 ? "for_s is not a number from 0" : "";
}

std::string read_item(const json::value& value, Combination::Item& out) {
    const auto* o = value.if_object();
    if (o == nullptr) return "not an object";
    out.property = text(*o, "property");
    if (out.property.empty()) return "no property";
    if (!o->contains("bit")) return read_limit(*o, out.limit);
    out.bit = static_cast<int>(integer_at(*o, "bit", -1));
    return out.bit < 0 || out.bit > 31 ? "bit is not 0 to 31" : "";
}

/// {"of": [{"property", "op", "value", "clear"} or {"property", "bit"}], "k": 2 or "all": true,
///  "within_s": 60, "area_m": 200}
std::string read_combination(const json::object& o, Combination& out) {
    const auto& of = array_at(o, "of");
    if (of.empty() || of.size() > k_items_max) return "of has not 1 to 16 items";
    for (std::size_t i = 0; i < of.size(); ++i) {
        if (auto what = read_item(of[i], out.of.emplace_back()); !what.empty())
            return "of/" + std::to_string(i) + ": " + what;
    }
    out.all = boolean_at(o, "all", false);
    out.k = static_cast<int>(integer_at(o, "k", out.all ? 1 : 0));
    if (out.k < 1 || out.k > k_streams_max) return "k is not 1 to 1000, and all is not set";
    out.within_s = number_at(o, "within_s", out.within_s);
    if (!(out.within_s >= 1 && out.within_s <= 24 * 3600)) return "within_s is not 1 to 86400";
    out.area_m = number_at(o, "area_m", 0);
    return out.area_m >= 0 && out.area_m <= k_area_max_m ? "" : "area_m is not 0 to 100000";
}

/// {"event": "enter"|"leave"|"speed"|"dwell", "speed": m/s, "clear": m/s, "for_s": …}
std::string read_fence_event(const json::object& o, RuleLevel& out) {
    constexpr std::array<std::pair<std::string_view, FenceEvent>, 4> k_events{
        {{"enter", FenceEvent::enter},
         {"leave", FenceEvent::leave},
         {"speed", FenceEvent::speed},
         {"dwell", FenceEvent::dwell}}};
    const auto event =
        std::ranges::find(k_events, text_at(o, "event"), &decltype(k_events)::value_type::first);
    if (event == k_events.end()) return "event is not enter, leave, speed or dwell";
    out.event = event->second;
    out.for_s = o.contains("for_s") ? finite(o, "for_s").value_or(-1) : 0;
    if (out.for_s < 0) return "for_s is not a number from 0";
    if (out.event == FenceEvent::dwell && out.for_s <= 0) return "for_s is not above 0";
    if (out.event != FenceEvent::speed) return {};
    const double speed = finite(o, "speed").value_or(0);
    const double clear = o.contains("clear") ? finite(o, "clear").value_or(-1) : speed;
    if (speed <= 0) return "speed is not above 0 m/s";
    if (clear < 0 || clear > speed) return "clear is not 0 to the speed";
    out.limit = {Comparison::greater_or_equal, speed, clear};
    return {};
}

std::string read_level(const json::value& value, RuleType type, RuleLevel& out) {
    const auto* o = value.if_object();
    if (o == nullptr) return "not an object";
    out.level = static_cast<int>(integer_at(*o, "level", 0));
    if (out.level < 1 || out.level > 4) return "level is not 1 to 4";
    out.source = text(*o, "source");
    out.name = {text(*o, "name"), text(*o, "name_en")};
    switch (type) {
        case RuleType::threshold:
        case RuleType::rate:
            return read_threshold(*o, out);
        case RuleType::stuck:
            out.for_s = finite(*o, "for_s").value_or(0);
            return out.for_s <= 0 ? "for_s is not above 0" : "";
        case RuleType::combined:
            return read_combination(*o, out.combination);
        case RuleType::state_bits:
            out.bit = static_cast<int>(integer_at(*o, "bit", -1));
            return out.bit < 0 || out.bit > 31 ? "bit is not 0 to 31" : "";
        case RuleType::geofence:
            return read_fence_event(*o, out);
        case RuleType::silence:
            out.factor = finite(*o, "factor").value_or(0);
            return out.factor <= 0 ? "factor is not above 0" : "";
    }
    return {};
}

std::optional<RuleType> type_from(std::string_view code) {
    if (code == "threshold") return RuleType::threshold;
    if (code == "state_bits") return RuleType::state_bits;
    if (code == "silence") return RuleType::silence;
    if (code == "rate") return RuleType::rate;
    if (code == "stuck") return RuleType::stuck;
    if (code == "combined") return RuleType::combined;
    if (code == "geofence") return RuleType::geofence;
    return std::nullopt;
}

std::string read_levels(const json::array& levels, Rule& out) {
    if (levels.empty()) return "no levels";
    for (std::size_t i = 0; i < levels.size(); ++i) {
        RuleLevel level;
        if (auto what = read_level(levels[i], out.type, level); !what.empty())
            return "levels/" + std::to_string(i) + ": " + what;
        out.levels.push_back(std::move(level));
    }
    std::ranges::stable_sort(out.levels, {}, &RuleLevel::level);
    return {};
}

/// [{"device" or "datastream": id, "off": true}] or [{…, "levels": […]}]
std::string read_exceptions(const json::array& exceptions, Rule& rule) {
    if (exceptions.size() > k_exceptions_max) return "more than 10000 exceptions";
    for (std::size_t i = 0; i < exceptions.size(); ++i) {
        const std::string where = "exceptions/" + std::to_string(i);
        const auto* o = exceptions[i].if_object();
        if (o == nullptr) return where + ": not an object";
        const Uuid whose = reference(*o, o->contains("datastream") ? "datastream" : "device");
        if (whose.is_nil()) return where + ": names neither a device nor a datastream";
        std::shared_ptr<Rule> other;
        if (!boolean_at(*o, "off", false)) {
            if (rule.type == RuleType::combined)
                return where + ": of a combined rule a device can only be left out (off)";
            other = std::make_shared<Rule>(rule);
            other->exceptions.clear();
            other->levels.clear();
            if (auto what = read_levels(array_at(*o, "levels"), *other); !what.empty())
                return where + ": " + what;
        }
        rule.exceptions[whose] = std::move(other);
    }
    return {};
}

/// The numbers and the timetable beside the levels. Empty, or what is wrong.
std::string read_frame(const json::object& f, Rule& rule) {
    const double group_minutes = number_at(f, "group_minutes", 0);
    if (!(group_minutes >= 0 && group_minutes <= 7 * 24 * 60)) return "group_minutes";
    rule.group_ms = std::llround(group_minutes * 60'000);
    rule.window_s = number_at(f, "window_s", rule.window_s);
    if (!(rule.window_s >= 1 && rule.window_s <= 24 * 3600)) return "window_s is not 1 to 86400";
    rule.group_m = std::llround(number_at(f, "group_m", 0));
    if (rule.group_m < 0) return "group_m is below 0";
    rule.within = number_at(f, "within", 0);
    if (!(rule.within >= 0)) return "within is below 0";
    return Schedule::read(array_at(f, "schedule"), rule.schedule);
}

}  // namespace

bool Rule::applies_to(const sensing::Stream& stream) const {
    if (!datastream.is_nil() && datastream != stream.datastream) return false;
    if (!property.empty() && property != stream.property) return false;
    if (type == RuleType::combined && !looks_at(stream.property)) return false;
    // The alarm of a thing that moves stands on the datastream of its longitude.
    if (type == RuleType::geofence &&
        (stream.property != "longitude" || !fence->enabled || !fence->takes(stream.device_type)))
        return false;
    return device_type.empty() || device_type == stream.device_type;
}

bool Rule::looks_at(std::string_view what) const {
    return std::ranges::any_of(levels, [&](const RuleLevel& level) {
        return std::ranges::any_of(level.combination.of, [&](const Combination::Item& item) {
            return item.property == what;
        });
    });
}

std::shared_ptr<const Rule> rule_for(const std::shared_ptr<const Rule>& rule,
                                     const sensing::Stream& stream) {
    if (!rule->applies_to(stream)) return nullptr;
    for (const Uuid& whose : {stream.datastream, stream.device}) {
        if (const auto it = rule->exceptions.find(whose); it != rule->exceptions.end())
            return it->second;
    }
    return rule;
}

bool is_enabled(const bigdata::Record& record) {
    return boolean_at(record.fields, "enabled", true);
}

Result<std::shared_ptr<const Rule>> rule_from(const bigdata::Record& record, const Fences& fences) {
    const auto& f = record.fields;
    auto rule = std::make_shared<Rule>();
    rule->id = record.id;
    rule->revision = record.revision;
    rule->name = {text(f, "name"), text(f, "name_en")};
    const auto wrong = [&](std::string what) {
        return fail(errors::k_bad_rule, {{"rule", rule->name.zh}, {"what", std::move(what)}});
    };
    const auto type = type_from(text_at(f, "type"));
    if (!type) return wrong("type '" + text(f, "type") + "'");
    rule->type = *type;
    rule->property = text(f, "property");
    rule->device_type = text(f, "device_type");
    rule->datastream = reference(f, "datastream");
    rule->hazard = text(f, "hazard");
    rule->source = text(f, "source");
    if (rule->type == RuleType::geofence) {
        const auto fence = fences.find(reference(f, "geofence"));
        if (fence == fences.end()) return wrong("geofence: none named, or it has no area");
        rule->fence = fence->second;
        rule->property.clear();
    }
    if (auto what = read_frame(f, *rule); !what.empty()) return wrong(std::move(what));
    if (auto what = read_levels(array_at(f, "levels"), *rule); !what.empty())
        return wrong(std::move(what));
    if (auto what = read_exceptions(array_at(f, "exceptions"), *rule); !what.empty())
        return wrong(std::move(what));
    return rule;
}

}  // namespace anlan::monitoring
