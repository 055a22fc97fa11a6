// Codes of JT/T 808-2013 and -2019: messages, flags, additional items.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace anlan::sensing::jt808 {

struct Name {
    unsigned code;
    std::string_view zh, en;
};

/// Null when the code has no row.
const Name* message_name(unsigned id);
const Name* result_name(unsigned code);        ///< Of 0001 and 8001.
const Name* registration_name(unsigned code);  ///< Of 8100.
const Name* plate_colour(unsigned code);

/// Bit numbers.
std::span<const Name> alarm_bits();
std::span<const Name> status_bits();  ///< Without the load, bits 8 and 9.
const Name& load_name(unsigned status);
std::span<const Name> signal_bits();
std::span<const Name> io_bits();
std::span<const Name> video_alarm_bits();

enum class ItemForm : std::uint8_t {
    number,       ///< Big-endian, times `scale` plus `offset`.
    signed_size,  ///< The highest bit is the sign, the others the size.
    flags,        ///< Bits with names.
    halves,       ///< Two analog values: low half AD0, high half AD1.
    bytes,        ///< As they came.
    overspeed,    ///< Where: kind of area and its number.
    area,         ///< The same and the direction.
    stretch,      ///< A stretch of road, seconds on it, and whether too few or too many.
};

/// One additional item of a position. `channel` empty: it is told, and no reading.
struct ItemRow {
    unsigned id;
    std::string_view zh, en, channel, unit;
    ItemForm form = ItemForm::number;
    std::size_t bytes = 0;  ///< What it must have; 0: any.
    double scale = 1, offset = 0;
    std::span<const Name> (*bits)() = nullptr;
};
const ItemRow* item_row(unsigned id);
std::span<const ItemRow> item_rows();

const Name* area_kind(unsigned code);

}  // namespace anlan::sensing::jt808
