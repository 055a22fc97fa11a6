#include "foundations/sensing/gateways/hj212/session.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/hj212/errors.h"
#include "foundations/sensing/gateways/hj212/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace anlan::sensing::hj212 {
namespace {

constexpr std::string_view k_protocol = "hj212";
constexpr std::size_t k_sample_bytes = 480;
constexpr std::size_t k_mn_bytes_max = 48;
constexpr std::size_t k_talks_max = 256;  ///< Devices of one connection that are commanded.
constexpr std::size_t k_split_times_max = 8;
constexpr std::int64_t k_answer_ms = 10'000;
constexpr int k_tries = 3;
constexpr unsigned k_wants_answer = 1;

std::vector<std::uint8_t> bytes_of(const std::string& text) {
    return {text.begin(), text.end()};
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f && c != ';'; });
}

/// The raw packet for quarantine: text, with what is not printable made visible.
std::string sample_of(std::string_view raw) {
    std::string out;
    for (const char c : raw.substr(0, k_sample_bytes)) out += c >= ' ' && c < 0x7f ? c : '.';
    return out;
}

/// The version bits of the device's own flag; 2017 where it sends none.
unsigned version_flag(const Packet& packet) {
    return std::max(1U, packet.version()) << 2U;
}

std::string_view value_of(const Content& content, std::string_view name) {
    for (const auto& each : content.values) {
        if (each.name == name && each.field.empty()) return each.text;
    }
    return {};
}

}  // namespace

std::string answer_to(const Packet& packet, std::string_view cn) {
    return pack(fmt::format("QN={};ST=91;CN={};PW={};MN={};Flag={};CP=&&&&", packet.qn, cn,
                            packet.pw, packet.mn, version_flag(packet)));
}

void Session::receive(Bytes bytes) {
    m_reader.push(bytes);
    drain();
}

void Session::quiet() {
    if (!m_reader.give_up()) return;
    ++m_options.counters->disturbances;
    drain();
}

void Session::drain() {
    while (auto next = m_reader.next()) {
        if (*next) {
            ++m_options.counters->packets;
            deal(**next);
        } else {
            ++m_options.counters->disturbances;
        }
    }
}

void Session::answer(const Packet& packet, std::string_view cn) {
    m_options.send(bytes_of(answer_to(packet, cn)));
}

void Session::deal(const Packet& packet) {
    // Without a name there is nobody to answer, and a name that is no text is rubbish.
    if (packet.mn.empty() || packet.mn.size() > k_mn_bytes_max || !is_plain(packet.mn) ||
        !is_plain(packet.qn) || !is_plain(packet.pw)) {
        ++m_options.counters->disturbances;
        return;
    }
    const auto known = m_options.settings->checksums.find(packet.mn);
    const Checksum checksum =
        known == m_options.settings->checksums.end() ? m_options.settings->checksum : known->second;
    const bool right =
        checksum == Checksum::none || checksum_of(packet.segment, checksum) == packet.check;
    if (!right || !decode(packet, m_content)) {
        // No answer: the device sends again.
        ++m_options.counters->wrong_checks;
        return;
    }
    Talk* talk = talk_of(packet);
    if (packet.cn == "9011" || packet.cn == "9012") {
        if (talk != nullptr) hear_outcome(packet, *talk);
        return;
    }
    if (packet.cn == "9013" || packet.cn == "9014") return;
    if (packet.cn == "1013") {
        answer(packet, "9013");
        if (talk != nullptr) talk->clock_told = false;
    }
    if (talk != nullptr) plan(packet, *talk);
    std::vector<Reading> readings;
    readings_of(packet, m_content, time_of(packet), readings);
    hand_over(packet, std::move(readings));
    if (talk != nullptr) go_on(packet, *talk);
}

/// For packets of a split that leave DataTime out.
std::optional<Timestamp> Session::time_of(const Packet& packet) {
    if (!packet.is_split()) return std::nullopt;
    if (const auto own = instant_of(m_content.data_time)) {
        m_split_times.emplace_back(packet.qn, *own);
        if (m_split_times.size() > k_split_times_max) m_split_times.pop_front();
        return own;
    }
    for (auto each = m_split_times.rbegin(); each != m_split_times.rend(); ++each) {
        if (each->first == packet.qn) return each->second;
    }
    return std::nullopt;
}

void Session::hand_over(const Packet& packet, std::vector<Reading> readings) {
    Delivery delivery;
    delivery.protocol = k_protocol;
    delivery.address = packet.mn;
    delivery.space = bigdata::k_live;
    if (m_options.door == Door::exercise)
        delivery.space = m_options.hub->exercise_of(k_protocol, delivery.address).value_or("");
    delivery.peer = m_options.peer;
    delivery.sample = sample_of(packet.raw);
    delivery.received = m_options.clock->now();
    delivery.readings = std::move(readings);
    const auto talk = m_talks.find(packet.mn);
    auto known = talk == m_talks.end() ? nullptr : talk->second.known;
    std::string reply =
        packet.wants_answer() && packet.cn != "1013" ? answer_to(packet, "9014") : std::string();
    ++*m_unanswered;
    m_options.hub->take(
        std::move(delivery),
        [reply = std::move(reply), known = std::move(known), send = m_options.send,
         counters = m_options.counters, unanswered = m_unanswered](const Result<void>& stored) {
            const bool accepted = stored || stored.error().is(errors::k_unknown_channel);
            ++(accepted ? counters->stored : counters->refused);
            --*unanswered;
            if (!accepted) return;
            if (known != nullptr) *known = true;
            if (!reply.empty()) send(bytes_of(reply));
        });
}

Session::Talk* Session::talk_of(const Packet& packet) {
    auto found = m_talks.find(packet.mn);
    if (found == m_talks.end()) {
        if (m_talks.size() >= k_talks_max) return nullptr;
        found = m_talks.emplace(packet.mn, Talk{}).first;
    }
    if (packet.st != "91" && packet.st.size() <= 2 && is_plain(packet.st))
        found->second.st = packet.st;
    found->second.pw = packet.pw;
    return &found->second;
}

void Session::plan(const Packet& packet, Talk& talk) {
    const Settings& settings = *m_options.settings;
    const Timestamp now = m_options.clock->now();
    const auto shown = instant_of(m_content.data_time);
    const bool off =
        packet.cn == "2011" && shown && settings.clock_tolerance_s > 0 &&
        std::abs(static_cast<double>(now - *shown)) > settings.clock_tolerance_s * 1000;
    if ((off || packet.cn == "1013") && !talk.clock_told) {
        talk.clock_told = true;
        talk.waiting.push_back({"1012", {}});  // The time is told when it is sent.
    }
    if (talk.intervals_told) return;
    talk.intervals_told = true;
    if (settings.real_time_interval_s > 0)
        talk.waiting.push_back(
            {"1062", fmt::format("RtdInterval={}", settings.real_time_interval_s)});
    if (settings.minute_interval_min > 0)
        talk.waiting.push_back(
            {"1064", fmt::format("MinInterval={}", settings.minute_interval_min)});
}

void Session::hear_outcome(const Packet& packet, Talk& talk) {
    if (!talk.request || talk.request->qn != packet.qn) return;
    const bool begun = packet.cn == "9011";
    const auto code = value_of(m_content, begun ? "QnRtn" : "ExeRtn");
    if (begun && code == "1") return;  // It will be done: 9012 follows.
    if (code != "1" && m_options.report) {
        const Name* name = begun ? request_outcome(code) : execution_outcome(code);
        m_options.report(Error(errors::k_hj212_refused,
                               {{"address", std::string(packet.mn)},
                                {"command", std::string(talk.request->command.cn)},
                                {"what", std::string(name == nullptr ? "?" : name->zh)},
                                {"what_en", std::string(name == nullptr ? "?" : name->en)}}));
    }
    talk.request.reset();
    go_on(packet, talk);
}

void Session::go_on(const Packet& packet, Talk& talk) {
    if (!*talk.known) return;
    if (talk.request) {
        if (m_options.clock->now() - talk.request->sent < k_answer_ms) return;
        if (talk.request->tries >= k_tries) {
            talk.request.reset();
        } else {
            ++talk.request->tries;
            send_request(packet, talk);
            return;
        }
    }
    if (talk.waiting.empty()) return;
    talk.request = Request{std::move(talk.waiting.front()), qn_of(m_options.clock->now()), {}, 1};
    talk.waiting.pop_front();
    send_request(packet, talk);
}

void Session::send_request(const Packet& packet, Talk& talk) {
    Request& request = *talk.request;
    request.sent = m_options.clock->now();
    const std::string cp = request.command.cn == "1012"
                               ? "SystemTime=" + qn_of(request.sent).substr(0, 14)
                               : request.command.cp;
    m_options.send(bytes_of(pack(fmt::format(
        "QN={};ST={};CN={};PW={};MN={};Flag={};CP=&&{}&&", request.qn, talk.st, request.command.cn,
        talk.pw, packet.mn, version_flag(packet) | k_wants_answer, cp))));
}

}  // namespace anlan::sensing::hj212
