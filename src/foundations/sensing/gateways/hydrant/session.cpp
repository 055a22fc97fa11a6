#include "foundations/sensing/gateways/hydrant/session.h"

#include "core/hash.h"
#include "foundations/sensing/errors.h"

namespace anlan::sensing::hydrant {
namespace {

constexpr std::string_view k_protocol = "hydrant";
constexpr std::size_t k_sample_bytes = 256;

}  // namespace

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
    while (const auto next = m_reader.next()) {
        if (*next) {
            ++m_options.counters->frames;
            hand_over(**next);
        } else {
            ++m_options.counters->disturbances;
        }
    }
}

void Session::hand_over(const Frame& frame) {
    Delivery delivery;
    delivery.protocol = k_protocol;
    delivery.address = frame.number;
    delivery.space = bigdata::k_live;
    if (m_options.door == Door::exercise)
        delivery.space = m_options.hub->exercise_of(k_protocol, delivery.address).value_or("");
    delivery.peer = m_options.peer;
    const Bytes shown = frame.raw.first(std::min(frame.raw.size(), k_sample_bytes));
    delivery.sample =
        hex(std::string_view(reinterpret_cast<const char*>(shown.data()), shown.size()));
    delivery.received = m_options.clock->now();
    readings_of(frame, *m_options.settings, delivery.readings);
    ++*m_unanswered;
    m_options.hub->take(
        std::move(delivery),
        [counters = m_options.counters, unanswered = m_unanswered](const Result<void>& stored) {
            const bool accepted = stored || stored.error().is(errors::k_unknown_channel);
            ++(accepted ? counters->stored : counters->refused);
            --*unanswered;
        });
}

}  // namespace anlan::sensing::hydrant
