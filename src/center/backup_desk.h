// Backups of the program that serves: by the clock, on a person's word, and for `anlan backup`.
//
// By the clock: make, verify what was made, verify the one that has waited longest for it, and only
// when the new one is good take away what is no longer wanted. What fails is tried again after half
// an hour. All of it runs on one thread of low priority.
#pragma once

#include "center/configuration.h"
#include "center/health_routes.h"
#include "foundations/bigdata/backup/make.h"
#include "foundations/bigdata/backup/shelf.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

namespace anlan::center {

class BackupDesk {
  public:
    /// `source` and what it points to must outlive the desk.
    BackupDesk(BackupConfiguration configuration, bigdata::backup::Source source);
    ~BackupDesk();  ///< Stops a backup that is being made.
    BackupDesk(const BackupDesk&) = delete;
    BackupDesk& operator=(const BackupDesk&) = delete;

    /// Looks at the shelf and keeps to the clock from now on. Errors: passphrase_weak, io (the
    /// passphrase file): better no start than nights of failures.
    Result<void> start();
    /// Makes one on any shelf, on the caller's thread. Errors: as make().
    Result<bigdata::backup::Made> make(const bigdata::backup::MakeOptions& options);

    /// {state: off|none|good|late|failed, running?{done, total}, folder?, at?, keep?, next_at?,
    ///  newest?{backup::to_json}, failure?{at, zh, en}, kept[…newest first, at most 50]}
    [[nodiscard]] json::object state() const;
    /// anlan_backup_*: those of /metrics. None when no folder is configured.
    [[nodiscard]] std::vector<Figure> figures() const;
    /// GET (system.health) tells, POST (system.configure) begins one now: 202. The desk must
    /// outlive them. Errors of POST: backup_off, backup_running.
    RouteRows routes();

  private:
    void work();
    void run_once();
    Result<void> make_and_tidy();
    Result<void> look_through(const std::string& name);
    Result<void> read_shelf();
    [[nodiscard]] bool is_due() const;
    void note(std::uint64_t done, std::uint64_t total);
    [[nodiscard]] const bigdata::backup::Kept* newest() const;
    [[nodiscard]] std::string_view state_word() const;

    const BackupConfiguration m_configuration;
    const bigdata::backup::Source m_source;
    std::optional<std::string> m_passphrase;
    std::stop_source m_stop;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    // Under m_mutex.
    std::vector<bigdata::backup::Kept> m_kept;
    struct Failure {
        Timestamp at;
        Error error;
    };
    std::optional<Failure> m_failure;  ///< Of the last run, until one succeeds.
    bool m_asked = false, m_running = false;
    std::uint64_t m_done = 0, m_total = 1;
    std::uint64_t m_failures = 0;
    double m_took_s = 0;
    std::optional<SteadyTime> m_tried;
    std::thread m_thread;
};

/// The first line of the file, without its end. Errors: io, passphrase_weak.
Result<std::string> read_passphrase(const std::filesystem::path& file);

}  // namespace anlan::center
