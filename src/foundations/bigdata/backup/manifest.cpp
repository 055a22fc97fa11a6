#include "foundations/bigdata/backup/manifest.h"

#include "core/hash.h"
#include "core/json.h"
#include "foundations/bigdata/backup/errors.h"

#include <algorithm>
#include <array>
#include <filesystem>

namespace anlan::bigdata::backup {

namespace {

constexpr std::array<std::string_view, 3> k_secrets{"none", "left_out", "sealed"};
/// A million attachments.
constexpr JsonLimits k_limits{.bytes = 256UZ << 20, .depth = 8};

std::unexpected<Error> wrong(std::string what) {
    return fail(errors::k_backup_manifest, {{"what", std::move(what)}});
}

json::object object_of(const Manifest& m) {
    json::array files;
    for (const auto& each : m.files) {
        json::object file{{"path", each.path}, {"bytes", each.bytes}, {"sm3", each.sm3}};
        if (each.rows != 0) file["rows"] = each.rows;
        if (each.modified_ns != 0) file["modified_ns"] = each.modified_ns;
        files.push_back(std::move(file));
    }
    return {{"format", k_manifest_format},
            {"made_at", iso8601(m.made_at)},
            {"program", m.program},
            {"catalog", m.catalog},
            {"journal", json::object{{"sequence", m.sequence}, {"head", m.head}}},
            {"lake", json::object{{"rows", m.lake_rows},
                                  {"streams", m.lake_streams},
                                  {"identity", m.lake_identity}}},
            {"accounts", m.accounts},
            {"secrets", name_of(m.secrets)},
            {"files", std::move(files)}};
}

/// Below the backup, whatever is done with it.
bool stays_inside(std::string_view path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string_view::npos)
        return false;
    const std::filesystem::path whole(path);
    return std::ranges::none_of(
        whole, [](const auto& part) { return part == ".." || part == "." || part.empty(); });
}

Result<FileEntry> file_of(const json::value& value) {
    const auto* o = value.if_object();
    if (o == nullptr) return wrong("files");
    FileEntry out;
    out.path = text_at(*o, "path");
    const auto bytes = integer_at(*o, "bytes", -1);
    out.sm3 = text_at(*o, "sm3");
    out.rows = integer_at(*o, "rows", 0);
    out.modified_ns = integer_at(*o, "modified_ns", 0);
    if (!stays_inside(out.path) || bytes < 0 || out.sm3.size() != 64 || out.rows < 0)
        return wrong("files: " + out.path);
    out.bytes = static_cast<std::uint64_t>(bytes);
    return out;
}

}  // namespace

std::string_view name_of(Secrets secrets) {
    return k_secrets[static_cast<std::size_t>(secrets)];
}

std::uint64_t Manifest::bytes() const {
    std::uint64_t out = 0;
    for (const auto& each : files) out += each.bytes;
    return out;
}

const FileEntry* Manifest::find(std::string_view path) const {
    const auto at = std::ranges::lower_bound(files, path, {}, &FileEntry::path);
    return at != files.end() && at->path == path ? &*at : nullptr;
}

std::string hash_of(const Manifest& manifest) {
    return hex(sm3(canonical_text(object_of(manifest))));
}

std::string to_text(const Manifest& manifest) {
    return canonical_text(
               json::object{{"manifest", object_of(manifest)}, {"sm3", hash_of(manifest)}}) +
           "\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
    const auto whole = parse_json(text, k_limits);
    if (!whole) return wrong(text_of(whole.error(), Language::en));
    const auto* outside = whole->if_object();
    if (outside == nullptr) return wrong("not an object");
    const auto& o = object_at(*outside, "manifest");
    // Before its hash: a newer format may be hashed otherwise.
    if (const auto format = integer_at(o, "format", 0); format > k_manifest_format) {
        return fail(errors::k_backup_newer,
                    {{"theirs", std::string(text_at(o, "program"))},
                     {"ours", "format " + std::to_string(k_manifest_format)}});
    }
    if (hex(sm3(canonical_text(o))) != text_at(*outside, "sm3")) return wrong("SM3");
    Manifest out;
    const auto made_at = parse_iso8601(text_at(o, "made_at"));
    const auto secrets = std::ranges::find(k_secrets, text_at(o, "secrets"));
    if (!made_at) return wrong("made_at");
    if (secrets == k_secrets.end()) return wrong("secrets");
    out.made_at = *made_at;
    out.secrets = static_cast<Secrets>(secrets - k_secrets.begin());
    out.program = text_at(o, "program");
    out.catalog = text_at(o, "catalog");
    out.sequence = integer_at(object_at(o, "journal"), "sequence", -1);
    out.head = text_at(object_at(o, "journal"), "head");
    out.lake_rows = integer_at(object_at(o, "lake"), "rows", -1);
    out.lake_streams = integer_at(object_at(o, "lake"), "streams", -1);
    out.lake_identity = integer_at(object_at(o, "lake"), "identity", 0);
    out.accounts = integer_at(o, "accounts", -1);
    if (out.sequence < 0 || out.lake_rows < 0 || out.lake_streams < 0 || out.accounts < 0)
        return wrong("journal, lake or accounts");
    for (const auto& each : array_at(o, "files")) {
        TRY_ASSIGN(file, file_of(each));
        if (!out.files.empty() && out.files.back().path >= file.path)
            return wrong("order of files");
        out.files.push_back(std::move(file));
    }
    return out;
}

}  // namespace anlan::bigdata::backup
