#include "center/problem.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace anlan::center {
namespace {

struct StatusText {
    int status;
    std::string_view zh, en;
};
constexpr std::array k_status_texts{
    StatusText{400, "请求无法理解", "Bad request"},
    StatusText{401, "需要登录", "Not signed in"},
    StatusText{403, "没有权限", "Forbidden"},
    StatusText{404, "没有找到", "Not found"},
    StatusText{405, "不支持的操作", "Method not allowed"},
    StatusText{408, "请求超时", "Request timeout"},
    StatusText{409, "与当前状态冲突", "Conflict"},
    StatusText{412, "已有更新的版本", "A newer revision exists"},
    StatusText{413, "内容过大", "Too large"},
    StatusText{415, "内容类型不对", "Unsupported media type"},
    StatusText{416, "范围超出内容", "Range not satisfiable"},
    StatusText{422, "内容有误", "The content has errors"},
    StatusText{426, "需要 WebSocket", "WebSocket needed"},
    StatusText{428, "需要版本号", "Revision needed"},
    StatusText{429, "过于频繁", "Too many"},
    StatusText{431, "请求头过大", "Header too large"},
    StatusText{503, "暂时无法处理", "Not available for the moment"},
    StatusText{507, "存储空间不足", "Out of storage"},
};

std::string_view title_of(int status, Language language) {
    const auto* found = std::ranges::find(k_status_texts, status, &StatusText::status);
    if (found == k_status_texts.end())
        return language == Language::zh ? "服务器出错" : "Server error";
    return language == Language::zh ? found->zh : found->en;
}

/// A 500's parameters may name files and statements: people outside get the request id instead.
ErrorParameters public_parameters(const Error& error, std::string_view request_id) {
    if (error.row->http_status != 500) return error.parameters;
    ErrorParameters out = error.parameters;
    for (auto& [key, value] : out) value = std::string(request_id);
    return out;
}

}  // namespace

json::object problem_of(const Error& error, Language language, std::string_view request_id) {
    const ErrorRow& row = *error.row;
    json::object out{{"type", "/errors/" + std::string(row.id)},
                     {"title", title_of(row.http_status, language)},
                     {"status", row.http_status},
                     {"detail", text_of(row, public_parameters(error, request_id), language)},
                     {"instance", "/requests/" + std::string(request_id)}};
    json::array fields;
    for (const auto& field : error.fields) {
        fields.push_back(json::object{{"where", field.where},
                                      {"id", field.row->id},
                                      {"text", text_of(*field.row, field.parameters, language)}});
    }
    out.emplace("errors", std::move(fields));
    if (row.id == "stale_revision") {
        for (const auto& [key, value] : error.parameters) {
            std::int64_t number = 0;
            const auto [end, wrong] =
                std::from_chars(value.data(), value.data() + value.size(), number);
            if (wrong == std::errc{} && end == value.data() + value.size()) out[key] = number;
        }
    }
    return out;
}

Response problem_response(const Error& error, Language language, std::string_view request_id) {
    Response out;
    out.status = error.row->http_status;
    out.level = error.row->level;
    out.note = std::string(error.row->id) + ": " + text_of(error, Language::en);
    std::ranges::replace(out.note, '\n', ' ');
    out.set_body("application/problem+json", to_text(problem_of(error, language, request_id)));
    if (out.status == 429 || out.status == 503) out.headers.emplace_back("Retry-After", "2");
    return out;
}

}  // namespace anlan::center
