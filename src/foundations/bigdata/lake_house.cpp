#include "foundations/bigdata/duck_lake.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_archive.h"

#include <algorithm>
#include <system_error>

namespace anlan::bigdata {

namespace {

constexpr auto k_house_every = std::chrono::seconds(60);

}  // namespace

std::optional<Timestamp> DuckLake::days_ago(std::optional<int> days) const {
    constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
    return days ? std::optional(now() + -*days * k_day_ms) : std::nullopt;
}

/// Looks once a minute; a failure (a full disk) is tried again, and meanwhile everything is kept.
void DuckLake::keep_house() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        lock.unlock();
        const auto expired = sum_up_expired();
        lock.lock();
        if (expired && (*expired > 0 || m_options.retention.hour_days)) {
            m_to_drop = *expired;
            m_wake.notify_all();
        }
        m_house_wake.wait_for(lock, k_house_every, [&] { return m_stopping; });
    }
}

/// How many of the oldest segments may go: a segment when its last reading is old enough, which
/// is when the next one began.
Result<std::size_t> DuckLake::sum_up_expired() {
    const auto until = days_ago(m_options.retention.raw_days);
    std::size_t out = 0;
    if (!until) return out;
    TRY_ASSIGN(pages, segments());
    for (; out + 1 < pages.size() && pages[out + 1].begun < *until; ++out) {
        TRY(archive(pages[out].first_row, pages[out + 1].first_row));
        const std::shared_lock gate(m_gate);
        if (m_store == nullptr) return fail(errors::k_lake_busy);
        TRY_ASSIGN(connection, m_store->reader());
        TRY(sum_hours(connection, pages[out].number));
    }
    return out;
}

Result<void> DuckLake::archive(std::int64_t first, std::int64_t end) const {
    const auto& folder = m_options.retention.archive;
    if (folder.empty()) return {};
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    for (std::int64_t from = first; from < end; from += k_archive_rows) {
        {
            const std::lock_guard lock(m_mutex);
            if (m_stopping) return fail(errors::k_lake_busy);  // the next start goes on from here
        }
        const std::string number = std::to_string(from);
        const std::string name =
            std::string(12 - std::min<std::size_t>(number.size(), 12), '0') + number;
        const auto file = folder / ("observation-" + name + ".parquet");
        if (std::filesystem::exists(file, problem)) continue;  // whole, by its name
        const auto unfinished = folder / ("observation-" + name + ".part");
        TRY(archive_rows(*this, from, std::min(from + k_archive_rows, end), unfinished));
        std::filesystem::rename(unfinished, file, problem);
        if (problem)
            return fail(errors::k_io, {{"what", file.string() + ": " + problem.message()}});
    }
    TRY_ASSIGN(lake, extent());
    return archive_streams(lake.streams, folder / "streams.csv");
}

void DuckLake::drop(std::size_t count) {
    // On failure all stays as it is; the housekeeper asks again.
    if (ready()) [[maybe_unused]]
        const auto dropped = m_store->drop_oldest(count, days_ago(m_options.retention.hour_days));
}

}  // namespace anlan::bigdata
