// Delimited text (CSV, RFC 4180) as rows: comma, semicolon or tab, found by itself; quotes, line
// ends of all three kinds, line ends inside quotes, a "sep=;" line of spreadsheets.
#pragma once

#include "foundations/bigdata/exchange/limits.h"
#include "foundations/bigdata/exchange/row_source.h"

namespace anlan::bigdata::exchange {

/// Rows of UTF-8 text. Lenient where the meaning is clear: text after a closing quote belongs to
/// the cell, a quote inside an unquoted cell is itself. Errors of next(): file_nul, quote_open,
/// cell_too_large, row_too_large, columns_too_many, each naming the line.
std::unique_ptr<RowSource> delimited_rows(std::unique_ptr<ByteSource> text, Limits limits = {});

/// ',' ';' or '\t': whichever stands most often outside quotes in the first lines.
char delimiter_of(std::string_view beginning);

}  // namespace anlan::bigdata::exchange
