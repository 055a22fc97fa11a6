#include "foundations/bigdata/import_store.h"

#include "core/describe.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/import_row.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <unordered_set>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_rows_max = 2'000'000;
constexpr std::size_t k_rows_a_call_max = 10'000;
constexpr std::size_t k_problems_kept = 10'000;
constexpr std::size_t k_kept_a_zone = 20;
constexpr std::size_t k_step_rows = 32;       // 1 to 2 ms of the writer: so long others wait.
constexpr std::size_t k_steps_ahead = 64;     // As many as fit share one commit.
constexpr std::int64_t k_rows_a_read = 1024;  // Of the staged ones.
constexpr auto k_try_again = std::chrono::milliseconds(5);

constexpr const char* k_schema = R"(
CREATE TABLE IF NOT EXISTS import (id TEXT PRIMARY KEY, report TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS staged (
  import TEXT NOT NULL, position INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (import, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS value (
  import TEXT NOT NULL, field TEXT NOT NULL, value, line INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS reference (
  import TEXT NOT NULL, kind TEXT NOT NULL, target TEXT NOT NULL, line INTEGER NOT NULL,
  place TEXT NOT NULL);
)";

Label label_of(ImportState state) {
    switch (state) {
        case ImportState::staging:
            return {"上传", "being uploaded"};
        case ImportState::checked:
            return {"已检查", "checked"};
        case ImportState::applying:
            return {"写入", "being applied"};
        case ImportState::done:
            return {"完成", "done"};
    }
    return {};
}

std::unexpected<Error> wrong_state(ImportState state) {
    const auto label = label_of(state);
    return fail(errors::k_import_state, {{"state", label.zh}, {"state_en", label.en}});
}

json::object to_json(const ImportReport& r) {
    return {{"id", r.id.text()},
            {"zone", r.request.zone},
            {"kind", r.request.kind},
            {"name", r.request.name},
            {"user", r.request.author.user.text()},
            {"author", r.request.author.name},
            {"reason", r.request.reason},
            {"key", r.request.key},
            {"state", name_of(r.state)},
            {"at", r.at.ms},
            {"rows", r.rows},
            {"creates", r.creates},
            {"updates", r.updates},
            {"unchanged", r.unchanged},
            {"applied", r.applied}};
}

ImportReport report_from(const json::object& o) {
    const auto text = [&](std::string_view key) { return std::string(text_at(o, key)); };
    const auto number = [&](std::string_view key) { return integer_at(o, key, 0); };
    ImportReport out;
    out.id = Uuid::parse(text("id")).value_or(Uuid{});
    out.request = {
        text("zone"),   text("kind"),
        text("name"),   {Uuid::parse(text("user")).value_or(Uuid{}), text("author"), "import"},
        text("reason"), text("key")};
    out.state =
        text("state") == name_of(ImportState::done) ? ImportState::done : ImportState::applying;
    out.at = {number("at")};
    out.rows = number("rows");
    out.creates = number("creates");
    out.updates = number("updates");
    out.unchanged = number("unchanged");
    out.applied = number("applied");
    return out;
}

std::filesystem::path staging_of(const std::filesystem::path& register_file) {
    return register_file.parent_path() / "staging.db";
}

}  // namespace

std::string_view name_of(ImportState state) {
    constexpr std::array<std::string_view, 4> k_names{"staging", "checked", "applying", "done"};
    return k_names[static_cast<std::size_t>(state)];
}

struct ImportStore::Job {
    ImportReport report;                  ///< Under m_mutex.
    std::vector<ImportProblem> problems;  ///< Under m_mutex.
    std::mutex busy;                      ///< One call at a time.
    const Table* table = nullptr;
    std::int64_t position = 0;  ///< Of the last staged row that changes something.
    /// Targets known to exist: an import names few of them often.
    std::unordered_set<Uuid> known;
};

Result<std::unique_ptr<ImportStore>> ImportStore::open(Options options) {
    return sqlite::at_door([&]() -> Result<std::unique_ptr<ImportStore>> {
        auto out = std::make_unique<ImportStore>(std::move(options));
        TRY(out->load());
        return out;
    });
}

ImportStore::ImportStore(Options options)
    : m_options(std::move(options)),
      m_staging(staging_of(m_options.register_file), sqlite::Mode::create),
      m_reader(m_options.register_file, sqlite::Mode::read_only) {}

ImportStore::~ImportStore() {
    m_stopping = true;
    if (m_resumer.joinable()) m_resumer.join();
}

Result<void> ImportStore::load() {
    m_staging.execute(k_schema);
    std::vector<Uuid> unfinished;
    {
        auto row = m_staging.prepare("SELECT report FROM import");
        while (row.step()) {
            const auto stored = stored_json(row.text(0));
            const auto* object = stored.if_object();
            if (object == nullptr) continue;
            auto job = std::make_shared<Job>();
            job->report = report_from(*object);
            job->table = m_options.tables.find(job->report.request.kind);
            m_jobs.emplace(job->report.id, job);
        }
    }
    // What the register says counts: it has the rows.
    auto row = m_reader.prepare("SELECT id, applying, applied FROM imports");
    std::map<Uuid, std::pair<bool, std::int64_t>> begun;
    while (row.step()) begun[row.uuid(0)] = {row.integer(1) != 0, row.integer(2)};
    std::erase_if(m_jobs, [&](auto& each) {
        const auto found = begun.find(each.first);
        if (found == begun.end()) return true;
        each.second->report.state = found->second.first ? ImportState::applying : ImportState::done;
        each.second->report.applied = found->second.second;
        return false;
    });
    m_staging.execute("DELETE FROM value; DELETE FROM reference");
    auto staged = m_staging.prepare("SELECT DISTINCT import FROM staged");
    std::vector<Uuid> left;
    while (staged.step()) left.push_back(staged.uuid(0));
    staged.reset();
    for (const auto& id : left) {
        const auto found = m_jobs.find(id);
        if (found == m_jobs.end() || found->second->report.state == ImportState::done) forget(id);
    }
    const bool any = std::ranges::any_of(begun, [](const auto& each) { return each.second.first; });
    if (any) m_resumer = std::thread([this] { resume(); });
    return {};
}

void ImportStore::resume() {
    try {
        std::vector<std::pair<std::int64_t, Uuid>> open_ones;
        {
            const std::lock_guard use(m_use);
            auto row = m_reader.prepare("SELECT number, id FROM imports WHERE applying");
            while (row.step()) open_ones.emplace_back(row.integer(0), row.uuid(1));
        }
        for (const auto& [number, id] : open_ones) {
            auto job = find(id);
            if (job) {
                const std::lock_guard busy((*job)->busy);
                const auto done = apply_rows(**job);
                if (!done)
                    std::fprintf(stderr, "import %s stays unfinished: %s\n", id.text().c_str(),
                                 text_of(done.error(), Language::en).c_str());
                continue;
            }
            // Its staged rows are lost. What is in, stays, and is seen.
            std::fprintf(stderr, "import %s: its staged rows are gone, it ends here\n",
                         id.text().c_str());
            auto ended =
                m_options
                    .run([number](Applier& applier, auto&) { return applier.end_import(number); })
                    .get();
            if (ended) m_options.ended();
        }
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "imports could not be taken up: %s\n", problem.what());
    }
}

Result<ImportStore::JobPointer> ImportStore::find(const Uuid& import) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_jobs.find(import);
    if (found == m_jobs.end()) return fail(errors::k_no_such_import);
    return found->second;
}

void ImportStore::keep_report(const Job& job) {
    json::object text;
    {
        const std::lock_guard lock(m_mutex);
        text = to_json(job.report);
    }
    m_staging.run(
        "INSERT INTO import VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET report = excluded.report",
        job.report.id, canonical_text(text));
}

void ImportStore::forget(const Uuid& import) {
    for (const char* table : {"staged", "value", "reference"})
        m_staging.run(std::string("DELETE FROM ") + table + " WHERE import = ?", import);
}

Result<Uuid> ImportStore::begin(ImportRequest request) {
    const Table* table = m_options.tables.find(request.kind);
    if (table == nullptr) return fail(errors::k_unknown_kind, {{"kind", request.kind}});
    if (!request.key.empty()) {
        const auto* field = table->kind().field(request.key);
        if (field == nullptr || field->type == FieldType::json ||
            field->type == FieldType::references)
            return fail(errors::k_bad_request, {}, {{"/key", &errors::k_field_unknown, {}}});
    }
    request.author.origin = "import";
    auto job = std::make_shared<Job>();
    job->table = table;
    job->report.id = m_options.ids.next();
    job->report.at = m_options.clock.now();
    job->report.request = std::move(request);
    const std::lock_guard lock(m_mutex);
    std::vector<JobPointer> zone;
    for (const auto& [id, each] : m_jobs) {
        if (each->report.request.zone == job->report.request.zone) zone.push_back(each);
    }
    if (zone.size() >= k_kept_a_zone) {
        std::ranges::sort(zone, {}, [](const auto& each) { return each->report.at; });
        const auto old = std::ranges::find_if(
            zone, [](const auto& each) { return each->report.state == ImportState::done; });
        if (old == zone.end())
            return fail(errors::k_too_many, {{"max", std::to_string(k_kept_a_zone)}});
        m_jobs.erase((*old)->report.id);
    }
    const auto id = job->report.id;
    m_jobs.emplace(id, std::move(job));
    return id;
}

void ImportStore::note(Job& job, std::int64_t line, FieldProblem problem) {
    const std::lock_guard lock(m_mutex);
    ++job.report.problems;
    if (job.problems.size() < k_problems_kept) job.problems.push_back({line, std::move(problem)});
}

Result<void> ImportStore::stage(const Uuid& import, std::span<const ImportRow> rows) {
    return sqlite::at_door([&]() -> Result<void> {
        TRY_ASSIGN(job, find(import));
        const std::lock_guard busy(job->busy);
        if (job->report.state != ImportState::staging) return wrong_state(job->report.state);
        const auto most = static_cast<std::int64_t>(k_rows_a_call_max);
        if (std::ssize(rows) > most || job->report.rows + std::ssize(rows) > k_rows_max)
            return fail(errors::k_too_many, {{"max", std::to_string(k_rows_max)}});
        const std::lock_guard use(m_use);
        sqlite::Transaction transaction(m_staging);
        for (const auto& row : rows) TRY(stage_row(*job, row));
        transaction.commit();
        return {};
    });
}

Result<void> ImportStore::stage_row(Job& job, const ImportRow& row) {
    {
        const std::lock_guard lock(m_mutex);
        ++job.report.rows;
    }
    const auto id = job.report.id;
    auto checked =
        check_import_row(m_options.catalog, *job.table, job.report.request, row, m_reader);
    for (auto& problem : checked.problems) note(job, row.line, std::move(problem));
    for (const auto& [field, value] : checked.unique) {
        m_staging.run("INSERT INTO value VALUES (?, ?, ?, ?)", id, field, value, row.line);
    }
    for (const auto& reference : checked.references) {
        if (job.known.contains(reference.id)) continue;
        const auto* target = m_options.tables.find(reference.kind);
        if (target != nullptr &&
            record_exists(m_reader, *target, job.report.request.zone, reference.id)) {
            job.known.insert(reference.id);
            continue;
        }
        m_staging.run("INSERT INTO reference VALUES (?, ?, ?, ?, ?)", id, reference.kind,
                      reference.id, row.line, reference.where);
    }
    if (!checked.problems.empty()) return {};
    {
        const std::lock_guard lock(m_mutex);
        ++(checked.unchanged                      ? job.report.unchanged
           : checked.id.is_nil() || checked.fresh ? job.report.creates
                                                  : job.report.updates);
    }
    if (checked.unchanged) return {};
    m_staging.run("INSERT INTO staged VALUES (?, ?, ?)", id, ++job.position, checked.content);
    return {};
}

void ImportStore::check_repeats(Job& job) {
    m_staging.execute(
        "CREATE INDEX IF NOT EXISTS value_once ON value (import, field, value, line)");
    auto row = m_staging.prepare(
        "SELECT b.field, b.value, b.line, a.line FROM (SELECT field, value, min(line) AS line FROM "
        "value WHERE import = ?1 GROUP BY field, value HAVING count(*) > 1) a JOIN value b ON "
        "b.import = ?1 AND b.field = a.field AND b.value = a.value AND b.line > a.line ORDER BY "
        "b.line");
    row.with(job.report.id);
    while (row.step()) {
        const auto value = row.value(1);
        const auto text = std::visit(
            [](const auto& v) -> std::string {
                using V = std::decay_t<decltype(v)>;
                if constexpr (std::is_same_v<V, std::string>)
                    return v;
                else
                    return canonical_text(json::value(v));
            },
            value);
        const std::string field(row.text(0));
        note(job, row.integer(2),
             {field.empty() ? std::string("/id") : "/fields/" + field,
              &errors::k_import_twice,
              {{"line", std::to_string(row.integer(3))}, {"value", text}}});
    }
}

void ImportStore::check_references(Job& job) {
    // To a row of the same import, or broken.
    auto row = m_staging.prepare(
        "SELECT r.kind, r.target, r.line, r.place FROM reference r WHERE r.import = ?1 AND NOT "
        "(r.kind = ?2 AND EXISTS (SELECT 1 FROM value v WHERE v.import = ?1 AND v.field = '' AND "
        "v.value = r.target)) ORDER BY r.line");
    row.with(job.report.id, job.report.request.kind);
    while (row.step()) {
        const Table* table = m_options.tables.find(row.text(0));
        const auto label = table == nullptr ? Label{} : table->kind().label;
        note(job, row.integer(2),
             {std::string(row.text(3)),
              &errors::k_reference_broken,
              {{"kind", label.zh}, {"kind_en", label.en}}});
    }
}

Result<ImportReport> ImportStore::check(const Uuid& import) {
    return sqlite::at_door([&]() -> Result<ImportReport> {
        TRY_ASSIGN(job, find(import));
        const std::lock_guard busy(job->busy);
        if (job->report.state == ImportState::applying || job->report.state == ImportState::done)
            return wrong_state(job->report.state);
        if (job->report.state == ImportState::staging) {
            const std::lock_guard use(m_use);
            check_repeats(*job);
            check_references(*job);
            for (const char* table : {"value", "reference"})
                m_staging.run(std::string("DELETE FROM ") + table + " WHERE import = ?", import);
            job->known.clear();
            const std::lock_guard lock(m_mutex);
            job->report.state = ImportState::checked;
            std::ranges::stable_sort(job->problems, {}, &ImportProblem::line);
        }
        const std::lock_guard lock(m_mutex);
        return job->report;
    });
}

Result<std::vector<ImportProblem>> ImportStore::problems(const Uuid& import, std::size_t skip,
                                                         std::size_t limit) const {
    TRY_ASSIGN(job, find(import));
    const std::lock_guard lock(m_mutex);
    const auto& all = job->problems;
    const auto first = std::min(skip, all.size());
    const auto last = first + std::min(limit, all.size() - first);
    return std::vector<ImportProblem>(all.begin() + std::ptrdiff_t(first),
                                      all.begin() + std::ptrdiff_t(last));
}

Result<ImportReport> ImportStore::apply(const Uuid& import) {
    return sqlite::at_door([&]() -> Result<ImportReport> {
        TRY_ASSIGN(job, find(import));
        const std::lock_guard busy(job->busy);
        const auto state = job->report.state;
        if (state != ImportState::checked && state != ImportState::applying)
            return wrong_state(state);
        if (job->report.problems > 0)
            return fail(errors::k_import_problems,
                        {{"problems", std::to_string(job->report.problems)}});
        if (state == ImportState::checked) {
            {
                const std::lock_guard use(m_use);
                keep_report(*job);
            }
            m_options.begun();
            const auto& request = job->report.request;
            auto begun = m_options
                             .run([&](Applier& applier, auto&) {
                                 return applier.begin_import(import, request.zone, request.kind);
                             })
                             .get();
            if (!begun) {
                m_options.ended();
                return std::unexpected(std::move(begun).error());
            }
            const std::lock_guard lock(m_mutex);
            job->report.state = ImportState::applying;
        }
        TRY(apply_rows(*job));
        const std::lock_guard lock(m_mutex);
        return job->report;
    });
}

std::deque<ImportStore::StepPointer> ImportStore::next_steps(const Job& job, std::int64_t number,
                                                             std::int64_t& applied) {
    const auto& request = job.report.request;
    std::vector<std::pair<std::int64_t, std::string>> rows;
    {
        const std::lock_guard use(m_use);
        auto row = m_staging.prepare(
            "SELECT position, content FROM staged WHERE import = ? AND position > ? ORDER BY "
            "position LIMIT ?");
        row.with(job.report.id, applied, k_rows_a_read);
        while (row.step()) rows.emplace_back(row.integer(0), row.text(1));
    }
    std::deque<StepPointer> out;
    for (std::size_t i = 0; i < rows.size();) {
        auto step = std::make_shared<Applier::ImportStep>();
        step->number = number;
        step->from = applied;
        step->key = request.key;
        step->batch.zone = request.zone;
        step->batch.author = request.author;
        step->batch.request_id = job.report.id.text();
        for (; i < rows.size() && step->batch.changes.size() < k_step_rows; ++i) {
            auto change = import_change(*job.table, rows[i].second);
            change.reason = request.reason;
            step->tokens.push_back(job.table->tokens_of(change.fields));
            step->batch.changes.push_back(std::move(change));
            step->applied = applied = rows[i].first;
        }
        out.push_back(std::move(step));
    }
    return out;
}

Result<void> ImportStore::apply_rows(Job& job) {
    const auto id = job.report.id;
    std::int64_t number = 0, applied = 0;
    {
        const std::lock_guard use(m_use);
        auto row = m_reader.prepare("SELECT number, applied FROM imports WHERE id = ?");
        if (!row.with(id).step()) return fail(errors::k_no_such_import);
        number = row.integer(0);
        applied = row.integer(1);
    }
    struct Flight {
        StepPointer step;
        std::future<Result<Applied>> outcome;
    };
    const auto send = [&](StepPointer step) {
        auto outcome = m_options.run([step](Applier& applier, std::vector<EntryPointer>& entries) {
            return applier.import_some(*step, entries);
        });
        return Flight{std::move(step), std::move(outcome)};
    };
    std::deque<StepPointer> steps;
    std::deque<Flight> flights;
    bool more = true;
    // Steps are sent one behind the other; one that found the queue full goes again, and with it
    // those behind it, which are refused until it is in.
    while (more || !steps.empty() || !flights.empty()) {
        if (m_stopping) return fail(errors::k_busy);
        if (more && steps.empty()) {
            steps = next_steps(job, number, applied);
            more = !steps.empty();
            continue;
        }
        if (!steps.empty() && flights.size() < k_steps_ahead) {
            flights.push_back(send(std::move(steps.front())));
            steps.pop_front();
            continue;
        }
        auto flight = std::move(flights.front());
        flights.pop_front();
        auto outcome = flight.outcome.get();
        if (!outcome && outcome.error().is(errors::k_busy)) {
            std::this_thread::sleep_for(k_try_again);
            flights.push_front(send(std::move(flight.step)));
            continue;
        }
        if (!outcome) {
            for (auto& each : flights) each.outcome.wait();
            return std::unexpected(std::move(outcome).error());
        }
        const std::lock_guard lock(m_mutex);
        job.report.applied = flight.step->applied;
    }
    auto ended =
        m_options.run([number](Applier& applier, auto&) { return applier.end_import(number); })
            .get();
    if (!ended) return std::unexpected(std::move(ended).error());
    m_options.ended();
    return finish(job);
}

Result<void> ImportStore::finish(Job& job) {
    {
        const std::lock_guard lock(m_mutex);
        job.report.state = ImportState::done;
    }
    const std::lock_guard use(m_use);
    keep_report(job);
    forget(job.report.id);
    return {};
}

Result<void> ImportStore::abandon(const Uuid& import) {
    return sqlite::at_door([&]() -> Result<void> {
        TRY_ASSIGN(job, find(import));
        const std::lock_guard busy(job->busy);
        if (job->report.state == ImportState::applying) return wrong_state(job->report.state);
        {
            const std::lock_guard use(m_use);
            forget(import);
            m_staging.run("DELETE FROM import WHERE id = ?", import);
        }
        const std::lock_guard lock(m_mutex);
        m_jobs.erase(import);
        return {};
    });
}

Result<ImportReport> ImportStore::report(const Uuid& import) const {
    TRY_ASSIGN(job, find(import));
    const std::lock_guard lock(m_mutex);
    return job->report;
}

Result<std::vector<ImportReport>> ImportStore::list(std::string_view zone) const {
    std::vector<ImportReport> out;
    const std::lock_guard lock(m_mutex);
    for (const auto& [id, job] : m_jobs) {
        if (job->report.request.zone == zone) out.push_back(job->report);
    }
    std::ranges::sort(out, [](const auto& a, const auto& b) { return a.id > b.id; });
    return out;
}

}  // namespace anlan::bigdata
