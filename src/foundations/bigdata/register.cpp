#include "foundations/bigdata/register.h"

#include "foundations/bigdata/dispatcher.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/import_store.h"
#include "foundations/bigdata/readers.h"
#include "foundations/bigdata/writer.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <shared_mutex>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_count_max = 10'000;
constexpr std::int64_t k_all_max = 100'000;
constexpr std::size_t k_entries_max = 10'000;

// What walking a list's order may cost before its match is looked up instead: some 7,000 rows, 15
// ms; then at most one row in seventy matches.
constexpr int k_walk_steps = 150'000;

class SqliteRegister final : public Register {
  public:
    explicit SqliteRegister(const Options& options)
        : m_tables(*options.catalog), m_connection(options.database, sqlite::Mode::create) {}
    SqliteRegister(const SqliteRegister&) = delete;
    SqliteRegister& operator=(const SqliteRegister&) = delete;

    /// The writer finishes its queue while listeners still run; a listener that writes after that
    /// is told busy, so the writer is there until the dispatch thread has ended.
    ~SqliteRegister() override {
        m_imports.reset();
        if (m_writer) m_writer->close();
        m_dispatcher.reset();
    }

    Result<void> start(const Options& options) {
        TRY(migrate(m_connection, *options.catalog, m_tables, options.clock->now()));
        m_applier.emplace(m_connection, *options.catalog, m_tables, *options.clock, *options.ids);
        m_applier->forget_old_outcomes();
        m_head = m_applier->state().head;
        m_spaces = m_applier->state().spaces;
        m_readers.emplace(options.database, options.readers);
        m_dispatcher.emplace(
            [this](std::int64_t since, std::size_t limit) { return fetch(since, limit); },
            m_head.sequence);
        m_writer.emplace(m_connection, *m_applier, options.waiting_max,
                         [this](Writer::Committed c) { publish(std::move(c)); });
        m_checkpointer.emplace(options.database);
        m_connection.on_commit([this](int pages) {
            m_writer->note_log(pages);
            m_checkpointer->note_log(pages);
        });
        m_imports_begun = static_cast<std::int64_t>(m_applier->state().imports.size());
        TRY_ASSIGN(imports,
                   ImportStore::open({
                       .register_file = options.database,
                       .catalog = *options.catalog,
                       .tables = m_tables,
                       .clock = *options.clock,
                       .ids = *options.ids,
                       .run = [this](Writer::Task task) { return run_bulk(std::move(task)); },
                       .begun = [this] { ++m_imports_begun; },
                       .ended = [this] { ++m_imports_ended; },
                   }));
        m_imports = std::move(imports);
        return {};
    }

    Result<Applied> write(Batch batch) override { return wait_for({{}, std::move(batch), {}}); }

    void write_later(Batch batch, std::function<void(Result<Applied>)> done) override {
        m_writer->submit({{}, std::move(batch), std::move(done)});
    }

    Result<Record> get(const View& view, std::string_view kind, Uuid id) const override;
    Result<Page> list(const View& view, std::string_view kind, const Query& query) const override;
    Result<std::vector<Record>> all(const View& view, std::string_view kind,
                                    const std::vector<Condition>& where) const override;
    Result<Count> count(const View& view, std::string_view kind, const Query& query) const override;
    Result<std::vector<Entry>> entries(const View& view, std::int64_t since, std::size_t limit,
                                       std::string_view kind, Uuid id) const override;

    Result<std::int64_t> sequence_at(Timestamp at) const override;
    Imports* imports() override { return m_imports.get(); }
    Result<Record> erase(Erasure erasure) override;

    std::int64_t last_sequence() const override {
        const std::shared_lock lock(m_mutex);
        return m_head.sequence;
    }
    std::string head() const override {
        const std::shared_lock lock(m_mutex);
        return m_head.hash;
    }

    std::unique_ptr<Subscription> listen(std::int64_t since, Listener listener) override {
        return m_dispatcher->listen(since, std::move(listener));
    }

    Result<std::int64_t> open_space(std::string_view zone, std::string_view space) override {
        TRY_ASSIGN(done, urgent([key = key_of(zone, space)](Applier& applier, auto&) {
                       return applier.open_space(key);
                   }));
        return done.first_sequence;
    }
    Result<void> close_space(std::string_view zone, std::string_view space) override {
        TRY(urgent([key = key_of(zone, space)](Applier& applier, auto&) {
            return applier.close_space(key);
        }));
        return {};
    }

  private:
    static SpaceKey key_of(std::string_view zone, std::string_view space) {
        return {std::string(zone), std::string(space)};
    }
    Result<Applied> urgent(Writer::Task task) {
        Batch batch;
        batch.priority = Priority::urgent;
        return wait_for({std::move(task), std::move(batch), {}});
    }
    std::future<Result<Applied>> run_bulk(Writer::Task task) {
        auto promise = std::make_shared<std::promise<Result<Applied>>>();
        auto out = promise->get_future();
        Batch batch;
        batch.priority = Priority::bulk;
        m_writer->submit({std::move(task), std::move(batch), [promise](Result<Applied> outcome) {
                              promise->set_value(std::move(outcome));
                          }});
        return out;
    }

    Result<Applied> wait_for(Writer::Job job) {
        if (m_writer->is_own_thread())
            return fail(errors::k_internal, {{"what", "write() on the writer's thread"}});
        std::promise<Result<Applied>> promise;
        auto future = promise.get_future();
        job.done = [&promise](Result<Applied> outcome) { promise.set_value(std::move(outcome)); };
        m_writer->submit(std::move(job));
        return future.get();
    }

    void publish(Writer::Committed committed) {
        {
            const std::unique_lock lock(m_mutex);
            m_head = committed.head;
            if (committed.spaces != nullptr) m_spaces = *committed.spaces;
        }
        m_dispatcher->publish(std::move(committed.entries));
    }

    Result<std::vector<EntryPointer>> fetch(std::int64_t since, std::size_t limit) {
        return sqlite::at_door([&]() -> Result<std::vector<EntryPointer>> {
            auto reader = m_readers->lend();
            auto row =
                reader->prepare("SELECT " + std::string(k_entry_columns) +
                                " FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?");
            row.with(since, limit);
            std::vector<EntryPointer> out;
            while (row.step()) out.push_back(std::make_shared<const Entry>(read_entry(row)));
            return out;
        });
    }

    Result<Window> window_of(const View& view) const {
        Window out{.zone = view.zone, .space = view.space, .as_of = view.as_of};
        if (view.space == k_live) return out;
        const std::shared_lock lock(m_mutex);
        const auto found = m_spaces.find({view.zone, view.space});
        if (found == m_spaces.end()) return fail(errors::k_no_such_space);
        out.base = found->second.base;
        return out;
    }

    /// Runs `f(connection, table, window)` on a reader. While an import is under way, its rows are
    /// found out and hidden in the same snapshot; one that began meanwhile makes it run again.
    template <class F>
    auto read(const View& view, std::string_view kind, F&& f) const
        -> std::invoke_result_t<F, sqlite::Connection&, const Table&, const Window&> {
        return sqlite::at_door(
            [&]() -> std::invoke_result_t<F, sqlite::Connection&, const Table&, const Window&> {
                const Table* table = m_tables.find(kind);
                if (table == nullptr)
                    return fail(errors::k_unknown_kind, {{"kind", std::string(kind)}});
                TRY_ASSIGN(window, window_of(view));
                auto reader = m_readers->lend();
                const bool may_hide = view.space == k_live && !view.as_of;
                for (;;) {
                    const auto begun = m_imports_begun.load();
                    if (may_hide && begun != m_imports_ended.load()) break;
                    auto out = f(*reader, *table, std::as_const(window));
                    if (!may_hide || begun == m_imports_begun.load()) return out;
                }
                const sqlite::Snapshot snapshot(*reader);
                auto row = reader->prepare(
                    "SELECT number FROM imports WHERE applying AND zone = ? AND kind = ?");
                row.with(view.zone, kind);
                while (row.step()) window.hidden.push_back(row.integer(0));
                return f(*reader, *table, std::as_const(window));
            });
    }

    static Result<Page> page_of(sqlite::Connection& reader, const Table& table,
                                const Window& window, const RowFilter& rows, const Query& query);
    static Result<Page> part_of(sqlite::Connection& reader, const Table& table,
                                const Window& window, const RowFilter& rows, const Query& query,
                                Part part);

    Tables m_tables;
    sqlite::Connection m_connection;   ///< The writer's.
    std::optional<Applier> m_applier;  ///< The writer's.
    mutable std::optional<Readers> m_readers;
    mutable std::shared_mutex m_mutex;  ///< Guards the two below.
    ChainHead m_head;
    Spaces m_spaces;
    std::optional<Dispatcher> m_dispatcher;
    std::optional<Checkpointer> m_checkpointer;
    std::optional<Writer> m_writer;
    std::atomic<std::int64_t> m_imports_begun = 0, m_imports_ended = 0;
    std::unique_ptr<ImportStore> m_imports;
};

Result<Record> SqliteRegister::get(const View& view, std::string_view kind, Uuid id) const {
    return read(view, kind,
                [&](auto& reader, const Table& table, const Window& window) -> Result<Record> {
                    const auto sql = sql_of_get(table, window, view.rows, id);
                    auto row = reader.prepare(sql.text);
                    if (!row.with_all(sql.values).step()) return fail(errors::k_no_such_record);
                    Record out = table.read(row);
                    if (out.deleted) return fail(errors::k_no_such_record);
                    return out;
                });
}

Result<Page> SqliteRegister::part_of(sqlite::Connection& reader, const Table& table,
                                     const Window& window, const RowFilter& rows,
                                     const Query& query, Part part) {
    const int sorted_by = sort_column(table);
    const auto fetch = [&](const Sql& sql) {
        const auto most = static_cast<std::size_t>(std::get<std::int64_t>(sql.values.back())) - 1;
        auto row = reader.prepare(sql.text);
        row.with_all(sql.values);
        Page page;
        sqlite::Value last;
        while (row.step()) {
            if (page.records.size() == most) {
                page.next = cursor_of(query, part, last, page.records.back().id);
                break;
            }
            page.records.push_back(table.read(row));
            last = row.value(sorted_by);
        }
        return page;
    };
    TRY_ASSIGN(walk, sql_of_list(table, window, rows, query, Plan::in_order, part));
    if (one_plan(query)) return fetch(walk);
    Page page;
    if (reader.within(k_walk_steps, [&] { page = fetch(walk); })) return page;
    TRY_ASSIGN(match, sql_of_list(table, window, rows, query, Plan::by_match, part));
    return fetch(match);
}

Result<Page> SqliteRegister::page_of(sqlite::Connection& reader, const Table& table,
                                     const Window& window, const RowFilter& rows,
                                     const Query& query) {
    if (query.sort != "relevance" || query.text.empty())
        return part_of(reader, table, window, rows, query, Part::all);
    Page page;
    Query left = query;
    if (part_of_cursor(query) == Part::title) {
        TRY_ASSIGN(first, part_of(reader, table, window, rows, query, Part::title));
        if (!first.next.empty() || first.records.size() >= query.limit) {
            // A full page that ends with the titles goes on with the others.
            if (first.next.empty() && !first.records.empty())
                first.next = cursor_of(query, Part::title, first.records.back().updated_at.ms,
                                       first.records.back().id);
            return first;
        }
        page = std::move(first);
        left.after.clear();
        left.limit = query.limit - page.records.size();
    }
    TRY_ASSIGN(rest, part_of(reader, table, window, rows, left, Part::rest));
    std::ranges::move(rest.records, std::back_inserter(page.records));
    page.next = std::move(rest.next);
    return page;
}

Result<Page> SqliteRegister::list(const View& view, std::string_view kind,
                                  const Query& query) const {
    return read(view, kind, [&](auto& reader, const Table& table, const Window& window) {
        return page_of(reader, table, window, view.rows, query);
    });
}

Result<std::vector<Record>> SqliteRegister::all(const View& view, std::string_view kind,
                                                const std::vector<Condition>& where) const {
    return read(
        view, kind,
        [&](auto& reader, const Table& table, const Window& window) -> Result<std::vector<Record>> {
            TRY_ASSIGN(sql, sql_of_all(table, window, view.rows, where, k_all_max + 1));
            auto row = reader.prepare(sql.text);
            row.with_all(sql.values);
            std::vector<Record> out;
            while (row.step()) {
                if (out.size() == k_all_max)
                    return fail(errors::k_too_many, {{"max", std::to_string(k_all_max)}});
                out.push_back(table.read(row));
            }
            return out;
        });
}

Result<Register::Count> SqliteRegister::count(const View& view, std::string_view kind,
                                              const Query& query) const {
    return read(view, kind,
                [&](auto& reader, const Table& table, const Window& window) -> Result<Count> {
                    TRY_ASSIGN(sql, sql_of_count(table, window, view.rows, query, k_count_max + 1));
                    auto row = reader.prepare(sql.text);
                    row.with_all(sql.values).step();
                    const auto found = row.integer(0);
                    return Count{std::min(found, k_count_max), found > k_count_max};
                });
}

Result<std::int64_t> SqliteRegister::sequence_at(Timestamp at) const {
    return sqlite::at_door([&]() -> Result<std::int64_t> {
        auto reader = m_readers->lend();
        // The first entry later than `at`, by halves: a clock that stepped back makes some later
        // ones earlier, and the order is the journal's.
        std::int64_t first = 1, end = last_sequence() + 1;
        while (first < end) {
            const auto middle = first + (end - first) / 2;
            auto row = reader->prepare("SELECT at FROM journal WHERE sequence = ?");
            row.with(middle);
            if (row.step() && row.integer(0) <= at.ms)
                first = middle + 1;
            else
                end = middle;
        }
        return first - 1;
    });
}

Result<Record> SqliteRegister::erase(Erasure erasure) {
    TRY_ASSIGN(done, wait_for({[erasure = std::move(erasure)](Applier& applier, auto& entries) {
                                   return applier.erase(erasure, entries);
                               },
                               {},
                               {}}));
    m_checkpointer->empty_log();
    return std::move(done.records.at(0));
}

Result<std::vector<Entry>> SqliteRegister::entries(const View& view, std::int64_t since,
                                                   std::size_t limit, std::string_view kind,
                                                   Uuid id) const {
    return sqlite::at_door([&]() -> Result<std::vector<Entry>> {
        if (!kind.empty() && m_tables.find(kind) == nullptr) {
            return fail(errors::k_unknown_kind, {{"kind", std::string(kind)}});
        }
        TRY_ASSIGN(window, window_of(view));
        std::vector<Entry> out;
        if (view.rows.none) return out;
        Sql sql;
        sql.add("SELECT " + std::string(k_entry_columns) + " FROM journal WHERE zone = ?",
                window.zone);
        sql.add(" AND space = ?", window.space).add(" AND sequence > ?", since);
        if (!kind.empty()) sql.add(" AND kind = ?", std::string(kind));
        if (!id.is_nil()) sql.add(" AND record = ?", id.text());
        sql.add(" ORDER BY sequence");
        auto reader = m_readers->lend();
        auto row = reader->prepare(sql.text);
        row.with_all(sql.values);
        const auto most = std::min(limit, k_entries_max);
        while (out.size() < most && row.step()) {
            auto entry = read_entry(row);
            if (view.rows.passes(entry.after.scope)) out.push_back(std::move(entry));
        }
        return out;
    });
}

}  // namespace

Result<std::unique_ptr<Register>> Register::open(Options options) {
    ASSERT(options.catalog != nullptr && options.clock != nullptr && options.ids != nullptr);
    return sqlite::at_door([&]() -> Result<std::unique_ptr<Register>> {
        std::error_code ignored;
        std::filesystem::create_directories(options.database.parent_path(), ignored);
        auto out = std::make_unique<SqliteRegister>(options);
        TRY(out->start(options));
        return out;
    });
}

}  // namespace anlan::bigdata
