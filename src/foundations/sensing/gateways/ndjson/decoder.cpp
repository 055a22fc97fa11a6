#include "foundations/sensing/gateways/ndjson/decoder.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/http_errors.h"

namespace anlan::sensing::ndjson {
namespace {

constexpr JsonLimits k_line_limits{4096, 4};

Result<Reading> reading_in(std::string_view line) {
    TRY_ASSIGN(value, parse_json(line, k_line_limits));
    TRY_ASSIGN(in, from_json<http_json::ReadingIn>(value));
    return http_json::reading_of(std::move(in), "");
}

void name(std::vector<FieldProblem>& problems, std::size_t line, const Error& error) {
    const std::string where = "line " + std::to_string(line);
    if (error.fields.empty()) problems.push_back({where, error.row, error.parameters});
    for (const auto& each : error.fields)
        problems.push_back({where + each.where, each.row, each.parameters});
}

}  // namespace

Result<std::vector<Reading>> decode(std::string_view body) {
    std::vector<Reading> out;
    std::vector<FieldProblem> problems;
    std::size_t wrong = 0, first_wrong_at = 0, line = 0;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        std::string_view text = body.substr(at, end - at);
        if (text.ends_with('\r')) text.remove_suffix(1);
        ++line;
        if (text.find_first_not_of(" \t") != text.npos) {
            if (out.size() + wrong == k_readings_max)
                return fail(errors::k_too_many_readings, {{"max", std::to_string(k_readings_max)}});
            auto reading = reading_in(text);
            if (reading) {
                out.push_back(std::move(*reading));
            } else {
                if (wrong++ == 0) first_wrong_at = at;
                if (problems.size() < k_bad_lines_named_max) name(problems, line, reading.error());
            }
        }
        at = end + 1;
    }
    if (wrong == 0) return out;
    return fail(errors::k_bad_reading_lines,
                {{"count", std::to_string(wrong)}, {"byte", std::to_string(first_wrong_at)}},
                std::move(problems));
}

std::unique_ptr<StreamDecoder> decoder() {
    return http_json::whole_body(
        [](std::string_view body) { return http_json::to_json(decode(body), "ndjson"); });
}

}  // namespace anlan::sensing::ndjson
