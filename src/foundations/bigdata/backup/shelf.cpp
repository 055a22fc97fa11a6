#include "foundations/bigdata/backup/shelf.h"

#include "foundations/bigdata/backup/errors.h"

#include <algorithm>
#include <cctype>

namespace anlan::bigdata::backup {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t k_manifest_bytes_max = 256ULL << 20;
constexpr std::uint64_t k_verified_bytes_max = 64ULL << 10;

bool is_name(std::string_view name) {
    return name.size() >= 16 && name.back() == 'Z' && name[8] == 'T' &&
           std::ranges::all_of(name.substr(0, 8),
                               [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::optional<Verified> load_verified(const fs::path& folder) {
    const auto text = read_file(folder / k_verified_file, k_verified_bytes_max);
    if (!text) return std::nullopt;
    const auto value = parse_json(*text);
    if (!value || !value->is_object()) return std::nullopt;
    const auto at = parse_iso8601(text_at(value->get_object(), "at"));
    const auto faults = integer_at(value->get_object(), "faults", -1);
    if (!at || faults < 0) return std::nullopt;
    return Verified{*at, static_cast<std::size_t>(faults)};
}

Result<std::vector<std::string>> names_in(const fs::path& shelf) {
    std::vector<std::string> out;
    std::error_code error;
    if (!fs::exists(shelf, error)) return out;
    fs::directory_iterator each(shelf, error);
    for (const fs::directory_iterator end; !error && each != end; each.increment(error))
        out.push_back(each->path().filename().string());
    if (error) return fail(errors::k_io, {{"what", shelf.string() + ": " + error.message()}});
    std::ranges::sort(out);
    return out;
}

Result<void> clear_away(const fs::path& folder) {
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) return fail(errors::k_io, {{"what", folder.string() + ": " + error.message()}});
    return {};
}

}  // namespace

std::string name_of(Timestamp made_at) {
    std::string out = iso8601(made_at);
    std::erase_if(out, [](char c) { return c == '-' || c == ':'; });
    return out;
}

Result<Manifest> load_manifest(const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder / k_manifest_file, error))
        return fail(errors::k_no_backup, {{"folder", folder.string()}});
    TRY_ASSIGN(text, read_file(folder / k_manifest_file, k_manifest_bytes_max));
    return parse_manifest(text);
}

Result<std::vector<Kept>> list(const fs::path& shelf) {
    TRY_ASSIGN(names, names_in(shelf));
    std::vector<Kept> out;
    for (const auto& name : names) {
        if (!is_name(name)) continue;
        Kept kept{name, shelf / name, std::nullopt, load_verified(shelf / name)};
        if (auto manifest = load_manifest(kept.folder)) kept.manifest = std::move(*manifest);
        out.push_back(std::move(kept));
    }
    return out;
}

Result<fs::path> pick(const fs::path& given) {
    std::error_code error;
    if (fs::exists(given / k_manifest_file, error)) return given;
    TRY_ASSIGN(all, list(given));
    for (auto kept = all.rbegin(); kept != all.rend(); ++kept) {
        if (kept->manifest) return kept->folder;
    }
    if (!all.empty()) TRY(load_manifest(all.back().folder));
    return fail(errors::k_no_backup, {{"folder", given.string()}});
}

Result<FileLock> lock(const fs::path& shelf) {
    return FileLock::take(shelf / ".lock", errors::k_backup_running);
}

Result<void> sweep(const fs::path& shelf) {
    TRY_ASSIGN(names, names_in(shelf));
    for (const auto& name : names) {
        if (name.starts_with(".making-") || name.starts_with(".removing-"))
            TRY(clear_away(shelf / name));
    }
    return {};
}

Result<void> remove(const fs::path& shelf, const std::string& name) {
    const fs::path going = shelf / (".removing-" + name);
    TRY(move_path(shelf / name, going));
    TRY(sync_path(shelf));
    return clear_away(going);
}

Result<void> remember(const fs::path& backup, const Verified& verified) {
    return replace_file(
        backup / k_verified_file,
        anlan::to_text(json::object{{"at", iso8601(verified.at)}, {"faults", verified.faults}}) +
            "\n");
}

json::object to_json(const Kept& kept) {
    json::object out{{"name", kept.name}};
    if (!kept.manifest) {
        out["damaged"] = true;
        return out;
    }
    const Manifest& m = *kept.manifest;
    out["made_at"] = iso8601(m.made_at);
    out["program"] = m.program;
    out["catalog"] = m.catalog;
    out["sequence"] = m.sequence;
    out["head"] = m.head;
    out["lake_rows"] = m.lake_rows;
    out["accounts"] = m.accounts;
    out["files"] = m.files.size();
    out["bytes"] = m.bytes();
    out["secrets"] = name_of(m.secrets);
    if (kept.verified) {
        out["verified_at"] = iso8601(kept.verified->at);
        out["faults"] = kept.verified->faults;
    }
    return out;
}

}  // namespace anlan::bigdata::backup
