#include "foundations/bigdata/exchange/desk.h"

#include "core/describe.h"
#include "core/time.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/job_file.h"
#include "foundations/bigdata/exchange/text.h"

#include <algorithm>
#include <fstream>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_file_name_characters = 120;

SaidError said(const Error& error) {
    SaidError out{std::string(error.row->id),
                  {text_of(*error.row, error.parameters, Language::zh),
                   text_of(*error.row, error.parameters, Language::en)}};
    for (const auto& field : error.fields) {
        out.text.zh += " " + text_of(*field.row, field.parameters, Language::zh);
        out.text.en += " " + text_of(*field.row, field.parameters, Language::en);
    }
    return out;
}

Label words_of(JobState state) {
    switch (state) {
        case JobState::waiting:
            return {"等待检查", "waiting"};
        case JobState::checking:
            return {"正在检查", "being checked"};
        case JobState::checked:
            return {"已检查", "checked"};
        case JobState::applying:
            return {"正在写入", "being applied"};
        case JobState::done:
            return {"已完成", "done"};
        case JobState::failed:
            return {"未通过", "failed"};
    }
    return {};
}

std::unexpected<Error> not_now(const Job& job) {
    const Label words = words_of(job.state);
    return fail(errors::k_import_not_now, {{"state", words.zh}, {"state_en", words.en}});
}

bool busy(const Job& job) {
    return job.state == JobState::waiting || job.state == JobState::checking ||
           job.state == JobState::applying;
}

}  // namespace

Result<std::unique_ptr<Desk>> Desk::open(Options options) {
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) return fail(errors::k_io, {{"what", options.folder.string()}});
    std::unique_ptr<Desk> out(new Desk(std::move(options)));
    TRY(out->load());
    out->m_worker = std::thread([desk = out.get()] { desk->work(); });
    return out;
}

Desk::~Desk() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    if (m_worker.joinable()) m_worker.join();
}

std::filesystem::path Desk::folder_of(const Uuid& id) const {
    return m_options.folder / id.text();
}

Result<void> Desk::load() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(m_options.folder, error)) {
        auto job = read_job(entry.path());
        if (!job) {
            std::filesystem::remove_all(entry.path(), error);  // half a job, or none of ours
            continue;
        }
        if (job->state == JobState::waiting || job->state == JobState::checking) {
            job->state = JobState::failed;
            job->error = said(Error(errors::k_import_interrupted));
            if (!job->staged.is_nil()) (void)m_options.imports->abandon(job->staged);
        }
        // The register forgets what was staged and not begun.
        if (job->state == JobState::checked && !m_options.imports->report(job->staged)) {
            job->state = JobState::failed;
            job->error = said(Error(errors::k_import_interrupted));
        }
        if (job->state == JobState::applying) m_queue.push_back(job->id);
        const Uuid id = job->id;
        m_jobs.emplace(id, Kept{std::move(*job), {}});
    }
    sweep();
    return {};
}

/// Takes away what nobody has come back for. Called under the lock, or before any thread.
void Desk::sweep() {
    std::vector<Uuid> old;
    const Timestamp now = m_options.clock->now();
    for (const auto& [id, kept] : m_jobs) {
        if (!busy(kept.job) && now - kept.job.created_at > m_options.kept_ms) old.push_back(id);
    }
    for (const auto& id : old) forget(id);
}

void Desk::forget(const Uuid& id) {
    const auto at = m_jobs.find(id);
    if (at == m_jobs.end()) return;
    if (!at->second.job.staged.is_nil()) (void)m_options.imports->abandon(at->second.job.staged);
    std::error_code ignored;
    std::filesystem::remove_all(folder_of(id), ignored);
    m_jobs.erase(at);
}

void Desk::keep(const Job& job) const {
    if (const auto written = write_job(folder_of(job.id), job); !written && m_options.report)
        m_options.report(text_of(written.error(), Language::en));
}

void Desk::change(const Uuid& id, const std::function<void(Job&)>& how) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_jobs.find(id);
    if (at == m_jobs.end()) return;
    how(at->second.job);
    keep(at->second.job);
}

Result<Desk::Kept*> Desk::find(const Principal& who, const Uuid& id) {
    const auto at = m_jobs.find(id);
    if (at == m_jobs.end() || at->second.job.owner != who.user)
        return fail(errors::k_no_such_import);
    return &at->second;
}

Result<Job> Desk::receive(const Principal& who, const std::string& kind, std::string file_name,
                          std::string_view bytes, JobSettings settings) {
    if (m_options.catalog->kind(kind) == nullptr)
        return fail(errors::k_unknown_kind, {{"kind", kind}});
    TRY(m_options.access->require(who, kind + ".import"));
    TRY(format_of(file_name));
    if (bytes.empty()) return fail(errors::k_file_empty);
    const auto most = m_options.limits.file_bytes_max;
    if (bytes.size() > most) return fail(errors::k_file_too_large, {{"max", std::to_string(most)}});
    Job job;
    job.id = m_options.ids->next();
    job.owner = who.user;
    job.kind = kind;
    job.file_name = shortened(file_name, k_file_name_characters);
    if (job.file_name.size() != file_name.size()) {
        // The ending says the format: it stays.
        const auto dot = file_name.rfind('.');
        job.file_name += dot == file_name.npos ? std::string() : file_name.substr(dot);
    }
    job.bytes = bytes.size();
    job.settings = std::move(settings);
    job.created_at = m_options.clock->now();
    {
        const std::lock_guard lock(m_mutex);
        sweep();
        if (m_jobs.size() >= m_options.jobs_max)
            return fail(errors::k_imports_full, {{"max", std::to_string(m_options.jobs_max)}});
        m_jobs.emplace(job.id, Kept{job, who});
    }
    auto written = write_upload(folder_of(job.id), bytes);
    if (written) written = write_job(folder_of(job.id), job);
    const std::lock_guard lock(m_mutex);
    if (!written) {
        forget(job.id);
        return std::unexpected(std::move(written).error());
    }
    m_queue.push_back(job.id);
    m_wake.notify_all();
    return job;
}

Result<Job> Desk::check_again(const Principal& who, const Uuid& id, JobSettings settings) {
    const std::lock_guard lock(m_mutex);
    TRY_ASSIGN(kept, find(who, id));
    Job& job = kept->job;
    TRY(m_options.access->require(who, job.kind + ".import"));
    if (busy(job) || job.state == JobState::done) return not_now(job);
    if (!job.staged.is_nil()) (void)m_options.imports->abandon(job.staged);
    Job fresh;
    fresh.id = job.id;
    fresh.owner = job.owner;
    fresh.kind = job.kind;
    fresh.file_name = job.file_name;
    fresh.bytes = job.bytes;
    fresh.created_at = job.created_at;
    fresh.settings = std::move(settings);
    job = std::move(fresh);
    kept->who = who;
    keep(job);
    m_queue.push_back(id);
    m_wake.notify_all();
    return job;
}

Result<Job> Desk::apply(const Principal& who, const Uuid& id) {
    const std::lock_guard lock(m_mutex);
    TRY_ASSIGN(kept, find(who, id));
    Job& job = kept->job;
    TRY(m_options.access->require(who, job.kind + ".import"));
    if (job.state != JobState::checked) return not_now(job);
    if (job.problems > 0)
        return fail(errors::k_import_problems, {{"problems", std::to_string(job.problems)}});
    job.state = JobState::applying;
    job.error.reset();
    job.progress = 0;
    keep(job);
    m_queue.push_back(id);
    m_wake.notify_all();
    return job;
}

Result<void> Desk::discard(const Principal& who, const Uuid& id) {
    const std::lock_guard lock(m_mutex);
    TRY_ASSIGN(kept, find(who, id));
    if (kept->job.state == JobState::applying) return not_now(kept->job);
    // A check that runs finds its job gone and ends.
    std::erase(m_queue, id);
    forget(id);
    return {};
}

Result<Job> Desk::job(const Principal& who, const Uuid& id) const {
    const std::lock_guard lock(m_mutex);
    const auto at = m_jobs.find(id);
    if (at == m_jobs.end() || at->second.job.owner != who.user)
        return fail(errors::k_no_such_import);
    Job out = at->second.job;
    if (out.state == JobState::applying) {
        const auto report = m_options.imports->report(out.staged);
        if (report && report->rows > 0)
            out.progress = static_cast<double>(report->applied) / static_cast<double>(report->rows);
    }
    return out;
}

std::vector<Job> Desk::jobs(const Principal& who) const {
    const std::lock_guard lock(m_mutex);
    std::vector<Job> out;
    for (const auto& [id, kept] : m_jobs) {
        if (kept.job.owner == who.user) out.push_back(kept.job);
    }
    std::ranges::sort(out, std::greater<>{}, [](const Job& job) { return job.created_at; });
    return out;
}

Result<ProblemPage> Desk::problems(const Principal& who, const Uuid& id, std::size_t skip,
                                   std::size_t limit, std::string_view text) const {
    TRY(job(who, id));
    return read_problems(folder_of(id), skip, limit, text);
}

void Desk::work() {
    std::unique_lock lock(m_mutex);
    while (true) {
        m_wake.wait(lock, [this] { return m_stopping || !m_queue.empty(); });
        if (m_stopping) return;
        const Uuid id = m_queue.front();
        m_queue.pop_front();
        const auto at = m_jobs.find(id);
        if (at == m_jobs.end()) continue;
        const bool applying = at->second.job.state == JobState::applying;
        lock.unlock();
        try {
            if (applying)
                run_apply(id);
            else
                run_check(id);
        } catch (const std::exception& exception) {
            finish(id, Error(errors::k_internal, {{"what", exception.what()}}));
        }
        lock.lock();
    }
}

void Desk::finish(const Uuid& id, const Error& error) {
    if (error.row->http_status >= 500 && m_options.report)
        m_options.report("import " + id.text() + ": " + text_of(error, Language::en));
    change(id, [&](Job& job) {
        job.state = JobState::failed;
        job.error = said(error);
        job.ended_at = m_options.clock->now();
    });
}

void Desk::run_check(const Uuid& id) {
    CheckRequest request;
    {
        const std::lock_guard lock(m_mutex);
        const auto at = m_jobs.find(id);
        if (at == m_jobs.end()) return;
        Job& job = at->second.job;
        job.state = JobState::checking;
        request.kind = m_options.catalog->kind(job.kind);
        request.who = at->second.who;
        request.file_name = job.file_name;
        request.choices = job.settings.choices;
        request.empty = job.settings.empty;
        request.reason = job.settings.reason;
    }
    request.records = m_options.records;
    request.imports = m_options.imports;
    request.access = m_options.access;
    request.catalog = m_options.catalog;
    request.ids = m_options.ids;
    request.path = upload_in(folder_of(id)).string();
    request.limits = m_options.limits;
    request.go_on = [this, id](double share) {
        const std::lock_guard lock(m_mutex);
        const auto at = m_jobs.find(id);
        if (at == m_jobs.end() || m_stopping) return false;
        at->second.job.progress = share;
        return true;
    };
    auto checked = check_file(request);
    if (!checked) return finish(id, checked.error());
    keep_problems(id, checked->problems);
    change(id, [&](Job& job) {
        job.state = JobState::checked;
        job.progress = 1;
        job.staged = checked->staged;
        job.columns = std::move(checked->columns);
        job.rows = checked->rows;
        job.creates = checked->creates;
        job.updates = checked->updates;
        job.unchanged = checked->unchanged;
        job.wrong_rows = checked->wrong_rows;
        job.problems = checked->problems_found;
    });
    const std::lock_guard lock(m_mutex);
    if (!m_jobs.contains(id)) (void)m_options.imports->abandon(checked->staged);
}

void Desk::run_apply(const Uuid& id) {
    Uuid staged;
    {
        const std::lock_guard lock(m_mutex);
        staged = m_jobs.at(id).job.staged;
    }
    auto report = m_options.imports->report(staged);
    if (!report) return finish(id, report.error());
    if (report->state != ImportState::done) {
        if (auto applied = m_options.imports->apply(staged); !applied) {
            // At a start the register takes it up by itself, and may have been faster.
            report = m_options.imports->report(staged);
            if (!report || report->state != ImportState::done) return put_off(id, applied.error());
        }
    }
    change(id, [&](Job& job) {
        job.state = JobState::done;
        job.progress = 1;
        job.error.reset();
        job.ended_at = m_options.clock->now();
    });
}

/// Not applied yet. Where that may still be (the disk was full, the program stops), it can be.
void Desk::put_off(const Uuid& id, const Error& error) {
    if (!error.is(errors::k_busy) && !error.is(errors::k_disk_full)) return finish(id, error);
    change(id, [&](Job& job) {
        if (m_stopping) return;
        job.state = JobState::checked;
        job.error = said(error);
    });
}

void Desk::keep_problems(const Uuid& id, const std::vector<Problem>& problems) const {
    if (const auto written = write_problems(folder_of(id), problems); !written && m_options.report)
        m_options.report(text_of(written.error(), Language::en));
}

}  // namespace anlan::bigdata::exchange
