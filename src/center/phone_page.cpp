#include "center/phone_page.h"

#include "center/qr_code.h"

#include <algorithm>
#include <array>

namespace anlan::center {
namespace {

constexpr std::string_view k_page_path = "/phone", k_root_path = "/ca.crt";

bool is_loopback(std::string_view peer) {
    return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

/// The host of "desk.local:8080" or "[fd00::1]:8080"; empty for what is not a host at all.
std::string_view host_of(std::string_view header) {
    if (header.starts_with('[')) {
        const auto end = header.find(']');
        return end == header.npos ? std::string_view{} : header.substr(0, end + 1);
    }
    return header.substr(0, header.find(':'));
}

bool is_plain_host(std::string_view host) {
    return !host.empty() && host.size() < 254 &&
           std::ranges::all_of(
               host,
               [](char c) {
                   return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' ||
                          c == ']';
               });
}

struct Step {
    std::string_view system, zh, en;
};
constexpr std::array<Step, 4> k_steps{{
    {"Android",
     "下载根证书；打开“设置 → 安全 → 更多安全设置 → 从存储设备安装 → CA 证书”，选中 "
     "ca.crt 并确认。各品牌菜单略有不同，可在设置里搜索“CA 证书”。",
     "Download the root; open Settings → Security → More security settings → Install from storage "
     "→ "
     "CA certificate, choose ca.crt and confirm. Menus differ between makers: search the settings "
     "for “CA certificate”."},
    {"HarmonyOS 鸿蒙",
     "下载根证书；打开“设置 → 隐私和安全 → 更多安全设置 → 加密和凭据 → "
     "从存储设备安装 → CA 证书”，选中 ca.crt 并确认。",
     "Download the root; open Settings → Privacy & security → More settings → Encryption & "
     "credentials → Install from storage → CA certificate, choose ca.crt and confirm."},
    {"iPhone / iPad (iOS)",
     "用 Safari 下载根证书并允许描述文件；“设置 → 已下载描述文件 → 安装”；再到“设置 → "
     "通用 → 关于本机 → 证书信任设置”打开对它的完全信任（这一步不能省）。",
     "Download the root with Safari and allow the profile; Settings → Profile Downloaded → "
     "Install; "
     "then Settings → General → About → Certificate Trust Settings, and switch on full trust for "
     "it "
     "(this step is needed)."},
    {"Windows / Linux",
     "Windows：双击 ca.crt → 安装证书 → 本地计算机 → 受信任的根证书颁发机构。"
     "Linux：放入 /usr/local/share/ca-certificates/ 后运行 update-ca-certificates。",
     "Windows: double-click ca.crt → Install → Local machine → Trusted Root Certification "
     "Authorities. Linux: copy it to /usr/local/share/ca-certificates/ and run "
     "update-ca-certificates."},
}};

constexpr std::string_view k_head =
    "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
    "<title>手机接入 Phones · 安澜 Anlan</title><style>"
    "body{font:17px/1.6 system-ui,sans-serif;max-width:42rem;margin:0 auto;padding:1.2rem;"
    "background:#f5f7fa;color:#14202e}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:1.8rem}"
    "a.button{display:inline-block;padding:.7rem 1.2rem;border-radius:.5rem;background:#0b5cad;"
    "color:#fff;text-decoration:none}code{word-break:break-all;font-size:.85rem}"
    "p[lang=en],li[lang=en],dd[lang=en]{color:#4a5a6b;font-size:.92em}dt{font-weight:600;margin-"
    "top:.8rem}"
    "dd{margin:0}@media(prefers-color-scheme:dark){body{background:#0b1420;color:#dbe6f2}"
    "p[lang=en],dd[lang=en]{color:#9fb0c3}}</style></head><body><main>"
    "<h1>手机接入 <span lang=\"en\">Bring a phone in</span></h1>";

/// The doors of devices that report over HTTP (foundations/sensing/gateways/http_json).
bool takes_readings(std::string_view path) {
    constexpr std::array<std::string_view, 7> k_doors{"/api/v1/observations",
                                                      "/api/v1/observations/push",
                                                      "/api/v1/write",
                                                      "/api/v2/write",
                                                      "/write",
                                                      "/v1.1/Observations",
                                                      "/v1.1/CreateObservations"};
    return std::ranges::find(k_doors, path) != k_doors.end();
}

}  // namespace

std::string address_for_phones(std::string_view host_header, const ServerNames& names,
                               std::string_view scheme, std::uint16_t port) {
    std::string host(host_of(host_header));
    const bool away =
        is_plain_host(host) && host != "localhost" && !host.starts_with("127.") && host != "[::1]";
    if (!away) {
        // The machine's first address that is not its own loopback: version 4 before 6.
        const auto usable = [](const std::string& each) {
            return !each.starts_with("127.") && each != "::1";
        };
        auto found = std::ranges::find_if(names.addresses, [&](const auto& each) {
            return usable(each) && each.find(':') == each.npos;
        });
        if (found == names.addresses.end()) found = std::ranges::find_if(names.addresses, usable);
        host = found == names.addresses.end()          ? "127.0.0.1"
               : found->find(':') == std::string::npos ? *found
                                                       : '[' + *found + ']';
    }
    return std::string(scheme) + "://" + host + ':' + std::to_string(port);
}

std::string PhoneDoor::page(const Request& request) const {
    std::string out(k_head);
    if (m_keeper == nullptr) {
        return out +
               "<p>本机没有启用 https。手机的拍照、定位和安装到桌面需要它。<p lang=\"en\">https is "
               "off here. A phone needs it for camera, place and "
               "installation.</main></body></html>";
    }
    const auto facts = m_keeper->facts();
    const auto host = request.header("host");
    const std::string page_address =
        address_for_phones(host, facts.names, "http", m_doors.load().http_port) +
        std::string(k_page_path);
    const std::string home =
        address_for_phones(host, facts.names, "https", m_doors.load().https_port) + "/";
    if (m_loopback_only) {
        out +=
            "<p><strong>服务只在本机监听，手机还连不上：请以 --address 0.0.0.0 启动。</strong>"
            "<p lang=\"en\"><strong>The server listens on this machine only; phones cannot reach "
            "it: start it with --address 0.0.0.0.</strong>";
    }
    if (const auto code = QrCode::of(page_address)) {
        out +=
            "<p>用手机相机扫码打开本页：<p lang=\"en\">Scan with the phone's camera to open this "
            "page:<p>" +
            code->svg("QR") + "<p><code>" + page_address + "</code>";
    }
    if (const auto root = m_keeper->authority()) {
        out +=
            "<h2>1. 安装根证书 <span lang=\"en\">Install the root certificate</span></h2>"
            "<p><a class=\"button\" href=\"/ca.crt\" download=\"anlan-ca.crt\">下载根证书 Download "
            "(ca.crt)</a><p>安装前请与服务器终端上显示的指纹逐段核对，不一致就不要安装。"
            "<p lang=\"en\">Before installing, compare the fingerprint with the one on the "
            "server's "
            "terminal; do not install it when they differ."
            "<p><code>SHA-256 " +
            root->sha256 + "</code><dl>";
        for (const auto& step : k_steps) {
            out += "<dt>" + std::string(step.system) + "</dt><dd>" + std::string(step.zh) +
                   "</dd><dd lang=\"en\">" + std::string(step.en) + "</dd>";
        }
        out +=
            "</dl><p>此根证书只能为局域网地址和本单位名称作证，不能冒充其他网站。"
            "<p lang=\"en\">This root can vouch for private addresses and this site's own names "
            "only, "
            "never for another web site.";
    }
    return out +
           "<h2>2. 打开安澜 <span lang=\"en\">Open Anlan</span></h2><p><a class=\"button\" "
           "href=\"" +
           home + "\">" + home +
           "</a><p>打开后可用浏览器菜单“添加到主屏幕”。<p lang=\"en\">Then “Add to home screen” in "
           "the "
           "browser's menu.</main></body></html>";
}

bool PhoneDoor::answer(const Request& request, Response& response) const {
    const auto path = request.path();
    if (path != k_page_path && path != k_root_path) return false;
    if (request.method != "GET" && request.method != "HEAD") return false;
    response.headers.emplace_back("Cache-Control", "no-store");
    if (path == k_page_path) {
        response.set_body("text/html; charset=utf-8", page(request));
        return true;
    }
    const auto root = m_keeper == nullptr ? std::nullopt : m_keeper->authority();
    if (!root) return false;
    response.headers.emplace_back("Content-Disposition", "attachment; filename=\"anlan-ca.crt\"");
    response.set_body("application/x-x509-ca-cert", root->der);
    return true;
}

bool PhoneDoor::must_be_secure(const Request& request) const {
    if (m_keeper == nullptr || request.channel == Channel::tls || is_loopback(request.peer))
        return false;
    // Devices that report over HTTP speak no TLS yet; probes carry nothing.
    const auto path = request.path();
    return path != k_page_path && path != k_root_path && path != "/healthz" && path != "/readyz" &&
           path != "/metrics" && path != "/ping" && path != "/api/v1/ping" &&
           !(request.method == "POST" && takes_readings(path));
}

std::string PhoneDoor::secure_address(const Request& request) const {
    const auto host = host_of(request.header("host"));
    std::string out =
        is_plain_host(host)
            ? "https://" + std::string(host) + ':' + std::to_string(m_doors.load().https_port)
            : address_for_phones({}, m_keeper->facts().names, "https", m_doors.load().https_port);
    // What a header cannot carry has been percent-encoded by whoever sent it, or is refused here.
    const bool clean =
        request.target.starts_with('/') &&
        std::ranges::all_of(request.target, [](char c) { return c > 0x20 && c < 0x7F; });
    return out + (clean ? request.target : "/");
}

}  // namespace anlan::center
