// Records from files into the register: the shipped zone at the first start, and `anlan import`.
//
// A line of an NDJSON file is {"id"?,"kind"?,"fields":{…},"geometry"?,"scope"?,"state"?}; without
// kind the file's name says it. Substances come from one YAML file. Kinds are loaded in the order
// of their references. A record that exists is brought up to date; lines that are wrong are left
// out and listed with file and line; all others are loaded.
#pragma once

#include "foundations/bigdata/register.h"

#include <filesystem>
#include <string>
#include <vector>

namespace anlan::center {

struct Imported {
    std::size_t created = 0, updated = 0, unchanged = 0;
    std::vector<FieldProblem> problems;  ///< `where` is file:line, with the field's path behind it.
};

class ZoneImport {
  public:
    ZoneImport(bigdata::Register& records, const bigdata::Catalog& catalog, std::string zone)
        : m_records(records), m_catalog(catalog), m_zone(std::move(zone)) {}

    /// Reads a file (*.ndjson, *.yaml), or all of a folder. Nothing is written yet.
    /// Errors: io (unreadable). What is wrong inside a file goes to problems().
    Result<void> read(const std::filesystem::path& path);
    /// Writes what was read. Errors: the register's that no line is to blame for (disk_full, busy).
    Result<Imported> write(const bigdata::Author& author);
    /// Lines read so far, and what was wrong with others.
    [[nodiscard]] std::size_t lines() const { return m_lines.size(); }
    [[nodiscard]] const std::vector<FieldProblem>& problems() const { return m_problems; }

  private:
    struct Line {
        std::string where;  ///< file:line
        bigdata::Change change;
    };
    void read_ndjson(const std::filesystem::path& file);
    void read_yaml(const std::filesystem::path& file);
    Result<Line> line_of(const json::value& value, std::string_view kind_of_file,
                         std::string where) const;
    void wrong(std::string where, const Error& error);
    [[nodiscard]] std::vector<std::string> kinds_in_order() const;
    [[nodiscard]] bool holds(const Line& line);
    Result<bool> bring_up_to_date(Line& line, Imported& out);
    Result<void> write_batch(std::vector<Line> lines, const bigdata::Author& author, Imported& out);

    bigdata::Register& m_records;
    const bigdata::Catalog& m_catalog;
    const std::string m_zone;
    std::vector<Line> m_lines;
    std::vector<FieldProblem> m_problems;
};

}  // namespace anlan::center
