// The errors of certificates and of the way to https.
#pragma once

#include "core/result.h"

namespace anlan::errors {

inline constexpr ErrorRow k_https_needed{"https_needed", 403, LogLevel::info,
                                         "请改用 https 访问：{url}", "Use https instead: {url}"};
inline constexpr ErrorRow k_bad_certificate{"bad_certificate", 500, LogLevel::error,
                                            "证书或私钥有误：{what}",
                                            "The certificate or its key is wrong: {what}"};
inline constexpr ErrorRow k_bad_server_name{
    "bad_server_name", 500, LogLevel::error,
    "证书不能写入“{name}”：名称格式有误，或不在本地根证书允许的范围内（可用 anlan certificate init "
    "--replace --name 重新生成）",
    "The certificate cannot say '{name}': malformed, or outside what the local root may vouch for "
    "(make another with anlan certificate init --replace --name)"};
inline constexpr ErrorRow k_authority_exists{
    "authority_exists", 500, LogLevel::error,
    "本地根证书已存在；--replace 会换掉它，所有手机须重新安装",
    "There is a local root already; --replace makes another, which every phone must install anew"};
inline constexpr ErrorRow k_no_authority{"no_authority", 500, LogLevel::error,
                                         "还没有本地根证书：先运行 anlan certificate init",
                                         "There is no local root yet: anlan certificate init"};

}  // namespace anlan::errors
