#include "foundations/sensing/gateways/hj212/session.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/hj212/commands.h"
#include "foundations/sensing/gateways/hj212/errors.h"

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

/// A device that checks nothing takes the standard's.
Checksum told_with(Checksum checksum) {
    return checksum == Checksum::none ? Checksum::annex_a : checksum;
}

Checksum checksum_for(const Settings& settings, std::string_view mn) {
    const auto own = settings.checksums.find(mn);
    return own == settings.checksums.end() ? settings.checksum : own->second;
}

/// How a device is told something through its connection. Copied: it is used on other threads.
struct Writer {
    std::string st, pw, mn;
    unsigned flag = 0;
    Checksum checksum = Checksum::annex_a;
    std::shared_ptr<const Cipher> cipher;

    std::vector<std::uint8_t> operator()(const Order& order, const std::string& mark,
                                         Timestamp now) const {
        std::string cp = cp_of(order, now);
        if (cipher != nullptr && is_secret(order.code)) cp = cipher->seal(cp);
        return bytes_of(pack(fmt::format("QN={};ST={};CN={};PW={};MN={};Flag={};CP=&&{}&&", mark,
                                         st, order.code, pw, mn, flag | k_wants_answer, cp),
                             checksum));
    }
};

}  // namespace

std::shared_ptr<Conversations> make_conversations(const Clock& clock) {
    return std::make_shared<Conversations>(Conversations::Options{
        .clock = &clock, .new_mark = [last = Timestamp{}](Timestamp now) mutable {
            last = std::max(now, last + 1);
            return qn_of(last);
        }});
}

std::string answer_to(const Packet& packet, std::string_view cn, Checksum checksum) {
    return pack(fmt::format("QN={};ST=91;CN={};PW={};MN={};Flag={};CP=&&&&", packet.qn, cn,
                            packet.pw, packet.mn, version_flag(packet)),
                checksum);
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
    m_options.send(
        bytes_of(answer_to(packet, cn, told_with(checksum_for(*m_options.settings, packet.mn)))));
}

const Cipher* Session::cipher_of(std::string_view mn) const {
    if (m_options.ciphers == nullptr) return nullptr;
    const auto at = m_options.ciphers->find(mn);
    return at == m_options.ciphers->end() ? nullptr : at->second.get();
}

void Session::deal(Packet packet) {
    // Without a name there is nobody to answer, and a name that is no text is rubbish.
    if (packet.mn.empty() || packet.mn.size() > k_mn_bytes_max || !is_plain(packet.mn) ||
        !is_plain(packet.qn) || !is_plain(packet.pw)) {
        ++m_options.counters->disturbances;
        return;
    }
    const Checksum checksum = checksum_for(*m_options.settings, packet.mn);
    bool right =
        checksum == Checksum::none || checksum_of(packet.segment, checksum) == packet.check;
    const Cipher* cipher = is_secret(packet.cn) ? cipher_of(packet.mn) : nullptr;
    if (right && cipher != nullptr && !packet.cp.empty()) {
        auto opened = cipher->open(packet.cp);
        if (!opened && m_options.report) m_options.report(opened.error());
        right = opened.has_value();
        m_opened = std::move(opened).value_or(std::string());
        packet.cp = m_opened;
        packet.is_opened = true;
    }
    if (!right || !decode(packet, m_content)) {
        // No answer: the device sends again.
        ++m_options.counters->wrong_checks;
        return;
    }
    Talk* talk = talk_of(packet);
    hear(packet);
    if (packet.cn == "9011" || packet.cn == "9012" || packet.cn == "9013" || packet.cn == "9014")
        return;
    if (packet.cn == "1013") {
        answer(packet, "9013");
        if (talk != nullptr) talk->clock_told = false;
    }
    std::vector<Reading> readings;
    readings_of(packet, m_content, time_of(packet), readings);
    hand_over(packet, std::move(readings));
    if (talk != nullptr) plan(packet, *talk);
}

/// Whether the packet says something about what the device was told last.
void Session::hear(const Packet& packet) {
    const auto current = m_options.conversations->current(packet.mn);
    if (!current) return;
    Said said = said_about(*current, packet, m_content);
    if (said.received) m_options.conversations->received(packet.mn, current->mark);
    if (said.part) m_options.conversations->add(packet.mn, current->mark, std::move(*said.part));
    if (said.outcome)
        m_options.conversations->settle(packet.mn, current->mark, std::move(*said.outcome));
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
    const Checksum checksum = told_with(checksum_for(*m_options.settings, packet.mn));
    const auto talk = m_talks.find(packet.mn);
    Writer writer{.mn = std::string(packet.mn), .flag = version_flag(packet), .checksum = checksum};
    std::weak_ptr<void> presence;
    if (talk != m_talks.end()) {
        writer.st = talk->second.st;
        writer.pw = talk->second.pw;
        presence = talk->second.presence;
    }
    if (m_options.ciphers != nullptr) {
        if (const auto at = m_options.ciphers->find(packet.mn); at != m_options.ciphers->end())
            writer.cipher = at->second;
    }
    std::string reply = packet.wants_answer() && packet.cn != "1013"
                            ? answer_to(packet, "9014", checksum)
                            : std::string();
    ++*m_unanswered;
    m_options.hub->take(
        std::move(delivery),
        [reply = std::move(reply), writer = std::move(writer), presence = std::move(presence),
         send = m_options.send, counters = m_options.counters,
         conversations = m_options.conversations,
         unanswered = m_unanswered](const Result<void>& stored) {
            const bool accepted = stored || stored.error().is(errors::k_unknown_channel);
            ++(accepted ? counters->stored : counters->refused);
            --*unanswered;
            if (!accepted) return;
            if (!reply.empty()) send(bytes_of(reply));
            if (const auto here = presence.lock())
                conversations->speaks(writer.mn, here,
                                      [&] { return Conversations::Line{send, writer}; });
        });
}

Session::Talk* Session::talk_of(const Packet& packet) {
    auto found = m_talks.find(packet.mn);
    if (found == m_talks.end()) {
        if (m_talks.size() >= k_talks_max) return nullptr;
        found = m_talks.emplace(packet.mn, Talk{}).first;
    }
    Talk& talk = found->second;
    const bool names_itself = packet.st != "91" && packet.st.size() <= 2 && is_plain(packet.st);
    const std::string_view st = names_itself ? packet.st : std::string_view(talk.st);
    if (talk.presence == nullptr || talk.st != st || talk.pw != packet.pw) {
        talk.presence = std::make_shared<char>();
        talk.st = st;
        talk.pw = packet.pw;
    }
    return &talk;
}

/// What a known device is told unasked.
void Session::plan(const Packet& packet, Talk& talk) {
    if (!m_options.conversations->reaches(packet.mn)) return;
    const Settings& settings = *m_options.settings;
    const Timestamp now = m_options.clock->now();
    const auto shown = instant_of(m_content.data_time);
    const bool off =
        packet.cn == "2011" && shown && settings.clock_tolerance_s > 0 &&
        std::abs(static_cast<double>(now - *shown)) > settings.clock_tolerance_s * 1000;
    if ((off || packet.cn == "1013") && !talk.clock_told)
        talk.clock_told = tell(packet.mn, "1012", {});  // The time is told when it is sent.
    if (talk.intervals_told) return;
    talk.intervals_told = true;
    if (settings.real_time_interval_s > 0)
        tell(packet.mn, "1062", fmt::format("RtdInterval={}", settings.real_time_interval_s));
    if (settings.minute_interval_min > 0)
        tell(packet.mn, "1064", fmt::format("MinInterval={}", settings.minute_interval_min));
}

bool Session::tell(std::string_view mn, std::string cn, std::string cp) {
    auto refused = [report = m_options.report, address = std::string(mn),
                    cn](const CommandOutcome& outcome) {
        if (outcome.fate != CommandFate::refused || !report) return;
        report(Error(errors::k_hj212_refused, {{"address", address},
                                               {"command", cn},
                                               {"what", outcome.zh},
                                               {"what_en", outcome.en}}));
    };
    return m_options.conversations
        ->ask(mn, {.code = std::move(cn), .data = std::move(cp)}, std::move(refused))
        .has_value();
}

}  // namespace anlan::sensing::hj212
