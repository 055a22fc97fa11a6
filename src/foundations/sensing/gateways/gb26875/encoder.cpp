#include "foundations/sensing/gateways/gb26875/encoder.h"

#include <algorithm>

namespace anlan::sensing::gb26875 {
namespace {

class Writer {
  public:
    explicit Writer(std::vector<std::uint8_t>& out) : m_out(out) {}
    void byte(unsigned value) const { m_out.push_back(static_cast<std::uint8_t>(value)); }
    void word(unsigned value) const {
        byte(value & 0xFF);
        byte(value >> 8 & 0xFF);
    }
    void bytes(Bytes b) const { m_out.insert(m_out.end(), b.begin(), b.end()); }
    void time(const WireTime& t) const { bytes(t.bytes); }
    void padded(Bytes b, std::size_t size) const {
        const std::size_t used = std::min(b.size(), size);
        bytes(b.first(used));
        m_out.insert(m_out.end(), size - used, ' ');
    }
    void counted(Bytes b) const {
        const std::size_t used = std::min<std::size_t>(b.size(), 255);
        byte(static_cast<unsigned>(used));
        bytes(b.first(used));
    }

  private:
    std::vector<std::uint8_t>& m_out;
};

/// Writes one object; false when it does not belong to the type.
struct ObjectEncoder {
    int type;
    Writer out;

    void place(const SystemPlace& o) const {
        out.byte(o.system_type);
        out.byte(o.system_address);
    }
    void place(const PartPlace& o) const {
        place(static_cast<const SystemPlace&>(o));
        out.byte(o.part_type);
        out.bytes(o.part_address);
    }
    bool operator()(const SystemState& o) const {
        place(o);
        out.word(o.state);
        out.time(o.time);
        return type == 1;
    }
    bool operator()(const PartState& o) const {
        place(o);
        out.word(o.state);
        out.padded(o.description, 31);
        out.time(o.time);
        return type == 2;
    }
    bool operator()(const PartAnalog& o) const {
        place(o);
        out.byte(o.analog_type);
        out.word(static_cast<std::uint16_t>(o.raw));
        out.time(o.time);
        return type == 3;
    }
    bool operator()(const SystemOperation& o) const {
        place(o);
        return pair(o.flags, o.person, o.time) && type == 4;
    }
    bool operator()(const SystemVersion& o) const {
        place(o);
        out.byte(o.main);
        out.byte(o.user);
        return type == 5;
    }
    bool operator()(const SystemConfiguration& o) const {
        place(o);
        out.counted(o.text);
        return type == 6;
    }
    bool operator()(const PartConfiguration& o) const {
        place(o);
        out.padded(o.description, 31);
        return type == 7;
    }
    bool operator()(const SystemTime& o) const {
        place(o);
        out.time(o.time);
        return type == 8;
    }
    bool operator()(const UnitState& o) const {
        out.byte(o.state);
        out.time(o.time);
        return type == 21;
    }
    bool operator()(const UnitOperation& o) const {
        return pair(o.flags, o.person, o.time) && type == 24;
    }
    bool operator()(const UnitVersion& o) const {
        out.byte(o.main);
        out.byte(o.user);
        return type == 25;
    }
    bool operator()(const UnitConfiguration& o) const {
        out.counted(o.text);
        return type == 26;
    }
    bool operator()(const UnitTime& o) const {
        out.time(o.time);
        return type == 28 || type == 90;
    }
    bool operator()(const ReadSystem& o) const {
        place(o);
        return type == 61 || type == 65 || type == 66 || type == 68;
    }
    bool operator()(const ReadPart& o) const {
        place(o);
        return type == 62 || type == 63 || type == 67;
    }
    bool operator()(const ReadSystemOperations& o) const {
        place(o);
        out.byte(o.count);
        out.time(o.since);
        return type == 64;
    }
    bool operator()(const ReadUnit& o) const {
        out.byte(o.reserved);
        return type == 81 || type == 85 || type == 86 || type == 88 || type == 89;
    }
    bool operator()(const ReadUnitOperations& o) const {
        out.byte(o.count);
        out.time(o.since);
        return type == 84;
    }
    bool operator()(const DutyCheck& o) const {
        out.byte(o.minutes);
        return type == 91;
    }
    bool operator()(const UserData& o) const {
        out.bytes(o.bytes);
        return type >= 128;
    }
    bool pair(unsigned a, unsigned b, const WireTime& time) const {
        out.byte(a);
        out.byte(b);
        out.time(time);
        return true;
    }
};

}  // namespace

std::vector<std::uint8_t> encode(const Envelope& envelope, Bytes unit) {
    ASSERT(unit.size() <= k_unit_bytes_max);
    std::vector<std::uint8_t> out;
    out.reserve(k_around_bytes + unit.size());
    const Writer w(out);
    w.word(0x4040);
    w.word(envelope.sequence);
    w.byte(envelope.version_main);
    w.byte(envelope.version_user);
    w.time(WireTime::of(envelope.time));
    w.bytes(envelope.source.bytes);
    w.bytes(envelope.destination.bytes);
    w.word(static_cast<unsigned>(unit.size()));
    w.byte(static_cast<unsigned>(envelope.command));
    w.bytes(unit);
    w.byte(sum_of(Bytes(out).subspan(2)));
    w.word(0x2323);
    return out;
}

std::optional<std::vector<std::uint8_t>> encode_unit(std::uint8_t type,
                                                     std::span<const Object> objects) {
    if (objects.size() > 255) return std::nullopt;
    std::vector<std::uint8_t> out;
    const Writer w(out);
    w.byte(type);
    const auto* own = objects.size() == 1 ? std::get_if<UserData>(&objects[0]) : nullptr;
    w.byte(own != nullptr ? own->count : static_cast<unsigned>(objects.size()));
    for (const Object& object : objects) {
        if (!std::visit(ObjectEncoder{type, w}, object)) return std::nullopt;
    }
    if (out.size() > k_unit_bytes_max) return std::nullopt;
    return out;
}

std::vector<std::uint8_t> answer_to(const Frame& frame, Command command, Timestamp now) {
    return encode({frame.sequence, frame.version_main, frame.version_user, now, frame.destination,
                   frame.source, command},
                  {});
}

}  // namespace anlan::sensing::gb26875
