#include "center/data_routes.h"

#include "center/errors.h"
#include "center/observation_export.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"

#include <unordered_set>

namespace anlan::center {
namespace {

constexpr std::size_t k_journal_scan_max = 20'000;

/// Entries after `since` that the caller may see, at most `limit`; `next` is where the following
/// call goes on, so that what is not visible is not read again.
Result<json::object> visible_entries(const CenterContext& context, const Call& call,
                                     std::int64_t since, std::size_t limit) {
    const bigdata::View view{call.who.zone, call.space, bigdata::RowFilter::everything()};
    json::array out;
    std::size_t scanned = 0;
    bool more = true;
    while (more && out.size() < limit && scanned < k_journal_scan_max) {
        const std::size_t step = limit - out.size();
        const std::int64_t head = context.records.last_sequence();
        TRY_ASSIGN(entries, context.records.entries(view, since, step));
        scanned += step;
        more = entries.size() == step;
        since = more ? entries.back().sequence : std::max(since, head);
        for (auto& entry : entries) {
            if (!context.access.visible(call.who, entry.after)) continue;
            context.access.mask(call.who, entry);
            out.push_back(to_json(entry));
        }
    }
    return json::object{{"entries", std::move(out)}, {"next", since}, {"more", more}};
}

}  // namespace

std::string_view name_of(bigdata::Quality quality) {
    switch (quality) {
        case bigdata::Quality::good:
            return "good";
        case bigdata::Quality::uncertain:
            return "uncertain";
        case bigdata::Quality::bad:
            return "bad";
    }
    return "uncertain";
}

json::object latest_of(const sensing::Stream& stream, const bigdata::Observation& observation) {
    json::value place(nullptr);
    if (stream.place) place = to_json(Geometry::point(*stream.place));
    return {{"datastream", stream.datastream.text()},
            {"device", stream.device.text()},
            {"property", stream.property},
            {"unit", stream.unit},
            {"value", observation.value},
            {"at", iso8601(observation.at)},
            {"received", iso8601(observation.received)},
            {"quality", name_of(observation.quality)},
            {"name", stream.name},
            {"name_en", stream.name_en},
            {"place", std::move(place)}};
}

Result<std::function<bool(const Uuid&)>> visible_streams(const CenterContext& context,
                                                         const Principal& who,
                                                         std::string_view space) {
    using Question = std::function<bool(const Uuid&)>;
    const auto view = context.access.view(who, space, "datastream");
    if (view.rows.none || who.zone != context.zone)
        return Question([](const Uuid&) { return false; });
    if (view.rows.all()) return Question([](const Uuid&) { return true; });
    TRY_ASSIGN(records, context.records.all(view, "datastream"));
    auto ids = std::make_shared<std::unordered_set<Uuid>>();
    for (const auto& record : records) ids->insert(record.id);
    return Question([ids](const Uuid& id) { return ids->contains(id); });
}

RouteRows catalog_routes(CenterContext context) {
    const auto text = std::make_shared<const std::string>(to_text(to_json(context.catalog)));
    RouteRows rows;
    rows.push_back(route<NoBody, Content>(
        Method::get, "/api/v1/catalog", k_signed_in,
        {"目录：记录的种类、代码表、角色", "The catalog: kinds of records, code tables, roles"},
        [text, version = context.catalog.version()](const Call&, const NoBody&) -> Result<Content> {
            return Content{.content_type = "application/json",
                           .bytes = *text,
                           .etag = version,
                           .file_name = {}};
        }));
    return rows;
}

RouteRows journal_routes(CenterContext context) {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/journal", k_signed_in,
        {"日志中本人可见的部分", "What the caller may see of the journal"},
        [context](const Call& call, const NoBody&) -> Result<json::object> {
            TRY_ASSIGN(since, whole_number(call, "since", 0, 0, INT64_MAX));
            TRY_ASSIGN(limit, whole_number(call, "limit", 100, 1, 1000));
            return visible_entries(context, call, since, static_cast<std::size_t>(limit));
        },
        200,
        {{"since", {"此序号之后", "after this sequence"}},
         {"limit", {"最多条数，至多 1000", "at most this many, up to 1,000"}}}));
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/journal/head", k_signed_in,
        {"日志的末条序号与摘要", "Sequence and hash of the journal's last entry"},
        [context](const Call&, const NoBody&) -> Result<json::object> {
            return json::object{{"sequence", context.records.last_sequence()},
                                {"hash", context.records.head()},
                                {"time", iso8601(context.clock.now())}};
        }));
    return rows;
}

RouteRows observation_routes(CenterContext context) {
    RouteRows rows;
    rows.push_back(route<NoBody, json::array>(
        Method::get, "/api/v1/observations/latest", "datastream.read",
        {"各数据流的最新值", "The last value of every datastream"},
        [context](const Call& call, const NoBody&) -> Result<json::array> {
            const auto property = call.asked("property");
            TRY_ASSIGN(visible, visible_streams(context, call.who, call.space));
            json::array items;
            for (const auto& stream : context.hub.streams(call.space)) {
                if (!property.empty() && stream->property != property) continue;
                if (!visible(stream->datastream)) continue;
                if (const auto last = context.lake.last(stream->number))
                    items.push_back(latest_of(*stream, *last));
            }
            return items;
        },
        200, {{"property", {"只要此观测量", "only this observed property"}}}));
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/datastreams/{id}/series", "datastream.read",
        {"一个数据流的时间序列（保留极值）", "A datastream's series; peaks are kept"},
        [context](const Call& call, const NoBody&) -> Result<json::object> {
            const auto id = Uuid::parse(call.parameter("id"));
            if (!id) return fail(errors::k_no_such_record);
            const auto view = context.access.view(call.who, call.space, "datastream");
            TRY(context.records.get(view, "datastream", *id));
            const Timestamp now = context.clock.now();
            TRY_ASSIGN(to_asked, time_asked(call, "to"));
            TRY_ASSIGN(from_asked, time_asked(call, "from"));
            const Timestamp to = to_asked.value_or(now);
            const Timestamp from = from_asked.value_or(to + -3'600'000);
            TRY_ASSIGN(count, whole_number(call, "buckets", 300, 1, 10'000));
            if (from >= to)
                return fail(errors::k_bad_query, {{"name", "from"},
                                                  {"what", "应早于 to"},
                                                  {"what_en", "should be before 'to'"}});
            json::array out;
            const auto stream = context.hub.find(call.space, *id);
            if (stream != nullptr) {
                TRY_ASSIGN(buckets, context.lake.series(stream->number, from, to,
                                                        static_cast<std::size_t>(count)));
                for (const auto& b : buckets) {
                    out.push_back(json::object{{"from", iso8601(b.from)},
                                               {"min", b.min},
                                               {"max", b.max},
                                               {"mean", b.mean},
                                               {"last", b.last},
                                               {"count", b.count}});
                }
            }
            return json::object{{"buckets", std::move(out)}};
        },
        200,
        {{"from", {"起（RFC 3339）", "from (RFC 3339)"}},
         {"to", {"止，默认现在", "to, now by default"}},
         {"buckets", {"分段数", "number of buckets"}}}));
    rows.push_back(observation_export_route(context));
    return rows;
}

}  // namespace anlan::center
