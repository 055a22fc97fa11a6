// The dry run: reads a whole file, says everything that is wrong with it, and leaves the rest
// staged in the register, ready to be applied as a whole.
#pragma once

#include "foundations/bigdata/exchange/record_reader.h"

#include <functional>

namespace anlan::bigdata::exchange {

enum class Format { csv, xlsx, geojson };
/// By the end of the file's name. Errors: file_format.
Result<Format> format_of(std::string_view file_name);

/// Whether a row that is new may say its state, or begins where its procedure does.
enum class States { first_only, any };

struct CheckRequest {
    const Register* records = nullptr;
    Imports* imports = nullptr;
    const Access* access = nullptr;
    const Catalog* catalog = nullptr;
    IdSource* ids = nullptr;
    const Kind* kind = nullptr;
    Principal who;
    std::string path;
    std::string file_name;  ///< As its owner calls it; says the format.
    Choices choices;
    EmptyCells empty = EmptyCells::keep;
    States states = States::first_only;
    std::string reason;
    Limits limits;
    /// Told the share that is done, 0 to 1, now and then; false ends the check
    /// (import_interrupted).
    std::function<bool(double share)> go_on;
};

struct FileColumn {
    std::string title;
    std::string column;  ///< Name of the kind's; empty: not used.
    Label label;
    std::vector<std::string> samples;
};

struct Checked {
    Uuid staged;  ///< What to apply, of CheckRequest::imports.
    std::vector<FileColumn> columns;
    std::vector<Problem> problems;  ///< By row; the first Limits::problems_max.
    std::int64_t rows = 0, creates = 0, updates = 0, unchanged = 0;
    std::int64_t wrong_rows = 0, problems_found = 0;
};

/// Errors: those of the file as a whole (see errors.h), import_interrupted, the register's. Nothing
/// stays staged after one.
Result<Checked> check_file(const CheckRequest& request);

/// Rows of a file of that format. Errors: io, bad_workbook.
Result<std::unique_ptr<RowSource>> open_rows(const std::string& path, Format format,
                                             Limits limits = {});

}  // namespace anlan::bigdata::exchange
