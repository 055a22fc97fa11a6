// Where packets begin and end, and what topics and filters may look like.
#include "foundations/sensing/gateways/mqtt/errors.h"
#include "foundations/sensing/gateways/mqtt/packet.h"

#include <algorithm>

namespace anlan::sensing::mqtt {
namespace {

constexpr std::size_t k_kept_bytes = 2048;  ///< More is given back once it is read.
constexpr std::size_t k_length_bytes_max = 4;

/// The flags that section 2.1.3 fixes for a type; PUBLISH has its own.
bool are_flags_right(Type type, unsigned flags) {
    switch (type) {
        case Type::publish:
            return (flags & 6U) != 6U && ((flags & 6U) != 0 || (flags & 8U) == 0);
        case Type::pubrel:
        case Type::subscribe:
        case Type::unsubscribe:
            return flags == 2;
        default:
            return flags == 0;
    }
}

std::unexpected<Error> malformed(std::uint64_t byte, std::string_view zh, std::string_view en) {
    return fail(
        errors::k_mqtt_malformed,
        {{"byte", std::to_string(byte)}, {"what", std::string(zh)}, {"what_en", std::string(en)}});
}

}  // namespace

void PacketReader::push(Bytes bytes) {
    if (m_broken) return;
    if (m_at == m_buffer.size()) {
        m_at = 0;
        m_buffer.clear();
        if (m_buffer.capacity() > k_kept_bytes && bytes.size() <= k_kept_bytes) m_buffer = {};
    } else if (m_at > 0) {
        m_buffer.erase(m_buffer.begin(), m_buffer.begin() + static_cast<std::ptrdiff_t>(m_at));
        m_at = 0;
    }
    m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
}

std::optional<Result<Frame>> PacketReader::next() {
    const std::size_t left = m_buffer.size() - m_at;
    if (m_broken || left == 0) return std::nullopt;
    const std::uint8_t* begin = m_buffer.data() + m_at;
    const auto type = static_cast<Type>(begin[0] >> 4U);
    const unsigned flags = begin[0] & 15U;
    if (begin[0] >> 4U == 0 || !are_flags_right(type, flags)) {
        m_broken = true;
        return malformed(m_offset, "类型或标志位", "type or flags");
    }
    std::size_t length = 0, header = 1;
    for (;; ++header) {
        if (header > k_length_bytes_max) {
            m_broken = true;
            return malformed(m_offset + header, "剩余长度", "remaining length");
        }
        if (header >= left) return std::nullopt;
        length |= static_cast<std::size_t>(begin[header] & 0x7FU) << (7 * (header - 1));
        if ((begin[header] & 0x80U) == 0) break;
    }
    ++header;
    if (header + length > m_limits.packet_bytes_max) {
        m_broken = true;
        return fail(errors::k_mqtt_too_large, {{"byte", std::to_string(m_offset + 1)},
                                               {"length", std::to_string(header + length)},
                                               {"max", std::to_string(m_limits.packet_bytes_max)}});
    }
    if (left < header + length) return std::nullopt;
    const Frame frame{
        type, static_cast<std::uint8_t>(flags), {begin + header, length}, m_offset, header};
    m_at += header + length;
    m_offset += header + length;
    return frame;
}

bool is_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == 0) return false;
        if (c < 0x80) {
            ++i;
            continue;
        }
        const std::size_t size = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        if (c < 0xC2 || c > 0xF4 || i + size > text.size()) return false;
        std::uint32_t code = c & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0U) != 0x80U) return false;
            code = code << 6U | (next & 0x3FU);
        }
        const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
        if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
        i += size;
    }
    return true;
}

bool is_topic(std::string_view topic) {
    return !topic.empty() && topic.find_first_of("+#") == std::string_view::npos;
}

bool is_filter(std::string_view filter) {
    if (filter.empty()) return false;
    for (std::size_t i = 0; i < filter.size(); ++i) {
        if (filter[i] != '+' && filter[i] != '#') continue;
        const bool begins = i == 0 || filter[i - 1] == '/';
        const bool last = i + 1 == filter.size();
        const bool ends = last || (filter[i] == '+' && filter[i + 1] == '/');
        if (!begins || !ends) return false;
    }
    return true;
}

bool matches(std::string_view filter, std::string_view topic) {
    if (!topic.empty() && topic[0] == '$' && !filter.empty() &&
        (filter[0] == '+' || filter[0] == '#'))
        return false;
    for (;;) {
        const std::string_view wanted = filter.substr(0, filter.find('/'));
        if (wanted == "#") return true;
        const std::string_view level = topic.substr(0, topic.find('/'));
        if (wanted != "+" && wanted != level) return false;
        const bool filter_ends = wanted.size() == filter.size();
        const bool topic_ends = level.size() == topic.size();
        if (filter_ends || topic_ends) {
            // "a/#" matches "a" too.
            return filter_ends == topic_ends || filter.substr(wanted.size()) == "/#";
        }
        filter.remove_prefix(wanted.size() + 1);
        topic.remove_prefix(level.size() + 1);
    }
}

std::optional<std::string_view> level_of(std::string_view topic, std::size_t level) {
    for (; level > 0; --level) {
        const auto slash = topic.find('/');
        if (slash == std::string_view::npos) return std::nullopt;
        topic.remove_prefix(slash + 1);
    }
    return topic.substr(0, topic.find('/'));
}

}  // namespace anlan::sensing::mqtt
