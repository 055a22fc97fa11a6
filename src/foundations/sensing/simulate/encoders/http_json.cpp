#include "foundations/sensing/simulate/encoders/rows.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <optional>

namespace anlan::sensing::simulate {
namespace {

constexpr std::size_t k_head_bytes_max = 16 * 1024;

/// The length of a body, from a head; nothing when it says none.
std::optional<std::size_t> length_in(std::string head) {
    std::ranges::transform(head, head.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    constexpr std::string_view k_name = "\r\ncontent-length:";
    const auto at = head.find(k_name);
    if (at == std::string::npos) return std::nullopt;
    const char* from = head.data() + at + k_name.size();
    while (*from == ' ') ++from;
    std::size_t out = 0;
    if (std::from_chars(from, head.data() + head.size(), out).ec != std::errc{})
        return std::nullopt;
    return out;
}

class Poster final : public DeviceEncoder {
  public:
    explicit Poster(const EncoderRow::Device& device) : m_device(device) {}

    std::vector<Packet> connected(Timestamp) override {
        m_heard.clear();
        m_waiting.clear();
        return {};
    }
    std::vector<Packet> heartbeat(Timestamp) override { return {}; }
    std::vector<Packet> report(std::span<const Reading> readings, Timestamp now) override {
        json::array list;
        for (const Reading& r : readings) {
            list.push_back(
                {{"channel", r.channel}, {"value", r.value}, {"at", iso8601(r.at.value_or(now))}});
        }
        const std::string body = to_text(json::object{{"readings", std::move(list)}});
        const std::string request =
            "POST /api/v1/observations HTTP/1.1\r\nHost: " + m_device.host +
            "\r\nAuthorization: Bearer " + m_device.token +
            "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body;
        return {{{request.begin(), request.end()}, std::to_string(++m_number)}};
    }
    void sending(const Packet& packet) override { m_waiting.push_back(packet.mark); }
    /// Answers come in the order of the requests.
    Heard hear(std::span<const std::uint8_t> bytes, Timestamp) override {
        Heard out;
        m_heard.append(bytes.begin(), bytes.end());
        for (;;) {
            const auto end = m_heard.find("\r\n\r\n");
            if (end == std::string::npos) {
                if (m_heard.size() > k_head_bytes_max) m_heard.clear();
                return out;
            }
            const std::size_t whole = end + 4 + length_in(m_heard.substr(0, end + 2)).value_or(0);
            if (m_heard.size() < whole) return out;
            const bool good = m_heard.size() > 9 && m_heard[9] == '2';
            if (!m_waiting.empty()) {
                (good ? out.accepted : out.refused).push_back(m_waiting.front());
                m_waiting.pop_front();
            }
            m_heard.erase(0, whole);
        }
    }

  private:
    const EncoderRow::Device m_device;
    std::string m_heard;
    std::deque<std::string> m_waiting;
    std::uint64_t m_number = 0;
};

}  // namespace

std::unique_ptr<DeviceEncoder> make_http_json(const EncoderRow::Device& device) {
    return std::make_unique<Poster>(device);
}

std::string_view http_json_address_problem(std::string_view address) {
    return address.empty() ? "不可为空 not empty" : "";
}

}  // namespace anlan::sensing::simulate
