#include "center/live_client.h"

namespace anlan::center {

void LiveClient::start(std::function<void()> wake) {
    {
        const std::lock_guard lock(m_mutex);
        m_wake = std::move(wake);
    }
    m_wake();
}

std::vector<Bytes> LiveClient::take(std::size_t count) {
    const std::lock_guard lock(m_mutex);
    std::vector<Bytes> out;
    while (!m_outbox.empty() && out.size() < count) {
        m_bytes -= m_outbox.front()->size();
        out.push_back(std::move(m_outbox.front()));
        m_outbox.pop_front();
    }
    return out;
}

bool LiveClient::finished() const {
    const std::lock_guard lock(m_mutex);
    return m_closing && m_outbox.empty();
}

void LiveClient::hear(std::string_view text) {
    const auto said = parse_json(text, {.bytes = 4096, .depth = 4});
    if (!said || !said->is_object()) return;
    const auto& message = said->get_object();
    const auto type = text_at(message, "type");
    if (type == "ping") {
        const json::object pong{{"type", "pong"}, {"time", iso8601(m_feed.m_context.clock.now())}};
        send(std::make_shared<const std::string>(to_text(pong)));
    }
    if (type != "subscribe") return;
    auto wish = read_subscription(message, m_feed.m_context.catalog);
    if (!wish) {
        refuse(wish.error());
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_wish = std::move(*wish);
    }
    m_feed.nudge();
}

void LiveClient::refuse(const Error& error) {
    const json::object message{{"type", "error"},
                               {"id", error.row->id},
                               {"zh", text_of(error, Language::zh)},
                               {"en", text_of(error, Language::en)}};
    send(std::make_shared<const std::string>(to_text(message)));
}

std::optional<LiveSubscription> LiveClient::take_wish() {
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_wish, std::nullopt);
}

bool LiveClient::behind() const {
    const std::lock_guard lock(m_mutex);
    return m_outbox.size() >= m_feed.m_options.messages_waiting_max / 2 ||
           m_bytes >= m_feed.m_options.bytes_waiting_max / 2;
}

void LiveClient::gone() {
    m_feed.forget(this);
}

void LiveClient::send(Bytes message) {
    bool slow = false;
    std::function<void()> wake;
    {
        const std::lock_guard lock(m_mutex);
        if (m_closing) return;
        slow = m_outbox.size() >= m_feed.m_options.messages_waiting_max ||
               m_bytes + message->size() > m_feed.m_options.bytes_waiting_max;
        if (!slow) {
            m_bytes += message->size();
            m_outbox.push_back(std::move(message));
            if (m_outbox.size() == 1) wake = m_wake;
        }
    }
    if (slow) bye("slow");
    if (wake) wake();
}

void LiveClient::bye(std::string_view reason) {
    std::function<void()> wake;
    {
        const std::lock_guard lock(m_mutex);
        if (m_closing) return;
        m_closing = true;
        m_outbox.clear();
        const json::object message{{"type", "bye"}, {"reason", reason}};
        m_outbox.push_back(std::make_shared<const std::string>(to_text(message)));
        m_bytes = m_outbox.front()->size();
        wake = m_wake;
    }
    if (wake) wake();
}

std::size_t LiveClient::waiting() const {
    const std::lock_guard lock(m_mutex);
    return m_outbox.size();
}

}  // namespace anlan::center
