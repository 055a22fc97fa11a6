#include "center/live_feed.h"

#include "center/errors.h"
#include "center/live_client.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace anlan::center {
namespace {

using bigdata::Action;
using bigdata::Entry;

constexpr std::size_t k_replay_step = 500;

Bytes entry_text(const Entry& entry) {
    json::object out{{"type", "entry"},
                     {"sequence", entry.sequence},
                     {"at", iso8601(entry.at)},
                     {"action", name_of(entry.action)}};
    if (!entry.move.empty()) out.emplace("move", entry.move);
    out.emplace("actor", entry.author.name);
    out.emplace("origin", entry.author.origin);
    if (!entry.reason.empty()) out.emplace("reason", entry.reason);
    out.emplace("record", to_json(entry.after));
    return std::make_shared<const std::string>(to_text(out));
}

/// A real alarm of level 1 that is new, or has just become so bad.
bool breaks_through(const Entry& entry) {
    if (entry.after.kind != "alarm" || entry.after.space != bigdata::k_live) return false;
    if (integer_at(entry.after.fields, "level", 0) != 1) return false;
    return entry.action == Action::create || entry.before.contains("level") ||
           entry.move == "reopen";
}

}  // namespace

/// The text of one entry, made once for those who see sensitive fields and once for those who do
/// not.
class LiveFeed::EntryTexts {
  public:
    EntryTexts(const bigdata::Access& access, const Entry& entry)
        : m_access(access), m_entry(entry) {}
    const Bytes& for_whom(const Principal& who) {
        const bool whole = m_access.may(who, m_entry.after.kind + ".sensitive");
        auto& text = m_texts[whole ? 1 : 0];
        if (!text) {
            Entry shown = m_entry;
            m_access.mask(who, shown);
            text = entry_text(shown);
        }
        return text;
    }

  private:
    const bigdata::Access& m_access;
    const Entry& m_entry;
    std::array<Bytes, 2> m_texts;
};

LiveFeed::LiveFeed(CenterContext context, Options options)
    : m_context(std::move(context)), m_options(options) {}

LiveFeed::~LiveFeed() {
    stop();
}

void LiveFeed::start(std::int64_t sequence) {
    {
        const std::lock_guard lock(m_mutex);
        m_told = sequence;
    }
    m_thread = std::thread([this] { run(); });
}

void LiveFeed::stop() {
    {
        const std::lock_guard lock(m_thread_mutex);
        m_stopping = true;
    }
    m_nudge.notify_all();
    for (const auto& client : everyone()) client->bye("shutdown");
    if (m_thread.joinable()) m_thread.join();
}

void LiveFeed::run() {
    const auto interval = std::chrono::milliseconds(m_options.interval_ms);
    auto flush_at = std::chrono::steady_clock::now() + interval;
    std::unique_lock lock(m_thread_mutex);
    while (!m_stopping) {
        m_nudge.wait_until(lock, flush_at, [&] { return m_stopping || m_replays_wanted; });
        if (m_stopping) return;
        m_replays_wanted = false;
        lock.unlock();
        const bool more = replay_some();
        if (const auto now = std::chrono::steady_clock::now(); now >= flush_at) {
            flush_observations();
            flush_at = now + interval;
        }
        lock.lock();
        if (!more) continue;
        // What is left of the past waits for the register's dispatch or for a slow reader.
        m_replays_wanted = true;
        m_nudge.wait_for(lock, std::chrono::milliseconds(2), [&] { return m_stopping; });
    }
}

Result<std::shared_ptr<LiveConnection>> LiveFeed::join(const bigdata::Session& session,
                                                       std::string space,
                                                       std::optional<std::int64_t> since) {
    const std::int64_t head = m_context.records.last_sequence();
    auto client = std::make_shared<LiveClient>(
        *this, session, std::move(space), std::clamp<std::int64_t>(since.value_or(head), 0, head));
    TRY_ASSIGN(sees, visible_streams(m_context, client->who(), client->space()));
    client->m_sees_stream = std::move(sees);
    const json::object hello{
        {"type", "hello"}, {"sequence", head}, {"time", iso8601(m_context.clock.now())}};
    client->send(std::make_shared<const std::string>(to_text(hello)));
    {
        const std::lock_guard lock(m_mutex);
        if (m_clients.size() >= m_options.clients_max) {
            return fail(errors::k_live_full, {{"max", std::to_string(m_options.clients_max)}});
        }
        m_clients.push_back(client);
    }
    // The session may have ended while the client was joining, before it was in the list.
    if (!m_context.accounts.holds(session.handle)) client->bye("revoked");
    {
        const std::lock_guard lock(m_thread_mutex);
        m_replays_wanted = true;
    }
    m_nudge.notify_all();
    return std::shared_ptr<LiveConnection>(std::move(client));
}

bool LiveFeed::concerns(const LiveClient& client, const Entry& entry) const {
    const auto& record = entry.after;
    // An exercise's own record lives among the real things; those inside hear of it all the same.
    const bool own_exercise = record.kind == "exercise" && record.id.text() == client.space();
    return (record.space == client.space() || own_exercise) &&
           m_context.access.visible(client.who(), record);
}

void LiveFeed::tell(LiveClient& client, const Entry& entry, EntryTexts& texts) const {
    if (concerns(client, entry)) {
        client.send(texts.for_whom(client.who()));
    } else if (client.space() != bigdata::k_live && breaks_through(entry) &&
               m_context.access.visible(client.who(), entry.after)) {
        const json::object elsewhere{
            {"type", "alarm_elsewhere"}, {"level", 1}, {"space", bigdata::k_live}};
        client.send(std::make_shared<const std::string>(to_text(elsewhere)));
    }
}

void LiveFeed::on_entry(const Entry& entry) {
    EntryTexts texts(m_context.access, entry);
    const std::lock_guard lock(m_mutex);
    m_told = entry.sequence;
    for (const auto& client : m_clients) {
        // One that has just read the past may already have been told this one.
        if (!client->m_live || entry.sequence <= client->m_cursor) continue;
        client->m_cursor = entry.sequence;
        tell(*client, entry, texts);
    }
}

bool LiveFeed::replay_some() {
    bool more = false;
    for (const auto& client : everyone()) {
        {
            const std::lock_guard lock(m_mutex);
            if (client->m_live) continue;
        }
        if (!client->finished() && client->waiting() < m_options.messages_waiting_max / 2)
            replay(*client);
        const std::lock_guard lock(m_mutex);
        more |= !client->m_live && !client->finished();
    }
    return more;
}

/// One step of the past. Becomes live when nothing is left between the client and on_entry().
bool LiveFeed::replay(LiveClient& client) {
    // Real alarms of the past are no news to an exercise: only on_entry() breaks through.
    const bigdata::View view{client.who().zone, client.space(), bigdata::RowFilter::everything()};
    const std::int64_t head = m_context.records.last_sequence();
    auto entries = m_context.records.entries(view, client.m_cursor, k_replay_step);
    if (!entries) {
        client.bye("shutdown");
        return false;
    }
    for (const auto& entry : *entries) {
        EntryTexts texts(m_context.access, entry);
        if (concerns(client, entry)) client.send(texts.for_whom(client.who()));
    }
    const bool all = entries->size() < k_replay_step;
    const std::lock_guard lock(m_mutex);
    if (!entries->empty()) client.m_cursor = std::max(client.m_cursor, entries->back().sequence);
    if (all) client.m_cursor = std::max(client.m_cursor, head);
    client.m_live = all && m_told <= client.m_cursor;
    return client.m_live;
}

void LiveFeed::on_observations(std::span<const sensing::Heard> heard) {
    const std::lock_guard lock(m_heard_mutex);
    for (const auto& each : heard) {
        const json::object item{{"datastream", each.stream.datastream.text()},
                                {"device", each.stream.device.text()},
                                {"property", each.stream.property},
                                {"value", each.observation.value},
                                {"at", iso8601(each.observation.at)},
                                {"received", iso8601(each.observation.received)}};
        m_heard[each.stream.space].insert_or_assign(
            each.observation.stream,
            Item{std::make_shared<const std::string>(to_text(item)), each.stream.datastream});
    }
}

void LiveFeed::send_items(LiveClient& client, const Items& fresh) const {
    for (const auto& [number, item] : fresh) {
        if (client.m_sees_stream(item.datastream)) client.m_pending.insert_or_assign(number, item);
    }
    // While the queue is long, last values wait and overwrite one another instead of lengthening
    // it.
    if (client.m_pending.empty() || client.waiting() > 50) return;
    std::string text = R"({"type":"observations","items":[)";
    bool first = true;
    for (const auto& [number, item] : client.m_pending) {
        if (!first) text += ',';
        first = false;
        text += *item.text;
    }
    text += "]}";
    client.m_pending.clear();
    client.send(std::make_shared<const std::string>(std::move(text)));
}

void LiveFeed::flush_observations() {
    std::unordered_map<std::string, Items> heard;
    {
        const std::lock_guard lock(m_heard_mutex);
        heard.swap(m_heard);
    }
    static const Items k_nothing;
    for (const auto& client : everyone()) {
        const auto found = heard.find(client->space());
        send_items(*client, found == heard.end() ? k_nothing : found->second);
    }
}

void LiveFeed::on_session_end(const std::string& handle) {
    for (const auto& client : everyone()) {
        if (client->session() == handle) client->bye("revoked");
    }
}

std::vector<std::shared_ptr<LiveClient>> LiveFeed::everyone() const {
    const std::lock_guard lock(m_mutex);
    return m_clients;
}

void LiveFeed::forget(const LiveClient* client) {
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_clients, [&](const auto& each) { return each.get() == client; });
}

std::size_t LiveFeed::clients() const {
    const std::lock_guard lock(m_mutex);
    return m_clients.size();
}

std::size_t LiveFeed::longest_queue() const {
    std::size_t out = 0;
    for (const auto& client : everyone()) out = std::max(out, client->waiting());
    return out;
}

}  // namespace anlan::center
