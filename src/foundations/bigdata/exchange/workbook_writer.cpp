#include "foundations/bigdata/exchange/workbook_writer.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/cells.h"
#include "foundations/bigdata/exchange/text.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_cell_characters_max = 32'767;
constexpr double k_day_ms = 86'400'000, k_days_to_1970 = 25'569;

/// 31 characters, none of []:*?/\ (Excel's rule).
std::string sheet_name(std::string text) {
    std::erase_if(text, [](char c) {
        return std::string_view("[]:*?/\\'").find(c) != std::string_view::npos;
    });
    std::size_t characters = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((text[i] & 0xC0) != 0x80 && ++characters > 31) return text.substr(0, i);
    }
    return text;
}

double width_of(const Column& column, const std::string& header) {
    // Chinese characters take two places.
    double places = 0;
    for (const char c : header) {
        const auto b = static_cast<unsigned char>(c);
        if (b < 0x80) places += 1;
        if (b >= 0xC0) places += 2;
    }
    double least = 12;
    if (column.use == ColumnUse::id) least = 16;
    if (column.use == ColumnUse::scope || !column.target_kind.empty()) least = 28;
    if (column.use == ColumnUse::updated_at) least = 20;
    if (column.field != nullptr) {
        if (column.field->type == FieldType::text) least = 20;
        if (column.field->type == FieldType::long_text) least = 40;
        if (column.field->type == FieldType::time) least = 20;
    }
    return std::min(60.0, std::max(least, places + 3));
}

std::string column_letters(std::size_t index) {
    std::string out;
    for (std::size_t n = index + 1; n > 0; n = (n - 1) / 26)
        out.insert(out.begin(), static_cast<char>('A' + (n - 1) % 26));
    return out;
}

class XlsxWriter final : public WorkbookWriter {
  public:
    explicit XlsxWriter(const Wording& wording, Language language)
        : m_wording(wording), m_language(language) {}
    ~XlsxWriter() override {
        if (m_book != nullptr) workbook_close(m_book);
        std::error_code ignored;
        if (!m_path.empty()) std::filesystem::remove(m_path, ignored);
    }
    XlsxWriter(const XlsxWriter&) = delete;
    XlsxWriter& operator=(const XlsxWriter&) = delete;

    Result<void> open(const Catalog& catalog, const Kind& kind,
                      const std::vector<const Column*>& columns) {
        const auto folder = std::filesystem::temp_directory_path();
        std::string path = (folder / "anlan-export-XXXXXX").string();
        const int file = mkstemp(path.data());
        if (file < 0) return fail(errors::k_io, {{"what", path}});
        close(file);
        m_path = path;
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        m_book = workbook_new_opt(m_path.c_str(), &options);
        if (m_book == nullptr) return fail(errors::k_io, {{"what", m_path}});
        const bool zh = m_language == Language::zh;
        m_sheet = workbook_add_worksheet(m_book,
                                         sheet_name(zh ? kind.plural.zh : kind.plural.en).c_str());
        m_codes = workbook_add_worksheet(m_book, zh ? "代码" : "Codes");
        if (m_sheet == nullptr || m_codes == nullptr)
            return fail(errors::k_io, {{"what", "worksheet"}});
        make_formats();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string header = m_wording.header(*columns[i]);
            worksheet_set_column(m_sheet, column(i), column(i), width_of(*columns[i], header),
                                 nullptr);
            worksheet_write_string(m_sheet, 0, column(i), header.c_str(),
                                   columns[i]->required ? m_required : m_header);
        }
        worksheet_freeze_panes(m_sheet, 1, 0);
        add_lists(catalog, columns);
        return {};
    }

    Result<void> add(const std::vector<Cell>& cells) override { return add_row(cells, nullptr); }
    Result<void> add_note(const std::vector<Cell>& cells) override {
        return add_row(cells, m_note);
    }

    Result<std::FILE*> finish() override {
        const auto closed = workbook_close(m_book);
        m_book = nullptr;
        if (closed != LXW_NO_ERROR) return fail(errors::k_io, {{"what", lxw_strerror(closed)}});
        std::FILE* file = std::fopen(m_path.c_str(), "rb");
        std::error_code ignored;
        std::filesystem::remove(m_path, ignored);
        m_path.clear();
        if (file == nullptr) return fail(errors::k_io, {{"what", "workbook"}});
        return file;
    }

  private:
    static lxw_col_t column(std::size_t i) { return static_cast<lxw_col_t>(i); }

    void make_formats() {
        m_header = workbook_add_format(m_book);
        format_set_bold(m_header);
        format_set_bg_color(m_header, 0xDCE6F1);
        format_set_bottom(m_header, LXW_BORDER_THIN);
        format_set_text_wrap(m_header);
        m_required = workbook_add_format(m_book);
        format_set_bold(m_required);
        format_set_bg_color(m_required, 0xF8DCC4);
        format_set_bottom(m_required, LXW_BORDER_THIN);
        format_set_text_wrap(m_required);
        m_date = workbook_add_format(m_book);
        format_set_num_format(m_date, "yyyy-mm-dd");
        m_time = workbook_add_format(m_book);
        format_set_num_format(m_time, "yyyy-mm-dd hh:mm:ss");
        m_note = workbook_add_format(m_book);
        format_set_font_color(m_note, 0x7F7F7F);
        format_set_italic(m_note);
        format_set_text_wrap(m_note);
        format_set_align(m_note, LXW_ALIGN_VERTICAL_TOP);
    }

    /// Every code table of the columns as one column of the second sheet, and a drop-down list that
    /// points there; a list that only warns, since an import takes other spellings too.
    void add_lists(const Catalog& catalog, const std::vector<const Column*>& columns) {
        struct List {
            std::string title;
            std::vector<std::string> words;
        };
        std::vector<List> lists;
        std::map<std::string, std::size_t> at;
        const auto list_of = [&](const Column& c) -> std::optional<std::size_t> {
            if (c.field == nullptr) return std::nullopt;
            const bool yes_no = c.field->type == FieldType::boolean;
            const auto* table =
                c.field->type == FieldType::code ? catalog.codes(c.field->code_table) : nullptr;
            if (!yes_no && table == nullptr) return std::nullopt;
            const bool zh = m_language == Language::zh;
            const auto [found, fresh] =
                at.try_emplace(yes_no ? std::string() : c.field->code_table, lists.size());
            if (!fresh) return found->second;
            List list;
            if (yes_no) {
                list = {zh ? "是否" : "Yes or no", zh ? std::vector<std::string>{"是", "否"}
                                                      : std::vector<std::string>{"yes", "no"}};
            } else {
                list.title = zh ? table->label.zh : table->label.en;
                for (const auto& code : table->codes)
                    list.words.push_back(m_wording.code_text(*table, code.value));
            }
            lists.push_back(std::move(list));
            return found->second;
        };
        std::vector<std::pair<std::size_t, std::size_t>> validated;  // column, list
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (const auto list = list_of(*columns[i])) validated.emplace_back(i, *list);
        }
        std::size_t longest = 0;
        for (std::size_t i = 0; i < lists.size(); ++i) {
            longest = std::max(longest, lists[i].words.size());
            worksheet_set_column(m_codes, column(i), column(i), 22, nullptr);
        }
        for (std::size_t row = 0; row <= longest; ++row) {
            for (std::size_t i = 0; i < lists.size(); ++i) {
                if (row > lists[i].words.size()) continue;
                const auto& text = row == 0 ? lists[i].title : lists[i].words[row - 1];
                worksheet_write_string(m_codes, static_cast<lxw_row_t>(row), column(i),
                                       text.c_str(), row == 0 ? m_header : nullptr);
            }
        }
        for (const auto& [at_column, list] : validated) {
            if (lists[list].words.empty()) continue;
            const std::string letters = column_letters(list);
            std::string formula = m_language == Language::zh ? "=代码!$" : "=Codes!$";
            formula +=
                letters + "$2:$" + letters + "$" + std::to_string(lists[list].words.size() + 1);
            lxw_data_validation validation{};
            validation.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
            validation.value_formula = formula.data();
            validation.error_type = LXW_VALIDATION_ERROR_TYPE_WARNING;
            validation.ignore_blank = LXW_VALIDATION_ON;
            worksheet_data_validation_range(m_sheet, 1, column(at_column), k_sheet_rows_max,
                                            column(at_column), &validation);
        }
    }

    Result<void> add_row(const std::vector<Cell>& cells, lxw_format* format) {
        if (m_rows == k_sheet_rows_max) {
            return fail(errors::k_too_many, {{"max", std::to_string(k_sheet_rows_max)}});
        }
        const auto row = static_cast<lxw_row_t>(++m_rows);
        for (std::size_t i = 0; i < cells.size(); ++i) write(row, column(i), cells[i], format);
        return {};
    }

    void write(lxw_row_t row, lxw_col_t at, const Cell& cell, lxw_format* format) {
        switch (cell.kind) {
            case Cell::Kind::empty:
                return;
            case Cell::Kind::number: {
                // A workbook keeps 16 digits; what needs more is written out.
                const auto digits =
                    std::ranges::count_if(cell.text, [](char c) { return c >= '0' && c <= '9'; });
                if (digits <= 16) {
                    worksheet_write_number(m_sheet, row, at, cell.number, format);
                    return;
                }
                break;
            }
            case Cell::Kind::date:
            case Cell::Kind::time:
                worksheet_write_number(m_sheet, row, at, cell.number / k_day_ms + k_days_to_1970,
                                       cell.kind == Cell::Kind::date ? m_date : m_time);
                return;
            case Cell::Kind::text:
                break;
        }
        const auto characters = static_cast<std::size_t>(
            std::ranges::count_if(cell.text, [](char c) { return (c & 0xC0) != 0x80; }));
        const bool fits = characters <= k_cell_characters_max;
        const std::string text = fits ? cell.text
                                      : std::string(k_too_long_mark) + " too long for XLSX (" +
                                            std::to_string(characters) + ")";
        worksheet_write_string(m_sheet, row, at, text.c_str(), format);
    }

    const Wording& m_wording;
    const Language m_language;
    std::string m_path;
    lxw_workbook* m_book = nullptr;
    lxw_worksheet *m_sheet = nullptr, *m_codes = nullptr;
    lxw_format *m_header = nullptr, *m_required = nullptr, *m_date = nullptr, *m_time = nullptr,
               *m_note = nullptr;
    std::size_t m_rows = 0;
};

}  // namespace

Result<std::unique_ptr<WorkbookWriter>> WorkbookWriter::create(
    const Catalog& catalog, const Kind& kind, const std::vector<const Column*>& columns,
    const Wording& wording, Language language) {
    auto out = std::make_unique<XlsxWriter>(wording, language);
    TRY(out->open(catalog, kind, columns));
    return std::unique_ptr<WorkbookWriter>(std::move(out));
}

}  // namespace anlan::bigdata::exchange
