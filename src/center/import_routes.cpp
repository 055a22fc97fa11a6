#include "center/import_routes.h"

#include "center/errors.h"
#include "center/export_routes.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/export.h"

namespace anlan::center {
namespace {

namespace exchange = bigdata::exchange;
using exchange::Desk;

constexpr std::size_t k_reason_characters_max = 500;
constexpr std::size_t k_choices_max = 1000;

struct CheckBody {
    std::optional<json::object> columns;
    std::optional<std::string> empty;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(CheckBody, (), (columns, empty, reason))

std::unexpected<Error> bad_query(std::string_view name, std::string zh, std::string en) {
    return fail(errors::k_bad_query,
                {{"name", std::string(name)}, {"what", std::move(zh)}, {"what_en", std::move(en)}});
}

Result<exchange::EmptyCells> empty_of(std::string_view name) {
    if (name.empty() || name == "keep") return exchange::EmptyCells::keep;
    if (name == "clear") return exchange::EmptyCells::clear;
    return bad_query("empty", "应为 keep 或 clear", "should be keep or clear");
}

Result<std::string> reason_of(std::string_view text) {
    if (text.size() > 4 * k_reason_characters_max)
        return bad_query("reason", "超过 500 字", "is longer than 500 characters");
    return std::string(text);
}

Result<Uuid> import_of(const Call& call) {
    const auto id = Uuid::parse(call.parameter("id"));
    if (!id) return fail(errors::k_no_such_import);
    return *id;
}

class ImportRoutes {
  public:
    explicit ImportRoutes(Desk& desk) : m_desk(desk) {}

    Result<json::object> receive(const Call& call) const {
        if (call.space != bigdata::k_live) return fail(errors::k_import_in_exercise);
        exchange::JobSettings settings;
        TRY_ASSIGN(empty, empty_of(call.asked("empty")));
        settings.empty = empty;
        TRY_ASSIGN(reason, reason_of(call.asked("reason")));
        settings.reason = reason;
        const std::string name(call.asked("name"));
        if (name.empty()) return bad_query("name", "应为文件名", "should be the file's name");
        TRY_ASSIGN(job, m_desk.receive(call.who, std::string(call.asked("kind")), name, call.raw,
                                       std::move(settings)));
        return to_json(job, call.language);
    }

    Result<json::object> list(const Call& call) const {
        json::array imports;
        for (const auto& job : m_desk.jobs(call.who))
            imports.push_back(to_json(job, call.language));
        const auto& limits = m_desk.limits();
        return json::object{{"imports", std::move(imports)},
                            {"limits",
                             {{"file_bytes_max", limits.file_bytes_max},
                              {"rows_max", limits.rows_max},
                              {"columns_max", limits.columns_max},
                              {"cell_bytes_max", limits.cell_bytes_max},
                              {"problems_max", limits.problems_max}}}};
    }

    Result<json::object> read(const Call& call) const {
        TRY_ASSIGN(id, import_of(call));
        TRY_ASSIGN(job, m_desk.job(call.who, id));
        return to_json(job, call.language);
    }

    Result<json::object> check(const Call& call, const CheckBody& body) const {
        TRY_ASSIGN(id, import_of(call));
        exchange::JobSettings settings;
        TRY_ASSIGN(empty, empty_of(body.empty.value_or("")));
        settings.empty = empty;
        TRY_ASSIGN(reason, reason_of(body.reason.value_or("")));
        settings.reason = reason;
        const json::object choices = body.columns.value_or(json::object{});
        if (choices.size() > k_choices_max)
            return bad_query("columns", "过多", "has too many members");
        for (const auto& [title, name] : choices) {
            if (!name.is_string())
                return bad_query("columns", "值应为列名", "should have names as values");
            settings.choices[title] = std::string(name.get_string());
        }
        TRY_ASSIGN(job, m_desk.check_again(call.who, id, std::move(settings)));
        return to_json(job, call.language);
    }

    Result<json::object> problems(const Call& call) const {
        TRY_ASSIGN(id, import_of(call));
        TRY_ASSIGN(skip, whole_number(call, "skip", 0, 0, 1'000'000));
        TRY_ASSIGN(limit, whole_number(call, "limit", 100, 1, 1000));
        TRY_ASSIGN(page, m_desk.problems(call.who, id, static_cast<std::size_t>(skip),
                                         static_cast<std::size_t>(limit), call.asked("text")));
        json::array out;
        for (const auto& problem : page.problems) {
            out.push_back(json::object{{"row", problem.row},
                                       {"column", problem.column},
                                       {"field", problem.field},
                                       {"value", problem.value},
                                       {"id", problem.id},
                                       {"text", text_in(call.language, problem.text)}});
        }
        return json::object{{"problems", std::move(out)}, {"matching", page.matching}};
    }

    Result<Content> problems_file(const Call& call) const {
        TRY_ASSIGN(id, import_of(call));
        TRY_ASSIGN(language, language_asked(call));
        TRY_ASSIGN(page, m_desk.problems(call.who, id, 0, m_desk.limits().problems_max));
        const bool zh = language == Language::zh;
        std::string out =
            zh ? "\xEF\xBB\xBF行,列,内容,问题\r\n" : "\xEF\xBB\xBFRow,Column,Value,Problem\r\n";
        for (const auto& problem : page.problems) {
            out += std::to_string(problem.row);
            for (const auto& text :
                 {problem.column, problem.value, text_in(language, problem.text)}) {
                out += ',';
                exchange::add_defused_csv_cell(out, text);
            }
            out += "\r\n";
        }
        Content content;
        content.content_type = exchange::content_type_of(exchange::Format::csv);
        content.bytes = std::move(out);
        content.file_name = zh ? "导入问题.csv" : "import-problems.csv";
        return content;
    }

    Result<json::object> apply(const Call& call) const {
        if (call.space != bigdata::k_live) return fail(errors::k_import_in_exercise);
        TRY_ASSIGN(id, import_of(call));
        TRY_ASSIGN(job, m_desk.apply(call.who, id));
        return to_json(job, call.language);
    }

    Result<NoBody> discard(const Call& call) const {
        TRY_ASSIGN(id, import_of(call));
        TRY(m_desk.discard(call.who, id));
        return NoBody{};
    }

  private:
    static const std::string& text_in(Language language, const Label& label) {
        return language == Language::zh ? label.zh : label.en;
    }

    Desk& m_desk;
};

json::object text_schema() {
    return {{"type", "string"}};
}
json::object whole_schema() {
    return {{"type", "integer"}};
}

json::object job_schema() {
    const json::object text = text_schema(), whole = whole_schema();
    const json::object error{{"type", json::array{"object", "null"}},
                             {"properties", {{"id", text}, {"text", text}}}};
    const json::object label{{"type", "object"}, {"properties", {{"zh", text}, {"en", text}}}};
    const json::object column{{"type", "object"},
                              {"properties",
                               {{"title", text},
                                {"column", text},
                                {"label", label},
                                {"samples", {{"type", "array"}, {"items", text}}}}}};
    const json::object state{
        {"type", "string"},
        {"enum", json::array{"waiting", "checking", "checked", "applying", "done", "failed"}}};
    return {{"type", "object"},
            {"properties",
             {{"id", text},
              {"kind", text},
              {"file_name", text},
              {"bytes", whole},
              {"state", state},
              {"progress", {{"type", "number"}}},
              {"choices", {{"type", "object"}, {"additionalProperties", text}}},
              {"empty", text},
              {"reason", text},
              {"columns", {{"type", "array"}, {"items", column}}},
              {"counts",
               {{"type", "object"},
                {"properties",
                 {{"rows", whole},
                  {"new", whole},
                  {"changed", whole},
                  {"unchanged", whole},
                  {"wrong", whole},
                  {"problems", whole}}}}},
              {"error", error},
              {"created_at", text},
              {"ended_at", {{"type", json::array{"string", "null"}}}}}}};
}

json::object problems_schema() {
    const json::object text = text_schema(), whole = whole_schema();
    const json::object problem{{"type", "object"},
                               {"properties",
                                {{"row", whole},
                                 {"column", text},
                                 {"field", text},
                                 {"value", text},
                                 {"id", text},
                                 {"text", text}}}};
    return {{"type", "object"},
            {"properties",
             {{"problems", {{"type", "array"}, {"items", problem}}}, {"matching", whole}}}};
}

json::object list_schema() {
    return {{"type", "object"},
            {"properties",
             {{"imports", {{"type", "array"}, {"items", job_schema()}}},
              {"limits", {{"type", "object"}, {"additionalProperties", whole_schema()}}}}}};
}

}  // namespace

RouteRows import_routes(Desk& desk) {
    const auto routes = std::make_shared<const ImportRoutes>(desk);
    const std::string all = "/api/v1/imports", one = all + "/{id}";
    RouteRows rows;
    const auto add = [&rows](RouteRow row, json::object response = {}) {
        row.response = std::move(response);
        rows.push_back(std::move(row));
    };
    RouteRow receive = route<NoBody, json::object>(
        Method::post, all, k_signed_in,
        {"上传文件并检查（需要 <类>.import 权限）",
         "Upload a file and check it (needs <kind>.import)"},
        [routes](const Call& call, const NoBody&) { return routes->receive(call); }, 202,
        {{"kind", {"类", "kind"}},
         {"name", {"文件名，其后缀表明格式", "the file's name; its ending says the format"}},
         {"empty",
          {"空格 keep 不动、clear 清除，缺省 keep", "empty cells keep or clear; keep by default"}},
         {"reason", {"理由，记入日志", "reason, for the journal"}}});
    receive.body_bytes_max = desk.limits().file_bytes_max;
    add(std::move(receive), job_schema());
    add(route<NoBody, json::object>(
            Method::get, all, k_signed_in,
            {"自己的导入与上限", "One's own imports, and the limits"},
            [routes](const Call& call, const NoBody&) { return routes->list(call); }),
        list_schema());
    add(route<NoBody, json::object>(
            Method::get, one, k_signed_in, {"一次导入", "An import"},
            [routes](const Call& call, const NoBody&) { return routes->read(call); }),
        job_schema());
    add(route<CheckBody, json::object>(
            Method::post, one + "/check", k_signed_in,
            {"换列的对应再检查", "Check again, with other columns"},
            [routes](const Call& call, const CheckBody& body) { return routes->check(call, body); },
            202),
        job_schema());
    add(route<NoBody, json::object>(
            Method::get, one + "/problems", k_signed_in, {"问题，按行", "What is wrong, by row"},
            [routes](const Call& call, const NoBody&) { return routes->problems(call); }, 200,
            {{"skip", {"跳过条数", "how many to skip"}},
             {"limit", {"条数，最多 1000", "how many, at most 1000"}},
             {"text", {"列、内容或问题含此文字", "in column, value or problem"}}}),
        problems_schema());
    add(route<NoBody, Content>(
        Method::get, one + "/problems.csv", k_signed_in,
        {"问题，CSV 文件", "What is wrong, as CSV"},
        [routes](const Call& call, const NoBody&) { return routes->problems_file(call); }, 200,
        {{"language", k_language_words}}));
    add(route<NoBody, json::object>(
            Method::post, one + "/apply", k_signed_in,
            {"全部写入，或一条不写", "Apply all of it, or nothing"},
            [routes](const Call& call, const NoBody&) { return routes->apply(call); }, 202),
        job_schema());
    add(route<NoBody, NoBody>(
        Method::del, one, k_signed_in, {"放弃", "Give up"},
        [routes](const Call& call, const NoBody&) { return routes->discard(call); }, 204));
    return rows;
}

}  // namespace anlan::center
