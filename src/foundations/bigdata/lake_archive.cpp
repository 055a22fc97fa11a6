#include "foundations/bigdata/lake_archive.h"

#include "foundations/bigdata/duckdb_wrapper.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_store.h"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace anlan::bigdata {

namespace {

constexpr duckdb_type k_types[] = {DUCKDB_TYPE_UINTEGER, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_BIGINT,
                                   DUCKDB_TYPE_DOUBLE, DUCKDB_TYPE_UTINYINT};
/// Rows of one transaction of a restored lake.
constexpr std::size_t k_write_rows = 100'000;

/// A database in memory beside the lake's, which itself reads and writes nothing outside its
/// folder. One thread: the caller's, so that its priority holds.
Result<duck::Connection> open_workshop() {
    TRY_ASSIGN(database, duck::Database::open("", {{"threads", "1"},
                                                   {"memory_limit", "512MB"},
                                                   {"autoinstall_known_extensions", "false"},
                                                   {"autoload_known_extensions", "false"}}));
    return duck::Connection::open(database);
}

std::string quoted(const std::filesystem::path& file) {
    std::string out = "'";
    for (const char c : file.string()) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

}  // namespace

Result<void> archive_rows(const LakeRows& lake, std::int64_t first, std::int64_t end,
                          const std::filesystem::path& file) {
    TRY_ASSIGN(workshop, open_workshop());
    TRY(
        workshop.run("CREATE TABLE observation(stream UINTEGER, at_ms BIGINT, received_ms BIGINT, "
                     "value DOUBLE, quality UTINYINT)"));
    TRY_ASSIGN(appender, duck::Appender::open(workshop, "observation", k_types));
    Result<void> appended;
    const auto take = [&](std::span<const Observation> rows) {
        for (const auto& row : rows) {
            if (!appended) return;
            const std::size_t i = appender.row();
            appender.column<std::uint32_t>(0)[i] = row.stream;
            appender.column<std::int64_t>(1)[i] = row.at.ms;
            appender.column<std::int64_t>(2)[i] = row.received.ms;
            appender.column<double>(3)[i] = row.value;
            appender.column<std::uint8_t>(4)[i] = static_cast<std::uint8_t>(row.quality);
            appended = appender.next_row();
        }
    };
    TRY(lake.rows(first, end, take));
    TRY(std::move(appended));
    TRY(appender.finish());
    return workshop.run("COPY observation TO " + quoted(file) +
                        " (FORMAT parquet, COMPRESSION zstd)");
}

Result<void> archive_streams(std::span<const StreamKey> streams,
                             const std::filesystem::path& file) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << "stream,datastream,space\r\n";
    for (std::size_t i = 0; i < streams.size(); ++i)
        out << i << ',' << streams[i].datastream.text() << ',' << streams[i].space << "\r\n";
    out.close();
    if (!out) return fail(errors::k_io, {{"what", file.string()}});
    return {};
}

Result<void> read_archive(const std::filesystem::path& file,
                          const std::function<Result<void>(std::span<const Observation>)>& take) {
    TRY_ASSIGN(workshop, open_workshop());
    std::vector<Observation> piece;
    Result<void> taken;
    TRY(workshop.query(
        "SELECT stream::UINTEGER, at_ms::BIGINT, received_ms::BIGINT, value::DOUBLE, "
        "quality::UTINYINT FROM read_parquet(" +
            quoted(file) + ")",
        {}, [&](const duck::Chunk& chunk) {
            if (!taken) return;
            piece.clear();
            for (std::size_t i = 0; i < chunk.rows(); ++i) {
                piece.push_back({chunk.column<std::uint32_t>(0)[i],
                                 {chunk.column<std::int64_t>(1)[i]},
                                 {chunk.column<std::int64_t>(2)[i]},
                                 chunk.column<double>(3)[i],
                                 static_cast<Quality>(chunk.column<std::uint8_t>(4)[i])});
            }
            taken = take(piece);
        }));
    return taken;
}

Result<std::int64_t> archive_hours(const LakeRows& lake, const std::filesystem::path& file) {
    TRY_ASSIGN(workshop, open_workshop());
    TRY(workshop.run(std::string("CREATE TABLE hourly") + k_hour_columns));
    std::int64_t count = 0;
    Result<void> filled;
    TRY(lake.hours([&](std::span<const LakeHour> hours) {
        count += static_cast<std::int64_t>(hours.size());
        if (filled) filled = fill_hours(workshop, hours);
    }));
    TRY(std::move(filled));
    if (count == 0) return count;
    TRY(workshop.run("COPY hourly TO " + quoted(file) + " (FORMAT parquet, COMPRESSION zstd)"));
    return count;
}

Result<void> restore_lake(const Lake::Options& options, std::span<const StreamKey> streams,
                          std::span<const std::filesystem::path> files,
                          const std::filesystem::path& hours) {
    TRY_ASSIGN(store, LakeStore::open(options));
    if (!store->streams().empty())
        return fail(errors::k_io, {{"what", options.folder.string() + " holds a lake"}});
    TRY(store->write(streams, {}));
    std::vector<Observation> waiting;
    const auto take = [&](std::span<const Observation> rows) -> Result<void> {
        for (const auto& row : rows) {
            if (row.stream >= streams.size())
                return fail(errors::k_no_such_stream, {{"number", std::to_string(row.stream)}});
        }
        waiting.insert(waiting.end(), rows.begin(), rows.end());
        if (waiting.size() < k_write_rows) return {};
        auto written = store->write({}, waiting);
        waiting.clear();
        return written;
    };
    for (const auto& file : files) TRY(read_archive(file, take));
    if (!waiting.empty()) TRY(store->write({}, waiting));
    if (!hours.empty()) {
        TRY_ASSIGN(workshop, open_workshop());
        std::vector<LakeHour> piece;
        Result<void> stored;
        TRY(workshop.query("SELECT * FROM read_parquet(" + quoted(hours) + ")", {},
                           [&](const duck::Chunk& chunk) {
                               hours_of(chunk, piece);
                               if (stored) stored = store->append_hours(piece);
                           }));
        TRY(std::move(stored));
    }
    return store->close();
}

}  // namespace anlan::bigdata
