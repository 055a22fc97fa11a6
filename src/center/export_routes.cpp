#include "center/export_routes.h"

#include "center/errors.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/template.h"

namespace anlan::center {
namespace {

namespace exchange = bigdata::exchange;
using exchange::Format;

std::unexpected<Error> bad_query(std::string_view name, std::string zh, std::string en) {
    return fail(errors::k_bad_query,
                {{"name", std::string(name)}, {"what", std::move(zh)}, {"what_en", std::move(en)}});
}

Result<Format> format_asked(const Call& call, std::string_view otherwise) {
    const auto name = call.asked("format", otherwise);
    if (name == "csv") return Format::csv;
    if (name == "xlsx") return Format::xlsx;
    if (name == "geojson") return Format::geojson;
    return bad_query("format", "应为 csv、xlsx 或 geojson", "should be csv, xlsx or geojson");
}

std::vector<std::string> split_commas(std::string_view text) {
    std::vector<std::string> out;
    while (!text.empty()) {
        const auto comma = text.find(',');
        if (comma != 0) out.emplace_back(text.substr(0, comma));
        text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    }
    return out;
}

class ExportRoutes {
  public:
    explicit ExportRoutes(CenterContext context) : m_context(std::move(context)) {}

    Result<Content> export_records(const Call& call) const {
        TRY_ASSIGN(kind, kind_of(call.parameter("kind")));
        TRY_ASSIGN(format, format_asked(call, "csv"));
        TRY_ASSIGN(language, language_asked(call));
        TRY_ASSIGN(query, query_of(call));
        // Without an order of its own a file comes in that of the ids, which no change disturbs.
        if (call.asked("sort").empty()) query.sort = "id";
        exchange::ExportRequest request;
        request.records = &m_context.records;
        request.access = &m_context.access;
        request.catalog = &m_context.catalog;
        request.kind = kind;
        request.who = call.who;
        request.space = call.space;
        request.query = std::move(query);
        request.format = format;
        request.language = language;
        if (call.asked("style") == "names")
            request.style = exchange::Style::names;
        else if (!call.asked("style").empty() && call.asked("style") != "labels")
            return bad_query("style", "应为 labels 或 names", "should be labels or names");
        request.columns = split_commas(call.asked("columns"));
        TRY_ASSIGN(opened, exchange::Export::open(std::move(request)));
        const std::shared_ptr<exchange::Export> rows(std::move(opened));
        Content out;
        out.content_type = exchange::content_type_of(format);
        out.file_name = exchange::file_name_of(*kind, format, language, m_context.clock.now());
        out.next = [rows] { return rows->next(); };
        return out;
    }

    Result<Content> make_template(const Call& call) const {
        TRY_ASSIGN(kind, kind_of(call.parameter("kind")));
        TRY(m_context.access.require(call.who, kind->name + ".read"));
        TRY_ASSIGN(format, format_asked(call, "xlsx"));
        TRY_ASSIGN(language, language_asked(call));
        TRY_ASSIGN(bytes, exchange::template_of(m_context.catalog, *kind, format, language));
        Content out;
        out.content_type = exchange::content_type_of(format);
        out.bytes = std::move(bytes);
        const std::string name =
            language == Language::zh ? kind->label.zh + "-导入模板" : kind->label.en + "-template";
        out.file_name = name + (format == Format::csv ? ".csv" : ".xlsx");
        return out;
    }

  private:
    Result<const bigdata::Kind*> kind_of(std::string_view name) const {
        const auto* kind = m_context.catalog.kind(name);
        if (kind == nullptr) return fail(errors::k_unknown_kind, {{"kind", std::string(name)}});
        return kind;
    }

    CenterContext m_context;
};

}  // namespace

Result<Language> language_asked(const Call& call) {
    const auto name = call.asked("language");
    if (name.empty()) return call.language;
    if (name == "zh") return Language::zh;
    if (name == "en") return Language::en;
    return bad_query("language", "应为 zh 或 en", "should be zh or en");
}

RouteRows export_routes(CenterContext context) {
    const auto routes = std::make_shared<const ExportRoutes>(std::move(context));
    const std::string kind = "/api/v1/records/{kind}";
    RouteRows rows;
    const auto add = [&rows](RouteRow row) { rows.push_back(std::move(row)); };
    add(route<NoBody, Content>(
        Method::get, kind + "/export", k_signed_in,
        {"导出一类记录（随列表的条件与权限）", "Export a kind's records, as its list shows them"},
        [routes](const Call& call, const NoBody&) { return routes->export_records(call); }, 200,
        {{"format", {"csv、xlsx 或 geojson，缺省 csv", "csv, xlsx or geojson; csv by default"}},
         {"style", {"labels：给人看；names：给程序用", "labels for people, names for programs"}},
         {"columns",
          {"列名，逗号分隔，缺省全部", "names of columns, comma between; all by default"}},
         {"language", k_language_words},
         {"where", {"条件，同列表", "conditions, as of the list"}},
         {"text", {"文字，同列表", "text, as of the list"}},
         {"sort", {"排序，同列表，缺省 id", "order, as of the list; id by default"}},
         {"bbox", {"范围，同列表", "box, as of the list"}}}));
    add(route<NoBody, Content>(
        Method::get, kind + "/template", k_signed_in,
        {"一类记录的导入模板", "A kind's import template"},
        [routes](const Call& call, const NoBody&) { return routes->make_template(call); }, 200,
        {{"format", {"xlsx 或 csv，缺省 xlsx", "xlsx or csv; xlsx by default"}},
         {"language", k_language_words}}));
    return rows;
}

}  // namespace anlan::center
