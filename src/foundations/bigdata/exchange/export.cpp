#include "foundations/bigdata/exchange/export.h"

#include "core/time.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/exchange/defuse.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/text.h"
#include "foundations/bigdata/exchange/workbook_writer.h"

#include <algorithm>
#include <cstdio>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_page = 1000;
constexpr std::size_t k_piece = 256 << 10;

/// What all three formats share: pages of masked records, columns, words.
class Records {
  public:
    explicit Records(ExportRequest request)
        : m_request(std::move(request)),
          m_columns(columns_of(*m_request.catalog, *m_request.kind)),
          m_references(*m_request.records, *m_request.access, *m_request.catalog, m_request.who,
                       m_request.space),
          m_wording(*m_request.catalog, *m_request.kind, &m_references, m_request.style,
                    m_request.language) {}

    Result<void> open() {
        TRY(choose_columns());
        const auto& kind = m_request.kind->name;
        TRY(m_request.access->require(m_request.who, kind + ".read"));
        TRY(m_request.access->check_query(m_request.who, kind, m_request.query));
        m_view = m_request.access->view(m_request.who, m_request.space, kind);
        m_request.query.limit = k_page;
        m_request.query.after.clear();
        return turn();
    }

    /// The next record, or null at the end.
    Result<const Record*> next() {
        if (m_at == m_page.records.size()) {
            if (m_page.next.empty()) return nullptr;
            m_request.query.after = m_page.next;
            TRY(turn());
            if (m_page.records.empty()) return nullptr;
        }
        Record& record = m_page.records[m_at++];
        m_request.access->mask(m_request.who, record);
        ++m_rows;
        return &record;
    }

    [[nodiscard]] const std::vector<const Column*>& columns() const { return m_chosen; }
    [[nodiscard]] const ExportRequest& request() const { return m_request; }
    [[nodiscard]] Wording& wording() { return m_wording; }
    [[nodiscard]] std::int64_t rows() const { return m_rows; }

  private:
    Result<void> turn() {
        m_at = 0;
        TRY_ASSIGN(page, m_request.records->list(m_view, m_request.kind->name, m_request.query));
        m_page = std::move(page);
        return {};
    }
    Result<void> choose_columns() {
        if (m_request.columns.empty()) {
            for (const auto& column : m_columns) m_chosen.push_back(&column);
            return {};
        }
        for (const auto& name : m_request.columns) {
            const auto found = std::ranges::find(m_columns, name, &Column::name);
            if (found == m_columns.end()) {
                std::string known;
                for (const auto& column : m_columns)
                    known += (known.empty() ? "" : ", ") + column.name;
                return fail(errors::k_column_unknown,
                            {{"name", shortened(name, 60)}, {"known", known}});
            }
            m_chosen.push_back(&*found);
        }
        return {};
    }

    ExportRequest m_request;
    const std::vector<Column> m_columns;
    std::vector<const Column*> m_chosen;
    References m_references;
    Wording m_wording;
    View m_view;
    Page m_page;
    std::size_t m_at = 0;
    std::int64_t m_rows = 0;
};

}  // namespace

void add_csv_cell(std::string& out, std::string_view text) {
    if (text.find_first_of("\",;\t\r\n") == text.npos) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void add_defused_csv_cell(std::string& out, std::string_view text) {
    add_csv_cell(out, defused(text));
}

namespace {

class CsvExport final : public Export {
  public:
    explicit CsvExport(std::unique_ptr<Records> records) : m_records(std::move(records)) {}

    Result<std::string> next() override {
        std::string out;
        if (!m_begun) {
            m_begun = true;
            out = "\xEF\xBB\xBF";  // without it, spreadsheets take UTF-8 for the local code page
            for (std::size_t i = 0; i < m_records->columns().size(); ++i) {
                if (i > 0) out += ',';
                add_csv_cell(out, m_records->wording().header(*m_records->columns()[i]));
            }
            out += "\r\n";
        }
        while (out.size() < k_piece) {
            TRY_ASSIGN(record, m_records->next());
            if (record == nullptr) break;
            TRY(add(out, *record));
        }
        return out;
    }
    [[nodiscard]] std::int64_t rows() const override { return m_records->rows(); }

  private:
    Result<void> add(std::string& out, const Record& record) {
        bool first = true;
        for (const Column* column : m_records->columns()) {
            if (!first) out += ',';
            first = false;
            TRY_ASSIGN(cell, m_records->wording().cell(record, *column));
            // A negative number is a number; a text that looks like a formula is not let loose.
            if (cell.kind == Cell::Kind::text)
                add_defused_csv_cell(out, cell.text);
            else
                out += cell.text;
        }
        out += "\r\n";
        return {};
    }

    std::unique_ptr<Records> m_records;
    bool m_begun = false;
};

class GeoJsonExport final : public Export {
  public:
    explicit GeoJsonExport(std::unique_ptr<Records> records) : m_records(std::move(records)) {}

    Result<std::string> next() override {
        std::string out;
        if (m_ended) return out;
        if (!m_begun) out = "{\"type\":\"FeatureCollection\",\"features\":[";
        while (out.size() < k_piece) {
            TRY_ASSIGN(record, m_records->next());
            if (record == nullptr) {
                out += "\n]}\n";
                m_ended = true;
                break;
            }
            out += m_some ? ",\n" : "\n";
            m_some = true;
            TRY_ASSIGN(feature, feature_of(*record));
            out += to_text(feature);
        }
        m_begun = true;
        return out;
    }
    [[nodiscard]] std::int64_t rows() const override { return m_records->rows(); }

  private:
    /// Values as the API gives them; beside a code or a reference its words, as `<name>_label`.
    Result<json::value> feature_of(const Record& record) {
        json::object properties;
        for (const Column* column : m_records->columns()) {
            const bool plain = column->use == ColumnUse::field;
            if (column->use == ColumnUse::id || column->use == ColumnUse::geometry ||
                column->use == ColumnUse::longitude || column->use == ColumnUse::latitude)
                continue;
            if (plain && !record.fields.contains(column->name)) continue;
            TRY_ASSIGN(cell, m_records->wording().cell(record, *column));
            if (cell.kind == Cell::Kind::empty) continue;
            properties[column->name] = value_of(record, *column, cell);
            const bool worded = plain && (column->field->type == FieldType::code ||
                                          column->field->type == FieldType::reference ||
                                          column->field->type == FieldType::person);
            if (worded && m_records->request().style == Style::labels)
                properties[column->name + "_label"] = cell.text;
        }
        return json::value(
            json::object{{"type", "Feature"},
                         {"id", record.id.text()},
                         {"geometry", record.geometry ? json::value(to_json(*record.geometry))
                                                      : json::value(nullptr)},
                         {"properties", std::move(properties)}});
    }

    static json::value value_of(const Record& record, const Column& column, const Cell& cell) {
        switch (column.use) {
            case ColumnUse::field: {
                const auto& value = record.fields.at(column.name);
                const auto* object = value.if_object();
                const bool masked = object != nullptr && boolean_at(*object, "masked", false);
                return masked ? json::value(cell.text) : value;
            }
            case ColumnUse::state:
                return json::value(record.state);
            case ColumnUse::scope:
                return json::value(column.target_kind == "grid" ? record.scope.grid.text()
                                   : column.target_kind == "enterprise"
                                       ? record.scope.enterprise.text()
                                       : record.scope.organisation.text());
            case ColumnUse::revision:
                return json::value(record.revision);
            case ColumnUse::updated_at:
                return json::value(iso8601(record.updated_at));
            default:
                return json::value(cell.text);
        }
    }

    std::unique_ptr<Records> m_records;
    bool m_begun = false, m_some = false, m_ended = false;
};

/// Written as a whole into a file that has no name any more, then read out.
class XlsxExport final : public Export {
  public:
    explicit XlsxExport(std::unique_ptr<Records> records) : m_records(std::move(records)) {}
    ~XlsxExport() override {
        if (m_file != nullptr) std::fclose(m_file);
    }
    XlsxExport(const XlsxExport&) = delete;
    XlsxExport& operator=(const XlsxExport&) = delete;

    Result<std::string> next() override {
        if (m_file == nullptr) TRY(write());
        std::string out(k_piece, '\0');
        out.resize(std::fread(out.data(), 1, out.size(), m_file));
        return out;
    }
    [[nodiscard]] std::int64_t rows() const override { return m_records->rows(); }

  private:
    Result<void> write() {
        const auto& request = m_records->request();
        TRY_ASSIGN(workbook,
                   WorkbookWriter::create(*request.catalog, *request.kind, m_records->columns(),
                                          m_records->wording(), request.language));
        while (true) {
            TRY_ASSIGN(record, m_records->next());
            if (record == nullptr) break;
            std::vector<Cell> cells;
            for (const Column* column : m_records->columns()) {
                TRY_ASSIGN(cell, m_records->wording().cell(*record, *column));
                cells.push_back(std::move(cell));
            }
            TRY(workbook->add(cells));
        }
        TRY_ASSIGN(file, workbook->finish());
        m_file = file;
        return {};
    }

    std::unique_ptr<Records> m_records;
    std::FILE* m_file = nullptr;
};

}  // namespace

Result<std::unique_ptr<Export>> Export::open(ExportRequest request) {
    const Format format = request.format;
    auto records = std::make_unique<Records>(std::move(request));
    TRY(records->open());
    if (format == Format::csv)
        return std::unique_ptr<Export>(std::make_unique<CsvExport>(std::move(records)));
    if (format == Format::xlsx)
        return std::unique_ptr<Export>(std::make_unique<XlsxExport>(std::move(records)));
    return std::unique_ptr<Export>(std::make_unique<GeoJsonExport>(std::move(records)));
}

std::string_view content_type_of(Format format) {
    switch (format) {
        case Format::csv:
            return "text/csv; charset=utf-8";
        case Format::xlsx:
            return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        case Format::geojson:
            return "application/geo+json";
    }
    return {};
}

std::string file_name_of(const Kind& kind, Format format, Language language, Timestamp now) {
    const std::string_view ending = format == Format::csv    ? ".csv"
                                    : format == Format::xlsx ? ".xlsx"
                                                             : ".geojson";
    std::string name = language == Language::zh ? kind.plural.zh : kind.plural.en;
    std::ranges::replace(name, '/', '-');
    return name + "-" + beijing_text(now).substr(0, 10) + std::string(ending);
}

}  // namespace anlan::bigdata::exchange
