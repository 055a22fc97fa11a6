#include "center/record_routes.h"

#include "center/errors.h"
#include "center/record_query.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/procedure_engine.h"

namespace anlan::center {
namespace {

using bigdata::Action;
using bigdata::Change;
using bigdata::Record;
using bigdata::View;

constexpr std::size_t k_history_max = 5000;

struct ScopeBody {
    std::optional<Uuid> grid, enterprise, organisation;
};
BOOST_DESCRIBE_STRUCT(ScopeBody, (), (grid, enterprise, organisation))

struct CreateBody {
    std::optional<Uuid> id;
    json::object fields;
    std::optional<Geometry> geometry;
    std::optional<ScopeBody> scope;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(CreateBody, (), (id, fields, geometry, scope, reason))

struct PatchBody {
    json::object fields;
    std::optional<Geometry> geometry;
    std::optional<ScopeBody> scope;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(PatchBody, (), (fields, geometry, scope, reason))

struct MoveBody {
    json::object fields;
    std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(MoveBody, (), (fields, reason))

bigdata::Scope scope_of(const ScopeBody& body) {
    return {body.grid.value_or(Uuid{}), body.enterprise.value_or(Uuid{}),
            body.organisation.value_or(Uuid{})};
}

Result<Uuid> id_of(const Call& call) {
    const auto id = Uuid::parse(call.parameter("id"));
    if (!id) return fail(errors::k_no_such_record);
    return *id;
}

class RecordRoutes {
  public:
    explicit RecordRoutes(CenterContext context) : m_context(std::move(context)) {}

    Result<json::object> list(const Call& call) const {
        const std::string kind(call.parameter("kind"));
        TRY(require(call, kind, "read"));
        TRY_ASSIGN(query, query_of(call));
        TRY(m_context.access.check_query(call.who, kind, query));
        View view = m_context.access.view(call.who, call.space, kind);
        TRY_ASSIGN(as_of, as_of_asked(call, m_context.records));
        view.as_of = as_of;
        TRY_ASSIGN(page, m_context.records.list(view, kind, query));
        json::array records;
        records.reserve(page.records.size());
        for (auto& record : page.records) {
            m_context.access.mask(call.who, record);
            records.push_back(to_json(record));
        }
        json::object out{
            {"records", std::move(records)},
            {"next", page.next.empty() ? json::value(nullptr) : json::value(page.next)}};
        if (as_of) out.emplace("as_of", *as_of);
        if (call.asked("count") != "false") {
            TRY_ASSIGN(count, m_context.records.count(view, kind, query));
            out.emplace("count", json::object{{"value", count.value}, {"more", count.more}});
        }
        return out;
    }

    Result<Reply> read(const Call& call) const {
        TRY_ASSIGN(as_of, as_of_asked(call, m_context.records));
        TRY_ASSIGN(record, visible(call, as_of));
        return reply(call, std::move(record));
    }

    Result<json::object> history(const Call& call) const {
        TRY_ASSIGN(id, id_of(call));
        const std::string kind(call.parameter("kind"));
        TRY(require(call, kind, "read"));
        const View view = m_context.access.view(call.who, call.space, kind);
        TRY_ASSIGN(entries, m_context.records.entries(view, 0, k_history_max, kind, id));
        if (entries.empty()) {
            // A record that an exercise inherits has its past among the real things.
            TRY_ASSIGN(record, visible(call));
            View live = view;
            live.space = record.space;
            TRY_ASSIGN(inherited, m_context.records.entries(live, 0, k_history_max, kind, id));
            entries = std::move(inherited);
        }
        json::array out;
        for (auto& entry : entries) {
            m_context.access.mask(call.who, entry);
            out.push_back(to_json(entry));
        }
        return json::object{{"entries", std::move(out)}};
    }

    Result<Reply> create(const Call& call, const CreateBody& body) const {
        const std::string kind(call.parameter("kind"));
        TRY(require(call, kind, "create"));
        Change change{.action = Action::create,
                      .kind = kind,
                      .id = body.id.value_or(Uuid{}),
                      .if_revision = {},
                      .fields = body.fields,
                      .geometry = body.geometry,
                      .scope = {},
                      .state = {},
                      .move = {},
                      .reason = body.reason.value_or("")};
        change.scope = body.scope ? scope_of(*body.scope) : own_scope(call.who, kind);
        TRY(check_scope(call, kind, *change.scope));
        return write(call, std::move(change));
    }

    Result<Reply> update(const Call& call, const PatchBody& body) const {
        TRY(require(call, call.parameter("kind"), "update"));
        if (!call.if_match) return fail(errors::k_revision_needed);
        TRY_ASSIGN(record, visible(call));
        Change change = change_of(call, record, Action::update);
        change.fields = body.fields;
        change.geometry = body.geometry;
        change.reason = body.reason.value_or("");
        if (body.scope) {
            change.scope = scope_of(*body.scope);
            TRY(check_scope(call, record.kind, *change.scope));
        }
        return write(call, std::move(change));
    }

    Result<Reply> move(const Call& call, const MoveBody& body) const {
        const std::string name(call.parameter("move"));
        TRY_ASSIGN(kind, kind_of(call.parameter("kind")));
        const bigdata::Move* move = kind->move(name);
        if (move == nullptr)
            return fail(errors::k_no_such_move, {{"kind", kind->name}, {"move", name}});
        TRY(m_context.access.require(call.who, move->right));
        TRY(bigdata::check_move_roles(m_context.catalog, *move, call.who));
        TRY_ASSIGN(record, visible(call));
        Change change = change_of(call, record, Action::move);
        change.move = name;
        change.fields = body.fields;
        change.reason = body.reason.value_or("");
        return write(call, std::move(change));
    }

    /// The moves that start from the record's state, and which of them the caller may make now.
    Result<json::array> moves(const Call& call) const {
        TRY_ASSIGN(kind, kind_of(call.parameter("kind")));
        TRY_ASSIGN(record, visible(call));
        json::array out;
        for (const auto& move : kind->moves) {
            if (std::ranges::find(move.from, record.state) == move.from.end()) continue;
            json::array required, missing;
            for (const auto& field : move.required) {
                required.emplace_back(field);
                if (bigdata::is_blank(record, field)) missing.emplace_back(field);
            }
            json::object each{{"move", move.name},
                              {"label", {{"zh", move.label.zh}, {"en", move.label.en}}},
                              {"to", move.to.empty() ? record.state : move.to},
                              {"required", std::move(required)},
                              {"missing", std::move(missing)}};
            const auto open = is_open(call, *kind, move, record);
            each["allowed"] = open.has_value();
            if (!open) {
                const auto& error = open.error();
                each["reason"] = {{"id", error.row->id},
                                  {"zh", text_of(*error.row, error.parameters, Language::zh)},
                                  {"en", text_of(*error.row, error.parameters, Language::en)}};
            }
            out.push_back(std::move(each));
        }
        return out;
    }

    Result<NoBody> remove(const Call& call) const {
        TRY(require(call, call.parameter("kind"), "remove"));
        if (!call.if_match) return fail(errors::k_revision_needed);
        TRY_ASSIGN(record, visible(call));
        TRY(write(call, change_of(call, record, Action::remove)));
        return NoBody{};
    }

  private:
    /// What stands between the caller and a move, besides fields still to be filled in.
    Result<void> is_open(const Call& call, const bigdata::Kind& kind, const bigdata::Move& move,
                         const Record& record) const {
        TRY(m_context.access.require(call.who, move.right));
        TRY(bigdata::check_move_roles(m_context.catalog, move, call.who));
        return bigdata::check_guards(kind, move, record, author_of(call), m_context.clock.now());
    }

    static bigdata::Author author_of(const Call& call) {
        return {call.who.user, call.who.name.empty() ? call.who.account : call.who.name, "api"};
    }

    Result<const bigdata::Kind*> kind_of(std::string_view name) const {
        const auto* kind = m_context.catalog.kind(name);
        if (kind == nullptr) return fail(errors::k_unknown_kind, {{"kind", std::string(name)}});
        return kind;
    }

    Result<void> require(const Call& call, std::string_view kind, std::string_view action) const {
        TRY(kind_of(kind));
        return m_context.access.require(call.who, std::string(kind) + '.' + std::string(action));
    }

    /// The record of the path as the caller may see it.
    Result<Record> visible(const Call& call, std::optional<std::int64_t> as_of = {}) const {
        const std::string_view kind = call.parameter("kind");
        TRY(require(call, kind, "read"));
        TRY_ASSIGN(id, id_of(call));
        View view = m_context.access.view(call.who, call.space, kind);
        view.as_of = as_of;
        return m_context.records.get(view, kind, id);
    }

    static Change change_of(const Call& call, const Record& record, Action action) {
        return {.action = action,
                .kind = record.kind,
                .id = record.id,
                .if_revision = call.if_match,
                .fields = {},
                .geometry = {},
                .scope = {},
                .state = {},
                .move = {},
                .reason = {}};
    }

    /// Whoever sees only the own rows writes own rows.
    bigdata::Scope own_scope(const Principal& who, std::string_view kind) const {
        const auto rows = m_context.access.view(who, bigdata::k_live, kind).rows;
        return {rows.grid.value_or(Uuid{}), rows.enterprise.value_or(Uuid{}),
                rows.organisation.value_or(Uuid{})};
    }

    Result<void> check_scope(const Call& call, std::string_view kind,
                             const bigdata::Scope& scope) const {
        if (m_context.access.view(call.who, call.space, kind).rows.passes(scope)) return {};
        return fail(errors::k_no_such_record);
    }

    Result<Reply> write(const Call& call, Change change) const {
        bigdata::Batch batch;
        batch.zone = call.who.zone;
        batch.space = call.space;
        batch.author = author_of(call);
        batch.idempotency_key = call.idempotency_key;
        batch.request_id = call.request_id;
        batch.changes.push_back(std::move(change));
        TRY_ASSIGN(applied, m_context.records.write(std::move(batch)));
        ASSERT(applied.records.size() == 1);
        return reply(call, std::move(applied.records.front()));
    }

    Result<Reply> reply(const Call& call, Record record) const {
        m_context.access.mask(call.who, record);
        const auto revision = record.revision;
        return Reply{to_json(record), revision, {}};
    }

    CenterContext m_context;
};

json::object record_schema() {
    return {{"$ref", "#/components/schemas/Record"}};
}

json::object list_schema() {
    return {{"type", "object"},
            {"properties",
             {{"records", {{"type", "array"}, {"items", record_schema()}}},
              {"next", {{"type", json::array{"string", "null"}}}},
              {"count",
               {{"type", "object"},
                {"properties",
                 {{"value", {{"type", "integer"}}}, {"more", {{"type", "boolean"}}}}}}}}}};
}

json::object moves_schema() {
    const json::object text{{"type", "string"}}, names{{"type", "array"}, {"items", text}};
    const json::object both{{"type", "object"}, {"properties", {{"zh", text}, {"en", text}}}};
    return {
        {"type", "array"},
        {"items",
         {{"type", "object"},
          {"properties",
           {{"move", text},
            {"label", both},
            {"to", text},
            {"required", names},
            {"missing", names},
            {"allowed", {{"type", "boolean"}}},
            {"reason",
             {{"type", "object"}, {"properties", {{"id", text}, {"zh", text}, {"en", text}}}}}}}}}};
}

}  // namespace

RouteRows record_routes(CenterContext context) {
    const auto routes = std::make_shared<const RecordRoutes>(std::move(context));
    const std::string all = "/api/v1/records/{kind}", one = all + "/{id}";
    RouteRows rows;
    const auto add = [&rows](RouteRow row, json::object response) {
        row.response = std::move(response);
        rows.push_back(std::move(row));
    };
    add(route<NoBody, json::object>(
            Method::get, all, k_signed_in, {"列出一类记录", "List the records of a kind"},
            [routes](const Call& call, const NoBody&) { return routes->list(call); }, 200,
            {{"where", {"条件 字段:运算:值，分号分隔", "conditions field:op:value, joined by ;"}},
             {"text",
              {"文本含这些词：汉字任意几个、外文词头、拼音或首字母",
               "texts with these terms: any Chinese, beginnings of words, pinyin or initials"}},
             {"sort",
              {"排序字段，- 为降序；检索时可用 relevance（名称命中在前）",
               "field to sort by, - first for descending; for a search also relevance"}},
             {"as_of",
              {"某时刻（RFC 3339）或某日志序号时的样子",
               "as it was at a time (RFC 3339) or journal sequence"}},
             {"after", {"上一页的 next", "next of the page before"}},
             {"limit", {"每页条数，最多 10000", "records a page, at most 10,000"}},
             {"bbox", {"范围 西,南,东,北（度）", "west,south,east,north in degrees"}},
             {"count", {"false 则不计总数", "false leaves the count out"}}}),
        list_schema());
    add(route<CreateBody, Reply>(
            Method::post, all, k_signed_in, {"新建一条记录", "Create a record"},
            [routes](const Call& call, const CreateBody& body) {
                return routes->create(call, body);
            },
            201),
        record_schema());
    add(route<NoBody, Reply>(
            Method::get, one, k_signed_in, {"读取一条记录", "Read a record"},
            [routes](const Call& call, const NoBody&) { return routes->read(call); }, 200,
            {{"as_of",
              {"某时刻（RFC 3339）或某日志序号时的样子",
               "as it was at a time (RFC 3339) or journal sequence"}}}),
        record_schema());
    add(route<PatchBody, Reply>(
            Method::patch, one, k_signed_in,
            {"修改一条记录（须带 If-Match）", "Change a record (needs If-Match)"},
            [routes](const Call& call, const PatchBody& body) {
                return routes->update(call, body);
            }),
        record_schema());
    add(route<NoBody, NoBody>(
            Method::del, one, k_signed_in,
            {"删除一条记录（须带 If-Match）", "Remove a record (needs If-Match)"},
            [routes](const Call& call, const NoBody&) { return routes->remove(call); }, 204),
        {});
    add(route<NoBody, json::object>(
            Method::get, one + "/history", k_signed_in,
            {"一条记录的日志，旧在前", "A record's journal entries, oldest first"},
            [routes](const Call& call, const NoBody&) { return routes->history(call); }),
        schema_of<json::object>());
    add(route<NoBody, json::array>(
            Method::get, one + "/moves", k_signed_in,
            {"此记录现在可办的步骤，及不可办的原因",
             "The moves open from the record's state, and why one may not be made"},
            [routes](const Call& call, const NoBody&) { return routes->moves(call); }),
        moves_schema());
    add(route<MoveBody, Reply>(
            Method::post, one + "/moves/{move}", k_signed_in,
            {"执行流程中的一步", "Make a move of the record's procedure"},
            [routes](const Call& call, const MoveBody& body) { return routes->move(call, body); }),
        record_schema());
    return rows;
}

}  // namespace anlan::center
