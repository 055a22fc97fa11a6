#include "foundations/bigdata/exchange/template.h"

#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/workbook_writer.h"

#include <array>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_codes_named = 6;

Cell text_cell(std::string text) {
    return {text.empty() ? Cell::Kind::empty : Cell::Kind::text, std::move(text), 0};
}

class Template {
  public:
    Template(const Catalog& catalog, const Kind& kind, Language language)
        : m_catalog(catalog),
          m_all(columns_of(catalog, kind)),
          m_wording(catalog, kind, nullptr, Style::labels, language),
          m_zh(language == Language::zh) {
        for (const auto& column : m_all) {
            const bool kept = column.field != nullptr && !column.field->clock.empty();
            if (!kept && column.use != ColumnUse::revision && column.use != ColumnUse::updated_at)
                m_columns.push_back(&column);
        }
    }

    [[nodiscard]] const std::vector<const Column*>& columns() const { return m_columns; }
    [[nodiscard]] const Wording& wording() const { return m_wording; }

    /// What belongs into each column. The first cell says that it is a note.
    [[nodiscard]] std::vector<Cell> notes() const {
        std::vector<Cell> out;
        for (const Column* column : m_columns) {
            std::string text = note(*column);
            if (out.empty()) text = said("#说明（此行不导入）：", "#help (not imported): ") + text;
            out.push_back(text_cell(std::move(text)));
        }
        return out;
    }

    [[nodiscard]] std::vector<Cell> example() const {
        std::vector<Cell> out;
        for (const Column* column : m_columns) {
            std::string text = out.empty() ? said("#示例（此行不导入）", "#example (not imported)")
                                           : example(*column);
            out.push_back(text_cell(std::move(text)));
        }
        return out;
    }

  private:
    [[nodiscard]] std::string said(std::string_view zh, std::string_view en) const {
        return std::string(m_zh ? zh : en);
    }

    [[nodiscard]] std::string bounds(const Field& field) const {
        std::string out;
        if (field.min) out += said("，不小于 ", ", at least ") + number_text(*field.min);
        if (field.max) out += said("，不大于 ", ", at most ") + number_text(*field.max);
        return out;
    }

    [[nodiscard]] std::string type(const Column& column) const {
        const Field& field = *column.field;
        switch (field.type) {
            case FieldType::number:
            case FieldType::duration:
            case FieldType::height:
                return said("数字", "number") + bounds(field);
            case FieldType::integer:
                return said("整数", "whole number") + bounds(field);
            case FieldType::boolean:
                return said("是 / 否", "yes / no");
            case FieldType::date:
                return said("日期", "date");
            case FieldType::time:
                return said("日期和时间（北京时间）", "date and time (Beijing time)");
            case FieldType::code: {
                const auto* table = m_catalog.codes(field.code_table);
                std::string out = said("代码：", "one of: ");
                for (std::size_t i = 0; table != nullptr && i < table->codes.size(); ++i) {
                    if (i == k_codes_named)
                        return out + said("……见“代码”表", "… see sheet 'Codes'");
                    out += (i > 0 ? said("、", ", ") : "") +
                           m_wording.code_text(*table, table->codes[i].value);
                }
                return out;
            }
            case FieldType::reference:
            case FieldType::references:
            case FieldType::person:
                return reference(column) + (field.type == FieldType::references
                                                ? said("，多个以“;”分开", ", several joined by ';'")
                                                : std::string());
            case FieldType::json:
                return "JSON";
            default:
                return field.length_max == 0
                           ? said("文字", "text")
                           : said("文字，最多 ", "text, up to ") +
                                 std::to_string(field.length_max) + said(" 字", " characters");
        }
    }

    [[nodiscard]] std::string reference(const Column& column) const {
        const Kind* target = m_catalog.kind(column.target_kind);
        if (target == nullptr) return said("记录号", "record id");
        const Field* key = key_of(*target);
        const std::string name = m_zh ? target->label.zh : target->label.en;
        if (key == nullptr) return name + said("的名称或记录号", ": its name or record id");
        return name + said("的", ": its ") + (m_zh ? key->label.zh : key->label.en) +
               said("或名称", " or name");
    }

    [[nodiscard]] std::string note(const Column& column) const {
        std::string out = column.required ? said("必填。", "Required. ") : std::string();
        switch (column.use) {
            case ColumnUse::field: {
                out += type(column);
                const auto& help = m_zh ? column.field->help.zh : column.field->help.en;
                if (!help.empty()) out += said("。", ". ") + help;
                return out;
            }
            case ColumnUse::id:
                return said("新记录留空", "empty for a new record");
            case ColumnUse::state:
                return said("留空；状态由流程改变",
                            "leave empty; a state changes by its procedure");
            case ColumnUse::longitude:
            case ColumnUse::latitude:
                return said("度，CGCS2000 / WGS 84", "degrees, CGCS2000 / WGS 84");
            case ColumnUse::geometry:
                return "WKT: POINT (117.8 39) / LINESTRING (…) / POLYGON ((…))";
            default:
                return reference(column);
        }
    }

    [[nodiscard]] std::string example(const Column& column) const {
        switch (column.use) {
            case ColumnUse::field:
                break;
            case ColumnUse::longitude:
                return "117.801";
            case ColumnUse::latitude:
                return "39.002";
            case ColumnUse::geometry:
                return "POINT (117.801 39.002)";
            default:
                return {};
        }
        const Field& field = *column.field;
        switch (field.type) {
            case FieldType::number:
            case FieldType::duration:
            case FieldType::height:
            case FieldType::integer:
                return number_text(field.min.value_or(field.max.value_or(1)));
            case FieldType::boolean:
                return said("是", "yes");
            case FieldType::date:
                return "2026-01-31";
            case FieldType::time:
                return "2026-01-31 14:30";
            case FieldType::code: {
                const auto* table = m_catalog.codes(field.code_table);
                return table == nullptr || table->codes.empty()
                           ? std::string()
                           : m_wording.code_text(*table, table->codes.front().value);
            }
            case FieldType::phone:
                return "000-0000-0000";
            case FieldType::text:
                return field.pattern.empty() && (field.required || field.unique)
                           ? said("示例", "example")
                           : std::string();
            default:
                return {};
        }
    }

    const Catalog& m_catalog;
    const std::vector<Column> m_all;
    std::vector<const Column*> m_columns;
    const Wording m_wording;
    const bool m_zh;
};

std::string csv_of(const Template& made) {
    std::string out = "\xEF\xBB\xBF";
    for (std::size_t i = 0; i < made.columns().size(); ++i) {
        if (i > 0) out += ',';
        add_csv_cell(out, made.wording().header(*made.columns()[i]));
    }
    for (const auto& row : {made.notes(), made.example()}) {
        out += "\r\n";
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ',';
            add_csv_cell(out, row[i].text);
        }
    }
    return out + "\r\n";
}

Result<std::string> xlsx_of(const Template& made, const Catalog& catalog, const Kind& kind,
                            Language language) {
    TRY_ASSIGN(workbook,
               WorkbookWriter::create(catalog, kind, made.columns(), made.wording(), language));
    TRY(workbook->add_note(made.notes()));
    TRY(workbook->add_note(made.example()));
    TRY_ASSIGN(file, workbook->finish());
    std::string out;
    std::array<char, 65536> piece;
    while (const auto read = std::fread(piece.data(), 1, piece.size(), file))
        out.append(piece.data(), read);
    std::fclose(file);
    return out;
}

}  // namespace

Result<std::string> template_of(const Catalog& catalog, const Kind& kind, Format format,
                                Language language) {
    if (format == Format::geojson) return fail(errors::k_file_format, {{"name", "GeoJSON"}});
    const Template made(catalog, kind, language);
    if (format == Format::csv) return csv_of(made);
    return xlsx_of(made, catalog, kind, language);
}

}  // namespace anlan::bigdata::exchange
