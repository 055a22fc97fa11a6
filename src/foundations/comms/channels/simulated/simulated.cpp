#include "foundations/comms/channels/simulated/simulated.h"

#include "foundations/comms/errors.h"

#include <algorithm>

namespace anlan::comms {

Result<void> SimulatedChannel::deliver(const bigdata::Record& message) {
    const bool addressed = !text_at(message.fields, "to_role").empty() ||
                           !text_at(message.fields, "to_person").empty();
    if (!addressed) return fail(errors::k_no_addressee);
    const std::lock_guard lock(m_mutex);
    if (m_delivered.size() >= m_kept_max) m_delivered.pop_front();
    m_delivered.push_back(message.id);
    return {};
}

Fate SimulatedChannel::fate_of(const bigdata::Record& message) const {
    const std::lock_guard lock(m_mutex);
    return std::ranges::find(m_delivered, message.id) != m_delivered.end() ? Fate::delivered
                                                                           : Fate::unknown;
}

std::vector<Uuid> SimulatedChannel::delivered() const {
    const std::lock_guard lock(m_mutex);
    return {m_delivered.begin(), m_delivered.end()};
}

}  // namespace anlan::comms
