#include "center/backup_desk.h"

#include "center/log.h"
#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/rotation.h"
#include "foundations/bigdata/backup/schedule.h"
#include "foundations/bigdata/backup/seal.h"
#include "foundations/bigdata/backup/verify.h"

#include <algorithm>
#include <chrono>

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace anlan::center {

namespace backup = bigdata::backup;

namespace {

constexpr auto k_look_every = std::chrono::seconds(20);
constexpr std::int64_t k_retry_us = 30LL * 60 * 1'000'000;
/// A night may be late, two may not be missing.
constexpr std::int64_t k_late_ms = 26LL * 3600 * 1000;
constexpr std::size_t k_told_max = 50;
constexpr std::uint64_t k_passphrase_bytes_max = 4096;
constexpr int k_nice = 10;

}  // namespace

Result<std::string> read_passphrase(const std::filesystem::path& file) {
    TRY_ASSIGN(text, backup::read_file(file, k_passphrase_bytes_max));
    std::string line = text.substr(0, text.find_first_of("\r\n"));
    if (line.size() < backup::k_passphrase_min)
        return fail(errors::k_passphrase_weak, {{"min", std::to_string(backup::k_passphrase_min)}});
    return line;
}

BackupDesk::BackupDesk(BackupConfiguration configuration, backup::Source source)
    : m_configuration(std::move(configuration)), m_source(std::move(source)) {}

BackupDesk::~BackupDesk() {
    m_stop.request_stop();
    m_wake.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

Result<void> BackupDesk::start() {
    if (m_configuration.folder.empty()) return {};
    if (!m_configuration.passphrase_file.empty()) {
        TRY_ASSIGN(passphrase, read_passphrase(m_configuration.passphrase_file));
        m_passphrase = std::move(passphrase);
    }
    // A share that is not there yet is a failure to report, not a reason not to serve.
    if (auto read = read_shelf(); !read) m_failure = {m_source.clock->now(), read.error()};
    m_thread = std::thread([this] { work(); });
    return {};
}

Result<backup::Made> BackupDesk::make(const backup::MakeOptions& options) {
    TRY_ASSIGN(made, backup::make(m_source, options));
    if (!m_configuration.folder.empty()) [[maybe_unused]]
        const auto read = read_shelf();
    return std::move(made);
}

Result<void> BackupDesk::read_shelf() {
    TRY_ASSIGN(kept, backup::list(m_configuration.folder));
    const std::lock_guard lock(m_mutex);
    m_kept = std::move(kept);
    return {};
}

/// Under m_mutex.
const backup::Kept* BackupDesk::newest() const {
    const auto at = std::ranges::find_if(
        m_kept.rbegin(), m_kept.rend(), [](const auto& kept) { return kept.manifest.has_value(); });
    return at == m_kept.rend() ? nullptr : &*at;
}

/// Under m_mutex.
bool BackupDesk::is_due() const {
    if (m_asked) return true;
    if (m_failure && m_tried && m_source.clock->steady() - *m_tried < k_retry_us) return false;
    const auto* last = newest();
    return backup::is_due(m_source.clock->now(), m_configuration.at_minute,
                          last == nullptr ? std::nullopt : std::optional(last->manifest->made_at));
}

void BackupDesk::work() {
    setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), k_nice);
    const auto stop = m_stop.get_token();
    std::unique_lock lock(m_mutex);
    while (!stop.stop_requested()) {
        if (is_due()) {
            m_asked = false;
            m_running = true;
            m_done = 0;
            m_tried = m_source.clock->steady();
            lock.unlock();
            run_once();
            lock.lock();
            m_running = false;
        }
        m_wake.wait_for(lock, stop, k_look_every, [this] { return m_asked; });
    }
}

void BackupDesk::run_once() {
    const SteadyTime began = m_source.clock->steady();
    Result<void> done = fail(errors::k_internal, {{"what", "backup"}});
    try {
        done = make_and_tidy();
    } catch (const std::exception& exception) {
        done = fail(errors::k_internal, {{"what", exception.what()}});
    }
    if (!done && m_stop.stop_requested()) return;
    if (!done) log("backup", done.error());
    const std::lock_guard lock(m_mutex);
    m_took_s = static_cast<double>(m_source.clock->steady() - began) * 1e-6;
    m_failure.reset();
    if (done) return;
    m_failure = {m_source.clock->now(), std::move(done).error()};
    ++m_failures;
}

void BackupDesk::note(std::uint64_t done, std::uint64_t total) {
    const std::lock_guard lock(m_mutex);
    m_done = done;
    m_total = std::max<std::uint64_t>(1, total);
}

Result<void> BackupDesk::make_and_tidy() {
    const std::uint64_t bytes_per_s = m_configuration.pace_mb_s << 20;
    TRY_ASSIGN(made, backup::make(m_source, {.shelf = m_configuration.folder,
                                             .bytes_per_s = bytes_per_s,
                                             .passphrase = m_passphrase,
                                             .progress = [this](auto d, auto t) { note(d, t); },
                                             .stop = m_stop.get_token()}));
    const std::string name = made.folder.filename().string();
    log(LogLevel::info, "backup made: " + name + " sequence=" +
                            std::to_string(made.manifest.sequence) + " head=" + made.manifest.head);
    TRY(look_through(name));
    TRY(read_shelf());
    // The one that has waited longest to be looked at again: damage at rest is found before it is
    // the only copy.
    std::vector<backup::Dated> dated;
    std::string longest;
    {
        const std::lock_guard lock(m_mutex);
        std::optional<Timestamp> oldest;
        for (const auto& kept : m_kept) {
            if (!kept.manifest) continue;
            dated.push_back({kept.name, kept.manifest->made_at});
            const Timestamp seen = kept.verified ? kept.verified->at : Timestamp{};
            if (kept.name != name && (!oldest || seen < *oldest)) {
                oldest = seen;
                longest = kept.name;
            }
        }
    }
    const backup::Keep keep{m_configuration.keep_daily, m_configuration.keep_weekly,
                            m_configuration.keep_monthly};
    {
        const auto held = backup::lock(m_configuration.folder);
        if (!held) return std::unexpected(held.error());
        for (const auto& each : backup::superfluous(dated, keep)) {
            TRY(backup::remove(m_configuration.folder, each));
            log(LogLevel::info, "backup removed: " + each);
            if (each == longest) longest.clear();
        }
    }
    auto looked = longest.empty() ? Result<void>{} : look_through(longest);
    TRY(read_shelf());
    return looked;
}

/// Verifies one and remembers the outcome. Errors: backup_damaged, naming what is wrong.
Result<void> BackupDesk::look_through(const std::string& name) {
    const auto folder = m_configuration.folder / name;
    TRY_ASSIGN(verification, backup::verify(folder, {.bytes_per_s = m_configuration.pace_mb_s << 20,
                                                     .progress = {},
                                                     .stop = m_stop.get_token()}));
    TRY(backup::remember(folder, {m_source.clock->now(), verification.faults.size()}));
    if (verification.faults.empty()) return {};
    return fail(errors::k_backup_damaged,
                {{"name", name}, {"count", std::to_string(verification.faults.size())}},
                std::move(verification.faults));
}

/// Under m_mutex.
std::string_view BackupDesk::state_word() const {
    if (m_configuration.folder.empty()) return "off";
    if (m_failure) return "failed";
    const auto* last = newest();
    if (last == nullptr) return "none";
    return m_source.clock->now() - last->manifest->made_at > k_late_ms ? "late" : "good";
}

json::object BackupDesk::state() const {
    const std::lock_guard lock(m_mutex);
    json::object out{{"state", state_word()}};
    if (m_configuration.folder.empty()) return out;
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    out["folder"] = m_configuration.folder.string();
    out["at"] = two(m_configuration.at_minute / 60) + ":" + two(m_configuration.at_minute % 60);
    out["keep"] = json::object{{"daily", m_configuration.keep_daily},
                               {"weekly", m_configuration.keep_weekly},
                               {"monthly", m_configuration.keep_monthly}};
    out["next_at"] =
        iso8601(backup::last_due(m_source.clock->now(), m_configuration.at_minute) + 86'400'000);
    if (m_running) out["running"] = json::object{{"done", m_done}, {"total", m_total}};
    if (const auto* last = newest()) out["newest"] = backup::to_json(*last);
    if (m_failure) {
        out["failure"] = json::object{{"at", iso8601(m_failure->at)},
                                      {"zh", text_of(m_failure->error, Language::zh)},
                                      {"en", text_of(m_failure->error, Language::en)}};
    }
    json::array kept;
    for (auto each = m_kept.rbegin(); each != m_kept.rend() && kept.size() < k_told_max; ++each)
        kept.push_back(backup::to_json(*each));
    out["kept"] = std::move(kept);
    return out;
}

std::vector<Figure> BackupDesk::figures() const {
    const std::lock_guard lock(m_mutex);
    if (m_configuration.folder.empty()) return {};
    std::vector<Figure> out;
    const auto seconds = [](Timestamp t) { return static_cast<double>(t.ms) * 1e-3; };
    if (const auto* last = newest()) {
        out.push_back({"anlan_backup_last_timestamp_seconds", "", seconds(last->manifest->made_at),
                       "gauge", "When the newest backup was made"});
        out.push_back({"anlan_backup_last_bytes", "", static_cast<double>(last->manifest->bytes()),
                       "gauge", "Its size, shared files included"});
        if (last->verified && last->verified->faults == 0)
            out.push_back({"anlan_backup_verified_timestamp_seconds", "",
                           seconds(last->verified->at), "gauge", "When it was last found good"});
    }
    out.push_back({"anlan_backup_kept", "", static_cast<double>(m_kept.size()), "gauge",
                   "Backups on the shelf"});
    out.push_back({"anlan_backup_failures_total", "", static_cast<double>(m_failures), "counter",
                   "Runs that failed"});
    out.push_back({"anlan_backup_last_seconds", "", m_took_s, "gauge",
                   "Time the last run took, with its verification"});
    out.push_back(
        {"anlan_backup_running", "", m_running ? 1.0 : 0.0, "gauge", "One is being made"});
    return out;
}

RouteRows BackupDesk::routes() {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/system/backup", "system.health",
        {"备份的状况", "How the backups fare"},
        [this](const Call&, const NoBody&) -> Result<json::object> { return state(); }));
    rows.push_back(route<NoBody, json::object>(
        Method::post, "/api/v1/system/backup", "system.configure",
        {"现在做一次备份", "Make a backup now"},
        [this](const Call&, const NoBody&) -> Result<json::object> {
            if (m_configuration.folder.empty()) return fail(errors::k_backup_off);
            {
                const std::lock_guard lock(m_mutex);
                if (m_running || m_asked) return fail(errors::k_backup_running);
                m_asked = true;
            }
            m_wake.notify_all();
            return state();
        },
        202));
    return rows;
}

}  // namespace anlan::center
