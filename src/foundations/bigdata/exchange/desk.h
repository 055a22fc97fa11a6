// Imports as jobs: a file is received, checked in the background, looked at by its owner, applied
// as a whole, forgotten after a day. One job works at a time; the rest of the program goes on.
//
//   receive → waiting → checking → checked → (apply) → applying → done
//                 └────────┴→ failed           └→ check again, with another mapping
//
// A job belongs to who brought it; others do not see it. A restart leaves a job that was being
// checked as failed, to be checked again from its file; one that was being applied goes on.
#pragma once

#include "foundations/bigdata/exchange/check.h"

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <thread>

namespace anlan::bigdata::exchange {

enum class JobState { waiting, checking, checked, applying, done, failed };
std::string_view name_of(JobState state);

/// An error as it is kept and shown: its row may be gone in the next version.
struct SaidError {
    std::string id;
    Label text;
};

struct JobSettings {
    Choices choices;
    EmptyCells empty = EmptyCells::keep;
    std::string reason;
};

struct Job {
    Uuid id, owner, staged;
    std::string kind, file_name;
    std::size_t bytes = 0;
    JobSettings settings;
    JobState state = JobState::waiting;
    double progress = 0;
    std::vector<FileColumn> columns;
    std::int64_t rows = 0, creates = 0, updates = 0, unchanged = 0, wrong_rows = 0, problems = 0;
    std::optional<SaidError> error;
    Timestamp created_at;
    std::optional<Timestamp> ended_at;
};
json::object to_json(const Job& job, Language language);

/// A problem as it is kept: both languages, so that whoever looks may read it.
struct SaidProblem {
    std::int64_t row = 0;
    std::string column, field, value, id;
    Label text;
};

struct ProblemPage {
    std::vector<SaidProblem> problems;
    std::size_t matching = 0;  ///< Of those kept.
};

class Desk {
  public:
    struct Options {
        const Register* records = nullptr;
        Imports* imports = nullptr;
        const Access* access = nullptr;
        const Catalog* catalog = nullptr;
        const Clock* clock = nullptr;
        IdSource* ids = nullptr;
        std::filesystem::path folder;  ///< Its own; made when missing.
        Limits limits;
        std::size_t jobs_max = 16;
        std::int64_t kept_ms = 24LL * 3600 * 1000;
        std::function<void(const std::string&)> report;  ///< What only the log wants to know.
    };
    /// Takes up what a stop has cut off. Errors: io.
    static Result<std::unique_ptr<Desk>> open(Options options);
    /// Ends a check that runs; waits for an import that is being applied.
    ~Desk();

    /// Errors: forbidden (without <kind>.import), unknown_kind, file_format, file_too_large,
    /// file_empty, imports_full, io, disk_full.
    Result<Job> receive(const Principal& who, const std::string& kind, std::string file_name,
                        std::string_view bytes, JobSettings settings);
    /// Errors of all below: no_such_import; import_not_now, naming the state.
    Result<Job> check_again(const Principal& who, const Uuid& id, JobSettings settings);
    /// Errors: import_problems.
    Result<Job> apply(const Principal& who, const Uuid& id);
    Result<void> discard(const Principal& who, const Uuid& id);
    [[nodiscard]] Result<Job> job(const Principal& who, const Uuid& id) const;
    [[nodiscard]] std::vector<Job> jobs(const Principal& who) const;  ///< Newest first.
    /// `text` filters by column and text; empty for all. Errors: io.
    [[nodiscard]] Result<ProblemPage> problems(const Principal& who, const Uuid& id,
                                               std::size_t skip, std::size_t limit,
                                               std::string_view text = {}) const;
    [[nodiscard]] const Limits& limits() const { return m_options.limits; }

  private:
    struct Kept {
        Job job;
        Principal who;  ///< Whose rights the check works with; nobody's after a restart.
    };
    explicit Desk(Options options) : m_options(std::move(options)) {}
    Result<void> load();
    void sweep();
    void work();
    void run_check(const Uuid& id);
    void run_apply(const Uuid& id);
    void finish(const Uuid& id, const Error& error);
    void put_off(const Uuid& id, const Error& error);
    void keep(const Job& job) const;
    void keep_problems(const Uuid& id, const std::vector<Problem>& problems) const;
    Result<Kept*> find(const Principal& who, const Uuid& id);
    [[nodiscard]] std::filesystem::path folder_of(const Uuid& id) const;
    void change(const Uuid& id, const std::function<void(Job&)>& how);
    void forget(const Uuid& id);

    const Options m_options;
    mutable std::mutex m_mutex;
    std::condition_variable m_wake;
    std::map<Uuid, Kept> m_jobs;
    std::deque<Uuid> m_queue;
    bool m_stopping = false;
    std::thread m_worker;
};

}  // namespace anlan::bigdata::exchange
