#include "foundations/bigdata/register.h"

#include "foundations/bigdata/dispatcher.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/writer.h"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <shared_mutex>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_count_max = 10'000;
constexpr std::int64_t k_all_max = 100'000;
constexpr std::size_t k_entries_max = 10'000;

/// Read connections, each lent to one reader at a time.
class Readers {
  public:
    Readers(const std::filesystem::path& database, std::size_t count) {
        for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
            m_idle.push_back(
                std::make_unique<sqlite::Connection>(database, sqlite::Mode::read_only));
        }
    }

    class Lease {
      public:
        Lease(Readers& readers, std::unique_ptr<sqlite::Connection> connection)
            : m_readers(readers), m_connection(std::move(connection)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { m_readers.give_back(std::move(m_connection)); }
        sqlite::Connection* operator->() { return m_connection.get(); }

      private:
        Readers& m_readers;
        std::unique_ptr<sqlite::Connection> m_connection;
    };

    Lease lend() {
        std::unique_lock lock(m_mutex);
        m_free.wait(lock, [&] { return !m_idle.empty(); });
        auto connection = std::move(m_idle.back());
        m_idle.pop_back();
        return {*this, std::move(connection)};
    }

  private:
    void give_back(std::unique_ptr<sqlite::Connection> connection) {
        {
            const std::lock_guard lock(m_mutex);
            m_idle.push_back(std::move(connection));
        }
        m_free.notify_one();
    }

    std::mutex m_mutex;
    std::condition_variable m_free;
    std::vector<std::unique_ptr<sqlite::Connection>> m_idle;
};

class SqliteRegister final : public Register {
  public:
    explicit SqliteRegister(const Options& options)
        : m_tables(*options.catalog), m_connection(options.database, sqlite::Mode::create) {}
    SqliteRegister(const SqliteRegister&) = delete;
    SqliteRegister& operator=(const SqliteRegister&) = delete;

    /// The writer finishes its queue while listeners still run; a listener that writes after that
    /// is told busy, so the writer is there until the dispatch thread has ended.
    ~SqliteRegister() override {
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
        return {};
    }

    Result<Applied> write(Batch batch) override {
        return wait_for({Writer::Task::batch, std::move(batch), {}});
    }

    void write_later(Batch batch, std::function<void(Result<Applied>)> done) override {
        m_writer->submit({Writer::Task::batch, std::move(batch), std::move(done)});
    }

    Result<Record> get(const View& view, std::string_view kind, Uuid id) const override;
    Result<Page> list(const View& view, std::string_view kind, const Query& query) const override;
    Result<std::vector<Record>> all(const View& view, std::string_view kind,
                                    const std::vector<Condition>& where) const override;
    Result<Count> count(const View& view, std::string_view kind, const Query& query) const override;
    Result<std::vector<Entry>> entries(const View& view, std::int64_t since, std::size_t limit,
                                       std::string_view kind, Uuid id) const override;

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
        TRY_ASSIGN(done, wait_for({Writer::Task::open_space, space_job(zone, space), {}}));
        return done.first_sequence;
    }
    Result<void> close_space(std::string_view zone, std::string_view space) override {
        TRY(wait_for({Writer::Task::close_space, space_job(zone, space), {}}));
        return {};
    }

  private:
    static Batch space_job(std::string_view zone, std::string_view space) {
        Batch batch;
        batch.zone = zone;
        batch.space = space;
        batch.priority = Priority::urgent;
        return batch;
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

    struct Place {
        const Table* table;
        Window window;
    };
    Result<Place> place_of(const View& view, std::string_view kind) const {
        const Table* table = m_tables.find(kind);
        if (table == nullptr) return fail(errors::k_unknown_kind, {{"kind", std::string(kind)}});
        TRY_ASSIGN(window, window_of(view));
        return Place{table, std::move(window)};
    }
    Result<Window> window_of(const View& view) const {
        if (view.space == k_live) return Window{view.zone, view.space, std::nullopt};
        const std::shared_lock lock(m_mutex);
        const auto found = m_spaces.find({view.zone, view.space});
        if (found == m_spaces.end()) return fail(errors::k_no_such_space);
        return Window{view.zone, view.space, found->second.base};
    }

    Tables m_tables;
    sqlite::Connection m_connection;   ///< The writer's.
    std::optional<Applier> m_applier;  ///< The writer's.
    mutable std::optional<Readers> m_readers;
    mutable std::shared_mutex m_mutex;  ///< Guards the two below.
    ChainHead m_head;
    Spaces m_spaces;
    std::optional<Dispatcher> m_dispatcher;
    std::optional<Writer> m_writer;
};

Result<Record> SqliteRegister::get(const View& view, std::string_view kind, Uuid id) const {
    return sqlite::at_door([&]() -> Result<Record> {
        TRY_ASSIGN(place, place_of(view, kind));
        auto sql = sql_of_get(*place.table, place.window, id);
        add_filter(sql, view.rows);
        auto reader = m_readers->lend();
        auto row = reader->prepare(sql.text);
        if (!row.with_all(sql.values).step()) return fail(errors::k_no_such_record);
        Record out = place.table->read(row);
        if (out.deleted) return fail(errors::k_no_such_record);
        return out;
    });
}

Result<Page> SqliteRegister::list(const View& view, std::string_view kind,
                                  const Query& query) const {
    return sqlite::at_door([&]() -> Result<Page> {
        TRY_ASSIGN(place, place_of(view, kind));
        TRY_ASSIGN(sql, sql_of_list(*place.table, place.window, view.rows, query));
        const auto most = static_cast<std::size_t>(std::get<std::int64_t>(sql.values.back())) - 1;
        const int sorted_by = sort_column(*place.table);
        auto reader = m_readers->lend();
        auto row = reader->prepare(sql.text);
        row.with_all(sql.values);
        Page page;
        sqlite::Value last;
        while (row.step()) {
            if (page.records.size() == most) {
                page.next = cursor_of(query, last, page.records.back().id);
                break;
            }
            page.records.push_back(place.table->read(row));
            last = row.value(sorted_by);
        }
        return page;
    });
}

Result<std::vector<Record>> SqliteRegister::all(const View& view, std::string_view kind,
                                                const std::vector<Condition>& where) const {
    return sqlite::at_door([&]() -> Result<std::vector<Record>> {
        TRY_ASSIGN(place, place_of(view, kind));
        TRY_ASSIGN(sql, sql_of_all(*place.table, place.window, view.rows, where, k_all_max + 1));
        auto reader = m_readers->lend();
        auto row = reader->prepare(sql.text);
        row.with_all(sql.values);
        std::vector<Record> out;
        while (row.step()) {
            if (out.size() == k_all_max)
                return fail(errors::k_too_many, {{"max", std::to_string(k_all_max)}});
            out.push_back(place.table->read(row));
        }
        return out;
    });
}

Result<Register::Count> SqliteRegister::count(const View& view, std::string_view kind,
                                              const Query& query) const {
    return sqlite::at_door([&]() -> Result<Count> {
        TRY_ASSIGN(place, place_of(view, kind));
        TRY_ASSIGN(sql,
                   sql_of_count(*place.table, place.window, view.rows, query, k_count_max + 1));
        auto reader = m_readers->lend();
        auto row = reader->prepare(sql.text);
        row.with_all(sql.values).step();
        const auto found = row.integer(0);
        return Count{std::min(found, k_count_max), found > k_count_max};
    });
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
