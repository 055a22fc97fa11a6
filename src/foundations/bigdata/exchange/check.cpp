#include "foundations/bigdata/exchange/check.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/delimited.h"
#include "foundations/bigdata/exchange/encoding.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/feature_reader.h"
#include "foundations/bigdata/exchange/text.h"
#include "foundations/bigdata/exchange/workbook_reader.h"

#include <algorithm>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_rows_a_step = 500;  // half of what one_of takes
constexpr std::size_t k_problems_a_page = 1000;

class Check {
  public:
    explicit Check(const CheckRequest& request)
        : m_request(request),
          m_columns(columns_of(*request.catalog, *request.kind)),
          m_view(request.access->view(request.who, k_live, request.kind->name)),
          m_references(*request.records, *request.access, *request.catalog, request.who,
                       std::string(k_live)) {}

    Result<Checked> run() {
        TRY_ASSIGN(format, format_of(m_request.file_name));
        m_format = format;
        TRY(find_file_ids());
        TRY_ASSIGN(rows, open());
        m_rows = std::move(rows);
        TRY(begin());
        auto done = stage_and_check();
        if (!done) (void)imports().abandon(m_out.staged);
        if (!done) return std::unexpected(std::move(done).error());
        return std::move(m_out);
    }

  private:
    Imports& imports() { return *m_request.imports; }

    Result<std::unique_ptr<MappedRows>> open() {
        TRY_ASSIGN(source, open_rows(m_request.path, m_format, m_request.limits));
        return MappedRows::open(std::move(source), m_columns, *m_request.kind, m_request.choices,
                                m_request.limits);
    }

    [[nodiscard]] bool refers_to_itself() const {
        return std::ranges::any_of(
            m_columns, [&](const Column& c) { return c.target_kind == m_request.kind->name; });
    }

    /// Where records of a kind refer to one another, the file's own have to have their ids first.
    Result<void> find_file_ids() {
        if (!refers_to_itself()) return {};
        TRY_ASSIGN(rows, open());
        const RecordReader reader({.catalog = m_request.catalog,
                                   .kind = m_request.kind,
                                   .references = &m_references,
                                   .file_ids = nullptr,
                                   .empty = m_request.empty,
                                   .defused = rows->defused()});
        while (true) {
            Row row;
            TRY_ASSIGN(there, rows->next(row));
            if (!there) break;
            const auto [id, key] = reader.identity(row, rows->columns());
            if (id) m_file_ids.ids.insert(*id);
            if (key.empty() || m_file_ids.by_key.contains(key)) continue;
            if (id) {
                m_file_ids.by_key.emplace(key, *id);
                continue;
            }
            TRY_ASSIGN(known, m_references.find(m_request.kind->name, key));
            if (known.found == References::Found::none)
                m_file_ids.by_key.emplace(key, m_request.ids->next());
        }
        m_uses_file_ids = true;
        return {};
    }

    Result<void> begin() {
        ImportRequest out;
        out.zone = m_request.who.zone;
        out.kind = m_request.kind->name;
        out.name = m_request.file_name;
        out.author = {m_request.who.user,
                      m_request.who.name.empty() ? m_request.who.account : m_request.who.name,
                      "import"};
        out.reason = m_request.reason;
        if (const auto* key = key_of(*m_request.kind)) out.key = key->name;
        TRY_ASSIGN(id, imports().begin(std::move(out)));
        m_out.staged = id;
        return {};
    }

    Result<void> stage_and_check() {
        const RecordReader reader({.catalog = m_request.catalog,
                                   .kind = m_request.kind,
                                   .references = &m_references,
                                   .file_ids = m_uses_file_ids ? &m_file_ids : nullptr,
                                   .empty = m_request.empty,
                                   .defused = m_rows->defused()});
        std::vector<ReadRow> step;
        while (true) {
            Row row;
            TRY_ASSIGN(there, m_rows->next(row));
            if (there) {
                ++m_out.rows;
                TRY_ASSIGN(read, reader.read(row, m_rows->columns()));
                step.push_back(std::move(read));
            }
            if (step.size() < k_rows_a_step && there) continue;
            TRY(stage(step));
            step.clear();
            if (m_request.go_on && !m_request.go_on(0.7 * m_rows->progress()))
                return fail(errors::k_import_interrupted);
            if (!there) break;
        }
        if (m_out.rows == 0) return fail(errors::k_file_empty);
        for (const auto& mapped : m_rows->columns()) {
            m_out.columns.push_back({mapped.title, mapped.column ? mapped.column->name : "",
                                     mapped.column ? mapped.column->label : Label{},
                                     mapped.samples});
        }
        TRY_ASSIGN(report, imports().check(m_out.staged));
        m_out.creates = report.creates;
        m_out.updates = report.updates;
        m_out.unchanged = report.unchanged;
        m_out.problems_found += report.problems;
        return add_register_problems();
    }

    Result<void> stage(std::vector<ReadRow>& step) {
        TRY(compare(step));
        std::vector<ImportRow> good;
        good.reserve(step.size());
        for (auto& read : step) {
            if (read.problems.empty()) {
                if (m_uses_file_ids && read.row.id.is_nil()) {
                    const auto at = m_file_ids.by_key.find(read.key);
                    if (at != m_file_ids.by_key.end()) read.row.id = at->second;
                }
                good.push_back(std::move(read.row));
                continue;
            }
            ++m_out.wrong_rows;
            m_out.problems_found += static_cast<std::int64_t>(read.problems.size());
            for (auto& problem : read.problems) {
                if (m_out.problems.size() < m_request.limits.problems_max)
                    m_out.problems.push_back(std::move(problem));
            }
        }
        return good.empty() ? Result<void>() : imports().stage(m_out.staged, good);
    }

    /// Rows that say more than values are held against the records as they are: whose they are,
    /// which revision was exported, in what state.
    Result<void> compare(std::vector<ReadRow>& step) {
        const bool needed =
            !m_view.rows.all() || std::ranges::any_of(step, [](const ReadRow& read) {
                return read.revision || !read.state.empty() || read.scope_given;
            });
        if (!needed) return {};
        TRY_ASSIGN(found, existing(step));
        for (auto& read : step) {
            const Record* record = nullptr;
            if (!read.row.id.is_nil()) {
                const auto at = found.by_id.find(read.row.id);
                record = at == found.by_id.end() ? nullptr : &at->second;
            } else if (!read.key.empty()) {
                const auto at = found.by_key.find(read.key);
                record = at == found.by_key.end() ? nullptr : &at->second;
            }
            if (record == nullptr)
                compare_new(read);
            else
                compare_known(read, *record);
        }
        return {};
    }

    void wrong(ReadRow& read, ColumnUse use, std::string value, const ErrorRow& row,
               ErrorParameters parameters = {}) const {
        Problem problem{read.row.line, "", "", std::move(value), &row, std::move(parameters)};
        for (const auto& mapped : m_rows->columns()) {
            if (mapped.column == nullptr || mapped.column->use != use) continue;
            problem.column = mapped.title;
            problem.field = mapped.column->name;
            break;
        }
        read.problems.push_back(std::move(problem));
    }

    void compare_new(ReadRow& read) const {
        const auto& kind = *m_request.kind;
        const auto& rows = m_view.rows;
        if (!read.row.scope && !rows.all()) {
            read.row.scope = Scope{rows.grid.value_or(Uuid{}), rows.enterprise.value_or(Uuid{}),
                                   rows.organisation.value_or(Uuid{})};
        }
        if (!rows.passes(read.row.scope.value_or(Scope{})))
            wrong(read, ColumnUse::scope, "", errors::k_row_hidden);
        if (read.state.empty() || kind.states.empty()) return;
        const State& first = kind.states.front();
        if (m_request.states == States::any)
            read.row.state = read.state;
        else if (read.state != first.name)
            wrong(read, ColumnUse::state, label_of(read.state), errors::k_state_fixed,
                  {{"state", first.label.zh}, {"state_en", first.label.en}});
    }

    /// Spaces at the ends, which reading takes away, are no change of a record that has them.
    static void keep_outer_spaces(ReadRow& read, const Record& record) {
        for (auto& [name, value] : read.row.fields) {
            const auto* kept = record.fields.if_contains(name);
            if (kept == nullptr || !kept->is_string() || !value.is_string()) continue;
            const std::string_view whole(kept->get_string());
            if (whole != std::string_view(value.get_string()) &&
                trimmed(whole) == std::string_view(value.get_string()))
                value = *kept;
        }
    }

    void compare_known(ReadRow& read, const Record& record) const {
        keep_outer_spaces(read, record);
        if (record.deleted) return wrong(read, ColumnUse::id, "", errors::k_row_removed);
        if (!m_view.rows.passes(record.scope))
            return wrong(read, ColumnUse::scope, "", errors::k_row_hidden);
        if (read.scope_given) {
            // What the file leaves out stays.
            Scope& scope = *read.row.scope;
            if (scope.grid.is_nil()) scope.grid = record.scope.grid;
            if (scope.enterprise.is_nil()) scope.enterprise = record.scope.enterprise;
            if (scope.organisation.is_nil()) scope.organisation = record.scope.organisation;
            if (!m_view.rows.passes(scope)) wrong(read, ColumnUse::scope, "", errors::k_row_hidden);
        }
        if (!read.state.empty() && read.state != record.state) {
            const State* now = m_request.kind->state(record.state);
            const Label label = now == nullptr ? Label{record.state, record.state} : now->label;
            wrong(read, ColumnUse::state, label_of(read.state), errors::k_state_fixed,
                  {{"state", label.zh}, {"state_en", label.en}});
        }
        if (read.revision && *read.revision != record.revision && differs(read.row, record)) {
            wrong(read, ColumnUse::revision, std::to_string(*read.revision), errors::k_row_moved_on,
                  {{"current", std::to_string(record.revision)},
                   {"given", std::to_string(*read.revision)}});
        }
    }

    [[nodiscard]] bool differs(const ImportRow& row, const Record& record) const {
        if (row.geometry && row.geometry != record.geometry) return true;
        if (row.scope && *row.scope != record.scope) return true;
        json::object fields = row.fields;
        if (!check_fields(*m_request.catalog, *m_request.kind, fields, false)) return false;
        normalise_fields(*m_request.kind, fields);
        return std::ranges::any_of(fields, [&](const auto& field) {
            const auto* kept = record.fields.if_contains(field.key());
            return kept == nullptr ? !field.value().is_null() : *kept != field.value();
        });
    }

    [[nodiscard]] std::string label_of(const std::string& state) const {
        const State* found = m_request.kind->state(state);
        return found == nullptr ? state : found->label.zh + " " + found->label.en;
    }

    struct Existing {
        std::unordered_map<Uuid, Record> by_id;
        std::unordered_map<std::string, Record> by_key;
    };
    /// Looks past what the person may see: a row that is somebody else's must be told, not doubled.
    Result<Existing> existing(const std::vector<ReadRow>& step) const {
        json::array ids, keys;
        for (const auto& read : step) {
            if (!read.row.id.is_nil())
                ids.emplace_back(read.row.id.text());
            else if (!read.key.empty())
                keys.emplace_back(read.key);
        }
        Existing out;
        const View whole{m_view.zone, m_view.space, RowFilter::everything()};
        const Field* key = key_of(*m_request.kind);
        Query query;
        query.sort = "id";
        query.limit = 2 * k_rows_a_step;
        if (!ids.empty()) {
            query.where = {{"id", Compare::one_of, std::move(ids)}};
            query.deleted_too = true;
            TRY_ASSIGN(page, m_request.records->list(whole, m_request.kind->name, query));
            for (auto& record : page.records) {
                const Uuid id = record.id;
                out.by_id.emplace(id, std::move(record));
            }
        }
        if (!keys.empty() && key != nullptr) {
            query.where = {{key->name, Compare::one_of, std::move(keys)}};
            query.deleted_too = false;
            TRY_ASSIGN(page, m_request.records->list(whole, m_request.kind->name, query));
            for (auto& record : page.records) {
                const auto& value = record.fields.at(key->name);
                auto text =
                    value.is_string() ? std::string(value.get_string()) : canonical_text(value);
                out.by_key.emplace(std::move(text), std::move(record));
            }
        }
        return out;
    }

    /// What only the register can tell, with the file's own words for the columns.
    Result<void> add_register_problems() {
        std::set<std::int64_t> rows;
        std::size_t taken = 0;
        while (taken < m_request.limits.problems_max) {
            TRY_ASSIGN(page, imports().problems(m_out.staged, taken, k_problems_a_page));
            for (auto& each : page) {
                rows.insert(each.line);
                Problem problem{each.line, "", "", "", each.problem.row, each.problem.parameters};
                std::string_view where = each.problem.where;
                if (where.starts_with("/fields/")) where.remove_prefix(8);
                if (where.starts_with('/')) where.remove_prefix(1);
                problem.field = where.substr(0, where.find('/'));
                for (const auto& mapped : m_rows->columns()) {
                    if (mapped.column != nullptr && mapped.column->name == problem.field)
                        problem.column = mapped.title;
                }
                for (const auto& [name, value] : problem.parameters) {
                    if (name == "value") problem.value = shortened(value, 80);
                }
                m_out.problems.push_back(std::move(problem));
            }
            taken += page.size();
            if (page.size() < k_problems_a_page) break;
        }
        m_out.wrong_rows += static_cast<std::int64_t>(rows.size());
        std::ranges::stable_sort(m_out.problems, {}, &Problem::row);
        if (m_out.problems.size() > m_request.limits.problems_max)
            m_out.problems.resize(m_request.limits.problems_max);
        return {};
    }

    const CheckRequest& m_request;
    const std::vector<Column> m_columns;
    const View m_view;
    References m_references;
    Format m_format = Format::csv;
    FileIds m_file_ids;
    bool m_uses_file_ids = false;
    std::unique_ptr<MappedRows> m_rows;
    Checked m_out;
};

}  // namespace

Result<Format> format_of(std::string_view file_name) {
    const std::string name = folded_text(file_name);
    for (const auto& [ending, format] : {std::pair{".csv", Format::csv},
                                         {".txt", Format::csv},
                                         {".tsv", Format::csv},
                                         {".xlsx", Format::xlsx},
                                         {".xlsm", Format::xlsx},
                                         {".geojson", Format::geojson},
                                         {".json", Format::geojson}}) {
        if (name.ends_with(ending)) return format;
    }
    return fail(errors::k_file_format, {{"name", shortened(file_name, 80)}});
}

Result<std::unique_ptr<RowSource>> open_rows(const std::string& path, Format format,
                                             Limits limits) {
    if (format == Format::xlsx) return workbook_rows(path, limits);
    TRY_ASSIGN(text, open_text([&path] { return bytes_of_file(path); }));
    return format == Format::csv ? delimited_rows(std::move(text), limits)
                                 : feature_rows(std::move(text), limits);
}

Result<Checked> check_file(const CheckRequest& request) {
    return Check(request).run();
}

}  // namespace anlan::bigdata::exchange
