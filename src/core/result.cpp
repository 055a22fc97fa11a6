#include "core/result.h"

#include <cstdio>
#include <cstdlib>

namespace anlan {

std::string text_of(const ErrorRow& row, const ErrorParameters& parameters, Language language) {
    std::string_view pattern = language == Language::zh ? row.zh : row.en;
    std::string out;
    out.reserve(pattern.size() + 32);
    while (!pattern.empty()) {
        const auto open = pattern.find('{');
        const auto close = open == pattern.npos ? pattern.npos : pattern.find('}', open);
        if (close == pattern.npos) break;
        out += pattern.substr(0, open);
        const auto name = pattern.substr(open + 1, close - open - 1);
        bool found = false;
        for (const auto& [key, value] : parameters) {
            if (key != name) continue;
            out += value;
            found = true;
            break;
        }
        if (!found) out += pattern.substr(open, close - open + 1);
        pattern.remove_prefix(close + 1);
    }
    out += pattern;
    return out;
}

std::string text_of(const Error& error, Language language) {
    std::string out = text_of(*error.row, error.parameters, language);
    for (const auto& field : error.fields) {
        out += "\n  ";
        out += field.where;
        out += ": ";
        out += text_of(*field.row, field.parameters, language);
    }
    return out;
}

void assertion_failed(const char* expression, std::source_location where) {
    std::fprintf(stderr, "%s:%u: assertion failed in %s: %s\n", where.file_name(), where.line(),
                 where.function_name(), expression);
    std::abort();
}

}  // namespace anlan
