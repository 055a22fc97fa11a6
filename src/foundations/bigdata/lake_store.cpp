#include "foundations/bigdata/lake_store.h"

#include "foundations/bigdata/errors.h"

#include "core/time.h"

#include <algorithm>
#include <system_error>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_format = 2;
constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;

constexpr const char* k_tables = R"(
CREATE TABLE IF NOT EXISTS segment(
    number BIGINT NOT NULL, first_row BIGINT NOT NULL, begun_ms BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS stream(number UINTEGER NOT NULL, datastream VARCHAR NOT NULL, space VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS last_value(
    stream UINTEGER NOT NULL, at_ms BIGINT NOT NULL, received_ms BIGINT NOT NULL,
    value DOUBLE NOT NULL, quality UTINYINT NOT NULL);
CREATE TABLE IF NOT EXISTS state(name VARCHAR NOT NULL, value BIGINT NOT NULL);
)";
constexpr const char* k_columns =
    "(stream UINTEGER NOT NULL, at_ms BIGINT NOT NULL, received_ms BIGINT NOT NULL, "
    "value DOUBLE NOT NULL, quality UTINYINT NOT NULL)";

constexpr duckdb_type k_observation_types[] = {DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BIGINT,
                                               DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_DOUBLE,
                                               DUCKDB_TYPE_UTINYINT};
constexpr duckdb_type k_hour_types[] = {
    DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_DOUBLE,
    DUCKDB_TYPE_DOUBLE,   DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT};
constexpr duckdb_type k_stream_types[] = {DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_VARCHAR,
                                          DUCKDB_TYPE_VARCHAR};
/// Late rows further apart than this are looked up apart: DuckDB skips the row groups between.
constexpr std::int64_t k_late_gap_ms = 600'000;

std::int64_t day_of(Timestamp t) {
    return (t.ms + k_beijing_offset_ms) / k_day_ms;
}

bool before(const Observation& a, const Observation& b) {
    return a.stream != b.stream ? a.stream < b.stream : a.at < b.at;
}

duck::Settings settings_of(const Lake::Options& options) {
    return {{"threads", std::to_string(options.threads)},
            {"memory_limit", std::to_string(options.memory_max_mb) + "MB"},
            {"checkpoint_threshold", std::to_string(options.checkpoint_mb) + "MB"},
            {"temp_directory", (options.folder / "temporary").string()},
            // Nothing is fetched and nothing outside the folder is read, whatever a query says.
            {"autoinstall_known_extensions", "false"},
            {"autoload_known_extensions", "false"},
            {"enable_external_access", "false"}};
}

}  // namespace

Result<std::unique_ptr<LakeStore>> LakeStore::open(const Lake::Options& options) {
    std::error_code problem;
    std::filesystem::create_directories(options.folder, problem);
    if (problem)
        return fail(errors::k_io, {{"what", options.folder.string() + ": " + problem.message()}});
    std::unique_ptr<LakeStore> out(new LakeStore(options));
    auto database =
        duck::Database::open((options.folder / "lake.duckdb").string(), settings_of(options));
    if (!database) {
        for (const auto& [name, what] : database.error().parameters) {
            if (what.find("lock") != std::string::npos)
                return fail(errors::k_lake_in_use, {{"what", what}});
        }
        return std::unexpected(std::move(database).error());
    }
    out->m_database = std::move(*database);
    TRY_ASSIGN(writer, duck::Connection::open(out->m_database));
    out->m_writer = std::move(writer);
    TRY(out->make_tables());
    TRY(out->load());
    return out;
}

Result<void> LakeStore::make_tables() {
    TRY(m_writer->run(std::string(k_tables) + "CREATE TABLE IF NOT EXISTS hourly" +
                      k_hour_columns));
    std::int64_t format = 0;
    TRY(m_writer->query(
        "SELECT value FROM state WHERE name = 'format'", {},
        [&](const duck::Chunk& chunk) { format = chunk.column<std::int64_t>(0)[0]; }));
    if (format == 0 || format == 1) {
        TRY(make_first_segment(format));
        format = k_format;
    }
    if (format != k_format) {
        return fail(errors::k_io,
                    {{"what", "the lake has format " + std::to_string(format) +
                                  ", this program knows " + std::to_string(k_format)}});
    }
    return m_writer->run(
        "INSERT INTO state SELECT 'identity', CAST(random() * 9e15 AS BIGINT) "
        "WHERE NOT EXISTS (SELECT 1 FROM state WHERE name = 'identity')");
}

/// A new lake, or one whose rows lie in a single table: all of it, or nothing.
Result<void> LakeStore::make_first_segment(std::int64_t format) {
    const std::string begun = std::to_string(format == 0 ? now().ms : 0);
    const auto all = [&]() -> Result<void> {
        TRY(m_writer->run("BEGIN"));
        if (format == 0)
            TRY(m_writer->run("CREATE TABLE " + segment_table(0) + k_columns));
        else
            TRY(m_writer->run("ALTER TABLE observation RENAME TO " + segment_table(0)));
        TRY(m_writer->run("INSERT INTO segment VALUES (0, 0, " + begun + ")"));
        TRY(m_writer->run(view_of(std::vector<LakeSegment>(1))));
        TRY(
            m_writer->run("DELETE FROM state WHERE name = 'format'; INSERT INTO state VALUES "
                          "('format', " +
                          std::to_string(k_format) + ")"));
        return m_writer->run("COMMIT");
    };
    auto done = all();
    if (!done) [[maybe_unused]]
        const auto rolled_back = m_writer->run("ROLLBACK");
    return done;
}

std::string segment_table(std::int64_t number) {
    return "observation_" + std::to_string(number);
}

std::string LakeStore::view_of(std::span<const LakeSegment> segments) const {
    std::string out = "CREATE OR REPLACE VIEW observation AS ";
    for (std::size_t i = 0; i < segments.size(); ++i) {
        out += i == 0 ? "" : " UNION ALL ";
        out += "SELECT stream, at_ms, received_ms, value, quality FROM " +
               segment_table(segments[i].number);
    }
    return out;
}

Timestamp LakeStore::now() const {
    return m_options.clock == nullptr ? SystemClock().now() : m_options.clock->now();
}

Result<void> LakeStore::turn_page(Timestamp moment) {
    const LakeSegment& open = m_segments.back();
    // A clock that steps back stays on its page; an empty page need not be turned.
    if (m_rows == open.first_row || day_of(moment) <= day_of(open.begun)) return {};
    std::vector<LakeSegment> segments = m_segments;
    segments.push_back({open.number + 1, m_rows, moment});
    const auto& page = segments.back();
    const auto all = [&]() -> Result<void> {
        TRY(m_writer->run("BEGIN"));
        TRY(m_writer->run("CREATE TABLE " + segment_table(page.number) + k_columns));
        TRY(m_writer->run("INSERT INTO segment VALUES (" + std::to_string(page.number) + ", " +
                          std::to_string(page.first_row) + ", " + std::to_string(page.begun.ms) +
                          ")"));
        TRY(m_writer->run(view_of(segments)));
        auto committed = m_writer->run("COMMIT");
        m_doubtful = !committed;
        return committed;
    };
    if (auto done = all(); !done) {
        m_failed = true;
        [[maybe_unused]] const auto rolled_back = m_writer->run("ROLLBACK");
        return done;
    }
    m_segments = std::move(segments);
    return {};
}

Result<void> LakeStore::drop_oldest(std::size_t count, std::optional<Timestamp> hours_from) {
    ASSERT(count < m_segments.size());
    std::vector<LakeSegment> kept(m_segments.begin() + static_cast<std::ptrdiff_t>(count),
                                  m_segments.end());
    std::string sql = "BEGIN; " + view_of(kept);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string number = std::to_string(m_segments[i].number);
        sql += "; INSERT INTO hourly SELECT * FROM hourly_" + number + "; DROP TABLE hourly_" +
               number + "; DROP TABLE " + segment_table(m_segments[i].number) +
               "; DELETE FROM segment WHERE number = " + number;
    }
    if (hours_from) sql += "; DELETE FROM hourly WHERE from_ms < " + std::to_string(hours_from->ms);
    if (auto done = m_writer->run(sql + "; COMMIT"); !done) {
        m_failed = true;
        [[maybe_unused]] const auto rolled_back = m_writer->run("ROLLBACK");
        return done;
    }
    m_segments = std::move(kept);
    return {};
}

Result<void> LakeStore::append_hours(std::span<const LakeHour> hours) {
    return fill_hours(*m_writer, hours);
}

Result<void> fill_hours(duck::Connection& connection, std::span<const LakeHour> hours) {
    TRY_ASSIGN(appender, duck::Appender::open(connection, "hourly", k_hour_types));
    for (const auto& hour : hours) {
        const std::size_t i = appender.row();
        appender.column<std::uint32_t>(0)[i] = hour.stream;
        appender.column<std::int64_t>(1)[i] = hour.from.ms;
        appender.column<double>(2)[i] = hour.low;
        appender.column<double>(3)[i] = hour.high;
        appender.column<double>(4)[i] = hour.mean;
        appender.column<double>(5)[i] = hour.newest;
        appender.column<std::int64_t>(6)[i] = hour.newest_at.ms;
        appender.column<std::int64_t>(7)[i] = hour.readings;
        TRY(appender.next_row());
    }
    return appender.finish();
}

void hours_of(const duck::Chunk& chunk, std::vector<LakeHour>& out) {
    out.clear();
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
        out.push_back({chunk.column<std::uint32_t>(0)[i],
                       {chunk.column<std::int64_t>(1)[i]},
                       chunk.column<double>(2)[i],
                       chunk.column<double>(3)[i],
                       chunk.column<double>(4)[i],
                       chunk.column<double>(5)[i],
                       {chunk.column<std::int64_t>(6)[i]},
                       chunk.column<std::int64_t>(7)[i]});
    }
}

Result<void> sum_hours(duck::Connection& connection, std::int64_t segment) {
    return connection.run(
        "CREATE OR REPLACE TABLE hourly_" + std::to_string(segment) +
        " AS SELECT stream, CAST(floor(at_ms / 3600000) AS BIGINT) * 3600000 AS from_ms, "
        "min(value) AS low, max(value) AS high, avg(value) AS mean, arg_max(value, at_ms) AS "
        "newest, max(at_ms) AS newest_ms, count(*) AS readings FROM " +
        segment_table(segment) +
        " WHERE quality < 2 GROUP BY stream, from_ms ORDER BY from_ms, stream");
}

Result<void> LakeStore::load_segments() {
    TRY(m_writer->query("SELECT number, first_row, begun_ms FROM segment ORDER BY number", {},
                        [&](const duck::Chunk& chunk) {
                            for (std::size_t i = 0; i < chunk.rows(); ++i) {
                                m_segments.push_back({chunk.column<std::int64_t>(0)[i],
                                                      chunk.column<std::int64_t>(1)[i],
                                                      {chunk.column<std::int64_t>(2)[i]}});
                            }
                        }));
    if (m_segments.empty()) return fail(errors::k_io, {{"what", "table segment is empty"}});
    const auto& open = m_segments.back();
    return m_writer->query("SELECT count(*) FROM " + segment_table(open.number), {},
                           [&](const duck::Chunk& chunk) {
                               m_rows = open.first_row + chunk.column<std::int64_t>(0)[0];
                           });
}

Result<void> LakeStore::load() {
    std::string wrong;
    TRY(m_writer->query("SELECT number, datastream, space FROM stream ORDER BY number", {},
                        [&](const duck::Chunk& chunk) {
                            for (std::size_t i = 0; i < chunk.rows(); ++i) {
                                const auto id = Uuid::parse(chunk.text(1, i));
                                if (!id || chunk.column<std::uint32_t>(0)[i] != m_streams.size()) {
                                    wrong = "table stream is damaged at number " +
                                            std::to_string(m_streams.size());
                                    return;
                                }
                                m_streams.push_back({*id, std::string(chunk.text(2, i))});
                            }
                        }));
    if (!wrong.empty()) return fail(errors::k_io, {{"what", wrong}});
    m_last.resize(m_streams.size());
    std::int64_t covered = 0;
    TRY(m_writer->query(
        "SELECT value FROM state WHERE name = 'last_covers'", {},
        [&](const duck::Chunk& chunk) { covered = chunk.column<std::int64_t>(0)[0]; }));
    TRY(load_segments());
    return load_tail(covered);
}

Result<void> LakeStore::load_tail(std::int64_t covered) {
    const auto take = [this](const duck::Chunk& chunk) {
        const auto stream = chunk.column<std::uint32_t>(0);
        const auto at = chunk.column<std::int64_t>(1);
        const auto received = chunk.column<std::int64_t>(2);
        const auto value = chunk.column<double>(3);
        const auto quality = chunk.column<std::uint8_t>(4);
        for (std::size_t i = 0; i < chunk.rows(); ++i) {
            remember(
                {stream[i], {at[i]}, {received[i]}, value[i], static_cast<Quality>(quality[i])});
        }
    };
    TRY(m_writer->query("SELECT stream, at_ms, received_ms, value, quality FROM last_value", {},
                        take));
    for (std::size_t i = 0; i < m_segments.size(); ++i) {
        const bool older = i + 1 < m_segments.size() && m_segments[i + 1].first_row <= covered;
        if (older) continue;
        const duck::Parameter parameters[] = {covered - m_segments[i].first_row};
        TRY(m_writer->query("SELECT stream, at_ms, received_ms, value, quality FROM " +
                                segment_table(m_segments[i].number) + " WHERE rowid >= $1",
                            parameters, take));
    }
    return {};
}

void LakeStore::remember(const Observation& row) {
    if (row.stream >= m_last.size()) m_last.resize(row.stream + 1);
    auto& last = m_last[row.stream];
    if (!last || last->at < row.at) last = row;
}

Result<void> LakeStore::write(std::span<const StreamKey> new_streams,
                              std::span<const Observation> rows) {
    const auto all = [&]() -> Result<void> {
        TRY(m_writer->run("BEGIN"));
        if (!new_streams.empty()) TRY(append_streams(new_streams));
        if (!rows.empty()) TRY(append_rows(segment_table(m_segments.back().number), rows));
        if (m_keep_last) TRY(save_last());
        auto committed = m_writer->run("COMMIT");
        m_doubtful = !committed;
        return committed;
    };
    if (auto done = all(); !done) {
        m_failed = true;
        [[maybe_unused]] const auto rolled_back = m_writer->run("ROLLBACK");
        return done;
    }
    m_keep_last = false;
    m_streams.insert(m_streams.end(), new_streams.begin(), new_streams.end());
    m_last.resize(std::max(m_last.size(), m_streams.size()));
    m_rows += static_cast<std::int64_t>(rows.size());
    for (const auto& row : rows) remember(row);
    return {};
}

Result<void> LakeStore::append_streams(std::span<const StreamKey> new_streams) {
    TRY_ASSIGN(appender, duck::Appender::open(*m_writer, "stream", k_stream_types));
    auto number = static_cast<StreamNumber>(m_streams.size());
    for (const auto& key : new_streams) {
        appender.column<std::uint32_t>(0)[appender.row()] = number++;
        appender.set_text(1, key.datastream.text());
        appender.set_text(2, key.space);
        TRY(appender.next_row());
    }
    return appender.finish();
}

Result<void> LakeStore::append_rows(const std::string& table, std::span<const Observation> rows) {
    TRY_ASSIGN(appender, duck::Appender::open(*m_writer, table, k_observation_types));
    while (!rows.empty()) {
        const auto piece = rows.first(std::min(rows.size(), appender.room()));
        auto* stream = appender.column<std::uint32_t>(0) + appender.row();
        auto* at = appender.column<std::int64_t>(1) + appender.row();
        auto* received = appender.column<std::int64_t>(2) + appender.row();
        auto* value = appender.column<double>(3) + appender.row();
        auto* quality = appender.column<std::uint8_t>(4) + appender.row();
        for (const auto& row : piece) {
            *stream++ = row.stream;
            *at++ = row.at.ms;
            *received++ = row.received.ms;
            *value++ = row.value;
            *quality++ = static_cast<std::uint8_t>(row.quality);
        }
        TRY(appender.skip(piece.size()));
        rows = rows.subspan(piece.size());
    }
    return appender.finish();
}

Result<void> LakeStore::save_last() {
    // As of before this transaction's rows: m_rows counts the same ones.
    std::vector<Observation> rows;
    for (const auto& last : m_last) {
        if (last) rows.push_back(*last);
    }
    TRY(
        m_writer->run("DELETE FROM last_value; DELETE FROM state WHERE name = 'last_covers'; "
                      "INSERT INTO state VALUES ('last_covers', " +
                      std::to_string(m_rows) + ")"));
    return append_rows("last_value", rows);
}

Result<std::vector<Observation>> LakeStore::without_stored(std::vector<Observation> candidates) {
    // Neighbours in time are looked up together.
    std::ranges::stable_sort(candidates, {}, [](const Observation& o) { return o.at.ms; });
    std::vector<Observation> stored;
    for (std::size_t first = 0; first < candidates.size();) {
        std::size_t end = first + 1;
        while (end < candidates.size() &&
               candidates[end].at - candidates[end - 1].at < k_late_gap_ms)
            ++end;
        TRY(find_stored(std::span(candidates).subspan(first, end - first), stored));
        first = end;
    }
    std::ranges::sort(stored, before);
    std::ranges::stable_sort(candidates, before);
    std::vector<Observation> out;
    for (const auto& row : candidates) {
        const bool repeated = !out.empty() && !before(out.back(), row);
        if (!repeated && !std::ranges::binary_search(stored, row, before)) out.push_back(row);
    }
    return out;
}

Result<void> LakeStore::find_stored(std::span<const Observation> candidates,
                                    std::vector<Observation>& stored) {
    TRY(m_writer->run(
        "CREATE OR REPLACE TEMP TABLE late(stream UINTEGER, at_ms BIGINT, received_ms BIGINT, "
        "value DOUBLE, quality UTINYINT)"));
    TRY(append_rows("late", candidates));
    const duck::Parameter range[] = {candidates.front().at.ms, candidates.back().at.ms};
    return m_writer->query(
        "SELECT DISTINCT o.stream, o.at_ms FROM observation o JOIN late l ON o.stream = l.stream "
        "AND o.at_ms = l.at_ms "
        "WHERE o.at_ms BETWEEN $1 AND $2",
        range, [&](const duck::Chunk& chunk) {
            const auto stream = chunk.column<std::uint32_t>(0);
            const auto at = chunk.column<std::int64_t>(1);
            for (std::size_t i = 0; i < chunk.rows(); ++i)
                stored.push_back({stream[i], {at[i]}, {}, 0, {}});
        });
}

Result<void> LakeStore::close() {
    m_keep_last = true;
    TRY(write({}, {}));
    return m_writer->run("CHECKPOINT");
}

bool LakeStore::usable() {
    if (m_failed) m_failed = !m_writer->run("SELECT 1");
    return !m_failed && !m_doubtful;
}

Result<void> LakeStore::room() const {
    std::error_code problem;
    const auto space = std::filesystem::space(m_options.folder, problem);
    if (!problem && space.available < m_options.free_min_mb * 1'048'576)
        return fail(errors::k_disk_full);
    return {};
}

}  // namespace anlan::bigdata
