#include "foundations/sensing/gateways/gb26875/decoder.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/tables.h"

#include <algorithm>
#include <charconv>

namespace anlan::sensing::gb26875 {
namespace {

/// Reads little-endian fields; after the end everything is zero and ok() is false.
class Cursor {
  public:
    Cursor(Bytes bytes, std::size_t at) : m_bytes(bytes), m_at(at) {}

    std::uint8_t byte() { return m_at < m_bytes.size() ? m_bytes[m_at++] : over(); }
    std::uint16_t word() {
        const unsigned low = byte();
        return static_cast<std::uint16_t>(low | (unsigned{byte()} << 8));
    }
    Bytes bytes(std::size_t count) {
        if (m_bytes.size() - m_at < count) {
            m_ok = false;
            return {};
        }
        const Bytes out = m_bytes.subspan(m_at, count);
        m_at += count;
        return out;
    }
    template <std::size_t n>
    std::array<std::uint8_t, n> array() {
        std::array<std::uint8_t, n> out{};
        std::ranges::copy(bytes(n), out.begin());
        return out;
    }
    WireTime time() { return {array<6>()}; }
    [[nodiscard]] bool ok() const { return m_ok; }
    [[nodiscard]] std::size_t at() const { return m_at; }
    [[nodiscard]] std::size_t left() const { return m_bytes.size() - m_at; }

  private:
    std::uint8_t over() {
        m_ok = false;
        return 0;
    }
    Bytes m_bytes;
    std::size_t m_at;
    bool m_ok = true;
};

template <class T>
T system(Cursor& in) {
    T out;
    out.system_type = in.byte();
    out.system_address = in.byte();
    return out;
}

template <class T>
T part(Cursor& in) {
    T out = system<T>(in);
    out.part_type = in.byte();
    out.part_address = in.array<4>();
    return out;
}

constexpr std::size_t k_description_bytes = 31;
constexpr int k_users_own = 128;  // of commands and of type flags

Object up_system(int type, Cursor& in) {
    switch (type) {
        case 1: {
            auto o = system<SystemState>(in);
            o.state = in.word();
            o.time = in.time();
            return o;
        }
        case 4: {
            auto o = system<SystemOperation>(in);
            o.flags = in.byte();
            o.person = in.byte();
            o.time = in.time();
            return o;
        }
        case 5: {
            auto o = system<SystemVersion>(in);
            o.main = in.byte();
            o.user = in.byte();
            return o;
        }
        case 6: {
            auto o = system<SystemConfiguration>(in);
            o.text = in.bytes(in.byte());
            return o;
        }
        default: {
            auto o = system<SystemTime>(in);
            o.time = in.time();
            return o;
        }
    }
}

Object up_part(int type, Cursor& in) {
    switch (type) {
        case 2: {
            auto o = part<PartState>(in);
            o.state = in.word();
            o.description = in.bytes(k_description_bytes);
            o.time = in.time();
            return o;
        }
        case 3: {
            auto o = part<PartAnalog>(in);
            o.analog_type = in.byte();
            o.raw = static_cast<std::int16_t>(in.word());
            o.time = in.time();
            return o;
        }
        default: {
            auto o = part<PartConfiguration>(in);
            o.description = in.bytes(k_description_bytes);
            return o;
        }
    }
}

Object up_unit(int type, Cursor& in) {
    switch (type) {
        case 21: {
            const std::uint8_t state = in.byte();
            return UnitState{state, in.time()};
        }
        case 24: {
            const std::uint8_t flags = in.byte();
            const std::uint8_t person = in.byte();
            return UnitOperation{flags, person, in.time()};
        }
        case 25: {
            const std::uint8_t main = in.byte();
            return UnitVersion{main, in.byte()};
        }
        case 26:
            return UnitConfiguration{in.bytes(in.byte())};
        default:
            return UnitTime{in.time()};
    }
}

Object down(int type, Cursor& in) {
    switch (type) {
        case 61:
        case 65:
        case 66:
        case 68:
            return system<ReadSystem>(in);
        case 62:
        case 63:
        case 67:
            return part<ReadPart>(in);
        case 64: {
            auto o = system<ReadSystemOperations>(in);
            o.count = in.byte();
            o.since = in.time();
            return o;
        }
        case 84: {
            const std::uint8_t count = in.byte();
            return ReadUnitOperations{count, in.time()};
        }
        case 90:
            return UnitTime{in.time()};
        case 91:
            return DutyCheck{in.byte()};
        default:
            return ReadUnit{in.byte()};
    }
}

Object object_of(int type, Cursor& in) {
    switch (type) {
        case 1:
        case 4:
        case 5:
        case 6:
        case 8:
            return up_system(type, in);
        case 2:
        case 3:
        case 7:
            return up_part(type, in);
        case 21:
        case 24:
        case 25:
        case 26:
        case 28:
            return up_unit(type, in);
        default:
            return down(type, in);
    }
}

char* put(char* at, char* end, unsigned value) {
    return std::to_chars(at, end, value).ptr;
}

/// "part:1/1/40/10.0.2.0", built without intermediate strings: this runs for every reading.
class Channel {
  public:
    explicit Channel(std::string_view word) { text(word); }
    Channel& text(std::string_view s) {
        m_at = std::copy(s.begin(), s.end(), m_at);
        return *this;
    }
    Channel& number(char before, unsigned value) {
        *m_at++ = before;
        m_at = put(m_at, m_buffer.data() + m_buffer.size(), value);
        return *this;
    }
    Channel& place(const SystemPlace& p) {
        return number(':', p.system_type).number('/', p.system_address);
    }
    Channel& place(const PartPlace& p) {
        place(static_cast<const SystemPlace&>(p)).number('/', p.part_type);
        number('/', p.part_address[0]).number('.', p.part_address[1]);
        return number('.', p.part_address[2]).number('.', p.part_address[3]);
    }
    [[nodiscard]] std::string take() const {
        return {m_buffer.data(), static_cast<std::size_t>(m_at - m_buffer.data())};
    }

  private:
    std::array<char, 64> m_buffer{};  // longest: "analog:255/255/255/255.255.255.255/255"
    char* m_at = m_buffer.data();
};

Reading reading(std::string channel, double value, const WireTime& time) {
    Reading out{std::move(channel), value, time.instant(), bigdata::Quality::good};
    if (!out.at) out.quality = bigdata::Quality::uncertain;
    return out;
}

struct ReadingMaker {
    unsigned type;
    std::vector<Reading>& out;
    void operator()(const SystemState& o) const {
        out.push_back(reading(Channel("system").place(o).take(), o.state, o.time));
    }
    void operator()(const PartState& o) const {
        out.push_back(reading(Channel("part").place(o).take(), o.state, o.time));
    }
    void operator()(const PartAnalog& o) const {
        const Analog* row = analog(o.analog_type);
        const double value = row == nullptr ? o.raw : o.raw * row->scale + row->offset;
        out.push_back(
            reading(Channel("analog").place(o).number('/', o.analog_type).take(), value, o.time));
        if (row == nullptr) out.back().quality = bigdata::Quality::uncertain;
    }
    void operator()(const UnitState& o) const { out.push_back(reading("unit", o.state, o.time)); }
    void operator()(const UserData& o) const {
        out.push_back({Channel("user").number(':', type).take(),
                       double(o.count),
                       {},
                       bigdata::Quality::good});
    }
    template <class T>
    void operator()(const T&) const {}
};

}  // namespace

Result<void> decode(const Frame& frame, Unit& out) {
    out.type = 0;
    out.objects.clear();
    if (frame.unit.empty() || static_cast<int>(frame.command) >= k_users_own) return {};
    const auto byte_of = [&](std::size_t at) {
        return std::to_string(frame.offset + k_header_bytes + at);
    };
    const int type = frame.unit[0];
    if (type >= k_users_own && frame.unit.size() >= 2) {
        out.type = static_cast<std::uint8_t>(type);
        out.objects.emplace_back(UserData{frame.unit[1], frame.unit.subspan(2)});
        return {};
    }
    if (type_name(type) == nullptr) {
        return fail(errors::k_gb26875_unknown_type,
                    {{"byte", byte_of(0)}, {"type", std::to_string(type)}});
    }
    Cursor in(frame.unit, 1);
    const unsigned count = in.byte();
    out.type = static_cast<std::uint8_t>(type);
    for (unsigned i = 0; i < count && in.ok(); ++i) {
        const std::size_t begin = in.at();
        out.objects.push_back(object_of(type, in));
        if (!in.ok()) {
            out.objects.pop_back();
            return fail(errors::k_gb26875_unit_short, {{"byte", byte_of(begin)},
                                                       {"type", std::to_string(type)},
                                                       {"object", std::to_string(i + 1)}});
        }
    }
    if (!in.ok()) {
        return fail(errors::k_gb26875_unit_short,
                    {{"byte", byte_of(1)}, {"type", std::to_string(type)}, {"object", "1"}});
    }
    if (in.left() > 0) {
        return fail(errors::k_gb26875_unit_surplus,
                    {{"byte", byte_of(in.at())}, {"surplus", std::to_string(in.left())}});
    }
    return {};
}

void readings_of(const Unit& unit, std::vector<Reading>& out) {
    for (const Object& object : unit.objects) std::visit(ReadingMaker{unit.type, out}, object);
}

}  // namespace anlan::sensing::gb26875
