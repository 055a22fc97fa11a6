#include "center/files/file_store.h"

#include "center/data_folder.h"
#include "center/errors.h"
#include "center/files/errors.h"
#include "center/files/file_type.h"
#include "center/files/picture_facts.h"
#include "center/files/thumbnail.h"
#include "core/hash.h"
#include "foundations/bigdata/errors.h"

#include <fcntl.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace anlan::center {
namespace {

namespace fs = std::filesystem;
using bigdata::FieldType;

constexpr std::size_t k_references_max = 200;

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// The last part of a path, without what a file system or a header could stumble over.
std::string clean_name(std::string_view name, std::string_view extension) {
    name = name.substr(name.find_last_of("/\\") + 1);
    std::string out;
    for (const char c : name) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F && c != '"') out += c;
    }
    while (out.size() > 120) {  // whole characters
        do out.pop_back();
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xC0) == 0x80);
    }
    return out.empty() || out.front() == '.' ? "file" + std::string(extension) : out;
}

json::array texts(const std::vector<Uuid>& ids) {
    json::array out;
    for (const auto& id : ids) out.emplace_back(id.text());
    return out;
}

std::vector<Uuid> ids_of(const json::array& texts) {
    std::vector<Uuid> out;
    for (const auto& each : texts) {
        if (const auto id = each.is_string() ? Uuid::parse(each.get_string()) : std::nullopt)
            out.push_back(*id);
    }
    return out;
}

json::object facts_of(const StoredFile& file) {
    json::array references;
    for (const auto& each : file.references) {
        references.push_back(json::object{{"kind", each.kind},
                                          {"field", each.field},
                                          {"space", each.space},
                                          {"record", each.record.text()}});
    }
    json::object out{{"version", 1},
                     {"media_type", file.media_type},
                     {"name", file.name},
                     {"size", file.size},
                     {"stored_at", iso8601(file.stored_at)},
                     {"zone", file.zone},
                     {"senders", texts(file.senders)},
                     {"organisations", texts(file.organisations)},
                     {"references", std::move(references)},
                     {"taken_at", file.taken_at},
                     {"width", file.width},
                     {"height", file.height}};
    if (file.place)
        out.emplace("place", json::array{file.place->longitude_deg, file.place->latitude_deg});
    return out;
}

StoredFile file_of(std::string hash, const json::object& facts) {
    StoredFile out;
    out.hash = std::move(hash);
    out.media_type = text_at(facts, "media_type");
    out.name = text_at(facts, "name");
    out.size = static_cast<std::uint64_t>(integer_at(facts, "size", 0));
    out.stored_at = parse_iso8601(text_at(facts, "stored_at")).value_or(Timestamp{});
    out.zone = text_at(facts, "zone");
    out.senders = ids_of(array_at(facts, "senders"));
    out.organisations = ids_of(array_at(facts, "organisations"));
    for (const auto& each : array_at(facts, "references")) {
        if (!each.is_object()) continue;
        const auto& o = each.get_object();
        out.references.push_back({std::string(text_at(o, "kind")), std::string(text_at(o, "field")),
                                  std::string(text_at(o, "space")),
                                  Uuid::parse(text_at(o, "record")).value_or(Uuid{})});
    }
    out.taken_at = text_at(facts, "taken_at");
    out.width = static_cast<std::uint32_t>(integer_at(facts, "width", 0));
    out.height = static_cast<std::uint32_t>(integer_at(facts, "height", 0));
    if (const auto& place = array_at(facts, "place"); place.size() == 2)
        out.place = LonLat{place[0].to_number<double>(), place[1].to_number<double>()};
    return out;
}

void add(std::vector<Uuid>& to, Uuid id) {
    if (std::ranges::find(to, id) == to.end()) to.push_back(id);
}

Result<std::string> whole(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(errors::k_io, {{"what", file.string() + " cannot be read"}});
    return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Result<FileRules> FileRules::load(const fs::path& file) {
    FileRules out;
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        out.media_types = root["media_types"].as<std::vector<std::string>>();
        out.bytes_max = root["size_max_mib"].as<std::uint64_t>() << 20;
        out.organisation_bytes_max = root["organisation_max_gib"].as<std::uint64_t>() << 30;
        out.unreferenced_hours = root["unreferenced_hours"].as<std::int64_t>();
    } catch (const YAML::Exception& exception) {
        return fail(errors::k_bad_configuration,
                    {{"what", file.string() + ": " + exception.what()}});
    }
    return out;
}

fs::path FileStore::path_of(std::string_view hash, const char* extension) const {
    return m_options.folder / hash.substr(0, 2) / hash.substr(2, 2) /
           (std::string(hash) + extension);
}

Result<std::unique_ptr<FileStore>> FileStore::open(Options options) {
    std::unique_ptr<FileStore> out(new FileStore(std::move(options)));
    std::error_code error;
    fs::create_directories(out->m_options.folder, error);
    if (error) return fail(errors::k_io, {{"what", error.message()}});
    for (const auto& each : fs::recursive_directory_iterator(out->m_options.folder, error)) {
        const std::string hash = each.path().stem().string();
        if (each.path().extension() != ".json" || !is_hash(hash)) continue;
        TRY_ASSIGN(text, whole(each.path()));
        const auto facts = parse_json(text);
        if (!facts || !facts->is_object())
            return fail(errors::k_io, {{"what", each.path().string() + " is not readable"}});
        out->m_files.emplace(hash, file_of(hash, facts->get_object()));
    }
    return out;
}

Result<void> FileStore::write_facts(const StoredFile& file) const {
    return write_secret(path_of(file.hash, ".json"), to_text(facts_of(file)));
}

Result<void> FileStore::check_room(const Principal& who, std::uint64_t size) const {
    std::uint64_t used = size;
    for (const auto& [hash, file] : m_files) {
        if (file.zone == who.zone &&
            std::ranges::find(file.organisations, who.organisation) != file.organisations.end())
            used += file.size;
    }
    if (used <= m_options.rules.organisation_bytes_max) return {};
    return fail(errors::k_quota_reached,
                {{"max", std::to_string(m_options.rules.organisation_bytes_max >> 30)}});
}

Result<StoredFile> FileStore::keep(const Principal& who, std::string_view bytes,
                                   std::string_view name, KeepPlace place) {
    const auto& rules = m_options.rules;
    if (bytes.size() > rules.bytes_max)
        return fail(errors::k_body_too_large, {{"max", std::to_string(rules.bytes_max)}});
    const auto type = sniff(bytes);
    if (!type ||
        std::ranges::find(rules.media_types, type->media_type) == rules.media_types.end()) {
        std::string allowed;
        for (const auto& each : rules.media_types) allowed += (allowed.empty() ? "" : ", ") + each;
        return fail(errors::k_file_type_refused, {{"allowed", allowed}});
    }
    StoredFile file;
    const auto facts = facts_of_picture(bytes);
    std::string stripped;
    if (place == KeepPlace::no) {
        if (type->media_type == "image/jpeg" || type->media_type == "image/png") {
            if (!strip_picture(bytes, stripped))
                return fail(errors::k_picture_unreadable, {{"what", "structure"}});
            bytes = stripped;
        }
    } else {
        file.place = facts.place;
        file.taken_at = facts.taken_at.value_or("");
    }
    file.hash = hex(sm3(bytes));
    file.media_type = type->media_type;
    file.name = clean_name(name, type->extension);
    file.size = bytes.size();
    file.stored_at = m_options.clock->now();
    file.zone = who.zone;
    file.width = facts.width;
    file.height = facts.height;

    {
        const std::lock_guard lock(m_mutex);
        if (!m_files.contains(file.hash)) TRY(check_room(who, file.size));
    }
    // The bytes are written without the lock: on_entry() must not wait for a disk.
    const auto path = path_of(file.hash, ".bin");
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    TRY(write_secret(path, bytes));
    const std::lock_guard lock(m_mutex);
    if (!fs::exists(path, error)) TRY(write_secret(path, bytes));  // swept meanwhile
    if (const auto known = m_files.find(file.hash); known != m_files.end()) file = known->second;
    add(file.senders, who.user);
    add(file.organisations, who.organisation);
    TRY(write_facts(file));
    m_files.insert_or_assign(file.hash, file);
    return file;
}

bool FileStore::may_read(const Principal& who, const StoredFile& file) const {
    if (file.zone != who.zone) return false;
    if (std::ranges::find(file.senders, who.user) != file.senders.end()) return true;
    return std::ranges::any_of(file.references, [&](const FileReference& each) {
        const auto view = m_options.access->view(who, each.space, each.kind);
        auto record = m_options.records->get(view, each.kind, each.record);
        if (!record || !m_options.access->visible(who, *record)) return false;
        m_options.access->mask(who, *record);
        // A masked field is an object; one that has changed since is in the record's history.
        const auto* value = record->fields.if_contains(each.field);
        return value == nullptr || !value->is_object();
    });
}

Result<StoredFile> FileStore::find(const Principal& who, std::string_view hash) const {
    StoredFile file;
    {
        const std::lock_guard lock(m_mutex);
        const auto known = m_files.find(hash);
        if (known == m_files.end()) return fail(errors::k_no_such_file);
        file = known->second;
    }
    if (!may_read(who, file)) return fail(errors::k_no_such_file);
    return file;
}

Result<std::string> FileStore::read(const std::string& hash, std::uint64_t offset,
                                    std::size_t count) const {
    const auto path = path_of(hash, ".bin");
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    std::string out(count, '\0');
    const auto got = file < 0 ? -1 : pread(file, out.data(), count, static_cast<off_t>(offset));
    if (file >= 0) ::close(file);
    if (got < 0) return fail(errors::k_io, {{"what", path.string() + " cannot be read"}});
    out.resize(static_cast<std::size_t>(got));
    return out;
}

Result<std::string> FileStore::thumbnail(const StoredFile& file) {
    if (file.media_type != "image/jpeg" && file.media_type != "image/png")
        return fail(errors::k_no_thumbnail);
    const auto path = path_of(file.hash, ".jpg");
    std::error_code error;
    if (fs::exists(path, error)) return whole(path);
    TRY_ASSIGN(made, thumbnail_of(path_of(file.hash, ".bin")));
    TRY(write_secret(path, made));
    return std::move(made);
}

void FileStore::on_entry(const bigdata::Entry& entry) {
    const auto* kind = m_options.catalog->kind(entry.after.kind);
    if (kind == nullptr) return;
    for (const auto& field : kind->fields) {
        if (field.type != FieldType::file) continue;
        const auto hash = text_at(entry.after.fields, field.name);
        const std::lock_guard lock(m_mutex);
        const auto known = m_files.find(hash);
        if (known == m_files.end() || known->second.zone != entry.after.zone) continue;
        auto& file = known->second;
        const FileReference reference{entry.after.kind, field.name, entry.after.space,
                                      entry.after.id};
        if (file.references.size() >= k_references_max ||
            std::ranges::find(file.references, reference) != file.references.end())
            continue;
        // Naming a file in a record lets others read it. Who knows a hash has the bytes, or has
        // read a record that names it; of a file that no record names, only its sender may know.
        const bool senders_own =
            std::ranges::find(file.senders, entry.author.user) != file.senders.end();
        if (!senders_own && file.references.empty()) continue;
        file.references.push_back(reference);
        if (const auto kept = write_facts(file); !kept) file.references.pop_back();
    }
}

std::size_t FileStore::sweep() {
    const std::lock_guard lock(m_mutex);
    const auto before = m_options.clock->now() + -m_options.rules.unreferenced_hours * 3600 * 1000;
    return std::erase_if(m_files, [&](const auto& each) {
        const auto& file = each.second;
        if (!file.references.empty() || file.stored_at > before) return false;
        std::error_code ignored;
        for (const char* extension : {".json", ".jpg", ".bin"})
            fs::remove(path_of(file.hash, extension), ignored);
        return true;
    });
}

std::uint64_t FileStore::bytes() const {
    const std::lock_guard lock(m_mutex);
    std::uint64_t out = 0;
    for (const auto& [hash, file] : m_files) out += file.size;
    return out;
}

std::size_t FileStore::count() const {
    const std::lock_guard lock(m_mutex);
    return m_files.size();
}

}  // namespace anlan::center
