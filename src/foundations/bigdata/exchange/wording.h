// A record's values as a sheet shows them: the other direction of record_reader.h.
#pragma once

#include "foundations/bigdata/exchange/columns.h"
#include "foundations/bigdata/exchange/references.h"

namespace anlan::bigdata::exchange {

/// For people: labels of codes, names of records, Beijing time. For programs: values as the API
/// gives them, and field names as header. Both read back.
enum class Style { labels, names };

struct Cell {
    enum class Kind { empty, text, number, date, time };
    Kind kind = Kind::empty;
    std::string text;   ///< Always filled unless empty: what CSV holds.
    double number = 0;  ///< Of numbers; of dates and times the instant in ms, at Beijing's clock.
};

class Wording {
  public:
    /// Without `references` only headers and codes can be worded.
    Wording(const Catalog& catalog, const Kind& kind, References* references, Style style,
            Language language)
        : m_catalog(catalog),
          m_kind(kind),
          m_references(references),
          m_style(style),
          m_language(language) {}

    /// Of a record that is already masked. Errors: the register's, of looking up names.
    Result<Cell> cell(const Record& record, const Column& column);
    [[nodiscard]] std::string header(const Column& column) const;
    /// A code's label, with its value behind it where the label alone would be ambiguous.
    [[nodiscard]] std::string code_text(const CodeTable& table, std::string_view value) const;

  private:
    Result<Cell> field_cell(const Field& field, const Column& column, const json::value& value);
    Result<Cell> reference_cell(const std::string& kind, const Uuid& id);

    const Catalog& m_catalog;
    const Kind& m_kind;
    References* m_references;
    const Style m_style;
    const Language m_language;
};

/// The shortest text that reads back equal: "0.5", "1e+20".
std::string number_text(double v);

}  // namespace anlan::bigdata::exchange
