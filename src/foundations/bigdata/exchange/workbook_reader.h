// Workbooks (XLSX, ECMA-376 transitional) as rows of the first visible sheet: shared, inline and
// formula texts, numbers, truth values, dates by their cell's number format (1900 and 1904
// systems).
#pragma once

#include "foundations/bigdata/exchange/limits.h"
#include "foundations/bigdata/exchange/row_source.h"

namespace anlan::bigdata::exchange {

/// The workbook is unpacked while it is read; only the shared texts are held. Document types are
/// refused, so that no entity can grow. Errors, also of next(): bad_workbook, workbook_bomb,
/// cell_too_large, columns_too_many.
Result<std::unique_ptr<RowSource>> workbook_rows(const std::string& path, Limits limits = {});

/// A spreadsheet's day count as text: "2026-11-24", "2026-11-24 14:30:00", or "14:30:00" below 1.
/// Nothing outside 0 to 2,958,465 (the year 9999).
std::optional<std::string> text_of_serial(double days, bool from_1904);

/// Whether a number format shows a date or a time ("yyyy-mm-dd", "m\"月\"d\"日\"").
bool shows_time(std::string_view format_code);

}  // namespace anlan::bigdata::exchange
