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

constexpr std::size_t k_replay_step = 250;

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
    : m_context(std::move(context)), m_options(std::move(options)) {}

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
        serve_wishes();
        flush_merged();
        const bool more = replay_some() || merging();
        if (const auto now = std::chrono::steady_clock::now(); now >= flush_at) {
            flush_observations();
            flush_at = now + interval;
        }
        lock.lock();
        if (!more) continue;
        // What is left waits for the register's dispatch, for a slow reader, or to be merged.
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
    return (record.space == client.space() || own_exercise) && client.m_subscription.wants(entry) &&
           m_context.access.visible(client.who(), record);
}

void LiveFeed::tell(LiveClient& client, const Entry& entry, EntryTexts& texts) const {
    if (concerns(client, entry)) {
        deliver(client, entry, texts.for_whom(client.who()));
    } else if (client.space() != bigdata::k_live && breaks_through(entry) &&
               m_context.access.visible(client.who(), entry.after)) {
        const json::object elsewhere{
            {"type", "alarm_elsewhere"}, {"level", 1}, {"space", bigdata::k_live}};
        client.send(std::make_shared<const std::string>(to_text(elsewhere)));
    }
}

/// Now, or with what else happens to the record within the client's `merge_ms`.
void LiveFeed::deliver(LiveClient& client, const Entry& entry, Bytes text) const {
    if (client.m_subscription.merge_ms == 0) {
        client.send(std::move(text));
        return;
    }
    if (client.m_merged.empty()) {
        client.m_merge_until_us =
            m_context.clock.steady().us + client.m_subscription.merge_ms * 1000;
    }
    auto [at, fresh] = client.m_merged_at.try_emplace(entry.after.id, entry.sequence);
    if (!fresh) {
        client.m_merged.erase(at->second);
        at->second = entry.sequence;
    }
    client.m_merged.emplace(entry.sequence, std::move(text));
}

bool LiveFeed::merging() const {
    const std::lock_guard lock(m_mutex);
    return std::ranges::any_of(m_clients, [](auto& each) { return !each->m_merged.empty(); });
}

void LiveFeed::flush_merged() {
    const std::lock_guard lock(m_mutex);
    const auto now_us = m_context.clock.steady().us;
    for (const auto& client : m_clients) {
        if (client->m_merged.empty() || now_us < client->m_merge_until_us || client->behind())
            continue;
        for (auto& [sequence, text] : client->m_merged) client->send(std::move(text));
        client->m_merged.clear();
        client->m_merged_at.clear();
    }
}

void LiveFeed::nudge() {
    {
        const std::lock_guard lock(m_thread_mutex);
        m_replays_wanted = true;
    }
    m_nudge.notify_all();
}

void LiveFeed::serve_wishes() {
    for (const auto& client : everyone()) {
        if (auto wish = client->take_wish()) subscribe(*client, std::move(*wish));
    }
}

/// What is told from now on. In another space, or from another sequence, the client reads on there.
void LiveFeed::subscribe(LiveClient& client, LiveSubscription wish) {
    const std::string space = wish.space.empty() ? client.space() : wish.space;
    const bool elsewhere = space != client.space();
    if (elsewhere && m_options.check_space) {
        if (const auto may = m_options.check_space(client.who(), space); !may) {
            client.refuse(may.error());
            return;
        }
    }
    auto sees = visible_streams(m_context, client.who(), space);
    if (!sees) {
        client.refuse(sees.error());
        return;
    }
    const std::int64_t head = m_context.records.last_sequence();
    const std::lock_guard lock(m_mutex);
    const auto since = wish.since;
    if (elsewhere) client.m_pending.clear();
    client.m_merged.clear();
    client.m_merged_at.clear();
    client.m_space = space;
    client.m_sees_stream = std::move(*sees);
    client.m_subscription = std::move(wish);
    if (elsewhere || since) {
        client.m_cursor = std::clamp<std::int64_t>(since.value_or(head), 0, head);
        client.m_live = false;
    }
    const json::object done{
        {"type", "subscribed"}, {"sequence", client.m_cursor}, {"space", space}};
    client.send(std::make_shared<const std::string>(to_text(done)));
}

void LiveFeed::on_entry(const Entry& entry) {
    EntryTexts texts(m_context.access, entry);
    bool wanted = false;
    const std::lock_guard lock(m_mutex);
    m_told = entry.sequence;
    for (const auto& client : m_clients) {
        // One that has just read the past may already have been told this one.
        if (!client->m_live || entry.sequence <= client->m_cursor) continue;
        if (client->behind() || client->m_merged.size() > m_options.messages_waiting_max / 2) {
            client->m_live = false;  // from here on it reads the journal
            wanted = true;
            continue;
        }
        client->m_cursor = entry.sequence;
        tell(*client, entry, texts);
        wanted |= !client->m_merged.empty();
    }
    if (wanted) nudge();
}

bool LiveFeed::replay_some() {
    bool more = false;
    for (const auto& client : everyone()) {
        {
            const std::lock_guard lock(m_mutex);
            if (client->m_live) continue;
        }
        if (!client->finished() && !client->behind()) replay(*client);
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
    const std::size_t step = std::min(k_replay_step, m_options.messages_waiting_max / 4);
    auto entries = m_context.records.entries(view, client.m_cursor, step);
    if (!entries) {
        client.bye("shutdown");
        return false;
    }
    bool all = entries->size() < step;
    std::int64_t read = client.m_cursor;
    for (const auto& entry : *entries) {
        if (client.behind()) {  // large ones: the rest when these are taken
            all = false;
            break;
        }
        read = entry.sequence;
        EntryTexts texts(m_context.access, entry);
        if (!concerns(client, entry)) continue;
        const std::lock_guard lock(m_mutex);
        deliver(client, entry, texts.for_whom(client.who()));
    }
    const std::lock_guard lock(m_mutex);
    client.m_cursor = std::max(read, all ? head : read);
    client.m_live = all && m_told <= client.m_cursor;
    return client.m_live;
}

void LiveFeed::on_observations(std::span<const sensing::Heard> heard) {
    const std::lock_guard lock(m_heard_mutex);
    AllNews* news = nullptr;
    const std::string* space = nullptr;
    for (const auto& each : heard) {
        if (space == nullptr || *space != each.stream.space) {
            space = &each.stream.space;
            news = &m_heard[*space];
        }
        const auto [at, added] = news->try_emplace(each.observation.stream);
        if (added || at->second.datastream != each.stream.datastream) {
            at->second.datastream = each.stream.datastream;
            at->second.device = each.stream.device;
            at->second.property = each.stream.property;
        }
        at->second.observation = each.observation;
    }
}

LiveFeed::Items LiveFeed::items_of(const AllNews& news) {
    Items out;
    out.reserve(news.size());
    for (const auto& [number, each] : news) {
        const json::object item{{"datastream", each.datastream.text()},
                                {"device", each.device.text()},
                                {"property", each.property},
                                {"value", each.observation.value},
                                {"at", iso8601(each.observation.at)},
                                {"received", iso8601(each.observation.received)}};
        out.emplace(number,
                    Item{std::make_shared<const std::string>(to_text(item)), each.datastream});
    }
    return out;
}

void LiveFeed::send_items(LiveClient& client, const Items& fresh) const {
    if (!client.m_subscription.observations) return;
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
    std::unordered_map<std::string, AllNews> heard;
    {
        const std::lock_guard lock(m_heard_mutex);
        heard.swap(m_heard);
    }
    std::unordered_map<std::string, Items> items;  // of the spaces that somebody looks at
    for (const auto& client : everyone()) {
        const auto [at, added] = items.try_emplace(client->space());
        if (added) {
            if (const auto found = heard.find(at->first); found != heard.end())
                at->second = items_of(found->second);
        }
        send_items(*client, at->second);
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
