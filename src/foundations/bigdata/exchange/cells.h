// One cell's text to one field's value, as generously as is safe: full-width digits, units, Chinese
// dates, labels of codes in either language.
#pragma once

#include "foundations/bigdata/exchange/columns.h"

#include <optional>

namespace anlan::bigdata::exchange {

/// What a masked value is written as; reading it back leaves the value as it is.
inline constexpr std::string_view k_masked_text = "***";

/// What a workbook says where a value is longer than its cells hold; read back the same way.
inline constexpr std::string_view k_too_long_mark = "#过长";

/// The value of a cell of `column`, of every field type but references. `header_unit` is the
/// column's own unit when its header names one. Errors, all about this cell: cell_number,
/// cell_whole, cell_unit, cell_boolean, cell_date, cell_time, cell_code, cell_code_twice,
/// cell_json.
Result<json::value> value_of_cell(const Catalog& catalog, const Column& column,
                                  std::string_view text, std::string_view header_unit = {});

/// What a number in `unit` is multiplied by, and what is then added, to be in `wanted`.
struct Conversion {
    double factor = 1, offset = 0;
};
std::optional<Conversion> conversion(std::string_view unit, std::string_view wanted);

/// "2026-11-24", "2026/1/5", "2026.1.5", "2026年11月24日", "20261124" → "2026-11-24".
std::optional<std::string> date_of_text(std::string_view text);
/// RFC 3339, or a date and a clock in Beijing time: "2026-11-24 14:30:05",
/// "2026年11月24日14时30分".
std::optional<std::string> time_of_text(std::string_view text);
std::optional<double> number_of_text(std::string_view text);

}  // namespace anlan::bigdata::exchange
