// Which column of a file is which column of the kind.
#pragma once

#include "foundations/bigdata/exchange/columns.h"
#include "foundations/bigdata/exchange/limits.h"
#include "foundations/bigdata/exchange/row_source.h"

#include <deque>
#include <map>
#include <optional>

namespace anlan::bigdata::exchange {

/// One column of the file.
struct MappedColumn {
    std::string title;
    const Column* column = nullptr;  ///< Null: not used.
    std::string unit;                ///< Of a number's header, when it is another than the field's.
    std::vector<std::string> samples;
};

/// What a person decided: title of the file's column → name of the kind's, empty for "leave out".
using Choices = std::map<std::string, std::string, std::less<>>;

/// The rows of a file under their header; other rows (a title, a date) may stand above it.
class MappedRows {
  public:
    /// Finds the header. Errors: the source's, file_empty, no_header, column_twice,
    /// column_unknown, header_unit. `columns` must outlive the rows.
    static Result<std::unique_ptr<MappedRows>> open(std::unique_ptr<RowSource> source,
                                                    const std::vector<Column>& columns,
                                                    const Kind& kind, const Choices& choices,
                                                    Limits limits = {});

    /// The next row with something in it; false at the end. Notes of templates are passed over.
    Result<bool> next(Row& row);
    [[nodiscard]] const std::vector<MappedColumn>& columns() const { return m_mapped; }
    [[nodiscard]] bool defused() const { return m_source->defused(); }
    [[nodiscard]] double progress() const { return m_source->progress(); }

  private:
    MappedRows(std::unique_ptr<RowSource> source, const std::vector<Column>& columns,
               const Kind& kind, const Choices& choices, Limits limits)
        : m_source(std::move(source)),
          m_columns(columns),
          m_kind(kind),
          m_choices(choices),
          m_limits(limits) {}
    Result<void> find_header();
    Result<void> map_titles(const std::vector<std::string>& titles, std::size_t from);
    [[nodiscard]] std::size_t fitting(const Row& row) const;
    void take_samples(const Row& row);

    std::unique_ptr<RowSource> m_source;
    const std::vector<Column>& m_columns;
    const Kind& m_kind;
    const Choices m_choices;
    const Limits m_limits;
    std::vector<MappedColumn> m_mapped;
    std::deque<Row> m_ahead;  ///< Read while the header was looked for.
    std::size_t m_rows = 0;
};

}  // namespace anlan::bigdata::exchange
