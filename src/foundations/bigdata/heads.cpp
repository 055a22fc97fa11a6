#include "foundations/bigdata/heads.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

namespace anlan::bigdata {

namespace {

constexpr std::int64_t k_day_ms = 24LL * 3600 * 1000;
constexpr auto k_look_every = std::chrono::minutes(1);

std::string day_of(Timestamp at) {
    const auto c = civil(at, k_beijing_offset_ms);
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", c.year, c.month, c.day);
    return text;
}

std::int64_t day_number(Timestamp at) {
    const auto ms = at.ms + k_beijing_offset_ms;
    return (ms - (ms % k_day_ms + k_day_ms) % k_day_ms) / k_day_ms;
}

std::optional<DailyHead> entry_at(sqlite::Connection& connection, std::int64_t sequence) {
    auto row = connection.prepare("SELECT at, hash FROM journal WHERE sequence = ?");
    if (!row.with(sequence).step()) return std::nullopt;
    return DailyHead{day_of(row.time(0)), sequence, std::string(row.text(1)), row.time(0)};
}

}  // namespace

json::object to_json(const DailyHead& head) {
    return {{"version", 1},
            {"day", head.day},
            {"sequence", head.sequence},
            {"hash", head.hash},
            {"at", iso8601(head.at)}};
}

Result<std::vector<DailyHead>> daily_heads(const std::filesystem::path& register_file,
                                           std::size_t most) {
    return sqlite::at_door([&]() -> Result<std::vector<DailyHead>> {
        sqlite::Connection connection(register_file, sqlite::Mode::read_only);
        const sqlite::Snapshot snapshot(connection);
        std::vector<DailyHead> out;
        std::int64_t last = 0;
        {
            auto row = connection.prepare("SELECT max(sequence) FROM journal");
            if (row.step()) last = row.integer(0);
        }
        // Backwards: each day's last entry, then by halves the last one of a day before it.
        while (last > 0 && out.size() < most) {
            auto head = entry_at(connection, last);
            if (!head) break;
            const auto day = day_number(head->at);
            out.push_back(std::move(*head));
            std::int64_t first = 1, end = last;
            while (first < end) {
                const auto middle = first + (end - first) / 2;
                const auto there = entry_at(connection, middle);
                if (there && day_number(there->at) < day)
                    first = middle + 1;
                else
                    end = middle;
            }
            last = first - 1;
        }
        std::ranges::reverse(out);
        return out;
    });
}

HeadKeeper::HeadKeeper(std::filesystem::path register_file, std::filesystem::path folder,
                       const Clock& clock)
    : m_register(std::move(register_file)),
      m_folder(std::move(folder)),
      m_clock(clock),
      m_thread([this] { run(); }) {}

HeadKeeper::~HeadKeeper() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void HeadKeeper::run() {
    std::int64_t written_on = -1;
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        const auto today = day_number(m_clock.now());
        if (today != written_on) {
            lock.unlock();
            const auto done = write();
            lock.lock();
            // A full disk, say: tried again in a minute.
            if (done)
                written_on = today;
            else
                std::fprintf(stderr, "the journal's head could not be kept: %s\n",
                             text_of(done.error(), Language::en).c_str());
        }
        m_changed.wait_for(lock, k_look_every, [&] { return m_stopping; });
    }
}

Result<int> HeadKeeper::write() {
    TRY_ASSIGN(heads, daily_heads(m_register));
    std::error_code error;
    std::filesystem::create_directories(m_folder, error);
    const auto today = day_of(m_clock.now());
    int written = 0;
    for (const auto& head : heads) {
        const auto file = m_folder / (head.day + ".json");
        if (head.day >= today || std::filesystem::exists(file, error)) continue;
        const auto unfinished = file.string() + ".new";
        {
            std::ofstream out(unfinished, std::ios::trunc);
            out << to_text(to_json(head)) << "\n";
            out.flush();
            if (!out) return fail(errors::k_io, {{"what", unfinished}});
        }
        std::filesystem::rename(unfinished, file, error);
        if (error) return fail(errors::k_io, {{"what", file.string()}});
        ++written;
    }
    return written;
}

}  // namespace anlan::bigdata
