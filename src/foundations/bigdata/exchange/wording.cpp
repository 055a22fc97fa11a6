#include "foundations/bigdata/exchange/wording.h"

#include "core/time.h"
#include "foundations/bigdata/exchange/cells.h"
#include "foundations/bigdata/exchange/wkt.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace anlan::bigdata::exchange {
namespace {

Cell text_cell(std::string text) {
    if (text.empty()) return {};
    return {Cell::Kind::text, std::move(text), 0};
}

Cell number_cell(double v) {
    return {Cell::Kind::number, number_text(v), v};
}

std::string string_of(const json::value& value) {
    const auto* text = value.if_string();
    return text == nullptr ? std::string() : std::string(text->data(), text->size());
}

/// "2026-11-24 14:30:05", with milliseconds only where there are some.
std::string beijing_exact(Timestamp at) {
    std::string out = beijing_text(at);
    if (at.ms % 1000 != 0) out += iso8601(at).substr(19, 4);
    return out;
}

Cell time_cell(Timestamp at, Style style) {
    if (style == Style::names) return text_cell(iso8601(at));
    if (at.ms % 1000 != 0) return text_cell(beijing_exact(at));
    return {Cell::Kind::time, beijing_exact(at), static_cast<double>(at.ms + k_beijing_offset_ms)};
}

bool is_masked(const json::value& value) {
    const auto* object = value.if_object();
    return object != nullptr && boolean_at(*object, "masked", false) && object->size() == 1;
}

}  // namespace

std::string number_text(double v) {
    std::array<char, 40> buffer;
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), v);
    return {buffer.data(), end};
}

std::string Wording::header(const Column& column) const {
    return m_style == Style::names ? column.name : column.title(m_language);
}

std::string Wording::code_text(const CodeTable& table, std::string_view value) const {
    const Code* code = table.find(value);
    if (m_style == Style::names || code == nullptr) return std::string(value);
    const auto label = [&](const Code& c) -> const std::string& {
        return m_language == Language::zh ? c.label.zh : c.label.en;
    };
    const auto alike = std::ranges::count_if(table.codes, [&](const Code& other) {
        return other.label.zh == label(*code) || other.label.en == label(*code) ||
               other.value == label(*code);
    });
    return alike > 1 ? label(*code) + " [" + code->value + "]" : label(*code);
}

Result<Cell> Wording::reference_cell(const std::string& kind, const Uuid& id) {
    if (id.is_nil()) return Cell{};
    if (m_style == Style::names) return text_cell(id.text());
    ASSERT(m_references != nullptr);
    TRY_ASSIGN(text, m_references->text_of(kind, id, m_language));
    return text_cell(std::move(text));
}

Result<Cell> Wording::field_cell(const Field& field, const Column& column,
                                 const json::value& value) {
    if (is_masked(value)) return text_cell(std::string(k_masked_text));
    switch (field.type) {
        case FieldType::number:
        case FieldType::integer:
        case FieldType::duration:
        case FieldType::height:
            if (value.is_number()) return number_cell(value.to_number<double>());
            return text_cell(string_of(value));
        case FieldType::boolean: {
            const bool yes = value.is_bool() && value.get_bool();
            if (m_style == Style::names) return text_cell(yes ? "true" : "false");
            if (m_language == Language::zh) return text_cell(yes ? "是" : "否");
            return text_cell(yes ? "yes" : "no");
        }
        case FieldType::date: {
            const std::string text = string_of(value);
            const auto at = parse_iso8601(text + "T00:00:00Z");
            if (!at || m_style == Style::names) return text_cell(text);
            return Cell{Cell::Kind::date, text, static_cast<double>(at->ms)};
        }
        case FieldType::time: {
            const auto at = parse_iso8601(string_of(value));
            return at ? time_cell(*at, m_style) : text_cell(string_of(value));
        }
        case FieldType::code: {
            const auto* table = m_catalog.codes(field.code_table);
            const std::string text = string_of(value);
            return text_cell(table == nullptr ? text : code_text(*table, text));
        }
        case FieldType::reference:
        case FieldType::person:
            return reference_cell(column.target_kind,
                                  Uuid::parse(string_of(value)).value_or(Uuid{}));
        case FieldType::references: {
            std::string out;
            if (!value.is_array()) return Cell{};
            for (const auto& each : value.get_array()) {
                TRY_ASSIGN(cell, reference_cell(column.target_kind,
                                                Uuid::parse(string_of(each)).value_or(Uuid{})));
                out += (out.empty() ? "" : "; ") + cell.text;
            }
            return text_cell(std::move(out));
        }
        case FieldType::json:
            return text_cell(to_text(value));
        default:
            return text_cell(value.is_string() ? string_of(value) : canonical_text(value));
    }
}

Result<Cell> Wording::cell(const Record& record, const Column& column) {
    switch (column.use) {
        case ColumnUse::field: {
            const auto* value = record.fields.if_contains(column.field->name);
            if (value == nullptr || value->is_null()) return Cell{};
            return field_cell(*column.field, column, *value);
        }
        case ColumnUse::id:
            return text_cell(record.id.text());
        case ColumnUse::state: {
            const State* state = m_kind.state(record.state);
            if (state == nullptr || m_style == Style::names) return text_cell(record.state);
            return text_cell(m_language == Language::zh ? state->label.zh : state->label.en);
        }
        case ColumnUse::longitude:
        case ColumnUse::latitude: {
            if (!record.geometry) return Cell{};
            const auto place = anchor_of(*record.geometry);
            return number_cell(column.use == ColumnUse::longitude ? place.longitude_deg
                                                                  : place.latitude_deg);
        }
        case ColumnUse::geometry:
            return record.geometry ? text_cell(wkt_of(*record.geometry)) : Cell{};
        case ColumnUse::scope: {
            const Scope& scope = record.scope;
            return reference_cell(column.target_kind, column.target_kind == "grid" ? scope.grid
                                                      : column.target_kind == "enterprise"
                                                          ? scope.enterprise
                                                          : scope.organisation);
        }
        case ColumnUse::revision:
            return number_cell(static_cast<double>(record.revision));
        case ColumnUse::updated_at:
            return time_cell(record.updated_at, m_style);
    }
    return Cell{};
}

}  // namespace anlan::bigdata::exchange
