// A database file as of one moment, read and copied while others write to it.
//
// The moment lasts as long as the object: a read transaction on a connection of its own. Writers go
// on; only the file's log cannot shrink meanwhile. Throws sqlite::Failure. Not thread-safe.
#pragma once

#include "foundations/bigdata/sqlite.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace anlan::sqlite {

class Moment {
  public:
    explicit Moment(const std::filesystem::path& database);
    ~Moment();
    Moment(const Moment&) = delete;
    Moment& operator=(const Moment&) = delete;

    /// The first row's columns as text; nothing when there is no row.
    [[nodiscard]] std::vector<std::string> first_row(const std::string& sql);
    /// Copies all of it into a file that is empty or not there. `go_on` is called after every
    /// `pages_a_step` pages with the bytes copied; false ends the copy (SQLITE_INTERRUPT). The copy
    /// is complete in one file; making it durable is the caller's.
    void copy_into(const std::filesystem::path& file, int pages_a_step,
                   const std::function<bool(std::int64_t)>& go_on);

  private:
    sqlite3* m_handle = nullptr;
};

}  // namespace anlan::sqlite
