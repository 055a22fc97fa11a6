#include "center/proof_desk.h"

#include "foundations/bigdata/journal.h"

namespace anlan::center {
namespace {

Label in_words(std::string_view what) {
    if (what == "payload altered") return {"内容被改过", "its content was altered"};
    if (what == "payload missing") return {"内容缺失", "its content is missing"};
    if (what == "header altered") return {"时间、操作人等抬头被改过", "its header was altered"};
    if (what == "header or hash altered")
        return {"抬头或摘要被改过", "its header or hash was altered"};
    if (what == "entry missing") return {"日志缺条", "an entry is missing"};
    return {std::string(what), std::string(what)};
}

}  // namespace

ProofDesk::ProofDesk(std::filesystem::path database, const Clock& clock,
                     std::function<std::int64_t()> head)
    : m_database(std::move(database)), m_clock(clock), m_head(std::move(head)) {}

ProofDesk::~ProofDesk() {
    m_stopping = true;
    if (m_thread.joinable()) m_thread.join();
}

json::object ProofDesk::start() {
    {
        const std::lock_guard lock(m_mutex);
        if (m_said["state"] != "running") {
            if (m_thread.joinable()) m_thread.join();  // It has said its last word already.
            m_checked = 0;
            m_said = {
                {"state", "running"}, {"of", m_head()}, {"started_at", iso8601(m_clock.now())}};
            m_thread = std::thread([this] { check(); });
        }
    }
    return state();
}

json::object ProofDesk::state() const {
    const std::lock_guard lock(m_mutex);
    json::object out = m_said;
    out["checked"] = m_checked.load();
    return out;
}

void ProofDesk::check() {
    const auto verdict = bigdata::verify_journal(m_database, [this](std::int64_t checked) {
        m_checked = checked;
        return !m_stopping;
    });
    const std::lock_guard lock(m_mutex);
    m_said["finished_at"] = iso8601(m_clock.now());
    if (!verdict || verdict->stopped) {
        m_said["state"] = "failed";
        return;
    }
    m_checked = verdict->entries;
    m_said["state"] = verdict->broken_at ? "broken" : "sound";
    m_said["head"] = verdict->head;
    if (verdict->broken_at) {
        const Label what = in_words(verdict->what);
        m_said["broken_at"] = *verdict->broken_at;
        m_said["what"] = json::object{{"zh", what.zh}, {"en", what.en}};
    }
}

RouteRows ProofDesk::routes() {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::post, "/api/v1/journal/verify", "journal.verify",
        {"在后台校验日志链", "Check the journal's chain in the background"},
        [this](const Call&, const NoBody&) -> Result<json::object> { return start(); }, 202));
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/journal/verify", "journal.verify",
        {"日志链校验的进度与结果", "How far the check is, and what it found"},
        [this](const Call&, const NoBody&) -> Result<json::object> { return state(); }));
    return rows;
}

}  // namespace anlan::center
