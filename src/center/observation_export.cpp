#include "center/observation_export.h"

#include "center/data_routes.h"
#include "center/errors.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/defuse.h"

#include <fmt/format.h>

#include <unordered_set>

namespace anlan::center {
namespace {

constexpr std::size_t k_page_rows = 10'000;
constexpr std::int64_t k_hour_ms = 3'600'000;

using Streams = std::vector<std::shared_ptr<const sensing::Stream>>;
enum class Format { csv, ndjson };

std::unexpected<Error> bad_query(std::string_view name, std::string zh, std::string en) {
    return fail(errors::k_bad_query,
                {{"name", std::string(name)}, {"what", std::move(zh)}, {"what_en", std::move(en)}});
}

/// One cell of a CSV (RFC 4180), harmless to a spreadsheet.
std::string cell(std::string_view text) {
    const std::string safe = bigdata::exchange::defused(text);
    if (safe.find_first_of("\",\r\n") == safe.npos) return safe;
    std::string out = "\"";
    for (const char c : safe) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

/// Goes through the datastreams one after another, page by page.
class Export {
  public:
    Export(const bigdata::Lake& lake, Streams streams, Timestamp from, Timestamp until,
           Format format)
        : m_lake(lake),
          m_streams(std::move(streams)),
          m_from(from),
          m_until(until),
          m_format(format),
          m_cursor(from) {}

    Result<std::string> next() {
        std::string out;
        if (!m_begun && m_format == Format::csv)
            out =
                "\xEF\xBB\xBF"
                "datastream,device,name,property,unit,at,received,value,quality\r\n";
        m_begun = true;
        while (out.size() < k_piece_bytes && m_place < m_streams.size()) {
            const auto& stream = *m_streams[m_place];
            TRY_ASSIGN(rows, m_lake.raw(stream.number, m_cursor, m_until, k_page_rows));
            if (!rows.empty()) write(stream, rows, out);
            if (rows.size() == k_page_rows) {
                m_cursor = rows.back().at + 1;
            } else {
                ++m_place;
                m_cursor = m_from;
            }
        }
        return out;
    }

  private:
    static constexpr std::size_t k_piece_bytes = 64 << 10;

    void write(const sensing::Stream& stream, const std::vector<bigdata::Observation>& rows,
               std::string& out) const {
        // What a datastream's rows have in common is made once.
        std::string before, after;
        if (m_format == Format::csv) {
            before = fmt::format("{},{},{},{},{},", stream.datastream.text(), stream.device.text(),
                                 cell(stream.name), cell(stream.property), cell(stream.unit));
        } else {
            json::object head{{"datastream", stream.datastream.text()},
                              {"device", stream.device.text()},
                              {"name", stream.name},
                              {"property", stream.property},
                              {"unit", stream.unit}};
            before = to_text(head);
            before.back() = ',';
        }
        out.reserve(out.size() + rows.size() * (before.size() + 80));
        for (const auto& row : rows) {
            out += before;
            const std::string value = to_text(json::value(row.value));
            if (m_format == Format::csv)
                fmt::format_to(std::back_inserter(out), "{},{},{},{}\r\n", iso8601(row.at),
                               iso8601(row.received), value, name_of(row.quality));
            else
                fmt::format_to(std::back_inserter(out),
                               R"("at":"{}","received":"{}","value":{},"quality":"{}"}})"
                               "\n",
                               iso8601(row.at), iso8601(row.received), value, name_of(row.quality));
        }
    }

    const bigdata::Lake& m_lake;
    const Streams m_streams;
    const Timestamp m_from, m_until;
    const Format m_format;
    bool m_begun = false;
    std::size_t m_place = 0;
    Timestamp m_cursor;
};

Result<std::unordered_set<Uuid>> ids_asked(const Call& call, std::string_view name) {
    std::unordered_set<Uuid> out;
    std::string_view rest = call.asked(name);
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        const auto id = Uuid::parse(rest.substr(0, comma));
        if (!id) return bad_query(name, "应为编号，逗号分隔", "should be ids, comma between");
        out.insert(*id);
        rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
    return out;
}

/// What is asked by name must be there and visible; without names it is all that is visible.
Result<Streams> streams_asked(const CenterContext& context, const Call& call) {
    TRY_ASSIGN(datastreams, ids_asked(call, "datastream"));
    TRY_ASSIGN(devices, ids_asked(call, "device"));
    const auto property = call.asked("property");
    TRY_ASSIGN(visible, visible_streams(context, call.who, call.space));
    Streams out;
    std::unordered_set<Uuid> found;
    for (auto& stream : context.hub.streams(call.space)) {
        const bool by_name = datastreams.contains(stream->datastream);
        const bool by_device = devices.contains(stream->device);
        if (!datastreams.empty() || !devices.empty()) {
            if (!by_name && !by_device) continue;
        }
        if (!visible(stream->datastream)) continue;
        if (by_name) found.insert(stream->datastream);
        if (by_device) found.insert(stream->device);
        if (!property.empty() && stream->property != property) continue;
        out.push_back(std::move(stream));
    }
    for (const auto* asked : {&datastreams, &devices}) {
        for (const Uuid id : *asked) {
            if (!found.contains(id)) return fail(errors::k_no_such_record);
        }
    }
    return out;
}

Result<Content> export_observations(const CenterContext& context, const Call& call) {
    const auto name = call.asked("format", "csv");
    if (name != "csv" && name != "ndjson")
        return bad_query("format", "应为 csv 或 ndjson", "should be csv or ndjson");
    const Format format = name == "csv" ? Format::csv : Format::ndjson;
    TRY_ASSIGN(until_asked, time_asked(call, "until"));
    TRY_ASSIGN(from_asked, time_asked(call, "from"));
    const Timestamp until = until_asked.value_or(context.clock.now());
    const Timestamp from = from_asked.value_or(until + -24 * k_hour_ms);
    if (from >= until) return bad_query("from", "应早于 until", "should be before 'until'");
    TRY_ASSIGN(streams, streams_asked(context, call));
    const auto rows =
        std::make_shared<Export>(context.lake, std::move(streams), from, until, format);
    Content out;
    out.content_type =
        format == Format::csv ? "text/csv; charset=utf-8" : "application/x-ndjson; charset=utf-8";
    out.file_name =
        fmt::format("{}-{}.{}", call.language == Language::zh ? "观测数据" : "observations",
                    beijing_text(context.clock.now()).substr(0, 10), name);
    out.next = [rows] { return rows->next(); };
    return out;
}

}  // namespace

RouteRow observation_export_route(CenterContext context) {
    return route<NoBody, Content>(
        Method::get, "/api/v1/observations/export", "datastream.read",
        {"导出观测数据（随权限，边查边发）",
         "Export observations that the caller may see, made while they are sent"},
        [context = std::move(context)](const Call& call, const NoBody&) {
            return export_observations(context, call);
        },
        200,
        {{"datastream",
          {"数据流编号，逗号分隔；与 device 都不给则为全部",
           "ids of datastreams, comma between; all without these and `device`"}},
         {"device", {"设备编号，逗号分隔", "ids of devices, comma between"}},
         {"property", {"只要此观测量", "only this observed property"}},
         {"from", {"起，默认止前 24 小时", "from, by default 24 hours before the end"}},
         {"until", {"止，默认现在", "until, now by default"}},
         {"format", {"csv 或 ndjson，缺省 csv", "csv or ndjson; csv by default"}}});
}

}  // namespace anlan::center
