// Records of a kind out, row by row: the list's own filter, order, access rule and masks. Memory is
// one page of records whatever the length; a workbook lies in a temporary file.
#pragma once

#include "foundations/bigdata/exchange/check.h"
#include "foundations/bigdata/exchange/wording.h"

#include <memory>

namespace anlan::bigdata::exchange {

struct ExportRequest {
    const Register* records = nullptr;
    const Access* access = nullptr;
    const Catalog* catalog = nullptr;
    const Kind* kind = nullptr;
    Principal who;
    std::string space = std::string(k_live);
    Query query;  ///< Filter and order; limit and cursor are the export's own.
    Format format = Format::csv;
    Style style = Style::labels;
    Language language = Language::zh;
    std::vector<std::string> columns;  ///< Names; empty for all.
};

class Export {
  public:
    /// Errors: column_unknown, forbidden (a filter by what the caller may not see), the register's,
    /// bad_cursor never. The first page is read here, so that a wrong filter is an answer and not a
    /// cut file.
    static Result<std::unique_ptr<Export>> open(ExportRequest request);
    virtual ~Export() = default;
    /// The next bytes; empty at the end. Errors: the register's, io, too_many (a sheet's rows).
    virtual Result<std::string> next() = 0;
    [[nodiscard]] virtual std::int64_t rows() const = 0;
};

/// One cell after RFC 4180: in quotes where it must be.
void add_csv_cell(std::string& out, std::string_view text);
/// The same for text that may look like a formula (defuse.h).
void add_defused_csv_cell(std::string& out, std::string_view text);

std::string_view content_type_of(Format format);
/// "企业-2026-11-24.xlsx"
std::string file_name_of(const Kind& kind, Format format, Language language, Timestamp now);

}  // namespace anlan::bigdata::exchange
