#include "center/sensorthings/routes.h"

#include "center/sensorthings/answer.h"
#include "center/sensorthings/errors.h"

#include <array>

namespace anlan::center::sensorthings {
namespace {

constexpr std::size_t k_segments_max = 8;

constexpr std::array<std::string_view, 6> k_conformance{
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-observations-via-http",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/create-observations"};

std::unexpected<Error> not_found(std::string_view path) {
    return fail(errors::k_st_not_found, {{"path", std::string(path.substr(0, 200))}});
}

json::object root_document(const World& world) {
    json::array conformance, value;
    for (const auto each : k_conformance) conformance.emplace_back(each);
    for (const SetRow& row : sets()) {
        value.push_back(
            json::object{{"name", row.name}, {"url", world.root() + '/' + std::string(row.name)}});
    }
    return {{"value", std::move(value)},
            {"serverSettings",
             {{"conformance", std::move(conformance)},
              {"http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/create-observations",
               {{"endpoints", json::array{world.root() + "/CreateObservations"}}}}}}};
}

/// Follows a resource path from entity to entity, and answers what it ends in.
class Walk {
  public:
    Walk(World& world, const Call& call, Timestamp now)
        : m_world(world), m_call(call), m_answers(world, now) {}

    Result<Reply> answer(const std::vector<std::string>& parts) {
        std::string link = m_world.root();
        for (std::size_t i = 0; i < parts.size(); ++i) {
            link += '/' + parts[i];
            const bool last = i + 1 == parts.size();
            TRY_ASSIGN(segment, parse_segment(parts[i]));
            if (i > 0 && !m_at) return not_found(link);
            const SetRow* set = set_of(segment.name);
            if (set == nullptr) return i == 0 ? not_found(link) : of_entity(parts, i, link);
            const Navigation* nav = m_at ? row_of(m_at->set).link(segment.name) : nullptr;
            const bool many = nav == nullptr || nav->many;
            if (!many) {
                if (segment.id) return not_found(link);
                TRY_ASSIGN(found, m_world.related(*m_at, *nav));
                if (found.empty()) return not_found(link);
                m_at = std::move(found.front());
            } else if (segment.id) {
                TRY_ASSIGN(found, m_world.find(set->set, *segment.id));
                if (m_at && !World::hang_together(*m_at, found)) return not_found(link);
                m_at = std::move(found);
            } else {
                const bool refs = !last && i + 2 == parts.size() && parts[i + 1] == "$ref";
                if (!last && !refs) return not_found(link + '/' + parts[i + 1]);
                return listed(*set, link, refs);
            }
        }
        TRY_ASSIGN(options, options_of(m_call.query, row_of(m_at->set)));
        TRY_ASSIGN(one, m_answers.entity(*m_at, options));
        return Reply{std::move(one), {}};
    }

  private:
    const SetRow* set_of(std::string_view name) const {
        if (!m_at) return set_named(name);
        const Navigation* nav = row_of(m_at->set).link(name);
        return nav == nullptr ? nullptr : &row_of(nav->target);
    }
    Result<Reply> listed(const SetRow& set, const std::string& link, bool refs) {
        TRY_ASSIGN(options, options_of(m_call.query, set));
        if (refs) options.select = {"@iot.selfLink"};
        TRY_ASSIGN(page, m_answers.list(set.set, m_at ? &*m_at : nullptr, options,
                                        refs ? link + "/$ref" : link));
        return Reply{std::move(page), {}};
    }
    /// "…/name", "…/name/$value", "…/$ref" of one entity.
    Result<Reply> of_entity(const std::vector<std::string>& parts, std::size_t index,
                            const std::string& link) {
        const std::string& name = parts[index];
        const bool last = index + 1 == parts.size();
        if (name == "$ref" && last)
            return Reply{json::object{{"@iot.selfLink", m_world.link_of(*m_at)}}, {}};
        if (!row_of(m_at->set).has(name)) return not_found(link);
        TRY_ASSIGN(value, m_world.property_of(*m_at, name));
        if (last) return Reply{json::object{{name, std::move(value)}}, {}};
        if (parts[index + 1] != "$value" || index + 2 != parts.size())
            return not_found(link + '/' + parts[index + 1]);
        const auto* text = value.if_string();
        Content content;
        content.content_type = "text/plain; charset=utf-8";
        content.bytes = text != nullptr ? std::string(*text) : to_text(value);
        return Reply{std::move(content), {}};
    }

    World& m_world;
    const Call& m_call;
    Answers m_answers;
    std::optional<Entity> m_at;
};

Result<Reply> answer(const CenterContext& context, const Call& call,
                     const std::vector<std::string>& parts) {
    World world(context, call);
    if (parts.empty()) return Reply{root_document(world), {}};
    return Walk(world, call, context.clock.now()).answer(parts);
}

RouteRow row_for(const CenterContext& context, std::vector<std::string> pattern) {
    std::string path = "/v1.1";
    for (const auto& each : pattern) path += '/' + each;
    return route<NoBody, Reply>(
        Method::get, path, "datastream.read",
        {"SensorThings 1.1 读取", "SensorThings 1.1, reading"},
        [context, pattern = std::move(pattern)](const Call& call, const NoBody&) {
            std::vector<std::string> parts;
            for (const auto& each : pattern) {
                const bool parameter = each.starts_with('{');
                parts.emplace_back(parameter ? call.parameter(each.substr(1, each.size() - 2))
                                             : std::string_view(each));
            }
            return answer(context, call, parts);
        });
}

}  // namespace

Result<Segment> parse_segment(std::string_view text) {
    const auto open = text.find('(');
    if (open == text.npos) return Segment{std::string(text), std::nullopt};
    if (!text.ends_with(')')) return not_found(text);
    std::string_view inner = text.substr(open + 1, text.size() - open - 2);
    std::string id;
    if (inner.size() >= 2 && inner.front() == '\'' && inner.back() == '\'') {
        inner = inner.substr(1, inner.size() - 2);
        for (std::size_t i = 0; i < inner.size(); ++i) {
            id += inner[i];
            if (inner[i] == '\'' && ++i < inner.size() && inner[i] != '\'') return not_found(text);
        }
    } else {
        id = inner;
    }
    if (id.empty()) return not_found(text);
    return Segment{std::string(text.substr(0, open)), std::move(id)};
}

RouteRows routes(CenterContext context) {
    RouteRows rows;
    std::vector<std::string> pattern;
    rows.push_back(row_for(context, pattern));
    for (std::size_t i = 0; i < k_segments_max; ++i) {
        pattern.push_back("{s" + std::to_string(i) + "}");
        rows.push_back(row_for(context, pattern));
    }
    // Paths that can also be posted to are rows of their own there, and so here.
    rows.push_back(row_for(context, {"Observations"}));
    rows.push_back(row_for(context, {"{datastream}", "Observations"}));
    return rows;
}

}  // namespace anlan::center::sensorthings
