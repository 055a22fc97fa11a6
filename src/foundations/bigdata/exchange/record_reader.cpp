#include "foundations/bigdata/exchange/record_reader.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/cells.h"
#include "foundations/bigdata/exchange/defuse.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/text.h"
#include "foundations/bigdata/exchange/wkt.h"

#include <algorithm>
#include <charconv>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_value_characters = 80;

/// "甲; 乙、丙", or a JSON array of texts as GeoJSON has it.
std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> out;
    const Result<json::value> array =
        text.starts_with('[') ? parse_json(text) : fail(errors::k_cell_json);
    if (array && array->is_array()) {
        for (const auto& each : array->get_array())
            out.emplace_back(each.is_string() ? std::string(each.get_string()) : to_text(each));
        return out;
    }
    std::string plain(text);
    for (const std::string_view wide : {"；", "、", "\n"}) {
        for (auto at = plain.find(wide); at != plain.npos; at = plain.find(wide, at + 1))
            plain.replace(at, wide.size(), ";");
    }
    for (std::size_t from = 0; from <= plain.size();) {
        const auto to = std::min(plain.find(';', from), plain.size());
        const auto part = trimmed(std::string_view(plain).substr(from, to - from));
        if (!part.empty()) out.emplace_back(part);
        from = to + 1;
    }
    return out;
}

/// "/fields/rate/0" → "rate".
std::string_view field_of_path(std::string_view where) {
    constexpr std::string_view k_prefix = "/fields/";
    if (!where.starts_with(k_prefix)) return {};
    where.remove_prefix(k_prefix.size());
    return where.substr(0, where.find('/'));
}

}  // namespace

std::string_view without_defusing(std::string_view cell) {
    return cell.size() > 1 && cell[0] == '\'' && needs_defusing(cell.substr(1)) ? cell.substr(1)
                                                                                : cell;
}

void RecordReader::wrong(ReadRow& out, const MappedColumn& mapped, std::string_view value,
                         const Error& error) {
    out.problems.push_back({out.row.line, mapped.title,
                            mapped.column == nullptr ? std::string() : mapped.column->name,
                            shortened(value, k_value_characters), error.row, error.parameters});
}

Result<std::optional<Uuid>> RecordReader::reference(const MappedColumn& mapped,
                                                    std::string_view text, ReadRow& out) const {
    const std::string wanted(trimmed(text));
    const std::string& kind = mapped.column->target_kind;
    TRY_ASSIGN(answer, m_options.references->find(kind, wanted));
    if (answer.found == References::Found::one) return answer.id;
    if (m_options.file_ids != nullptr && kind == m_options.kind->name) {
        const auto& ids = *m_options.file_ids;
        const std::string bracketed(key_in_brackets(wanted));
        for (const auto& candidate : {bracketed, wanted}) {
            if (const auto at = ids.by_key.find(candidate); at != ids.by_key.end())
                return at->second;
            const auto id = Uuid::parse(candidate);
            if (id && ids.ids.contains(*id)) return *id;
        }
    }
    const Kind* target = m_options.catalog->kind(kind);
    const Field* key = target == nullptr ? nullptr : key_of(*target);
    const Label key_label = key == nullptr ? Label{"记录号", "record id"} : key->label;
    wrong(out, mapped, wanted,
          Error(answer.found == References::Found::several ? errors::k_cell_reference_twice
                                                           : errors::k_cell_reference,
                {{"kind", target == nullptr ? kind : target->label.zh},
                 {"kind_en", target == nullptr ? kind : target->label.en},
                 {"key", key_label.zh},
                 {"key_en", key_label.en}}));
    return std::optional<Uuid>{};
}

Result<void> RecordReader::read_field(const MappedColumn& mapped, const std::string& text,
                                      ReadRow& out) const {
    const Field& field = *mapped.column->field;
    if (field.type == FieldType::reference || field.type == FieldType::person) {
        TRY_ASSIGN(id, reference(mapped, text, out));
        if (id) out.row.fields[field.name] = id->text();
        return {};
    }
    if (field.type == FieldType::references) {
        json::array ids;
        for (const auto& each : split_list(text)) {
            TRY_ASSIGN(id, reference(mapped, each, out));
            if (id) ids.emplace_back(id->text());
        }
        out.row.fields[field.name] = std::move(ids);
        return {};
    }
    auto value = value_of_cell(*m_options.catalog, *mapped.column, text, mapped.unit);
    if (value)
        out.row.fields[field.name] = std::move(*value);
    else
        wrong(out, mapped, text, value.error());
    return {};
}

Result<void> RecordReader::read_cell(const MappedColumn& mapped, std::string text, ReadRow& out,
                                     Place& place) const {
    const Column& column = *mapped.column;
    const std::string_view plain = trimmed(text);
    switch (column.use) {
        case ColumnUse::field:
            if (column.field->sensitive && plain == k_masked_text) return {};
            // What a clock keeps is the program's own, like updated_at.
            if (!column.field->clock.empty()) return {};
            return read_field(mapped, text, out);
        case ColumnUse::id: {
            const auto id = Uuid::parse(plain);
            if (id)
                out.row.id = *id;
            else
                wrong(out, mapped, plain, Error(errors::k_cell_id));
            return {};
        }
        case ColumnUse::state: {
            const std::string folded = folded_text(plain);
            std::string known, known_en;
            for (const auto& state : m_options.kind->states) {
                if (folded == folded_text(state.name) || folded == folded_text(state.label.zh) ||
                    folded == folded_text(state.label.en)) {
                    out.state = state.name;
                    return {};
                }
                known += (known.empty() ? "" : "、") + state.label.zh;
                known_en += (known_en.empty() ? "" : ", ") + state.label.en;
            }
            wrong(out, mapped, plain,
                  Error(errors::k_cell_state, {{"known", known}, {"known_en", known_en}}));
            return {};
        }
        case ColumnUse::longitude:
        case ColumnUse::latitude: {
            place.column = &mapped;
            place.value += (place.value.empty() ? "" : ", ") + std::string(plain);
            auto& part = column.use == ColumnUse::longitude ? place.longitude : place.latitude;
            std::string degrees = half_width(plain);
            if (degrees.ends_with("°"))
                degrees.resize(degrees.size() - std::string_view("°").size());
            part = number_of_text(degrees);
            return {};
        }
        case ColumnUse::geometry: {
            auto json_text = plain.starts_with('{')
                                 ? parse_json(plain, {8 << 20, 16})
                                 : Result<json::value>(fail(errors::k_bad_geometry));
            auto geometry = json_text ? geometry_from_json(*json_text) : geometry_of_wkt(plain);
            if (geometry)
                out.row.geometry = std::move(*geometry);
            else
                wrong(out, mapped, plain,
                      Error(errors::k_cell_geometry, geometry.error().parameters));
            return {};
        }
        case ColumnUse::scope: {
            TRY_ASSIGN(id, reference(mapped, plain, out));
            if (!id) return {};
            if (!out.row.scope) out.row.scope.emplace();
            out.scope_given = true;
            if (column.target_kind == "grid") out.row.scope->grid = *id;
            if (column.target_kind == "enterprise") out.row.scope->enterprise = *id;
            if (column.target_kind == "organisation") out.row.scope->organisation = *id;
            return {};
        }
        case ColumnUse::revision: {
            const auto value = number_of_text(half_width(plain));
            if (value && *value >= 1 && *value < 9e15)
                out.revision = static_cast<std::int64_t>(*value);
            else
                wrong(out, mapped, plain, Error(errors::k_cell_whole));
            return {};
        }
        case ColumnUse::updated_at:
            return {};
    }
    return {};
}

void RecordReader::read_place(Place& place, ReadRow& out) const {
    if (place.column == nullptr) return;
    const bool good = place.longitude && place.latitude && *place.longitude >= -180 &&
                      *place.longitude <= 180 && *place.latitude >= -90 && *place.latitude <= 90;
    if (good)
        out.row.geometry = Geometry::point({*place.longitude, *place.latitude});
    else
        wrong(out, *place.column, place.value, Error(errors::k_cell_place));
}

/// Bounds, lengths, patterns: what the register would say, said with the cell.
void RecordReader::check_values(const std::vector<MappedColumn>& columns, const Row& row,
                                ReadRow& out) const {
    const auto good = check_fields(*m_options.catalog, *m_options.kind, out.row.fields, false);
    if (good) return;
    for (const auto& problem : good.error().fields) {
        const auto name = field_of_path(problem.where);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (columns[i].column == nullptr || columns[i].column->name != name) continue;
            wrong(out, columns[i], i < row.cells.size() ? row.cells[i] : std::string(),
                  Error(*problem.row, problem.parameters));
        }
    }
}

Result<ReadRow> RecordReader::read(const Row& row, const std::vector<MappedColumn>& columns) const {
    ReadRow out;
    out.row.line = static_cast<std::int64_t>(row.number);
    if (row.problem)
        out.problems.push_back(
            {out.row.line, "", "geometry", "", &errors::k_cell_geometry, row.problem->parameters});
    for (std::size_t i = columns.size(); i < row.cells.size(); ++i) {
        if (trimmed(row.cells[i]).empty()) continue;
        out.problems.push_back({out.row.line,
                                "",
                                "",
                                shortened(row.cells[i], k_value_characters),
                                &errors::k_row_too_wide,
                                {{"cells", std::to_string(row.cells.size())},
                                 {"columns", std::to_string(columns.size())}}});
        break;
    }
    Place place;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Column* column = columns[i].column;
        if (column == nullptr) continue;
        std::string_view cell = i < row.cells.size() ? std::string_view(row.cells[i]) : "";
        if (m_options.defused) cell = without_defusing(cell);
        if (trimmed(cell).empty()) {
            if (m_options.empty == EmptyCells::clear && column->use == ColumnUse::field)
                out.row.fields[column->name] = nullptr;
            continue;
        }
        if (!is_valid_utf8(cell) || cell.find('\0') != cell.npos) {
            out.problems.push_back(
                {out.row.line, columns[i].title, column->name, "", &errors::k_cell_text, {}});
            continue;
        }
        if (trimmed(cell).starts_with(k_too_long_mark)) continue;
        TRY(read_cell(columns[i], std::string(cell), out, place));
    }
    read_place(place, out);
    if (row.geometry) out.row.geometry = row.geometry;
    check_values(columns, row, out);
    out.key = identity(row, columns).second;
    return out;
}

std::pair<std::optional<Uuid>, std::string> RecordReader::identity(
    const Row& row, const std::vector<MappedColumn>& columns) const {
    std::pair<std::optional<Uuid>, std::string> out;
    const Field* key = key_of(*m_options.kind);
    for (std::size_t i = 0; i < columns.size() && i < row.cells.size(); ++i) {
        if (columns[i].column == nullptr) continue;
        const auto cell =
            m_options.defused ? without_defusing(row.cells[i]) : std::string_view(row.cells[i]);
        if (columns[i].column->use == ColumnUse::id) out.first = Uuid::parse(trimmed(cell));
        if (key == nullptr || columns[i].column->field != key || trimmed(cell).empty()) continue;
        const auto value = value_of_cell(*m_options.catalog, *columns[i].column, cell);
        if (value)
            out.second =
                value->is_string() ? std::string(value->get_string()) : canonical_text(*value);
    }
    return out;
}

}  // namespace anlan::bigdata::exchange
