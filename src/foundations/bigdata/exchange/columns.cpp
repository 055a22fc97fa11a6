#include "foundations/bigdata/exchange/columns.h"

#include "foundations/bigdata/exchange/text.h"

#include <algorithm>
#include <array>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::array<std::pair<std::string_view, ColumnUse>, 12> k_other_names{
    {{"记录id", ColumnUse::id},
     {"lon", ColumnUse::longitude},
     {"lng", ColumnUse::longitude},
     {"x", ColumnUse::longitude},
     {"东经", ColumnUse::longitude},
     {"lat", ColumnUse::latitude},
     {"y", ColumnUse::latitude},
     {"北纬", ColumnUse::latitude},
     {"wkt", ColumnUse::geometry},
     {"geom", ColumnUse::geometry},
     {"坐标", ColumnUse::geometry},
     {"位置", ColumnUse::geometry}}};

std::string target_of(const Field& field) {
    if (field.type == FieldType::person) return "person";
    if (field.type == FieldType::reference || field.type == FieldType::references)
        return field.target_kind;
    return {};
}

std::string folded(std::string_view text) {
    return heading_of(text).text;
}

}  // namespace

std::string Column::title(Language language) const {
    const bool zh = language == Language::zh;
    const std::string& text = zh ? label.zh : label.en;
    const auto in_brackets = [&](std::string_view what) {
        return text + (zh ? "（" : " (") + std::string(what) + (zh ? "）" : ")");
    };
    if (use == ColumnUse::updated_at || (field != nullptr && field->type == FieldType::time))
        return in_brackets(zh ? "北京时间" : "Beijing time");
    if (use == ColumnUse::geometry) return in_brackets("WKT");
    if (use == ColumnUse::longitude || use == ColumnUse::latitude) return in_brackets("°");
    if (field != nullptr && !field->unit.empty()) return in_brackets(field->unit);
    return text;
}

std::vector<Column> columns_of(const Catalog& catalog, const Kind& kind) {
    std::vector<Column> out;
    const auto add = [&](ColumnUse use, std::string name, Label label, std::string target = {}) {
        if (kind.field(name) != nullptr) name.insert(0, "record.");
        out.push_back({use, std::move(name), std::move(label), nullptr, std::move(target), false});
    };
    add(ColumnUse::id, "id", {"记录号", "Record id"});
    for (const auto& field : kind.fields) {
        out.push_back(
            {ColumnUse::field, field.name, field.label, &field, target_of(field), field.required});
    }
    if (!kind.states.empty()) add(ColumnUse::state, "state", {"状态", "State"});
    if (kind.geometry == GeometryUse::point) {
        add(ColumnUse::longitude, "longitude", {"经度", "Longitude"});
        add(ColumnUse::latitude, "latitude", {"纬度", "Latitude"});
    } else if (kind.geometry != GeometryUse::none) {
        add(ColumnUse::geometry, "geometry", {"几何", "Geometry"});
    }
    for (const auto& [target, label] :
         {std::pair{"grid", Label{"归属网格", "Belongs to grid"}},
          {"enterprise", Label{"归属企业", "Belongs to enterprise"}},
          {"organisation", Label{"归属单位", "Belongs to organisation"}}}) {
        if (catalog.kind(target) != nullptr)
            add(ColumnUse::scope, std::string("scope.") + target, label, target);
    }
    add(ColumnUse::revision, "revision", {"版本", "Revision"});
    add(ColumnUse::updated_at, "updated_at", {"更新时间", "Updated at"});
    // Two columns must not read alike.
    for (auto& one : out) {
        for (const auto language : {Language::zh, Language::en}) {
            const auto alike = std::ranges::count_if(out, [&](const Column& other) {
                return folded(other.title(language)) == folded(one.title(language));
            });
            std::string& text = language == Language::zh ? one.label.zh : one.label.en;
            if (alike > 1) text += " " + one.name;
        }
    }
    return out;
}

const Field* key_of(const Kind& kind) {
    // As declared; a key of several fields finds no single column.
    if (kind.key_fields.size() == 1) return kind.field(kind.key_fields.front());
    const auto found = std::ranges::find_if(kind.fields, &Field::unique);
    return found == kind.fields.end() ? nullptr : &*found;
}

Heading heading_of(std::string_view title) {
    std::string text = folded_text(title);
    Heading out;
    if (text.ends_with(')')) {
        const auto open = text.rfind('(');
        if (open != text.npos && open > 0) {
            // The unit keeps its case: "Pa" is no "PA", "mm" no "Mm".
            const std::string as_written = half_width(title);
            const auto from = as_written.rfind('('), to = as_written.rfind(')');
            if (from != as_written.npos && to != as_written.npos && to > from)
                out.unit = trimmed(std::string_view(as_written).substr(from + 1, to - from - 1));
            text.resize(open);
        }
    }
    std::erase_if(text, [](char c) { return c == ' ' || c == '*' || c == '\n' || c == '\t'; });
    out.text = std::move(text);
    return out;
}

const Column* column_for(const std::vector<Column>& columns, const Heading& heading) {
    if (heading.text.empty()) return nullptr;
    for (const auto& column : columns) {
        if (folded(column.name) == heading.text) return &column;
    }
    for (const auto& column : columns) {
        if (folded(column.label.zh) == heading.text || folded(column.label.en) == heading.text)
            return &column;
    }
    for (const auto& [name, use] : k_other_names) {
        if (name != heading.text) continue;
        const auto found = std::ranges::find(columns, use, &Column::use);
        if (found != columns.end()) return &*found;
    }
    return nullptr;
}

}  // namespace anlan::bigdata::exchange
