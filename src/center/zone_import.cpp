#include "center/zone_import.h"

#include "center/errors.h"
#include "foundations/bigdata/errors.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <set>

namespace anlan::center {
namespace {

using bigdata::Action;
using bigdata::FieldType;

constexpr std::size_t k_batch_max = 5000;

/// A YAML node as JSON: quoted scalars are text, plain ones numbers or truth values where they read
/// as such.
json::value json_of(const YAML::Node& node) {
    if (node.IsMap()) {
        json::object out;
        for (const auto& pair : node) out.emplace(pair.first.Scalar(), json_of(pair.second));
        return out;
    }
    if (node.IsSequence()) {
        json::array out;
        for (const auto& each : node) out.push_back(json_of(each));
        return out;
    }
    if (!node.IsScalar()) return nullptr;
    const std::string& text = node.Scalar();
    if (node.Tag() == "!") return json::value(text);
    if (text == "true" || text == "false") return json::value(text == "true");
    std::int64_t whole = 0;
    const char* const last = text.data() + text.size();
    if (const auto [end, e] = std::from_chars(text.data(), last, whole);
        e == std::errc{} && end == last)
        return whole;
    double number = 0;
    if (const auto [end, e] = std::from_chars(text.data(), last, number);
        e == std::errc{} && end == last)
        return number;
    return json::value(text);
}

bool is_reference(FieldType type) {
    return type == FieldType::reference || type == FieldType::references ||
           type == FieldType::person;
}

/// "/changes/12/fields/name" → 12; nothing when the path names no change.
std::optional<std::size_t> change_index(std::string_view where) {
    constexpr std::string_view k_prefix = "/changes/";
    if (!where.starts_with(k_prefix)) return std::nullopt;
    where.remove_prefix(k_prefix.size());
    std::size_t out = 0;
    if (std::from_chars(where.data(), where.data() + where.size(), out).ec != std::errc{})
        return std::nullopt;
    return out;
}

/// "/changes/12/fields/name" → "/fields/name".
std::string_view without_index(std::string_view where) {
    if (!change_index(where)) return where;
    const auto slash = where.find('/', 9);
    return slash == where.npos ? std::string_view{} : where.substr(slash);
}

}  // namespace

void ZoneImport::wrong(std::string where, const Error& error) {
    if (error.fields.empty()) {
        m_problems.push_back({std::move(where), error.row, error.parameters});
        return;
    }
    for (const auto& field : error.fields) {
        m_problems.push_back(
            {where + " " + std::string(without_index(field.where)), field.row, field.parameters});
    }
}

Result<ZoneImport::Line> ZoneImport::line_of(const json::value& value,
                                             std::string_view kind_of_file,
                                             std::string where) const {
    const auto* o = value.if_object();
    if (o == nullptr) return fail(errors::k_bad_line, {{"what", "should be an object"}});
    Line out{std::move(where), {}};
    out.change.kind = text_at(*o, "kind", kind_of_file);
    if (m_catalog.kind(out.change.kind) == nullptr)
        return fail(errors::k_unknown_kind, {{"kind", out.change.kind}});
    if (const auto text = text_at(*o, "id"); !text.empty()) {
        const auto id = Uuid::parse(text);
        if (!id) return fail(errors::k_bad_line, {{"what", "'id' is not a UUID"}});
        out.change.id = *id;
    }
    out.change.fields = object_at(*o, "fields");
    out.change.state = text_at(*o, "state");
    if (const auto* g = o->if_contains("geometry"); g != nullptr && !g->is_null()) {
        TRY_ASSIGN(geometry, geometry_from_json(*g));
        out.change.geometry = std::move(geometry);
    }
    bigdata::Scope scope;
    const auto& given = object_at(*o, "scope");
    for (const auto& [name, into] : {std::pair{"grid", &scope.grid},
                                     {"enterprise", &scope.enterprise},
                                     {"organisation", &scope.organisation}}) {
        if (const auto id = Uuid::parse(text_at(given, name))) *into = *id;
    }
    if (scope != bigdata::Scope{}) out.change.scope = scope;
    return out;
}

void ZoneImport::read_ndjson(const std::filesystem::path& file) {
    std::ifstream in(file);
    const std::string kind = file.stem().string();
    std::string text;
    for (int number = 1; std::getline(in, text); ++number) {
        if (text.empty()) continue;
        std::string where = file.string() + ":" + std::to_string(number);
        auto value = parse_json(text);
        auto line = value ? line_of(*value, kind, where)
                          : Result<Line>(std::unexpected(std::move(value).error()));
        if (line)
            m_lines.push_back(std::move(*line));
        else
            wrong(std::move(where), line.error());
    }
}

void ZoneImport::read_yaml(const std::filesystem::path& file) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        const std::string kind = root["kind"].as<std::string>();
        for (const auto& node : root["records"]) {
            const std::string where = file.string() + ":" + std::to_string(node.Mark().line + 1);
            json::object fields = json_of(node).as_object();
            // Named by what never changes, so that the shipped zone can refer to them.
            const Uuid id = Uuid::from_name(kind + "/" + std::string(text_at(fields, "cas")));
            auto line = line_of(json::object{{"id", id.text()}, {"fields", std::move(fields)}},
                                kind, where);
            if (line)
                m_lines.push_back(std::move(*line));
            else
                wrong(where, line.error());
        }
    } catch (const std::exception& exception) {
        wrong(file.string(), Error(errors::k_bad_line, {{"what", exception.what()}}));
    }
}

Result<void> ZoneImport::read(const std::filesystem::path& path) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    if (std::filesystem::is_directory(path, error)) {
        for (const auto& entry : std::filesystem::directory_iterator(path, error))
            files.push_back(entry.path());
        std::ranges::sort(files);
    } else if (std::filesystem::is_regular_file(path, error)) {
        files.push_back(path);
    }
    if (error || files.empty())
        return fail(errors::k_io, {{"what", path.string() + " cannot be read"}});
    for (const auto& file : files) {
        if (file.extension() == ".ndjson")
            read_ndjson(file);
        else if (file.extension() == ".yaml")
            read_yaml(file);
    }
    return {};
}

std::vector<std::string> ZoneImport::kinds_in_order() const {
    std::vector<std::string> out;
    std::set<std::string> begun;
    const std::function<void(const bigdata::Kind&)> visit = [&](const bigdata::Kind& kind) {
        if (!begun.insert(kind.name).second) return;
        for (const auto& field : kind.fields) {
            const std::string& target =
                field.type == FieldType::person ? "person" : field.target_kind;
            const auto* other = is_reference(field.type) ? m_catalog.kind(target) : nullptr;
            if (other != nullptr) visit(*other);
        }
        out.push_back(kind.name);
    };
    for (const auto& kind : m_catalog.kinds()) visit(kind);
    return out;
}

/// Whether the kind allows these fields. Looked at line by line: a batch that is refused names one
/// line, so a field that is wrong in every line would have the batch written as often.
bool ZoneImport::holds(const Line& line) {
    const auto checked = bigdata::check_fields(m_catalog, *m_catalog.kind(line.change.kind),
                                               line.change.fields, false);
    if (checked) return true;
    for (const auto& field : checked.error().fields)
        m_problems.push_back({line.where + " " + field.where, field.row, field.parameters});
    return false;
}

/// True when the record exists: `line` has become its update, or needs no write.
Result<bool> ZoneImport::bring_up_to_date(Line& line, Imported& out) {
    if (line.change.id.is_nil()) return false;
    const bigdata::View view{m_zone, std::string(bigdata::k_live),
                             bigdata::RowFilter::everything()};
    auto record = m_records.get(view, line.change.kind, line.change.id);
    if (!record) return false;
    json::object fields = line.change.fields;
    bigdata::normalise_fields(*m_catalog.kind(line.change.kind), fields);
    bool same = !line.change.geometry || line.change.geometry == record->geometry;
    same = same && (!line.change.scope || *line.change.scope == record->scope);
    for (const auto& [name, value] : fields) {
        const auto* kept = record->fields.if_contains(name);
        same = same && kept != nullptr && *kept == value;
    }
    line.change.action = Action::update;
    line.change.state.clear();
    if (same)
        ++out.unchanged;
    else
        ++out.updated;
    if (same) line.change.kind.clear();  // nothing to write
    return true;
}

Result<void> ZoneImport::write_batch(std::vector<Line> lines, const bigdata::Author& author,
                                     Imported& out) {
    while (!lines.empty()) {
        bigdata::Batch batch;
        batch.zone = m_zone;
        batch.author = author;
        batch.priority = bigdata::Priority::bulk;
        for (const auto& line : lines) batch.changes.push_back(line.change);
        auto applied = m_records.write(std::move(batch));
        if (applied) {
            out.created += static_cast<std::size_t>(std::ranges::count(
                lines, Action::create, [](const Line& line) { return line.change.action; }));
            return {};
        }
        // A batch is all or nothing: take the wrong lines out and write the others.
        const Error& error = applied.error();
        std::set<std::size_t> guilty;
        for (const auto& field : error.fields) {
            auto index = change_index(field.where);
            if (!index && lines.size() == 1) index = 0;
            if (!index || *index >= lines.size()) continue;
            guilty.insert(*index);
            m_problems.push_back(
                {lines[*index].where + " " + std::string(without_index(field.where)), field.row,
                 field.parameters});
        }
        if (guilty.empty() && lines.size() == 1) {
            if (error.row->http_status >= 500) return std::unexpected(error);
            wrong(lines.front().where, error);
            return {};
        }
        if (guilty.empty()) {
            if (error.row->http_status >= 500) return std::unexpected(error);
            for (auto& line : lines) TRY(write_batch({std::move(line)}, author, out));
            return {};
        }
        for (const auto index : std::vector(guilty.rbegin(), guilty.rend())) {
            lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(index));
        }
    }
    return {};
}

Result<Imported> ZoneImport::write(const bigdata::Author& author) {
    Imported out;
    std::vector<Line> batch;
    for (const auto& kind : kinds_in_order()) {
        for (auto& line : m_lines) {
            if (line.change.kind != kind || !holds(line)) continue;
            TRY(bring_up_to_date(line, out));
            if (line.change.kind.empty()) continue;
            batch.push_back(std::move(line));
            if (batch.size() < k_batch_max) continue;
            TRY(write_batch(std::move(batch), author, out));
            batch.clear();
        }
    }
    TRY(write_batch(std::move(batch), author, out));
    m_lines.clear();
    out.problems = m_problems;
    return out;
}

}  // namespace anlan::center
