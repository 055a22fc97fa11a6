// GB/T 26875.3-2011, clause 8: application data unit to information objects, and those to readings.
// Units are converted here and nowhere else (tables.h says how); texts stay GB 18030 until
// text_of().
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/gb26875/frame.h"
#include "foundations/sensing/hub.h"

#include <variant>

namespace anlan::sensing::gb26875 {

struct SystemPlace {
    std::uint8_t system_type = 0, system_address = 0;
};
struct PartPlace : SystemPlace {
    std::uint8_t part_type = 0;
    std::array<std::uint8_t, 4> part_address{};
};

// Upward. The number is the type flag.
struct SystemState : SystemPlace {  // 1
    std::uint16_t state = 0;
    WireTime time;
};
struct PartState : PartPlace {  // 2
    std::uint16_t state = 0;
    Bytes description;  ///< 31 bytes of GB 18030, padded with spaces or zeros.
    WireTime time;
};
struct PartAnalog : PartPlace {  // 3
    std::uint8_t analog_type = 0;
    std::int16_t raw = 0;
    WireTime time;
};
struct SystemOperation : SystemPlace {  // 4
    std::uint8_t flags = 0, person = 0;
    WireTime time;
};
struct SystemVersion : SystemPlace {  // 5
    std::uint8_t main = 0, user = 0;
};
struct SystemConfiguration : SystemPlace {
    Bytes text;
};  // 6
struct PartConfiguration : PartPlace {
    Bytes description;
};  // 7
struct SystemTime : SystemPlace {
    WireTime time;
};  // 8
struct UnitState {  // 21
    std::uint8_t state = 0;
    WireTime time;
};
struct UnitOperation {  // 24
    std::uint8_t flags = 0, person = 0;
    WireTime time;
};
struct UnitVersion {
    std::uint8_t main = 0, user = 0;
};  // 25
struct UnitConfiguration {
    Bytes text;
};  // 26
struct UnitTime {
    WireTime time;
};  // 28 up, 90 down (set the clock)

// Downward.
struct ReadSystem : SystemPlace {};          // 61, 65, 66, 68
struct ReadPart : PartPlace {};              // 62, 63, 67
struct ReadSystemOperations : SystemPlace {  // 64
    std::uint8_t count = 0;
    WireTime since;
};
struct ReadUnit {
    std::uint8_t reserved = 0;
};  // 81, 85, 86, 88, 89
struct ReadUnitOperations {  // 84
    std::uint8_t count = 0;
    WireTime since;
};
struct DutyCheck {
    std::uint8_t minutes = 0;
};  // 91: time allowed for the answer
/// 128 to 255: users' own types, kept as they are.
struct UserData {
    std::uint8_t count = 0;  ///< Number of information objects, as sent.
    Bytes bytes;             ///< All that follows it.
};

using Object =
    std::variant<SystemState, PartState, PartAnalog, SystemOperation, SystemVersion,
                 SystemConfiguration, PartConfiguration, SystemTime, UnitState, UnitOperation,
                 UnitVersion, UnitConfiguration, UnitTime, ReadSystem, ReadPart,
                 ReadSystemOperations, ReadUnit, ReadUnitOperations, DutyCheck, UserData>;

/// Texts are views into the frame.
struct Unit {
    /// 0: no application data (confirm, deny, heartbeat), or that of a user's own command.
    std::uint8_t type = 0;
    std::vector<Object> objects;
};

/// Reads the frame's application data into `out`, reusing its memory. Errors: gb26875_unit_short,
/// gb26875_unit_surplus, gb26875_unknown_type, each with the byte in the stream.
Result<void> decode(const Frame& frame, Unit& out);

/// The readings an upward unit carries; none for operations, versions, texts and requests.
///   system state   "system:<system type>/<system address>"
///   part state     "part:<system type>/<system address>/<part type>/<a.b.c.d>"
///   part analog    "analog:<system type>/<system address>/<part type>/<a.b.c.d>/<analog type>"
///   unit state     "unit"
///   users' own     "user:<type>", the number of objects
/// A state's value is its word as a number. An analog of a type without a row in tables.h, and a
/// time out of range, are marked uncertain; without a time, receipt counts.
void readings_of(const Unit& unit, std::vector<Reading>& out);

/// GB 18030 to UTF-8, without padding. What is not GB 18030 becomes U+FFFD.
std::string text_of(Bytes gb18030);
/// The inverse, filled with spaces or cut at a whole character to `size` bytes (0: neither).
std::string gb18030_of(std::string_view utf8, std::size_t size);

/// The unit's objects, every field named in both languages and with its unit.
json::array objects_json(const Unit& unit);
/// Frame, objects and readings with every field named in both languages and with its unit.
json::object to_json(const Frame& frame, const Unit& unit);

}  // namespace anlan::sensing::gb26875
