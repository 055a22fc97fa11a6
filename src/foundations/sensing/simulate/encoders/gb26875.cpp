#include "foundations/sensing/gateways/gb26875/encoder.h"
#include "foundations/sensing/simulate/encoders/rows.h"
#include "foundations/sensing/simulate/unit_frames.h"

namespace anlan::sensing::simulate {
namespace {

using namespace gb26875;

class Unit final : public DeviceEncoder {
  public:
    explicit Unit(Address address) : m_address(address) {}

    std::vector<Packet> connected(Timestamp now) override {
        m_reader = {};
        return heartbeat(now);
    }
    std::vector<Packet> heartbeat(Timestamp now) override {
        return {frame(Command::send, {}, ++m_sequence, now, Expects::answer)};
    }
    std::vector<Packet> report(std::span<const Reading> readings, Timestamp now) override {
        std::vector<Packet> out;
        for (const auto& unit : units_of(readings, now))
            out.push_back(frame(Command::send, unit, ++m_sequence, now, Expects::answer));
        for (const Reading& each : readings) {
            if (each.channel == "unit") m_state = static_cast<std::uint8_t>(each.value);
        }
        return out;
    }
    Heard hear(std::span<const std::uint8_t> bytes, Timestamp now) override {
        Heard out;
        m_reader.push(bytes);
        while (auto next = m_reader.next()) {
            if (*next) take(**next, now, out);
        }
        return out;
    }

  private:
    enum class Expects { answer, nothing };
    const Address m_address;
    FrameReader m_reader;
    gb26875::Unit m_read;
    std::uint16_t m_sequence = 0;
    std::uint8_t m_state = 1;  ///< Of the unit: normal.

    Packet frame(Command command, Bytes unit, std::uint16_t sequence, Timestamp now,
                 Expects expects) {
        return {encode({.sequence = sequence,
                        .time = now,
                        .source = m_address,
                        .destination = {},
                        .command = command},
                       unit),
                expects == Expects::answer ? std::to_string(sequence) : std::string()};
    }
    void take(const Frame& heard, Timestamp now, Heard& out) {
        const std::string mark = std::to_string(heard.sequence);
        if (heard.command == Command::confirm) out.accepted.push_back(mark);
        if (heard.command == Command::deny) out.refused.push_back(mark);
        if (heard.command != Command::control && heard.command != Command::request) return;
        const bool decoded = decode(heard, m_read).has_value();
        out.asked.push_back("type " + std::to_string(m_read.type));
        const auto answer = [&](Command command, std::uint8_t type, const Object* object) {
            std::vector<std::uint8_t> unit;
            if (object != nullptr) unit = *encode_unit(type, {object, 1});
            out.answers.push_back(frame(command, unit, heard.sequence, now, Expects::nothing));
        };
        const Object state = UnitState{m_state, WireTime::of(now)};
        const Object clock = UnitTime{WireTime::of(now)};
        if (decoded && heard.command == Command::control)
            answer(Command::confirm, 0, nullptr);
        else if (decoded && m_read.type == 81)
            answer(Command::reply, 21, &state);
        else if (decoded && m_read.type == 88)
            answer(Command::reply, 28, &clock);
        else
            answer(Command::deny, 0, nullptr);
        if (!decoded || m_read.type != 91) return;
        const Object present = UnitOperation{0x20, 1, WireTime::of(now)};
        out.answers.push_back(frame(Command::send, *encode_unit(24, {&present, 1}), ++m_sequence,
                                    now, Expects::answer));
    }
};

}  // namespace

std::unique_ptr<DeviceEncoder> make_gb26875(const EncoderRow::Device& device) {
    return std::make_unique<Unit>(Address::parse(device.address).value_or(Address{}));
}

std::string_view gb26875_address_problem(std::string_view address) {
    return Address::parse(address) ? "" : "12 位十六进制数字 12 hexadecimal digits";
}

}  // namespace anlan::sensing::simulate
