#include "center/search_routes.h"

#include "center/errors.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/heads.h"
#include "foundations/bigdata/search_text.h"

#include <algorithm>
#include <ranges>

namespace anlan::center {
namespace {

using bigdata::Query;
using bigdata::Record;

/// Where a search flies to: a point, or the middle of the geometry's box.
json::value place_of(const Record& record) {
    if (!record.geometry) return nullptr;
    const auto box = bounds_of(*record.geometry);
    const LonLat middle{(box.west + box.east) / 2, (box.south + box.north) / 2};
    return json::object{{"longitude", middle.longitude_deg},
                        {"latitude", middle.latitude_deg},
                        {"bounds", json::array{box.west, box.south, box.east, box.north}}};
}

json::object hit(const bigdata::Kind& kind, const Record& record) {
    const auto title = [&](const std::string& field) {
        const auto* value = record.fields.if_contains(field);
        return value == nullptr || !value->is_string() ? json::value(nullptr) : *value;
    };
    return {{"kind", record.kind},
            {"id", record.id.text()},
            {"title", title(kind.title_field)},
            {"title_en", title(kind.title_field + "_en")},
            {"state", record.state},
            {"place", place_of(record)}};
}

Result<json::object> search(const CenterContext& context, const Call& call) {
    TRY_ASSIGN(most, whole_number(call, "limit", 20, 1, 100));
    const auto limit = static_cast<std::size_t>(most);
    Query query;
    query.text = call.asked("text");
    query.sort = "relevance";
    query.limit = limit;
    std::vector<std::string> wanted;
    for (const auto part : std::views::split(call.asked("kinds"), ','))
        if (!part.empty()) wanted.emplace_back(part.begin(), part.end());
    for (const auto& name : wanted) {
        if (context.catalog.kind(name) == nullptr)
            return fail(errors::k_unknown_kind, {{"kind", name}});
    }
    // Titles of all kinds come before what is found elsewhere in a record.
    const bigdata::Search asked(query.text);
    std::vector<json::object> titles, others;
    if (asked.empty()) return json::object{{"hits", json::array{}}};
    for (const auto& kind : context.catalog.kinds()) {
        if (!wanted.empty() && std::ranges::find(wanted, kind.name) == wanted.end()) continue;
        const auto view = context.access.view(call.who, call.space, kind.name);
        if (view.rows.none || !context.access.check_query(call.who, kind.name, query)) continue;
        TRY_ASSIGN(page, context.records.list(view, kind.name, query));
        for (auto& record : page.records) {
            const auto zh = std::string(text_at(record.fields, kind.title_field));
            const auto en = std::string(text_at(record.fields, kind.title_field + "_en"));
            const bool by_title = asked.matches({zh, en});
            context.access.mask(call.who, record);
            (by_title ? titles : others).push_back(hit(kind, record));
        }
    }
    json::array hits;
    for (auto* list : {&titles, &others}) {
        for (auto& each : *list)
            if (hits.size() < limit) hits.push_back(std::move(each));
    }
    return json::object{{"hits", std::move(hits)}};
}

struct EraseBody {
    std::string reason;
    std::optional<std::vector<std::string>> fields;
};
BOOST_DESCRIBE_STRUCT(EraseBody, (), (reason, fields))

Result<Reply> erase(const CenterContext& context, const Call& call, const EraseBody& body) {
    const std::string kind(call.parameter("kind"));
    const auto id = Uuid::parse(call.parameter("id"));
    // Whoever may not see the record may not erase it; deleted ones are for the command line.
    if (!id ||
        !context.records.get(context.access.view(call.who, bigdata::k_live, kind), kind, *id))
        return fail(errors::k_no_such_record);
    TRY_ASSIGN(record,
               context.records.erase(
                   {.zone = context.zone,
                    .kind = kind,
                    .id = *id,
                    .fields = body.fields.value_or(std::vector<std::string>{}),
                    .author = {call.who.user,
                               call.who.name.empty() ? call.who.account : call.who.name, "api"},
                    .reason = body.reason,
                    .request_id = call.request_id}));
    context.access.mask(call.who, record);
    const auto revision = record.revision;
    return Reply{to_json(record), revision, {}};
}

}  // namespace

RouteRows search_routes(CenterContext context) {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/search", k_signed_in,
        {"在本人可见的各类记录中检索", "Search all kinds of records that the caller may see"},
        [context](const Call& call, const NoBody&) { return search(context, call); }, 200,
        {{"text",
          {"汉字任意几个、外文词头、拼音或首字母",
           "any Chinese, beginnings of words, pinyin or initials"}},
         {"kinds", {"只要这些种类，逗号分隔", "only these kinds, separated by commas"}},
         {"limit", {"最多条数，至多 100", "at most this many, up to 100"}}}));
    return rows;
}

RouteRows privacy_routes(CenterContext context, std::filesystem::path register_file) {
    RouteRows rows;
    rows.push_back(route<EraseBody, Reply>(
        Method::post, "/api/v1/records/{kind}/{id}/erase", "journal.erase",
        {"依法清除个人信息：记录、历史与日志内容，日志链不断",
         "Erase personal data by law from the record, its past and the journal; the chain holds"},
        [context](const Call& call, const EraseBody& body) { return erase(context, call, body); }));
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/journal/heads", "journal.heads",
        {"每日日志摘要，供另处留存", "The journal's head of every day, to be kept elsewhere"},
        [register_file](const Call&, const NoBody&) -> Result<json::object> {
            TRY_ASSIGN(heads, bigdata::daily_heads(register_file));
            json::array out;
            for (const auto& head : heads) out.push_back(to_json(head));
            return json::object{{"heads", std::move(out)}};
        }));
    return rows;
}

}  // namespace anlan::center
