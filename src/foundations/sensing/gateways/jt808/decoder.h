// JT/T 808, clause 8: a message's body to what it says, and positions to readings.
#pragma once

#include "core/json.h"
#include "foundations/sensing/gateways/gateway.h"
#include "foundations/sensing/gateways/jt808/parts.h"

namespace anlan::sensing::jt808 {

/// Views into the message's body.
struct Item {
    std::uint8_t id = 0;
    Bytes value;
};

/// Table 24 (2013) and its items. As sent.
struct Position {
    std::uint32_t alarms = 0, status = 0, latitude = 0, longitude = 0;  ///< 1e-6 degrees.
    std::uint16_t height_m = 0, speed = 0, course_deg = 0;              ///< Speed in 0.1 km/h.
    Bytes time;  ///< Six bytes BCD, Beijing time.
    std::vector<Item> items;

    [[nodiscard]] bool is_fixed() const { return (status & 2U) != 0; }
    [[nodiscard]] std::optional<Timestamp> instant() const;
    /// Degrees, north and east positive; nothing without a fix, encrypted, or outside the globe.
    [[nodiscard]] std::optional<LonLat> place() const;
};

struct Registration {
    std::uint16_t province = 0, city = 0;  ///< GB/T 2260, its first two and next four digits.
    std::string maker, model, terminal;
    std::uint8_t colour = 0;
    std::string plate;  ///< Or the VIN where there is no plate.
};

struct Authentication {
    std::string code;
    std::string imei, software;  ///< 2019 alone.
};

/// What a device answers: 0001, or 0201 before its position.
struct Answer {
    std::uint16_t sequence = 0;
    std::uint16_t id = 0;  ///< 0 of 0201.
    std::uint8_t result = 0;
};

struct Content {
    std::vector<Position> positions;  ///< Of 0200, 0201, 0704.
    std::optional<unsigned> batch;    ///< Of 0704: 0 as they came, 1 stored where there was no net.
    std::optional<Answer> answer;
    std::optional<Registration> registration;
    std::optional<Authentication> authentication;
};

/// Errors: jt808_encrypted; jt808_body, with the byte in the stream. What is not listed in Content
/// is not looked into.
Result<void> decode(const Message& message, Content& out);

/// Adds the position's readings at its time (receipt counts, and the reading is uncertain, where it
/// has none):
///   longitude, latitude (deg), height (m), speed (m/s), course (deg): with a fix alone
///   alarm_word, status_word, and the channels of the items (tables.h): always
void readings_of(const Position& position, std::vector<Reading>& out);

/// What a terminal says of itself when it registers, or when it authenticates (2019).
json::object facts_of(const Content& content);

json::object to_json(const Message& message, const Content& content);

std::optional<ChannelMeaning> meaning(std::string_view channel);

/// GB 18030 without padding, as UTF-8.
std::string text_of(Bytes bytes);

enum class Input { goes_on, ends };

/// Frames and the messages they make up, for the decode command.
struct MessageReader {
    FrameReader frames;
    Parts parts;
    void push(Bytes bytes) { frames.push(bytes); }
};
/// Calls `each` for every message (to_json, with a member "problem" when its body is wrong) or
/// disturbance ({"protocol", "problem"}).
void decode_stream(MessageReader& reader, Input input,
                   const std::function<void(json::object)>& each);

}  // namespace anlan::sensing::jt808
