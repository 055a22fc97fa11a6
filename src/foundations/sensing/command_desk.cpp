#include "foundations/sensing/command_desk.h"

#include "foundations/bigdata/errors.h"
#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/table.h"

#include <algorithm>
#include <map>

namespace anlan::sensing {
namespace {

constexpr std::string_view k_kind = "device_command";
constexpr auto k_round = std::chrono::milliseconds(200);
constexpr std::int64_t k_soon_us = 200'000;
/// After the register refused a write (full disk), or a connection was lost at the last moment.
constexpr std::int64_t k_later_us = 2'000'000;

Door door_of(std::string_view space) {
    return space == bigdata::k_live ? Door::live : Door::exercise;
}

std::string move_for(CommandFate fate) {
    switch (fate) {
        case CommandFate::done:
            return "complete";
        case CommandFate::refused:
            return "refuse";
        case CommandFate::not_sent:
            return "keep";
        default:
            return "lose";
    }
}

CommandOutcome said(const Error& error) {
    return {CommandFate::refused, text_of(error, Language::zh), text_of(error, Language::en), {}};
}

}  // namespace

struct CommandDesk::Command {
    enum class Phase {
        queued,
        marking,  ///< The journal is being told that it is sent.
        sent,
        moving  ///< Its outcome is on the way to the journal.
    };
    Phase phase = Phase::queued;
    Uuid device;
    DeviceCommand order;
    std::string protocol;
    std::optional<Timestamp> valid_until;
    std::int64_t attempts = 0, sequence = 0;
    SteadyTime not_before{};
    /// Not yet in the journal, as it could not be written: tried again.
    std::optional<std::pair<std::string, json::object>> unwritten;
};

/// What comes from other threads.
struct CommandDesk::Inbox {
    std::mutex mutex;
    std::condition_variable ready;
    std::vector<std::function<void()>> waiting;
    bool stopped = false;

    void post(std::function<void()> work) {
        const std::lock_guard lock(mutex);
        if (stopped) return;
        waiting.push_back(std::move(work));
        ready.notify_one();
    }
    std::vector<std::function<void()>> take() {
        const std::lock_guard lock(mutex);
        return std::exchange(waiting, {});
    }
};

CommandDesk::CommandDesk(Options options)
    : m_options(std::move(options)), m_inbox(std::make_shared<Inbox>()) {
    ASSERT(m_options.records != nullptr && m_options.clock != nullptr && m_options.gateway);
}

CommandDesk::~CommandDesk() {
    stop();
}

Result<void> CommandDesk::start() {
    std::vector<std::string> spaces{std::string(bigdata::k_live)};
    TRY_ASSIGN(exercises,
               m_options.records->all({m_options.zone, std::string(bigdata::k_live), {}},
                                      "exercise", {{"state", bigdata::Compare::equal, "running"}}));
    for (const auto& exercise : exercises) spaces.push_back(exercise.id.text());
    for (const std::string& space : spaces) {
        TRY_ASSIGN(open, m_options.records->all(
                             {m_options.zone, space, {}}, k_kind,
                             {{"state", bigdata::Compare::one_of, json::array{"queued", "sent"}}}));
        for (const bigdata::Record& record : open) {
            if (record.space != space) continue;
            take_up(record);
            if (record.state == "sent") {
                conclude({space, record.id},
                         {CommandFate::uncertain,
                          "程序重启时尚无应答，是否执行不明；未重发",
                          "No answer before the program restarted: whether it was done is not "
                          "known; not sent again",
                          {}});
            }
        }
    }
    return {};
}

void CommandDesk::take_up(const bigdata::Record& record) {
    Command command;
    command.device = Uuid::parse(text_at(record.fields, "device")).value_or(Uuid{});
    command.order.id = record.id;
    command.order.space = record.space;
    command.order.command = text_at(record.fields, "command");
    command.order.parameters = object_at(record.fields, "parameters");
    command.valid_until = parse_iso8601(text_at(record.fields, "valid_until"));
    command.attempts = integer_at(record.fields, "attempts", 0);
    command.sequence = record.sequence;
    if (record.state == "sent") command.phase = Command::Phase::sent;
    m_commands.insert_or_assign({record.space, record.id}, std::move(command));
}

void CommandDesk::on_entry(const bigdata::Entry& entry) {
    const bigdata::Record& record = entry.after;
    if (record.zone != m_options.zone) return;
    if (record.kind == "exercise" && (record.state != "running" || record.deleted))
        m_inbox->post([this, space = record.id.text()] { drop_space(space); });
    if (record.kind == k_kind) m_inbox->post([this, entry] { heard(entry); });
}

void CommandDesk::heard(const bigdata::Entry& entry) {
    const bigdata::Record& record = entry.after;
    const Key key{record.space, record.id};
    const auto at = m_commands.find(key);
    const bool waits = record.state == "queued" && !record.deleted;
    if (at == m_commands.end()) {
        if (waits && entry.action == bigdata::Action::create) take_up(record);
        return;
    }
    if (at->second.phase != Command::Phase::queued) return;
    if (!waits) {
        if (record.state != "sent") m_commands.erase(at);  // cancelled, or removed
    } else if (entry.action == bigdata::Action::update) {
        const auto sequence = at->second.sequence;
        take_up(record);
        m_commands.at(key).sequence = sequence;
    }
}

void CommandDesk::drop_space(const std::string& space) {
    std::erase_if(m_commands, [&](const auto& each) { return each.first.first == space; });
}

void CommandDesk::pump() {
    for (auto& work : m_inbox->take()) work();
    std::vector<std::pair<std::int64_t, Key>> order;
    for (const auto& [key, command] : m_commands) order.emplace_back(command.sequence, key);
    std::ranges::sort(order);
    for (const auto& [sequence, key] : order) attend(key);
}

bool CommandDesk::is_busy(const Command& command) const {
    return std::ranges::any_of(m_commands, [&](const auto& each) {
        const Command& other = each.second;
        return &other != &command && other.device == command.device &&
               other.order.space == command.order.space &&
               (other.phase == Command::Phase::marking || other.phase == Command::Phase::sent ||
                (other.phase == Command::Phase::queued && other.sequence < command.sequence));
    });
}

void CommandDesk::attend(const Key& key) {
    const auto at = m_commands.find(key);
    if (at == m_commands.end()) return;
    Command& command = at->second;
    if (m_options.clock->steady() < command.not_before) return;
    if (command.unwritten) {
        auto [name, fields] = *std::exchange(command.unwritten, std::nullopt);
        return move(key, std::move(name), std::move(fields));
    }
    if (command.phase != Command::Phase::queued) return;
    if (!command.valid_until || *command.valid_until <= m_options.clock->now()) {
        command.phase = Command::Phase::moving;
        return move(key, "expire",
                    {{"outcome", "到期未发出：设备一直没有连接"},
                     {"outcome_en",
                      "Not sent before its time was up: the device was not "
                      "connected"}});
    }
    command.not_before = {m_options.clock->steady().us + k_soon_us};
    if (!is_busy(command)) attempt(key, command);
}

void CommandDesk::attempt(const Key& key, Command& command) {
    const auto device =
        m_options.records->get({m_options.zone, key.first, {}}, "device", command.device);
    if (!device) return refuse(key, device.error());
    if (device->space != key.first) {
        return refuse(key, Error(errors::k_command_elsewhere,
                                 {{"address", std::string(text_at(device->fields, "address"))}}));
    }
    command.protocol = text_at(device->fields, "protocol");
    command.order.address = text_at(device->fields, "address");
    const GatewayRow* row = gateway_row(command.protocol);
    if (row == nullptr || row->start == nullptr) {
        return refuse(key, Error(errors::k_command_unknown, {{"command", command.order.command},
                                                             {"address", command.order.address}}));
    }
    if (row->check_command != nullptr) {
        if (const auto good = row->check_command(command.order); !good)
            return refuse(key, good.error());
    }
    const Gateway* gateway = m_options.gateway(command.protocol, door_of(key.first));
    if (gateway == nullptr || !gateway->reaches(key.first, command.order.address)) return;
    command.phase = Command::Phase::marking;
    ++command.attempts;
    move(key, "send",
         {{"sent_at", iso8601(m_options.clock->now())}, {"attempts", command.attempts}});
}

/// The journal has it as sent; now it may go.
void CommandDesk::send(const Key& key, const std::string& protocol) {
    Command& command = m_commands.at(key);
    command.phase = Command::Phase::sent;
    Gateway* gateway = m_options.gateway(protocol, door_of(key.first));
    if (gateway == nullptr)
        return conclude(key, {CommandFate::not_sent, "端口已关闭", "The port is closed", {}});
    const auto sent =
        gateway->command(command.order, [this, inbox = m_inbox, key](CommandOutcome outcome) {
            inbox->post([this, key, outcome = std::move(outcome)]() mutable {
                conclude(key, std::move(outcome));
            });
        });
    if (sent) return;
    CommandOutcome outcome = said(sent.error());
    if (sent.error().is(errors::k_device_not_connected)) outcome.fate = CommandFate::not_sent;
    conclude(key, std::move(outcome));
}

void CommandDesk::refuse(const Key& key, const Error& error) {
    conclude(key, said(error));
}

void CommandDesk::conclude(const Key& key, CommandOutcome outcome) {
    const auto at = m_commands.find(key);
    if (at == m_commands.end() || at->second.phase == Command::Phase::moving) return;
    at->second.phase = Command::Phase::moving;
    json::object fields{{"outcome", outcome.zh}, {"outcome_en", outcome.en}};
    if (outcome.fate != CommandFate::not_sent) {
        fields["answered_at"] = iso8601(m_options.clock->now());
        if (!outcome.reply.empty()) fields["reply"] = std::move(outcome.reply);
    }
    move(key, move_for(outcome.fate), std::move(fields));
}

void CommandDesk::move(const Key& key, std::string name, json::object fields) {
    bigdata::Batch batch;
    batch.zone = m_options.zone;
    batch.space = key.first;
    batch.author = {Uuid{}, "system", "gateway"};
    batch.priority = bigdata::Priority::urgent;
    bigdata::Change change;
    change.action = bigdata::Action::move;
    change.kind = k_kind;
    change.id = key.second;
    change.move = name;
    change.fields = fields;
    batch.changes.push_back(std::move(change));
    m_commands.at(key).unwritten = {name, std::move(fields)};
    m_commands.at(key).not_before = {std::numeric_limits<std::int64_t>::max()};
    m_options.records->write_later(
        std::move(batch),
        [this, inbox = m_inbox, key, name = std::move(name)](Result<bigdata::Applied> outcome) {
            inbox->post([this, key, name, outcome = std::move(outcome)]() mutable {
                moved(key, name, std::move(outcome));
            });
        });
}

void CommandDesk::moved(const Key& key, const std::string& name, Result<bigdata::Applied> outcome) {
    const auto at = m_commands.find(key);
    if (at == m_commands.end()) return;
    Command& command = at->second;
    const std::int64_t now_us = m_options.clock->steady().us;
    if (!outcome) {
        if (m_options.report) m_options.report(outcome.error());
        const bool passes = outcome.error().is(errors::k_busy) ||
                            outcome.error().is(errors::k_disk_full) ||
                            outcome.error().is(errors::k_io);
        // Cancelled in the same moment, removed, or its exercise is over: there is nothing to say.
        if (!passes) {
            m_commands.erase(at);
            return;
        }
        command.not_before = {now_us + k_later_us};
        if (name != "send") return;  // What is known is kept until it is written.
        command.unwritten.reset();
        command.phase = Command::Phase::queued;
        return;
    }
    command.unwritten.reset();
    command.not_before = {now_us};
    if (name == "send") return send(key, command.protocol);
    if (name != "keep") {
        m_commands.erase(at);
        return;
    }
    // A gateway that cannot say beforehand whether a device is there: less and less often, as each
    // try is two entries in the journal.
    command.phase = Command::Phase::queued;
    const auto doublings = std::clamp<std::int64_t>(command.attempts - 1, 0, 5);
    command.not_before = {now_us + (k_later_us << doublings)};
}

void CommandDesk::run() {
    m_thread = std::thread([this] {
        std::unique_lock lock(m_inbox->mutex);
        while (!m_inbox->stopped) {
            lock.unlock();
            try {
                pump();
            } catch (const std::exception& e) {
                if (m_options.report)
                    m_options.report(Error(errors::k_internal, {{"what", e.what()}}));
            }
            lock.lock();
            m_inbox->ready.wait_for(
                lock, k_round, [this] { return m_inbox->stopped || !m_inbox->waiting.empty(); });
        }
    });
}

void CommandDesk::stop() {
    {
        const std::lock_guard lock(m_inbox->mutex);
        m_inbox->stopped = true;
        m_inbox->waiting.clear();
    }
    m_inbox->ready.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

}  // namespace anlan::sensing
