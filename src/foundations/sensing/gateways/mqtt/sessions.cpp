#include "foundations/sensing/gateways/mqtt/sessions.h"

#include "foundations/sensing/errors.h"

#include <algorithm>

namespace anlan::sensing::mqtt {

struct Sessions::Session {
    struct Command {
        std::string topic, payload;
        std::function<void(CommandOutcome)> answered;
        SteadyTime due;  ///< Once it is sent.
    };
    Key key;
    std::map<std::string, std::uint8_t, std::less<>> filters;
    std::map<std::uint16_t, Receipt> received;  ///< QoS 2, until PUBREL.
    std::deque<Command> waiting;
    std::map<std::uint16_t, Command> sent;
    std::uint16_t last_id = 0;
    std::uint32_t expiry_s = 0;
    std::optional<Link> link;  ///< Nothing while the device is away.
    std::uint64_t connection = 0;
    SteadyTime left;
    std::function<void()> will;  ///< Waits for its delay.
    SteadyTime will_due;

    [[nodiscard]] const std::uint8_t* qos_of(std::string_view topic) const {
        const auto at = std::ranges::find_if(
            filters, [&](const auto& each) { return matches(each.first, topic); });
        return at == filters.end() ? nullptr : &at->second;
    }
};

namespace {

constexpr std::uint32_t k_never = 0xFFFF'FFFF;  ///< An expiry without end.
constexpr std::size_t k_header_bytes_max = 16;

SteadyTime after(SteadyTime t, double seconds) {
    return {t.us + static_cast<std::int64_t>(seconds * 1e6)};
}

std::vector<std::uint8_t> publish(const std::string& topic, const std::string& payload,
                                  std::uint16_t id, bool dup, Version version) {
    Out out;
    encode(out,
           Publish{.dup = dup,
                   .retain = false,
                   .qos = static_cast<std::uint8_t>(id == 0 ? 0 : 1),
                   .id = id,
                   .topic = topic,
                   .payload = payload,
                   .properties = {}},
           version);
    return out;
}

void say_goodbye(const Link& link, Reason reason) {
    if (link.version == Version::v5) {
        Out out;
        encode(out, Farewell{Type::disconnect, reason, {}}, link.version);
        link.send(std::move(out));
    }
    link.send({});
}

CommandOutcome outcome(CommandFate fate, std::string zh, std::string en) {
    return {fate, std::move(zh), std::move(en), {}};
}

void run(const std::vector<std::function<void()>>& answers) {
    for (const auto& each : answers) each();
}

std::string topic_of(std::string prefix, const DeviceCommand& command) {
    constexpr std::string_view k_place = "{address}";
    if (const auto at = prefix.find(k_place); at != std::string::npos)
        prefix.replace(at, k_place.size(), command.address);
    return prefix + "/" + command.command;
}

}  // namespace

Sessions::Opened Sessions::open(const Key& key, bool clean, std::uint32_t expiry_s, Link link) {
    Answers answers;
    Opened out;
    {
        const std::lock_guard lock(m_mutex);
        auto& kept = m_sessions[key];
        if (kept && kept->link) {
            say_goodbye(*kept->link, Reason::session_taken_over);
            if (kept->link->lost && !m_ended && (clean || kept->link->will_delay_s == 0))
                answers.push_back(kept->link->lost);
        }
        if (kept && kept->will && clean) answers.push_back(kept->will);
        if (kept && clean) {
            drop(*kept, answers);
            kept = nullptr;
        }
        out.present = kept != nullptr;
        if (!kept) kept = std::make_shared<Session>();
        kept->key = key;
        kept->will = nullptr;
        kept->link = std::move(link);
        kept->connection = ++m_connections;
        const bool full = m_sessions.size() > m_settings.sessions_max;
        kept->expiry_s = full ? 0 : std::min(expiry_s, m_settings.session_expiry_max_s);
        out.session = kept;
        out.connection = kept->connection;
        out.expiry_s = kept->expiry_s;
    }
    run(answers);
    return out;
}

void Sessions::resume(const Handle& session) {
    const std::lock_guard lock(m_mutex);
    if (!session->link) return;
    for (auto& [id, command] : session->sent) {
        session->link->send(
            publish(command.topic, command.payload, id, true, session->link->version));
        command.due = after(m_clock.steady(), m_settings.command_timeout_s);
    }
    send_waiting(*session);
}

void Sessions::resume_waiting(const Handle& session) {
    const std::lock_guard lock(m_mutex);
    send_waiting(*session);
}

void Sessions::send_waiting(Session& session) {
    while (session.link && !session.waiting.empty() &&
           session.sent.size() < session.link->receive_maximum) {
        const std::uint8_t* qos = session.qos_of(session.waiting.front().topic);
        if (qos == nullptr) return;
        do {
            ++session.last_id;
        } while (session.last_id == 0 || session.sent.contains(session.last_id));
        Session::Command command = std::move(session.waiting.front());
        session.waiting.pop_front();
        session.link->send(publish(command.topic, command.payload, *qos == 0 ? 0 : session.last_id,
                                   false, session.link->version));
        command.due = after(m_clock.steady(), *qos == 0 ? 0 : m_settings.command_timeout_s);
        session.sent.emplace(session.last_id, std::move(command));
    }
}

/// What happens to the commands of a session that ends.
void Sessions::drop(Session& session, Answers& answers) {
    for (auto& command : session.waiting) {
        answers.push_back([answered = std::move(command.answered)] {
            answered(outcome(CommandFate::refused, "设备未再连接，命令没有发出",
                             "The device did not come back; the command was not sent"));
        });
    }
    for (auto& [id, command] : session.sent) {
        answers.push_back([answered = std::move(command.answered)] {
            answered(outcome(CommandFate::uncertain, "命令已发出，连接中断，未得到确认",
                             "Sent; the connection ended before an acknowledgement"));
        });
    }
    session.waiting.clear();
    session.sent.clear();
}

void Sessions::leave(const Handle& session, std::uint64_t connection, Leaving leaving,
                     std::optional<std::uint32_t> expiry_s) {
    Answers answers;
    {
        const std::lock_guard lock(m_mutex);
        // Taken over: all is done already.
        if (m_ended || !session->link || session->connection != connection) return;
        if (expiry_s) session->expiry_s = std::min(*expiry_s, m_settings.session_expiry_max_s);
        const Link link = std::move(*session->link);
        session->link.reset();
        session->left = m_clock.steady();
        if (leaving == Leaving::lost && link.lost) {
            session->will = link.lost;
            session->will_due =
                after(session->left, std::min(link.will_delay_s, session->expiry_s));
        }
        if (session->will && session->will_due <= session->left) {
            answers.push_back(std::move(session->will));
            session->will = nullptr;
        }
        if (session->expiry_s == 0) {
            drop(*session, answers);
            const auto at = m_sessions.find(session->key);
            if (at != m_sessions.end() && at->second == session) m_sessions.erase(at);
        }
    }
    run(answers);
}

void Sessions::subscribe(const Handle& session, std::string_view filter, std::uint8_t qos) {
    const std::lock_guard lock(m_mutex);
    session->filters.insert_or_assign(std::string(filter), qos);
}

bool Sessions::unsubscribe(const Handle& session, std::string_view filter) {
    const std::lock_guard lock(m_mutex);
    const auto at = session->filters.find(filter);
    if (at == session->filters.end()) return false;
    session->filters.erase(at);
    return true;
}

Sessions::Receipt Sessions::receive(const Handle& session, std::uint16_t id) {
    const std::lock_guard lock(m_mutex);
    const auto [at, fresh] = session->received.emplace(id, Receipt::pending);
    return fresh ? Receipt::fresh : at->second;
}

void Sessions::stored(const Handle& session, std::uint16_t id) {
    const std::lock_guard lock(m_mutex);
    if (const auto at = session->received.find(id); at != session->received.end())
        at->second = Receipt::stored;
}

bool Sessions::release(const Handle& session, std::uint16_t id) {
    const std::lock_guard lock(m_mutex);
    return session->received.erase(id) > 0;
}

Result<void> Sessions::command(const DeviceCommand& command,
                               std::function<void(CommandOutcome)> answered) {
    Session::Command own;
    own.topic = topic_of(m_settings.command_topic, command);
    own.payload = to_text(json::object{{"id", command.id.text()},
                                       {"command", command.command},
                                       {"parameters", command.parameters}});
    own.answered = std::move(answered);
    const std::lock_guard lock(m_mutex);
    // The connected client of the device that subscribes, or else one that is away.
    Session* found = nullptr;
    for (auto at = m_sessions.lower_bound({command.space, command.address, {}});
         at != m_sessions.end() && at->first.space == command.space &&
         at->first.address == command.address;
         ++at) {
        if (at->second->qos_of(own.topic) == nullptr) continue;
        if (found == nullptr || (!found->link && at->second->link)) found = at->second.get();
    }
    if (m_ended || found == nullptr || found->waiting.size() >= m_settings.command_queue_max)
        return fail(errors::k_device_not_connected, {{"address", command.address}});
    const std::size_t size = own.topic.size() + own.payload.size() + k_header_bytes_max;
    if (size > (found->link ? found->link->packet_bytes_max : m_settings.packet_bytes_max)) {
        return fail(errors::k_bad_command_parameter,
                    {{"command", command.command}, {"key", "parameters"}});
    }
    found->waiting.push_back(std::move(own));
    send_waiting(*found);
    return {};
}

void Sessions::acknowledged(const Handle& session, std::uint16_t id, Reason reason) {
    std::function<void(CommandOutcome)> answered;
    {
        const std::lock_guard lock(m_mutex);
        const auto at = session->sent.find(id);
        if (at == session->sent.end()) return;
        answered = std::move(at->second.answered);
        session->sent.erase(at);
        send_waiting(*session);
    }
    if (static_cast<unsigned>(reason) < 0x80)
        return answered(outcome(CommandFate::done, "设备已确认收到", "Acknowledged by the device"));
    const std::string code = std::to_string(static_cast<unsigned>(reason));
    answered(outcome(CommandFate::refused, "设备拒绝，原因码 " + code,
                     "Refused by the device, reason code " + code));
}

void Sessions::tick() {
    Answers answers;
    {
        const std::lock_guard lock(m_mutex);
        const SteadyTime now = m_clock.steady();
        for (auto at = m_sessions.begin(); at != m_sessions.end();) {
            Session& session = *at->second;
            if (session.will && session.will_due <= now) {
                answers.push_back(std::move(session.will));
                session.will = nullptr;
            }
            std::erase_if(session.sent, [&](auto& each) {
                if (each.second.due > now) return false;
                answers.push_back([answered = std::move(each.second.answered)] {
                    answered(outcome(CommandFate::uncertain, "命令已发出，限时内未得到确认",
                                     "Sent, not acknowledged in time"));
                });
                return true;
            });
            send_waiting(session);
            const bool over = !session.link && session.expiry_s != k_never &&
                              after(session.left, session.expiry_s) <= now;
            if (over) drop(session, answers);
            at = over ? m_sessions.erase(at) : std::next(at);
        }
    }
    run(answers);
}

void Sessions::end() {
    Answers answers;
    {
        const std::lock_guard lock(m_mutex);
        m_ended = true;
        for (auto& [key, session] : m_sessions) drop(*session, answers);
        m_sessions.clear();
    }
    run(answers);
}

std::size_t Sessions::count() const {
    const std::lock_guard lock(m_mutex);
    return m_sessions.size();
}

}  // namespace anlan::sensing::mqtt
