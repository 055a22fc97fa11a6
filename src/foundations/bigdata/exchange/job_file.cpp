#include "foundations/bigdata/exchange/job_file.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/text.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::array k_states{JobState::waiting,  JobState::checking, JobState::checked,
                              JobState::applying, JobState::done,     JobState::failed};
constexpr std::int64_t k_version = 1;

/// Beside, synchronised, then in place: after a power cut there is the old file or the new one.
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
    const auto beside = path.string() + ".new";
    const int file = ::open(beside.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    const auto refused = [&]() -> std::unexpected<Error> {
        const int why = errno;
        if (file >= 0) ::close(file);
        ::unlink(beside.c_str());
        if (why == ENOSPC || why == EDQUOT) return fail(errors::k_disk_full);
        return fail(errors::k_io, {{"what", path.string()}});
    };
    if (file < 0) return refused();
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return refused();
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file) != 0) return refused();
    ::close(file);
    std::error_code error;
    std::filesystem::rename(beside, path, error);
    if (error) return fail(errors::k_io, {{"what", path.string()}});
    return {};
}

Result<void> make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error == std::errc::no_space_on_device) return fail(errors::k_disk_full);
    if (error) return fail(errors::k_io, {{"what", folder.string()}});
    return {};
}

json::object json_of(const Label& label) {
    return {{"zh", label.zh}, {"en", label.en}};
}
Label label_at(const json::object& o, std::string_view key) {
    const auto& label = object_at(o, key);
    return {std::string(text_at(label, "zh")), std::string(text_at(label, "en"))};
}

json::array columns_json(const Job& job) {
    json::array out;
    for (const auto& column : job.columns) {
        json::array samples;
        for (const auto& sample : column.samples) samples.emplace_back(sample);
        out.push_back(json::object{{"title", column.title},
                                   {"column", column.column},
                                   {"label", json_of(column.label)},
                                   {"samples", std::move(samples)}});
    }
    return out;
}

json::object common_json(const Job& job) {
    json::object choices;
    for (const auto& [title, name] : job.settings.choices) choices[title] = name;
    return {
        {"id", job.id.text()},
        {"kind", job.kind},
        {"file_name", job.file_name},
        {"bytes", job.bytes},
        {"state", name_of(job.state)},
        {"progress", job.progress},
        {"choices", std::move(choices)},
        {"empty", job.settings.empty == EmptyCells::clear ? "clear" : "keep"},
        {"reason", job.settings.reason},
        {"columns", columns_json(job)},
        {"counts",
         {{"rows", job.rows},
          {"new", job.creates},
          {"changed", job.updates},
          {"unchanged", job.unchanged},
          {"wrong", job.wrong_rows},
          {"problems", job.problems}}},
        {"created_at", iso8601(job.created_at)},
        {"ended_at", job.ended_at ? json::value(iso8601(*job.ended_at)) : json::value(nullptr)}};
}

Result<std::string> read_whole(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(errors::k_io, {{"what", path.string()}});
    return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

std::string_view name_of(JobState state) {
    switch (state) {
        case JobState::waiting:
            return "waiting";
        case JobState::checking:
            return "checking";
        case JobState::checked:
            return "checked";
        case JobState::applying:
            return "applying";
        case JobState::done:
            return "done";
        case JobState::failed:
            return "failed";
    }
    return {};
}

json::object to_json(const Job& job, Language language) {
    json::object out = common_json(job);
    if (job.error) {
        out["error"] = json::object{
            {"id", job.error->id},
            {"text", language == Language::zh ? job.error->text.zh : job.error->text.en}};
    } else {
        out["error"] = nullptr;
    }
    return out;
}

std::filesystem::path upload_in(const std::filesystem::path& folder) {
    return folder / "upload";
}

Result<void> write_upload(const std::filesystem::path& folder, std::string_view bytes) {
    TRY(make_folder(folder));
    return write_file(upload_in(folder), bytes);
}

Result<void> write_job(const std::filesystem::path& folder, const Job& job) {
    TRY(make_folder(folder));
    json::object out = common_json(job);
    out["version"] = k_version;
    out["owner"] = job.owner.text();
    out["staged"] = job.staged.text();
    if (job.error)
        out["error"] = json::object{{"id", job.error->id}, {"text", json_of(job.error->text)}};
    return write_file(folder / "job.json", to_text(out));
}

Result<Job> read_job(const std::filesystem::path& folder) {
    TRY_ASSIGN(text, read_whole(folder / "job.json"));
    TRY_ASSIGN(value, parse_json(text, {4 << 20, 16}));
    const auto damaged = [&] { return fail(errors::k_io, {{"what", folder.string()}}); };
    const auto* o = value.if_object();
    if (o == nullptr || integer_at(*o, "version", 0) != k_version) return damaged();
    Job job;
    const auto id = Uuid::parse(text_at(*o, "id")), owner = Uuid::parse(text_at(*o, "owner")),
               staged = Uuid::parse(text_at(*o, "staged"));
    const auto created = parse_iso8601(text_at(*o, "created_at"));
    if (!id || !owner || !staged || !created || folder.filename() != id->text()) return damaged();
    job.id = *id;
    job.owner = *owner;
    job.staged = *staged;
    job.created_at = *created;
    job.ended_at = parse_iso8601(text_at(*o, "ended_at"));
    job.kind = text_at(*o, "kind");
    job.file_name = text_at(*o, "file_name");
    job.bytes = static_cast<std::size_t>(integer_at(*o, "bytes", 0));
    job.progress = number_at(*o, "progress", 0);
    job.settings.empty = text_at(*o, "empty") == "clear" ? EmptyCells::clear : EmptyCells::keep;
    job.settings.reason = text_at(*o, "reason");
    for (const auto& [title, name] : object_at(*o, "choices"))
        if (name.is_string()) job.settings.choices[title] = std::string(name.get_string());
    for (const auto state : k_states) {
        if (name_of(state) == text_at(*o, "state")) job.state = state;
    }
    const auto& counts = object_at(*o, "counts");
    job.rows = integer_at(counts, "rows", 0);
    job.creates = integer_at(counts, "new", 0);
    job.updates = integer_at(counts, "changed", 0);
    job.unchanged = integer_at(counts, "unchanged", 0);
    job.wrong_rows = integer_at(counts, "wrong", 0);
    job.problems = integer_at(counts, "problems", 0);
    for (const auto& each : array_at(*o, "columns")) {
        const auto* column = each.if_object();
        if (column == nullptr) return damaged();
        FileColumn out{std::string(text_at(*column, "title")),
                       std::string(text_at(*column, "column")),
                       label_at(*column, "label"),
                       {}};
        for (const auto& sample : array_at(*column, "samples"))
            if (sample.is_string()) out.samples.emplace_back(sample.get_string());
        job.columns.push_back(std::move(out));
    }
    if (const auto& error = object_at(*o, "error"); !error.empty())
        job.error = SaidError{std::string(text_at(error, "id")), label_at(error, "text")};
    return job;
}

Result<void> write_problems(const std::filesystem::path& folder,
                            const std::vector<Problem>& problems) {
    std::string out;
    for (const auto& problem : problems) {
        const json::object line{
            {"row", problem.row},
            {"column", problem.column},
            {"field", problem.field},
            {"value", problem.value},
            {"id", problem.error->id},
            {"text", json_of(Label{text_of(*problem.error, problem.parameters, Language::zh),
                                   text_of(*problem.error, problem.parameters, Language::en)})}};
        out += to_text(line) + "\n";
    }
    return write_file(folder / "problems.ndjson", out);
}

Result<ProblemPage> read_problems(const std::filesystem::path& folder, std::size_t skip,
                                  std::size_t limit, std::string_view text) {
    ProblemPage out;
    std::ifstream in(folder / "problems.ndjson", std::ios::binary);
    const std::string wanted = folded_text(text);
    std::string line;
    while (std::getline(in, line)) {
        TRY_ASSIGN(value, parse_json(line));
        const auto* o = value.if_object();
        if (o == nullptr) return fail(errors::k_io, {{"what", "problems.ndjson"}});
        SaidProblem problem{integer_at(*o, "row", 0),          std::string(text_at(*o, "column")),
                            std::string(text_at(*o, "field")), std::string(text_at(*o, "value")),
                            std::string(text_at(*o, "id")),    label_at(*o, "text")};
        const bool fits =
            wanted.empty() ||
            folded_text(problem.column + " " + problem.field + " " + problem.value + " " +
                        problem.text.zh + " " + problem.text.en + " " + std::to_string(problem.row))
                    .find(wanted) != std::string::npos;
        if (!fits) continue;
        if (out.matching++ >= skip && out.problems.size() < limit)
            out.problems.push_back(std::move(problem));
    }
    return out;
}

}  // namespace anlan::bigdata::exchange
