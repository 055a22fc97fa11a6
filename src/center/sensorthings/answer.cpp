#include "center/sensorthings/answer.h"

#include "center/sensorthings/errors.h"
#include "foundations/bigdata/base64url.h"

#include <algorithm>

namespace anlan::center::sensorthings {
namespace {

constexpr std::size_t k_entities_max = 20'000;

std::string encoded(std::string_view text) {
    constexpr std::string_view k_digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || std::string_view("-._~$'(),;:@/").contains(c);
        if (plain) {
            out += c;
            continue;
        }
        out += '%';
        out += k_digits[byte >> 4U];
        out += k_digits[byte & 15U];
    }
    return out;
}

bool selected(const Options& options, std::string_view name) {
    return options.select.empty() ||
           std::ranges::find(options.select, name) != options.select.end();
}

}  // namespace

std::string next_link(const std::string& link, const Options& options, const std::string& token) {
    std::map<std::string, std::string> joined;  // an $expand may have come in several parts
    for (const auto& [name, value] : options.asked) {
        auto& slot = joined[name];
        slot += (slot.empty() ? "" : ",") + value;
    }
    std::string out = link + '?';
    for (const auto& [name, value] : joined) out += name + '=' + encoded(value) + '&';
    return out + "$skiptoken=" + token;
}

Result<bool> Answers::wanted(const Entity& entity, const Options& options) {
    if (!options.filter) return true;
    return holds(
        *options.filter,
        [&](std::span<const std::string> path) { return m_world.lookup(entity, path); }, m_now);
}

Result<Values> Answers::keys_of(const Entity& entity, const Options& options) {
    Values out;
    for (const OrderBy& order : options.order) {
        TRY_ASSIGN(values, m_world.lookup(entity, order.path));
        out.push_back(values.empty() ? Value() : std::move(values.front()));
    }
    return out;
}

std::string Answers::token_of(const Cursor& cursor) {
    json::array parts;
    for (const Value& each : cursor.keys) parts.push_back(json_of(each));
    parts.emplace_back(cursor.id);
    return bigdata::base64url(to_text(parts));
}

Result<std::optional<Answers::Cursor>> Answers::cursor_of(const Options& options) {
    if (options.token.empty()) return std::optional<Cursor>();
    const auto text = bigdata::from_base64url(options.token);
    const auto parts = text ? parse_json(*text) : parse_json("");
    const std::size_t keys = std::max<std::size_t>(options.order.size(), 1);
    if (parts && parts->is_array() && !parts->get_array().empty() &&
        parts->get_array().size() <= keys + 1 && parts->get_array().back().is_string()) {
        Cursor out;
        const json::array& all = parts->get_array();
        for (std::size_t i = 0; i + 1 < all.size(); ++i) out.keys.push_back(from_cursor(all[i]));
        out.id = all.back().as_string();
        return std::optional(std::move(out));
    }
    return fail(errors::k_st_option, {{"option", "$skiptoken"},
                                      {"byte", "0"},
                                      {"what", "不是本服务给出的"},
                                      {"what_en", "this server did not make it"}});
}

Result<Answers::Page> Answers::page_of(std::vector<Entity> all, const Options& options) {
    TRY_ASSIGN(cursor, cursor_of(options));
    struct Row {
        Values keys;
        std::string id;
        std::size_t index;
    };
    std::vector<Row> rows;
    for (std::size_t i = 0; i < all.size(); ++i) {
        TRY_ASSIGN(fits, wanted(all[i], options));
        if (!fits) continue;
        TRY_ASSIGN(keys, keys_of(all[i], options));
        rows.push_back({std::move(keys), World::id_of(all[i]), i});
    }
    const auto before = [&](const Values& a, const std::string& id_a, const Values& b,
                            const std::string& id_b) {
        for (std::size_t i = 0; i < options.order.size() && i < a.size() && i < b.size(); ++i) {
            const Order order = sort_order(a[i], b[i]);
            if (order != Order::equal) return (order == Order::less) != options.order[i].descending;
        }
        return id_a < id_b;
    };
    std::ranges::sort(
        rows, [&](const Row& a, const Row& b) { return before(a.keys, a.id, b.keys, b.id); });
    Page out;
    if (options.count) out.count = static_cast<std::int64_t>(rows.size());
    const std::size_t top = options.top.value_or(k_top_usual);
    std::size_t skip = options.skip;
    const Row* last = nullptr;
    for (const Row& row : rows) {
        if (cursor && !before(cursor->keys, cursor->id, row.keys, row.id)) continue;
        if (skip > 0) {
            --skip;
            continue;
        }
        if (out.entities.size() == top) {
            if (last != nullptr) out.token = token_of({last->keys, last->id});
            break;
        }
        out.entities.push_back(std::move(all[row.index]));
        last = &row;
    }
    return out;
}

/// Newest first. No more is read than the page needs, unless it is filtered, sorted or counted.
Result<Answers::Page> Answers::page_of_positions(const Entity* from, const Options& options) {
    constexpr std::size_t k_positions_max = 10'000;
    // At the cursor's instant others may stand behind it.
    const std::size_t same_instant = from != nullptr ? 1 : 1'000;
    const bool plain = !options.filter && options.order.empty() && !options.count;
    auto bounds = options.filter ? bounds_of(*options.filter, "time") : TimeBounds{};
    Options newest_first = options;
    if (newest_first.order.empty()) {
        newest_first.order.push_back({{"time"}, true});
        TRY_ASSIGN(cursor, cursor_of(newest_first));
        const auto* text = cursor && !cursor->keys.empty()
                               ? std::get_if<std::string>(&cursor->keys.front())
                               : nullptr;
        if (const auto at = text == nullptr ? std::nullopt : parse_iso8601(*text))
            bounds.to = std::min(bounds.to, *at + 1);
    }
    const std::size_t most =
        plain ? options.skip + options.top.value_or(k_top_usual) + 1 + same_instant
              : k_positions_max + 1;
    TRY_ASSIGN(found, m_world.positions(from, bounds, most));
    if (!plain && found.size() > k_positions_max)
        return fail(errors::k_st_too_much,
                    {{"max", std::to_string(k_positions_max)}, {"how", "$filter=time"}});
    return page_of(std::move(found), newest_first);
}

Result<Answers::Page> Answers::page(Set set, const Entity* from, const Options& options) {
    if (set == Set::observations) return page_of_observations(from, options);
    if (set == Set::historical_locations) return page_of_positions(from, options);
    if (from == nullptr) {
        TRY_ASSIGN(found, m_world.all(set));
        return page_of(std::move(found), options);
    }
    const auto links = row_of(from->set).navigation;
    const auto link = std::ranges::find(links, set, &Navigation::target);
    ASSERT(link != links.end());
    TRY_ASSIGN(found, m_world.related(*from, *link));
    return page_of(std::move(found), options);
}

Result<json::value> Answers::expanded(const Entity& entity, const Navigation& link,
                                      const Expand& expand, json::object& into) {
    if (!link.many) {
        TRY_ASSIGN(found, m_world.related(entity, link));
        if (found.empty()) return json::value(nullptr);
        TRY_ASSIGN(one, this->entity(found.front(), expand.options));
        return json::value(std::move(one));
    }
    const std::string name(link.name);
    const std::string where = m_world.link_of(entity) + '/' + name;
    TRY_ASSIGN(below, list(link.target, &entity, expand.options, where));
    for (const char* about : {"@iot.count", "@iot.nextLink"}) {
        if (const auto* value = below.if_contains(about)) into.emplace(name + about, *value);
    }
    return below["value"];
}

Result<json::object> Answers::entity(const Entity& entity, const Options& options) {
    if (++m_made > k_entities_max)
        return fail(errors::k_st_too_much,
                    {{"max", std::to_string(k_entities_max)}, {"how", "$top, $expand"}});
    const SetRow& row = row_of(entity.set);
    json::object out;
    const std::string self = m_world.link_of(entity);
    if (selected(options, "id")) out.emplace("@iot.id", World::id_of(entity));
    if (options.select.empty() || selected(options, "@iot.selfLink"))
        out.emplace("@iot.selfLink", self);
    for (const std::string_view name : row.properties) {
        if (!selected(options, name)) continue;
        TRY_ASSIGN(value, m_world.property_of(entity, name));
        out.emplace(name, std::move(value));
    }
    for (const Navigation& link : row.navigation) {
        const auto expand = std::ranges::find(options.expand, link.name, &Expand::name);
        if (expand != options.expand.end()) {
            TRY_ASSIGN(value, expanded(entity, link, *expand, out));
            out.emplace(link.name, std::move(value));
        } else if (selected(options, link.name)) {
            const std::string name(link.name);
            out.emplace(name + "@iot.navigationLink", self + '/' + name);
        }
    }
    return out;
}

Result<json::array> Answers::data_arrays(const std::vector<Entity>& entities,
                                         const Options& options) {
    std::vector<std::string_view> components;
    if (selected(options, "id")) components.emplace_back("id");
    for (const auto name : row_of(Set::observations).properties) {
        if (selected(options, name)) components.push_back(name);
    }
    json::array out;
    std::map<Uuid, std::size_t> index;
    for (const Entity& each : entities) {
        const auto [at, fresh] = index.emplace(each.datastream->id, out.size());
        if (fresh) {
            Entity datastream = each;
            datastream.set = Set::datastreams;
            json::array names;
            for (const auto name : components) names.emplace_back(name);
            out.push_back(
                json::object{{"Datastream@iot.navigationLink", m_world.link_of(datastream)},
                             {"components", std::move(names)},
                             {"dataArray@iot.count", 0},
                             {"dataArray", json::array{}}});
        }
        json::array row;
        for (const auto name : components) {
            TRY_ASSIGN(value, m_world.property_of(each, name));
            row.push_back(std::move(value));
        }
        json::object& into = out[at->second].get_object();
        into["dataArray"].get_array().emplace_back(std::move(row));
        into["dataArray@iot.count"] = into["dataArray"].get_array().size();
    }
    return out;
}

Result<json::object> Answers::list(Set set, const Entity* from, const Options& options,
                                   const std::string& link) {
    TRY_ASSIGN(found, page(set, from, options));
    json::object out;
    if (found.count) out.emplace("@iot.count", *found.count);
    if (!found.token.empty()) out.emplace("@iot.nextLink", next_link(link, options, found.token));
    json::array value;
    if (options.format == Format::data_array) {
        TRY_ASSIGN(arrays, data_arrays(found.entities, options));
        value = std::move(arrays);
    } else {
        for (const Entity& each : found.entities) {
            TRY_ASSIGN(one, entity(each, options));
            value.push_back(std::move(one));
        }
    }
    out.emplace("value", std::move(value));
    return out;
}

}  // namespace anlan::center::sensorthings
