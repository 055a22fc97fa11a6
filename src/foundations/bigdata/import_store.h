// Where staged imports are kept and how they are checked and applied; the contract is import.h.
#pragma once

#include "foundations/bigdata/import.h"
#include "foundations/bigdata/writer.h"

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace anlan::bigdata {

class ImportStore final : public Imports {
  public:
    struct Options {
        std::filesystem::path register_file;
        const Catalog& catalog;
        const Tables& tables;
        const Clock& clock;
        IdSource& ids;
        /// Runs on the writer's thread with priority bulk.
        std::function<std::future<Result<Applied>>(Writer::Task)> run;
        /// Before an import's first row is written, and after all are visible.
        std::function<void()> begun, ended;
    };

    /// Takes up imports that were cut off while applying, on a thread of its own; forgets those
    /// that had not come so far.
    static Result<std::unique_ptr<ImportStore>> open(Options options);
    explicit ImportStore(Options options);
    /// Stops between two steps.
    ~ImportStore() override;
    ImportStore(const ImportStore&) = delete;
    ImportStore& operator=(const ImportStore&) = delete;

    Result<Uuid> begin(ImportRequest request) override;
    Result<void> stage(const Uuid& import, std::span<const ImportRow> rows) override;
    Result<ImportReport> check(const Uuid& import) override;
    Result<std::vector<ImportProblem>> problems(const Uuid& import, std::size_t skip,
                                                std::size_t limit) const override;
    Result<ImportReport> apply(const Uuid& import) override;
    Result<void> abandon(const Uuid& import) override;
    Result<ImportReport> report(const Uuid& import) const override;
    Result<std::vector<ImportReport>> list(std::string_view zone) const override;

  private:
    struct Job;
    using JobPointer = std::shared_ptr<Job>;
    using StepPointer = std::shared_ptr<const Applier::ImportStep>;

    Result<JobPointer> find(const Uuid& import) const;
    Result<void> load();
    void keep_report(const Job& job);
    void note(Job& job, std::int64_t line, FieldProblem problem);
    Result<void> stage_row(Job& job, const ImportRow& row);
    void check_repeats(Job& job);
    void check_references(Job& job);
    Result<void> apply_rows(Job& job);
    /// The staged rows after `applied`, which is moved on, in steps.
    std::deque<StepPointer> next_steps(const Job& job, std::int64_t number, std::int64_t& applied);
    Result<void> finish(Job& job);
    void forget(const Uuid& import);
    void resume();

    const Options m_options;
    mutable std::mutex m_mutex;  ///< The jobs' list and reports.
    std::map<Uuid, JobPointer> m_jobs;
    std::mutex m_use;  ///< The two connections.
    sqlite::Connection m_staging;
    sqlite::Connection m_reader;
    std::atomic<bool> m_stopping = false;
    std::thread m_resumer;
};

}  // namespace anlan::bigdata
