#include "foundations/sensing/gateways/jt808/parts.h"

#include "foundations/sensing/gateways/jt808/errors.h"

#include <algorithm>

namespace anlan::sensing::jt808 {
namespace {

std::uint16_t first_of(const Frame& frame) {
    return static_cast<std::uint16_t>(frame.sequence - (frame.number - 1));
}

Message head_of(const Frame& frame) {
    Message out;
    out.offset = frame.offset;
    out.id = frame.id;
    out.version = frame.version;
    out.protocol_version = frame.protocol_version;
    out.phone = frame.phone;
    out.encryption = frame.encryption();
    out.raw = frame.raw;
    return out;
}

}  // namespace

std::deque<Parts::Open>::iterator Parts::find(const Frame& frame) {
    return std::ranges::find_if(m_open, [&](const Open& o) {
        return o.id == frame.id && o.first == first_of(frame) && o.total == frame.total &&
               o.phone == frame.phone;
    });
}

Error Parts::incomplete(const Open& open) {
    const auto gap = std::ranges::find_if(open.parts, [](const auto& part) { return !part; });
    return {errors::k_jt808_incomplete,
            {{"byte", std::to_string(open.offset)},
             {"total", std::to_string(open.total)},
             {"missing", std::to_string(gap - open.parts.begin() + 1)}}};
}

Result<std::optional<Message>> Parts::add(const Frame& frame, Timestamp now) {
    if (!frame.is_part()) {
        Message out = head_of(frame);
        out.sequences = {frame.sequence};
        out.body = frame.body;
        out.frame = &frame;
        return std::optional(std::move(out));
    }
    if (frame.total > k_total_max)
        return fail(errors::k_jt808_part, {{"byte", std::to_string(frame.offset)},
                                           {"number", std::to_string(frame.number)},
                                           {"total", std::to_string(frame.total)}});
    auto at = find(frame);
    std::optional<Error> lost;
    if (at == m_open.end()) {
        if (m_open.size() == k_open_max) lost = give_up_any();
        Open open;
        open.phone = frame.phone;
        open.id = frame.id;
        open.first = first_of(frame);
        open.total = frame.total;
        open.offset = frame.offset;
        open.encryption = frame.encryption();
        open.parts.resize(frame.total);
        m_open.push_back(std::move(open));
        at = m_open.end() - 1;
    }
    at->last = now;
    auto& part = at->parts[frame.number - 1U];
    if (!part) ++at->count;
    part.emplace(frame.body.begin(), frame.body.end());
    if (at->count < at->total) {
        if (lost) return std::unexpected(std::move(*lost));
        return std::optional<Message>();
    }
    m_joined.clear();
    Message out = head_of(frame);
    out.offset = at->offset;
    for (unsigned i = 0; i < at->total; ++i) {
        m_joined.insert(m_joined.end(), at->parts[i]->begin(), at->parts[i]->end());
        out.sequences.push_back(static_cast<std::uint16_t>(at->first + i));
    }
    out.body = m_joined;
    m_open.erase(at);
    return std::optional(std::move(out));
}

std::optional<Error> Parts::give_up(Timestamp now) {
    const auto at =
        std::ranges::find_if(m_open, [&](const Open& o) { return now - o.last >= k_wait_ms; });
    if (at == m_open.end()) return std::nullopt;
    Error out = incomplete(*at);
    m_open.erase(at);
    return out;
}

std::optional<Error> Parts::give_up_any() {
    if (m_open.empty()) return std::nullopt;
    Error out = incomplete(m_open.front());
    m_open.pop_front();
    return out;
}

std::optional<Parts::Gap> Parts::gap_of(const Frame& last) {
    if (!last.is_part() || last.number != last.total) return std::nullopt;
    const auto at = find(last);
    if (at == m_open.end() || at->asked) return std::nullopt;
    at->asked = true;
    Gap out{at->first, {}};
    for (unsigned i = 0; i < at->total; ++i) {
        if (!at->parts[i]) out.numbers.push_back(static_cast<std::uint16_t>(i + 1));
    }
    return out;
}

}  // namespace anlan::sensing::jt808
