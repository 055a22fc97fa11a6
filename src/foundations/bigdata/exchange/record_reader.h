// A row of a file to the record it describes.
#pragma once

#include "foundations/bigdata/exchange/mapping.h"
#include "foundations/bigdata/exchange/references.h"
#include "foundations/bigdata/import.h"

#include <cstdint>
#include <set>
#include <unordered_map>

namespace anlan::bigdata::exchange {

/// One thing wrong in a file, where a person finds it.
struct Problem {
    std::int64_t row = 0;
    std::string column;  ///< Title in the file; empty for the row as a whole.
    std::string field;   ///< Name of the kind's column; empty when unknown.
    std::string value;   ///< As written, shortened; empty when it is not one cell's fault.
    const ErrorRow* error = nullptr;
    ErrorParameters parameters;
};

/// What an empty cell does to a record that exists.
enum class EmptyCells { keep, clear };

/// Ids of the records that the file itself brings, so that its rows may refer to one another.
struct FileIds {
    std::unordered_map<std::string, Uuid> by_key;
    std::set<Uuid> ids;
};

struct ReadRow {
    ImportRow row;
    std::string key;  ///< As text; empty without one.
    std::optional<std::int64_t> revision;
    std::string state;
    bool scope_given = false;
    std::vector<Problem> problems;
};

class RecordReader {
  public:
    struct Options {
        const Catalog* catalog = nullptr;
        const Kind* kind = nullptr;
        References* references = nullptr;
        const FileIds* file_ids = nullptr;  ///< Null: rows do not refer to one another.
        EmptyCells empty = EmptyCells::keep;
        bool defused = false;  ///< A leading apostrophe protects a cell.
    };
    explicit RecordReader(Options options) : m_options(options) {}

    /// Errors: the register's. What is wrong in the row is in `problems`.
    Result<ReadRow> read(const Row& row, const std::vector<MappedColumn>& columns) const;
    /// Only id and key of a row; empty where they cannot be read.
    [[nodiscard]] std::pair<std::optional<Uuid>, std::string> identity(
        const Row& row, const std::vector<MappedColumn>& columns) const;

  private:
    struct Place {
        std::optional<double> longitude, latitude;
        const MappedColumn* column = nullptr;
        std::string value;
    };
    Result<void> read_cell(const MappedColumn& mapped, std::string text, ReadRow& out,
                           Place& place) const;
    Result<void> read_field(const MappedColumn& mapped, const std::string& text,
                            ReadRow& out) const;
    Result<std::optional<Uuid>> reference(const MappedColumn& mapped, std::string_view text,
                                          ReadRow& out) const;
    void read_place(Place& place, ReadRow& out) const;
    void check_values(const std::vector<MappedColumn>& columns, const Row& row, ReadRow& out) const;
    static void wrong(ReadRow& out, const MappedColumn& mapped, std::string_view value,
                      const Error& error);

    const Options m_options;
};

/// "'=1+1" as written by an export → "=1+1"; anything else as it is.
std::string_view without_defusing(std::string_view cell);

}  // namespace anlan::bigdata::exchange
