// Imports for tests of what stands in front of them: rows are held, counted and written in one
// batch.
#pragma once

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/import.h"
#include "foundations/bigdata/register.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace anlan::bigdata::test {

class FakeImports final : public Imports {
  public:
    struct Held {
        ImportReport report;
        std::vector<ImportRow> rows;
        std::vector<ImportProblem> problems;
    };
    FakeImports(Register& records, IdSource& ids) : m_records(records), m_ids(ids) {}

    /// Said of every staged row whose line is here.
    std::map<std::int64_t, FieldProblem> wrong;
    std::map<Uuid, Held> held;
    std::mutex mutex;

    Result<Uuid> begin(ImportRequest request) override {
        const std::lock_guard lock(mutex);
        Held out;
        out.report.id = m_ids.next();
        out.report.request = std::move(request);
        const Uuid id = out.report.id;
        held.emplace(id, std::move(out));
        return id;
    }
    Result<void> stage(const Uuid& import, std::span<const ImportRow> rows) override {
        const std::lock_guard lock(mutex);
        auto& one = held.at(import);
        one.rows.insert(one.rows.end(), rows.begin(), rows.end());
        return {};
    }
    Result<ImportReport> check(const Uuid& import) override {
        const std::lock_guard lock(mutex);
        auto& one = held.at(import);
        one.report.state = ImportState::checked;
        one.report.rows = static_cast<std::int64_t>(one.rows.size());
        for (const auto& row : one.rows) {
            if (const auto at = wrong.find(row.line); at != wrong.end())
                one.problems.push_back({row.line, at->second});
            const auto known = find(one, row);
            if (!known)
                ++one.report.creates;
            else if (same(row, *known))
                ++one.report.unchanged;
            else
                ++one.report.updates;
        }
        one.report.problems = static_cast<std::int64_t>(one.problems.size());
        return one.report;
    }
    Result<std::vector<ImportProblem>> problems(const Uuid& import, std::size_t skip,
                                                std::size_t limit) const override {
        const auto& all = held.at(import).problems;
        std::vector<ImportProblem> out;
        for (auto i = skip; i < all.size() && out.size() < limit; ++i) out.push_back(all[i]);
        return out;
    }
    Result<ImportReport> apply(const Uuid& import) override {
        const std::lock_guard lock(mutex);
        auto& one = held.at(import);
        Batch batch;
        batch.zone = one.report.request.zone;
        batch.author = one.report.request.author;
        for (const auto& row : one.rows) {
            Change change;
            change.kind = one.report.request.kind;
            change.id = row.id;
            change.fields = row.fields;
            change.geometry = row.geometry;
            change.scope = row.scope;
            change.state = row.state;
            if (const auto known = find(one, row)) {
                if (same(row, *known)) continue;
                change.action = Action::update;
                change.id = known->id;
                change.state.clear();
            }
            batch.changes.push_back(std::move(change));
        }
        if (!batch.changes.empty()) TRY(m_records.write(std::move(batch)));
        one.report.state = ImportState::done;
        one.report.applied = one.report.rows;
        return one.report;
    }
    Result<void> abandon(const Uuid& import) override {
        const std::lock_guard lock(mutex);
        held.erase(import);
        return {};
    }
    [[nodiscard]] Result<ImportReport> report(const Uuid& import) const override {
        const auto at = held.find(import);
        if (at == held.end()) return fail(errors::k_no_such_import);
        return at->second.report;
    }
    [[nodiscard]] Result<std::vector<ImportReport>> list(std::string_view) const override {
        return std::vector<ImportReport>{};
    }

  private:
    [[nodiscard]] std::optional<Record> find(const Held& one, const ImportRow& row) const {
        const auto& request = one.report.request;
        Query query;
        if (!row.id.is_nil())
            query.where = {{"id", Compare::equal, json::value(row.id.text())}};
        else if (!request.key.empty() && row.fields.contains(request.key))
            query.where = {{request.key, Compare::equal, row.fields.at(request.key)}};
        else
            return std::nullopt;
        auto page = m_records.list({request.zone, std::string(k_live), {}}, request.kind, query);
        if (!page || page->records.empty()) return std::nullopt;
        return std::move(page->records.front());
    }
    static bool same(const ImportRow& row, const Record& record) {
        if (row.geometry && row.geometry != record.geometry) return false;
        if (row.scope && *row.scope != record.scope) return false;
        return std::ranges::all_of(row.fields, [&](const auto& field) {
            const auto* kept = record.fields.if_contains(field.key());
            return kept == nullptr ? field.value().is_null() : *kept == field.value();
        });
    }

    Register& m_records;
    IdSource& m_ids;
};

}  // namespace anlan::bigdata::test
