// Rows of a file, one after the other, each cell as text. CSV, XLSX and GeoJSON look alike behind
// this.
#pragma once

#include "core/geo.h"
#include "core/result.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::bigdata::exchange {

struct Row {
    std::size_t number = 0;            ///< As a spreadsheet counts rows, blank ones too, or the
                                       ///< feature's place; from 1.
    std::vector<std::string> cells;    ///< By column; may be shorter than the header.
    std::optional<Geometry> geometry;  ///< Of a GeoJSON feature.
    std::optional<Error> problem;      ///< This row cannot be read; the next can.
};

class RowSource {
  public:
    virtual ~RowSource() = default;
    /// Fills `row`; false at the end. An error ends the file: nothing after it can be trusted.
    virtual Result<bool> next(Row& row) = 0;
    /// Names of the columns where the format itself names them (GeoJSON's properties); grows while
    /// rows are read. Nothing for sheets, whose header is a row.
    [[nodiscard]] virtual const std::vector<std::string>* names() const { return nullptr; }
    /// Whether a cell's leading apostrophe protects it from being taken for a formula (CSV).
    [[nodiscard]] virtual bool defused() const { return false; }
    /// Share of the file that has been read, 0 to 1.
    [[nodiscard]] virtual double progress() const = 0;
};

/// Bytes from a file or from memory, in pieces.
class ByteSource {
  public:
    virtual ~ByteSource() = default;
    /// The next bytes, valid until the next call; empty at the end. Errors: io.
    virtual Result<std::string_view> next() = 0;
    [[nodiscard]] virtual double progress() const = 0;
};

std::unique_ptr<ByteSource> bytes_of_text(std::string text, std::size_t piece = 64 << 10);
/// Errors: io.
Result<std::unique_ptr<ByteSource>> bytes_of_file(const std::string& path);

}  // namespace anlan::bigdata::exchange
