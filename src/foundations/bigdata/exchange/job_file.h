// A job's folder: the file as received, what is known about it, what is wrong with it.
#pragma once

#include "foundations/bigdata/exchange/desk.h"

namespace anlan::bigdata::exchange {

std::filesystem::path upload_in(const std::filesystem::path& folder);
/// Durable when they return. Errors: disk_full, io.
Result<void> write_upload(const std::filesystem::path& folder, std::string_view bytes);
Result<void> write_job(const std::filesystem::path& folder, const Job& job);
Result<void> write_problems(const std::filesystem::path& folder,
                            const std::vector<Problem>& problems);
/// Errors: io (not a job's folder, or damaged).
Result<Job> read_job(const std::filesystem::path& folder);
/// Those whose column, value or text hold `text`; no problems when there is no list.
Result<ProblemPage> read_problems(const std::filesystem::path& folder, std::size_t skip,
                                  std::size_t limit, std::string_view text);

}  // namespace anlan::bigdata::exchange
