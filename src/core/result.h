// Expected failures: Result<T>, the Error it carries, and the macros that pass it on.
//
// Every module keeps its errors as rows (ErrorRow) in one header, `errors.h`; an Error is a row
// plus the values its text needs. One function, in center, turns rows into RFC 9457 problems.
#pragma once

#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace anlan {

enum class LogLevel { debug, info, warning, error };

/// One expected failure: its identifier (snake_case, stable, part of the API), the HTTP status
/// that says it, how loud it is logged, and its text. `{name}` in a text is replaced by the
/// parameter of that name.
struct ErrorRow {
    std::string_view id;
    int http_status;
    LogLevel level;
    std::string_view zh;
    std::string_view en;
};

using ErrorParameters = std::vector<std::pair<std::string, std::string>>;

/// One thing wrong inside a larger input. `where` is a JSON pointer ("/fields/rate"), a file
/// position ("catalog/kinds/team.yaml:12") or a byte offset ("byte 27").
struct FieldProblem {
    std::string where;
    const ErrorRow* row;
    ErrorParameters parameters;
};

struct Error {
    const ErrorRow* row;
    ErrorParameters parameters;
    std::vector<FieldProblem> fields;

    explicit(false)
        Error(const ErrorRow& r, ErrorParameters p = {}, std::vector<FieldProblem> f = {})
        : row(&r), parameters(std::move(p)), fields(std::move(f)) {}

    [[nodiscard]] bool is(const ErrorRow& r) const { return row->id == r.id; }
};

enum class Language { zh, en };

/// A row's text with its parameters filled in. A parameter that is missing stays as `{name}`.
std::string text_of(const ErrorRow& row, const ErrorParameters& parameters, Language language);
/// The error's own text followed by its fields', one line each; for logs and terminals.
std::string text_of(const Error& error, Language language);

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(const ErrorRow& row, ErrorParameters parameters = {},
                                   std::vector<FieldProblem> fields = {}) {
    return std::unexpected(Error(row, std::move(parameters), std::move(fields)));
}

/// Errors that any module may meet.
namespace errors {
inline constexpr ErrorRow k_internal{"internal", 500, LogLevel::error, "内部错误，已记录（{what}）",
                                     "Internal error, logged ({what})"};
inline constexpr ErrorRow k_io{"io", 500, LogLevel::error, "读写失败：{what}",
                               "I/O failed: {what}"};
inline constexpr ErrorRow k_invalid_input{"invalid_input", 422, LogLevel::info, "输入有误：{what}",
                                          "Invalid input: {what}"};
inline constexpr ErrorRow k_not_found{"not_found", 404, LogLevel::info, "没有找到{what}",
                                      "Not found: {what}"};
}  // namespace errors

[[noreturn]] void assertion_failed(const char* expression, std::source_location where);

}  // namespace anlan

/// The impossible: on in release. Input must never reach one.
#define ASSERT(expression)                                                           \
    do {                                                                             \
        if (!(expression)) [[unlikely]]                                              \
            ::anlan::assertion_failed(#expression, std::source_location::current()); \
    } while (false)

#define ANLAN_JOIN_(a, b) a##b
#define ANLAN_JOIN(a, b) ANLAN_JOIN_(a, b)

/// Passes a failure on; the value, if any, is dropped.
#define TRY(expression)                                               \
    do {                                                              \
        if (auto try_result = (expression); !try_result) [[unlikely]] \
            return std::unexpected(std::move(try_result).error());    \
    } while (false)

/// Binds the value to `name`, or passes the failure on.
#define TRY_ASSIGN(name, expression)                                       \
    auto ANLAN_JOIN(name, _try) = (expression);                            \
    if (!ANLAN_JOIN(name, _try)) [[unlikely]]                              \
        return std::unexpected(std::move(ANLAN_JOIN(name, _try)).error()); \
    auto& name = *ANLAN_JOIN(name, _try)

#define CO_TRY_ASSIGN(name, expression)                                       \
    auto ANLAN_JOIN(name, _try) = (expression);                               \
    if (!ANLAN_JOIN(name, _try)) [[unlikely]]                                 \
        co_return std::unexpected(std::move(ANLAN_JOIN(name, _try)).error()); \
    auto& name = *ANLAN_JOIN(name, _try)
