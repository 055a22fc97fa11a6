// An XLSX workbook, row by row: a bold header that stays in view, typed cells, widths, drop-down
// lists from the code tables, which are listed on a sheet of their own.
#pragma once

#include "foundations/bigdata/exchange/wording.h"

#include <cstdio>
#include <memory>

namespace anlan::bigdata::exchange {

/// Rows that a sheet takes below its header (Excel's own limit).
inline constexpr std::size_t k_sheet_rows_max = 1'048'575;

class WorkbookWriter {
  public:
    /// Errors: io. Catalog, kind, columns and wording must outlive it.
    static Result<std::unique_ptr<WorkbookWriter>> create(const Catalog& catalog, const Kind& kind,
                                                          const std::vector<const Column*>& columns,
                                                          const Wording& wording,
                                                          Language language);
    virtual ~WorkbookWriter() = default;
    /// Errors: too_many.
    virtual Result<void> add(const std::vector<Cell>& cells) = 0;
    /// A row in grey that an import passes over.
    virtual Result<void> add_note(const std::vector<Cell>& cells) = 0;
    /// The finished file, open at its start and already without a name. Errors: io (disk full).
    virtual Result<std::FILE*> finish() = 0;
};

}  // namespace anlan::bigdata::exchange
