// The journal's head at the end of each day (Beijing time). Whoever keeps one of them elsewhere can
// show later that nothing before it was altered, even by someone who redid the whole chain.
#pragma once

#include "core/json.h"
#include "core/result.h"
#include "core/time.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace anlan::bigdata {

struct DailyHead {
    std::string day;  ///< 2026-11-24
    std::int64_t sequence = 0;
    std::string hash;
    Timestamp at;  ///< Of the entry.
};

/// {version: 1, day, sequence, hash, at}
json::object to_json(const DailyHead& head);

/// Days with entries, oldest first, the current one too; the newest `most` of them. An entry whose
/// time stepped back belongs to the day of those before it. Cost: a look-up a day.
Result<std::vector<DailyHead>> daily_heads(const std::filesystem::path& register_file,
                                           std::size_t most = 4000);

/// Writes each day's head into <folder>/<day>.json soon after the day has ended, and those that are
/// missing at start. What is there is never written again.
class HeadKeeper {
  public:
    HeadKeeper(std::filesystem::path register_file, std::filesystem::path folder,
               const Clock& clock);
    ~HeadKeeper();
    HeadKeeper(const HeadKeeper&) = delete;
    HeadKeeper& operator=(const HeadKeeper&) = delete;

    /// The files that are due now and missing; how many were written.
    Result<int> write();

  private:
    void run();

    const std::filesystem::path m_register, m_folder;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace anlan::bigdata
