#include "foundations/sensing/gateways/ais/session.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/ais/errors.h"

namespace anlan::sensing::ais {
namespace {

constexpr std::string_view k_protocol = "ais";
constexpr std::size_t k_sample_bytes = 480;

}  // namespace

void Session::receive(Bytes bytes) {
    m_reader.push(bytes);
    drain();
}

void Session::end_datagram() {
    m_reader.finish();
    drain();
}

void Session::drain() {
    const Timestamp now = m_options.clock->now();
    while (const auto next = m_reader.next(now)) {
        if (*next) {
            ++m_options.counters->messages;
            deal(**next, now);
        } else if (next->error().is(errors::k_ais_incomplete)) {
            ++m_options.counters->incomplete;
        } else {
            ++m_options.counters->disturbances;
        }
    }
    while (m_reader.give_up(now)) ++m_options.counters->incomplete;
}

void Session::deal(const Message& message, Timestamp now) {
    if (message.mmsi == 0 || message.mmsi > 999'999'999) {
        // Nobody's: neither to be registered nor to be found again.
        ++m_options.counters->disturbances;
        return;
    }
    Delivery delivery;
    delivery.protocol = k_protocol;
    delivery.address = address_of(message.mmsi);
    delivery.space = bigdata::k_live;
    if (m_options.door == Door::exercise)
        delivery.space = m_options.hub->exercise_of(k_protocol, delivery.address).value_or("");
    delivery.peer = m_options.peer;
    delivery.sample = message.whole->raw.substr(0, k_sample_bytes);
    delivery.received = now;
    readings_of(message, message.whole->heard.value_or(now), delivery.readings);
    if (json::object facts = facts_of(message); !facts.empty())
        m_options.hub->describe({delivery.space, delivery.protocol, delivery.address},
                                std::move(facts));
    ++*m_unanswered;
    m_options.hub->take(
        std::move(delivery),
        [counters = m_options.counters, unanswered = m_unanswered](const Result<void>& stored) {
            const bool taken = stored || stored.error().is(errors::k_unknown_channel);
            ++(taken ? counters->stored : counters->refused);
            --*unanswered;
        });
}

}  // namespace anlan::sensing::ais
