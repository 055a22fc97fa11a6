#include "foundations/bigdata/duck_lake.h"
#include "foundations/bigdata/errors.h"

#include <algorithm>

namespace anlan::bigdata {

namespace {

constexpr std::size_t k_buckets_max = 10'000;
/// The range of ECMAScript's Date; keeps sums of times far from overflow.
constexpr std::int64_t k_time_max_ms = 8'640'000'000'000'000;

/// A chunk of stream, at_ms, received_ms, value, quality.
void observations_of(const duck::Chunk& chunk, std::vector<Observation>& out) {
    const auto stream = chunk.column<std::uint32_t>(0);
    const auto at = chunk.column<std::int64_t>(1);
    const auto received = chunk.column<std::int64_t>(2);
    const auto value = chunk.column<double>(3);
    const auto quality = chunk.column<std::uint8_t>(4);
    out.clear();
    for (std::size_t i = 0; i < chunk.rows(); ++i) {
        out.push_back(
            {stream[i], {at[i]}, {received[i]}, value[i], static_cast<Quality>(quality[i])});
    }
}

}  // namespace

Result<void> DuckLake::read(const std::string& sql, std::span<const duck::Parameter> parameters,
                            const std::function<void(const duck::Chunk&)>& take,
                            duck::Fetch fetch) const {
    const std::shared_lock gate(m_gate);
    if (m_store == nullptr) return fail(errors::k_lake_busy);
    std::optional<duck::Connection> connection;
    {
        const std::lock_guard lock(m_idle_mutex);
        if (!m_idle.empty()) {
            connection = std::move(m_idle.back());
            m_idle.pop_back();
        }
    }
    if (!connection) {
        TRY_ASSIGN(opened, m_store->reader());
        connection = std::move(opened);
    }
    TRY(connection->query(sql, parameters, take, fetch));
    const std::lock_guard lock(m_idle_mutex);
    m_idle.push_back(std::move(*connection));
    return {};
}

Result<std::vector<Bucket>> DuckLake::series(StreamNumber stream, Timestamp from, Timestamp to,
                                             std::size_t buckets) const {
    const std::int64_t first = std::clamp(from.ms, -k_time_max_ms, k_time_max_ms);
    const std::int64_t end = std::clamp(to.ms, -k_time_max_ms, k_time_max_ms);
    if (buckets == 0 || buckets > k_buckets_max || end <= first) {
        return fail(errors::k_invalid_input, {{"what", "from < to, 1 ≤ buckets ≤ 10000"}});
    }
    const auto count = static_cast<std::int64_t>(buckets);
    const std::int64_t width = (end - first + count - 1) / count;
    const duck::Parameter parameters[] = {static_cast<std::int64_t>(stream), first, end, width};
    std::vector<Bucket> out;
    // An hour whose readings are gone counts where it begins.
    TRY(
        read("WITH part AS (SELECT (at_ms - $2) // $4 AS bucket, min(value) AS low, "
             "max(value) AS high, avg(value) AS mean, arg_max(value, at_ms) AS newest, "
             "max(at_ms) AS newest_ms, count(*) AS readings FROM observation "
             "WHERE stream = $1 AND at_ms >= $2 AND at_ms < $3 AND quality < 2 GROUP BY bucket "
             "UNION ALL SELECT (from_ms - $2) // $4, low, high, mean, newest, newest_ms, readings "
             "FROM hourly WHERE stream = $1 AND from_ms >= $2 AND from_ms < $3) "
             "SELECT bucket, min(low), max(high), sum(mean * readings) / sum(readings), "
             "arg_max(newest, newest_ms), sum(readings)::BIGINT FROM part "
             "GROUP BY bucket ORDER BY bucket",
             parameters, [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.push_back({{first + chunk.column<std::int64_t>(0)[i] * width},
                                    chunk.column<double>(1)[i],
                                    chunk.column<double>(2)[i],
                                    chunk.column<double>(3)[i],
                                    chunk.column<double>(4)[i],
                                    chunk.column<std::int64_t>(5)[i]});
                 }
             }));
    return out;
}

Result<std::vector<Observation>> DuckLake::raw(StreamNumber stream, Timestamp from, Timestamp to,
                                               std::size_t limit) const {
    const duck::Parameter parameters[] = {
        static_cast<std::int64_t>(stream), from.ms, to.ms,
        static_cast<std::int64_t>(std::min<std::size_t>(limit, 10'000'000))};
    std::vector<Observation> out;
    TRY(
        read("SELECT at_ms, received_ms, value, quality FROM observation "
             "WHERE stream = $1 AND at_ms >= $2 AND at_ms < $3 ORDER BY at_ms LIMIT $4",
             parameters, [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.push_back({stream,
                                    {chunk.column<std::int64_t>(0)[i]},
                                    {chunk.column<std::int64_t>(1)[i]},
                                    chunk.column<double>(2)[i],
                                    static_cast<Quality>(chunk.column<std::uint8_t>(3)[i])});
                 }
             }));
    return out;
}

Result<void> DuckLake::scan(Timestamp from, Timestamp to,
                            const std::function<void(std::span<const Observation>)>& take) const {
    const duck::Parameter parameters[] = {from.ms, to.ms};
    std::vector<Observation> piece;
    return read(
        "SELECT stream, at_ms, received_ms, value, quality FROM observation "
        "WHERE at_ms >= $1 AND at_ms < $2",
        parameters,
        [&](const duck::Chunk& chunk) {
            observations_of(chunk, piece);
            take(piece);
        },
        duck::Fetch::stream);
}

Result<LakeExtent> DuckLake::extent() const {
    LakeExtent out;
    // Rows before streams: a row's stream is stored with it or before it. One statement, so that
    // no segment comes or goes between.
    TRY(read("SELECT (SELECT min(first_row) FROM segment), (SELECT count(*) FROM observation)", {},
             [&](const duck::Chunk& chunk) {
                 out.first = chunk.column<std::int64_t>(0)[0];
                 out.rows = out.first + chunk.column<std::int64_t>(1)[0];
             }));
    TRY(read("SELECT value FROM state WHERE name = 'identity'", {},
             [&](const duck::Chunk& chunk) { out.identity = chunk.column<std::int64_t>(0)[0]; }));
    TRY(read("SELECT datastream, space FROM stream ORDER BY number", {},
             [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.streams.push_back({Uuid::parse(chunk.text(0, i)).value_or(Uuid{}),
                                            std::string(chunk.text(1, i))});
                 }
             }));
    return out;
}

Result<std::vector<LakeSegment>> DuckLake::segments() const {
    std::vector<LakeSegment> out;
    TRY(read("SELECT number, first_row, begun_ms FROM segment ORDER BY number", {},
             [&](const duck::Chunk& chunk) {
                 for (std::size_t i = 0; i < chunk.rows(); ++i) {
                     out.push_back({chunk.column<std::int64_t>(0)[i],
                                    chunk.column<std::int64_t>(1)[i],
                                    {chunk.column<std::int64_t>(2)[i]}});
                 }
             }));
    return out;
}

Result<void> DuckLake::rows(std::int64_t first, std::int64_t end,
                            const std::function<void(std::span<const Observation>)>& take) const {
    TRY_ASSIGN(pages, segments());
    std::vector<Observation> piece;
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const bool before = i + 1 < pages.size() && pages[i + 1].first_row <= first;
        if (before || pages[i].first_row >= end) continue;
        const duck::Parameter parameters[] = {first - pages[i].first_row, end - pages[i].first_row};
        TRY(read("SELECT stream, at_ms, received_ms, value, quality FROM " +
                     segment_table(pages[i].number) +
                     " WHERE rowid >= $1 AND rowid < $2 ORDER BY rowid",
                 parameters, [&](const duck::Chunk& chunk) {
                     observations_of(chunk, piece);
                     seen += static_cast<std::int64_t>(piece.size());
                     take(piece);
                 }));
    }
    // Rows that went meanwhile, or are damaged: better loud than wrong.
    if (seen != std::max<std::int64_t>(0, end - first)) {
        return fail(errors::k_io,
                    {{"what", "the lake has " + std::to_string(seen) + " of rows " +
                                  std::to_string(first) + " to " + std::to_string(end)}});
    }
    return {};
}

Result<const LakeRows*> rows_of(const Lake& lake) {
    const auto* rows = dynamic_cast<const LakeRows*>(&lake);
    if (rows == nullptr) return fail(errors::k_internal, {{"what", "a lake without rows"}});
    return rows;
}

}  // namespace anlan::bigdata
