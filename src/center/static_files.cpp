#include "center/static_files.h"

#include "center/compression.h"
#include "core/hash.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace anlan::center {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> k_types{
    {{".html", "text/html; charset=utf-8"},
     {".js", "text/javascript; charset=utf-8"},
     {".mjs", "text/javascript; charset=utf-8"},
     {".css", "text/css; charset=utf-8"},
     {".json", "application/json"},
     {".svg", "image/svg+xml"},
     {".png", "image/png"},
     {".jpg", "image/jpeg"},
     {".webp", "image/webp"},
     {".ico", "image/x-icon"},
     {".woff2", "font/woff2"},
     {".woff", "font/woff"},
     {".txt", "text/plain; charset=utf-8"},
     {".map", "application/json"},
     {".wasm", "application/wasm"},
     {".webmanifest", "application/manifest+json"},
     {".pbf", "application/x-protobuf"}}};

std::string_view type_of(std::string_view name) {
    const auto dot = name.rfind('.');
    const auto extension = dot == name.npos ? std::string_view{} : name.substr(dot);
    for (const auto& [known, type] : k_types) {
        if (known == extension) return type;
    }
    return "application/octet-stream";
}

constexpr std::string_view k_not_built =
    "<!doctype html><meta charset=utf-8><title>安澜 Anlan</title><p>页面尚未构建：npm run build "
    "--prefix web"
    "<p>The screens are not built yet: npm run build --prefix web<p><a href=/api/docs>API</a>";

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::filesystem::path& folder) {
    StaticFiles out;
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) return out;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
        if (!entry.is_regular_file()) continue;
        const std::string name =
            "/" + std::filesystem::relative(entry.path(), folder).generic_string();
        if (name.find("/.") != name.npos || name.ends_with(".br")) continue;
        std::ifstream in(entry.path(), std::ios::binary);
        if (!in) return fail(errors::k_io, {{"what", entry.path().string()}});
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        File file;
        file.content_type = type_of(name);
        file.etag = '"' + hex(sm3(bytes)).substr(0, 16) + '"';
        file.immutable =
            name.starts_with("/assets/");  // Vite puts a hash of the content into these names
        if (worth_gzip(file.content_type, bytes.size())) {
            auto packed = gzip(bytes, 6);
            if (packed.size() < bytes.size())
                file.packed = std::make_shared<const std::string>(std::move(packed));
        }
        // Made when the screens are built: the best compression takes a second a megabyte.
        if (std::ifstream best(entry.path().string() + ".br", std::ios::binary); best) {
            std::string small{std::istreambuf_iterator<char>(best), {}};
            file.brotli = std::make_shared<const std::string>(std::move(small));
        }
        file.plain = std::make_shared<const std::string>(std::move(bytes));
        out.m_files.emplace(name, std::move(file));
    }
    if (error) return fail(errors::k_io, {{"what", folder.string() + ": " + error.message()}});
    return out;
}

bool StaticFiles::answer(const Request& request, Response& response) const {
    if (request.method != "GET" && request.method != "HEAD") return false;
    const auto segments = split_path(request.path());
    if (!segments) return false;
    // What programs ask for, and no page's address.
    constexpr std::array<std::string_view, 3> k_not_pages{"api", "v1.1", "ping"};
    if (!segments->empty() &&
        std::ranges::find(k_not_pages, segments->front()) != k_not_pages.end())
        return false;
    std::string name;
    for (const auto& segment : *segments) name += '/' + segment;
    auto found = m_files.find(name);
    if (found == m_files.end()) {
        if (!segments->empty() && segments->back().find('.') != std::string::npos) return false;
        found = m_files.find("/index.html");
    }
    if (found == m_files.end()) {
        response.set_body("text/html; charset=utf-8", std::string(k_not_built));
        return true;
    }
    const File& file = found->second;
    response.headers.emplace_back("ETag", file.etag);
    response.headers.emplace_back(
        "Cache-Control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (etag_matches(request.header("if-none-match"), file.etag)) {
        response.status = 304;
        return true;
    }
    response.content_type = file.content_type;
    const auto accepted = request.header("accept-encoding");
    const bool whole = request.header("range").empty();
    if (whole && file.brotli && accepts(accepted, "br")) {
        response.headers.emplace_back("Content-Encoding", "br");
        response.body = file.brotli;
    } else if (whole && file.packed && accepts_gzip(accepted)) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = file.packed;
    } else {
        answer_range(request, response, file.plain);
    }
    return true;
}

}  // namespace anlan::center
