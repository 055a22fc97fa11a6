#include "foundations/sensing/gateways/conversations.h"

#include "foundations/sensing/errors.h"

namespace anlan::sensing {
namespace {

constexpr std::size_t k_parts_max = 100;
constexpr std::size_t k_waiting_max = 32;  ///< Orders to one device; one more is "not connected".

CommandOutcome no_answer(int tries) {
    const std::string n = std::to_string(tries);
    return {CommandFate::uncertain, "已发出，等候 " + n + " 次均无应答",
            "Sent, but no answer in " + n + " waits", {}};
}

CommandOutcome no_result(double seconds, json::object reply) {
    const std::string s = std::to_string(static_cast<long>(seconds));
    return {CommandFate::uncertain, "设备已收到，但 " + s + " 秒内没有结果",
            "The device has it, but gave no result within " + s + " s", std::move(reply)};
}

CommandOutcome not_sent() {
    return {CommandFate::not_sent, "连接中断，尚未发出", "The connection ended before it was sent",
            {}};
}

}  // namespace

void Conversations::tell(Told& told) {
    for (auto& [answered, outcome] : told) {
        if (answered) answered(std::move(outcome));
    }
    told.clear();
}

void Conversations::speaks(std::string_view address, const std::shared_ptr<void>& owner,
                           const std::function<Line()>& line) {
    const std::lock_guard lock(m_mutex);
    auto at = m_devices.find(address);
    if (at == m_devices.end()) at = m_devices.emplace(address, Device{}).first;
    Device& device = at->second;
    if (device.owner.lock() == owner) return;
    device.owner = owner;
    device.line = line();
    // What was sent through the connection before goes on here: an answer may still come.
    if (!device.asked.empty() && device.asked.front().mark.empty()) send(device);
}

bool Conversations::reaches(std::string_view address) const {
    const std::lock_guard lock(m_mutex);
    const auto at = m_devices.find(address);
    return at != m_devices.end() && !at->second.owner.expired();
}

void Conversations::send(Device& device) {
    Asked& asked = device.asked.front();
    if (asked.mark.empty()) asked.mark = m_options.new_mark(m_options.clock->now());
    ++asked.tries;
    asked.until = in(asked.order.answer_s);
    device.line.send(device.line.write(asked.order, asked.mark, m_options.clock->now()));
}

Result<void> Conversations::ask(std::string_view address, Order order, Answered answered) {
    const std::lock_guard lock(m_mutex);
    const auto at = m_devices.find(address);
    if (at == m_devices.end() || at->second.owner.expired() ||
        at->second.asked.size() >= k_waiting_max)
        return fail(errors::k_device_not_connected, {{"address", std::string(address)}});
    Device& device = at->second;
    device.asked.push_back({std::move(order), std::move(answered), {}, 0, false, {}, {}});
    if (device.asked.size() == 1) send(device);
    return {};
}

Conversations::Asked* Conversations::under_way(std::string_view address, std::string_view mark) {
    const auto at = m_devices.find(address);
    if (at == m_devices.end() || at->second.asked.empty() || mark.empty()) return nullptr;
    Asked& asked = at->second.asked.front();
    return asked.mark == mark ? &asked : nullptr;
}

std::optional<Conversations::Current> Conversations::current(std::string_view address) const {
    const std::lock_guard lock(m_mutex);
    const auto at = m_devices.find(address);
    if (at == m_devices.end() || at->second.asked.empty()) return std::nullopt;
    const Asked& asked = at->second.asked.front();
    if (asked.mark.empty()) return std::nullopt;
    return Current{asked.order.code, asked.mark, asked.received};
}

void Conversations::received(std::string_view address, std::string_view mark) {
    const std::lock_guard lock(m_mutex);
    Asked* asked = under_way(address, mark);
    if (asked == nullptr) return;
    asked->received = true;
    asked->until = in(asked->order.done_s);
}

void Conversations::add(std::string_view address, std::string_view mark, json::object part) {
    const std::lock_guard lock(m_mutex);
    Asked* asked = under_way(address, mark);
    if (asked == nullptr) return;
    asked->received = true;
    asked->until = in(asked->order.done_s);
    asked->reply["count"] = integer_at(asked->reply, "count", 0) + 1;
    auto& parts = asked->reply["parts"];
    if (!parts.is_array()) parts = json::array();
    if (parts.as_array().size() < k_parts_max) parts.as_array().push_back(std::move(part));
}

void Conversations::settle(std::string_view address, std::string_view mark,
                           CommandOutcome outcome) {
    Told told;
    {
        const std::lock_guard lock(m_mutex);
        Asked* asked = under_way(address, mark);
        if (asked == nullptr) return;
        for (auto& [key, value] : asked->reply) outcome.reply.emplace(key, std::move(value));
        told.emplace_back(std::move(asked->answered), std::move(outcome));
        Device& device = m_devices.find(address)->second;
        device.asked.pop_front();
        look_after(device, told);
    }
    tell(told);
}

/// The next order's turn, if there is one; none of those that wait when the connection is gone.
void Conversations::look_after(Device& device, Told& told) {
    if (device.asked.empty()) return;
    const bool connected = !device.owner.expired();
    while (!connected && (device.asked.size() > 1 ||
                          (device.asked.size() == 1 && device.asked.front().mark.empty()))) {
        told.emplace_back(std::move(device.asked.back().answered), not_sent());
        device.asked.pop_back();
    }
    if (!device.asked.empty() && device.asked.front().mark.empty()) send(device);
}

void Conversations::tick() {
    Told told;
    {
        const std::lock_guard lock(m_mutex);
        const SteadyTime now = m_options.clock->steady();
        for (auto at = m_devices.begin(); at != m_devices.end();) {
            Device& device = at->second;
            if (!device.asked.empty() && !device.asked.front().mark.empty() &&
                device.asked.front().until <= now) {
                Asked& asked = device.asked.front();
                const bool again = !asked.received && asked.tries < asked.order.tries;
                if (again && !device.owner.expired()) {
                    send(device);
                } else if (again) {
                    // Nobody to send it to; a try is used up all the same.
                    ++asked.tries;
                    asked.until = in(asked.order.answer_s);
                } else {
                    told.emplace_back(std::move(asked.answered),
                                      asked.received
                                          ? no_result(asked.order.done_s, std::move(asked.reply))
                                          : no_answer(asked.tries));
                    device.asked.pop_front();
                }
            }
            look_after(device, told);
            at = device.asked.empty() && device.owner.expired() ? m_devices.erase(at) : ++at;
        }
    }
    tell(told);
}

void Conversations::close() {
    Told told;
    {
        const std::lock_guard lock(m_mutex);
        for (auto& [address, device] : m_devices) {
            for (Asked& asked : device.asked) {
                told.emplace_back(
                    std::move(asked.answered),
                    asked.mark.empty()
                        ? not_sent()
                        : CommandOutcome{CommandFate::uncertain, "平台停止时尚无应答",
                                         "No answer yet when the program stopped", {}});
            }
        }
        m_devices.clear();
    }
    tell(told);
}

}  // namespace anlan::sensing
