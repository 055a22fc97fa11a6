// The errors of the center, as rows: what the server itself refuses before any handler runs, and
// what the command line reports.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_no_such_route{"no_such_route", 404, LogLevel::info,
                                          "没有这个地址：{path}",
                                          "There is no such address: {path}"};
inline constexpr ErrorRow k_method_not_allowed{
    "method_not_allowed", 405, LogLevel::info, "此地址不接受 {method}；可用：{allowed}",
    "This address does not take {method}; it takes {allowed}"};
inline constexpr ErrorRow k_bad_path{"bad_path", 400, LogLevel::info, "地址写法有误：{what}",
                                     "Malformed address: {what_en}"};
inline constexpr ErrorRow k_bad_header{"bad_header", 400, LogLevel::info,
                                       "请求头 {name} 有误：{what}",
                                       "Malformed header {name}: {what_en}"};
inline constexpr ErrorRow k_bad_query{"bad_query", 422, LogLevel::info,
                                      "查询参数 {name} 有误：{what}",
                                      "Wrong query parameter {name}: {what_en}"};
inline constexpr ErrorRow k_body_too_large{"body_too_large", 413, LogLevel::info,
                                           "请求内容超过 {max} 字节",
                                           "The body is larger than {max} bytes"};
inline constexpr ErrorRow k_header_too_large{"header_too_large", 431, LogLevel::info,
                                             "请求头超过 {max} 字节",
                                             "The header is larger than {max} bytes"};
inline constexpr ErrorRow k_bad_request_line{"bad_http", 400, LogLevel::info,
                                             "不是有效的 HTTP 请求", "Not a valid HTTP request"};
inline constexpr ErrorRow k_request_timeout{"request_timeout", 408, LogLevel::info,
                                            "请求没有按时发完",
                                            "The request did not arrive in time"};
inline constexpr ErrorRow k_range_not_satisfiable{
    "range_not_satisfiable", 416, LogLevel::info, "所要的字节范围超出内容（共 {size} 字节）",
    "The range asked for lies outside the content ({size} bytes)"};
inline constexpr ErrorRow k_not_json{"not_json", 415, LogLevel::info,
                                     "请求内容应为 application/json",
                                     "The body should be application/json"};
inline constexpr ErrorRow k_csrf{
    "csrf", 403, LogLevel::warning, "缺少或不符的 X-Anlan-Csrf；请刷新页面后重试",
    "X-Anlan-Csrf is missing or does not fit; reload the page and try again"};
inline constexpr ErrorRow k_foreign_origin{"foreign_origin", 403, LogLevel::warning,
                                           "拒绝来自 {origin} 的请求",
                                           "Requests from {origin} are refused"};
inline constexpr ErrorRow k_overloaded{"overloaded", 503, LogLevel::warning,
                                       "服务器正忙，请稍后重试",
                                       "The server is busy, try again shortly"};
inline constexpr ErrorRow k_too_many_requests{"too_many_requests", 429, LogLevel::warning,
                                              "请求过于频繁，请稍后重试",
                                              "Too many requests, try again shortly"};
inline constexpr ErrorRow k_live_full{"live_full", 503, LogLevel::warning, "实时连接已达上限 {max}",
                                      "The limit of {max} live connections is reached"};
inline constexpr ErrorRow k_not_websocket{"not_websocket", 426, LogLevel::info,
                                          "此地址只接受 WebSocket",
                                          "This address takes WebSocket only"};
inline constexpr ErrorRow k_revision_needed{
    "revision_needed", 428, LogLevel::info, "修改和删除须带 If-Match（所看到的版本号）",
    "Changing and removing need If-Match (the revision you have seen)"};
inline constexpr ErrorRow k_no_such_move{"no_such_move", 404, LogLevel::info,
                                         "“{kind}”没有操作“{move}”",
                                         "Kind '{kind}' has no move '{move}'"};
// Start and command line.
inline constexpr ErrorRow k_bad_configuration{"bad_configuration", 500, LogLevel::error,
                                              "配置有误：{what}",
                                              "The configuration has errors: {what}"};
inline constexpr ErrorRow k_cannot_listen{"cannot_listen", 500, LogLevel::error,
                                          "无法监听 {address}：{what}",
                                          "Cannot listen on {address}: {what}"};
inline constexpr ErrorRow k_bad_lines{"bad_lines", 422, LogLevel::error,
                                      "有 {count} 行有误，未载入",
                                      "{count} lines have errors and were not loaded"};
inline constexpr ErrorRow k_bad_line{"bad_line", 422, LogLevel::error, "{what}", "{what}"};
inline constexpr ErrorRow k_data_in_use{"data_in_use", 500, LogLevel::error,
                                        "数据目录 {folder} 正被另一个程序使用",
                                        "The data folder {folder} is in use by another process"};
inline constexpr ErrorRow k_cannot_start{"cannot_start", 500, LogLevel::error,
                                         "无法启动 {program}：{what}",
                                         "Cannot start {program}: {what}"};

inline constexpr ErrorRow k_bad_lake_settings{"bad_lake_settings", 500, LogLevel::error,
                                              "数据保存期文件有误：{what}",
                                              "The file of storage periods is wrong: {what}"};

inline constexpr ErrorRow k_zone_not_served{"zone_not_served", 404, LogLevel::info,
                                            "本系统没有开通您所在区域的这项功能",
                                            "This is not served for your zone here"};
}  // namespace anlan::errors
