#include "foundations/bigdata/exchange/workbook_reader.h"

#include "core/time.h"
#include "foundations/bigdata/exchange/errors.h"

#include <expat.h>
#include <zip.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_piece = 64 << 10;
constexpr std::size_t k_ratio_counts_from = 16 << 20;

std::unexpected<Error> bad_workbook(std::string zh, std::string en) {
    return fail(errors::k_bad_workbook, {{"what", std::move(zh)}, {"what_en", std::move(en)}});
}

struct ZipClose {
    void operator()(zip_t* z) const { zip_discard(z); }
    void operator()(zip_file_t* f) const { zip_fclose(f); }
};
using Archive = std::unique_ptr<zip_t, ZipClose>;

std::string_view attribute(const XML_Char** attributes, std::string_view name) {
    for (; attributes[0] != nullptr; attributes += 2)
        if (name == attributes[0]) return attributes[1];
    return {};
}

/// Without the namespace's prefix, which writers choose as they like.
std::string_view local(std::string_view name) {
    const auto colon = name.rfind(':');
    return colon == name.npos ? name : name.substr(colon + 1);
}

/// One part of the archive through expat, piece by piece.
class Part {
  public:
    std::function<void(std::string_view name, const XML_Char** attributes)> on_start;
    std::function<void(std::string_view name)> on_end;
    std::function<void(std::string_view text)> on_text;
    std::optional<Error> problem;  ///< Set by a handler to end the reading.

    Part(zip_t* archive, const std::string& name, const Limits& limits)
        : m_name(name), m_limits(limits), m_buffer(k_piece) {
        zip_stat_t stat;
        if (zip_stat(archive, name.c_str(), 0, &stat) == 0) m_packed = stat.comp_size;
        m_file.reset(zip_fopen(archive, name.c_str(), 0));
        m_parser = XML_ParserCreate(nullptr);
        ASSERT(m_parser != nullptr);
        XML_SetUserData(m_parser, this);
        XML_SetElementHandler(m_parser, start, end);
        XML_SetCharacterDataHandler(m_parser, characters);
        XML_SetStartDoctypeDeclHandler(m_parser, doctype);
    }
    ~Part() { XML_ParserFree(m_parser); }
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

    [[nodiscard]] bool there() const { return m_file != nullptr; }
    /// False at the end.
    Result<bool> step() {
        const auto read = zip_fread(m_file.get(), m_buffer.data(), m_buffer.size());
        if (read < 0) return bad_workbook("压缩内容损坏", "its compressed data are damaged");
        m_unpacked += static_cast<std::size_t>(read);
        if (m_unpacked > m_limits.unpacked_bytes_max ||
            (m_unpacked > k_ratio_counts_from &&
             m_unpacked / (m_packed + 1) > m_limits.unpacked_ratio_max))
            return fail(errors::k_workbook_bomb, {{"part", m_name}});
        const auto status =
            XML_Parse(m_parser, m_buffer.data(), static_cast<int>(read), read == 0 ? 1 : 0);
        if (problem) return std::unexpected(std::move(*problem));
        if (status != XML_STATUS_OK) {
            return bad_workbook(
                m_name + " 不是有效的 XML",
                m_name + " is not well-formed XML: " + XML_ErrorString(XML_GetErrorCode(m_parser)));
        }
        return read > 0;
    }
    Result<void> all() {
        while (true) {
            TRY_ASSIGN(more, step());
            if (!more) return {};
        }
    }
    [[nodiscard]] std::size_t unpacked() const { return m_unpacked; }

  private:
    static Part& self(void* data) { return *static_cast<Part*>(data); }
    static void start(void* data, const XML_Char* name, const XML_Char** attributes) {
        if (self(data).on_start) self(data).on_start(local(name), attributes);
        if (self(data).problem) XML_StopParser(self(data).m_parser, XML_FALSE);
    }
    static void end(void* data, const XML_Char* name) {
        if (self(data).on_end) self(data).on_end(local(name));
        if (self(data).problem) XML_StopParser(self(data).m_parser, XML_FALSE);
    }
    static void characters(void* data, const XML_Char* text, int length) {
        if (self(data).on_text) self(data).on_text({text, static_cast<std::size_t>(length)});
        if (self(data).problem) XML_StopParser(self(data).m_parser, XML_FALSE);
    }
    static void doctype(void* data, const XML_Char*, const XML_Char*, const XML_Char*, int) {
        self(data).problem = Error(errors::k_bad_workbook, {{"what", "含有文档类型声明"},
                                                            {"what_en", "has a document type"}});
        XML_StopParser(self(data).m_parser, XML_FALSE);
    }

    const std::string m_name;
    const Limits m_limits;
    std::vector<char> m_buffer;
    std::unique_ptr<zip_file_t, ZipClose> m_file;
    XML_Parser m_parser;
    std::size_t m_packed = 0, m_unpacked = 0;
};

/// "BC12" → 54; the next column when there is no reference.
std::size_t column_of(std::string_view reference, std::size_t otherwise) {
    std::size_t out = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z' || out > 100'000) break;
        out = out * 26 + static_cast<std::size_t>(c - 'A' + 1);
    }
    return out == 0 ? otherwise : out - 1;
}

std::size_t number_in(std::string_view text, std::size_t otherwise) {
    std::size_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} ? out : otherwise;
}

/// "_x000D_" → a return: how workbooks write characters that XML would lose (ST_Xstring).
std::string unescaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned code = 0;
        const auto rest = text.substr(i);
        if (rest.size() >= 7 && rest.starts_with("_x") && rest[6] == '_') {
            const auto [end, error] = std::from_chars(rest.data() + 2, rest.data() + 6, code, 16);
            if (error == std::errc{} && end == rest.data() + 6 && code > 0 && code < 0x80) {
                out += static_cast<char>(code);
                i += 6;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

class WorkbookRows final : public RowSource {
  public:
    WorkbookRows(Archive archive, Limits limits)
        : m_archive(std::move(archive)), m_limits(limits) {}

    Result<void> open() {
        TRY(read_workbook());
        TRY(read_styles());
        TRY(read_shared_texts());
        m_sheet = std::make_unique<Part>(m_archive.get(), m_sheet_name, m_limits);
        if (!m_sheet->there()) return bad_workbook("没有工作表", "it has no sheet");
        zip_stat_t stat;
        if (zip_stat(m_archive.get(), m_sheet_name.c_str(), 0, &stat) == 0)
            m_sheet_bytes = stat.size;
        m_sheet->on_start = [this](auto name, auto attributes) { start(name, attributes); };
        m_sheet->on_end = [this](auto name) { end(name); };
        m_sheet->on_text = [this](auto text) {
            if (m_in_value) add(text);
        };
        return {};
    }

    Result<bool> next(Row& row) override {
        while (m_rows.empty() && !m_ended) {
            TRY_ASSIGN(more, m_sheet->step());
            m_ended = !more;
        }
        if (m_rows.empty()) return false;
        row = std::move(m_rows.front());
        m_rows.pop_front();
        return true;
    }
    [[nodiscard]] double progress() const override {
        return m_sheet_bytes == 0 ? 1
                                  : std::min(1.0, static_cast<double>(m_sheet->unpacked()) /
                                                      static_cast<double>(m_sheet_bytes));
    }

  private:
    Result<void> read_workbook() {
        std::map<std::string, std::string> targets;
        Part relations(m_archive.get(), "xl/_rels/workbook.xml.rels", m_limits);
        Part workbook(m_archive.get(), "xl/workbook.xml", m_limits);
        if (!relations.there() || !workbook.there())
            return bad_workbook("不是 XLSX 工作簿", "it is not an XLSX workbook");
        relations.on_start = [&](std::string_view name, const XML_Char** attributes) {
            if (name != "Relationship" || targets.size() > 10'000) return;
            std::string target(attribute(attributes, "Target"));
            target = target.starts_with('/') ? target.substr(1) : "xl/" + target;
            targets.emplace(attribute(attributes, "Id"), target);
            const auto type = attribute(attributes, "Type");
            if (type.ends_with("/sharedStrings")) m_shared_name = target;
            if (type.ends_with("/styles")) m_styles_name = target;
        };
        TRY(relations.all());
        workbook.on_start = [&](std::string_view name, const XML_Char** attributes) {
            if (name == "workbookPr") {
                const auto from = attribute(attributes, "date1904");
                m_from_1904 = from == "1" || from == "true";
            }
            const auto state = attribute(attributes, "state");
            if (name != "sheet" || !m_sheet_name.empty() || state == "hidden" ||
                state == "veryHidden")
                return;
            const auto at = targets.find(std::string(attribute(attributes, "r:id")));
            if (at != targets.end()) m_sheet_name = at->second;
        };
        TRY(workbook.all());
        if (m_sheet_name.empty()) m_sheet_name = "xl/worksheets/sheet1.xml";
        return {};
    }

    Result<void> read_styles() {
        Part styles(m_archive.get(), m_styles_name, m_limits);
        if (!styles.there()) return {};
        std::set<std::size_t> times;
        for (std::size_t i = 0; i < 60; ++i) {
            const bool shown = (i >= 14 && i <= 22) || (i >= 27 && i <= 36) ||
                               (i >= 45 && i <= 47) || (i >= 50 && i <= 58);
            if (shown) times.insert(i);
        }
        bool in_cells = false;
        styles.on_start = [&](std::string_view name, const XML_Char** attributes) {
            if (name == "numFmt") {
                const auto id = number_in(attribute(attributes, "numFmtId"), 0);
                if (shows_time(attribute(attributes, "formatCode"))) times.insert(id);
            }
            if (name == "cellXfs") in_cells = true;
            if (name == "xf" && in_cells && m_shows_time.size() < 100'000)
                m_shows_time.push_back(
                    times.contains(number_in(attribute(attributes, "numFmtId"), 0)));
        };
        styles.on_end = [&](std::string_view name) {
            if (name == "cellXfs") in_cells = false;
        };
        return styles.all();
    }

    Result<void> read_shared_texts() {
        Part shared(m_archive.get(), m_shared_name, m_limits);
        if (!shared.there()) return {};
        bool in_text = false;
        int in_reading = 0;  // phonetic hints are not part of the text
        std::size_t bytes = 0;
        shared.on_start = [&](std::string_view name, const XML_Char**) {
            if (name == "si") {
                m_shared.emplace_back();
                bytes += sizeof(std::string);  // empty ones weigh too
                if (bytes > m_limits.shared_text_bytes_max)
                    shared.problem = Error(errors::k_workbook_bomb, {{"part", m_shared_name}});
            }
            if (name == "rPh") ++in_reading;
            in_text = name == "t" && in_reading == 0 && !m_shared.empty();
        };
        shared.on_end = [&](std::string_view name) {
            if (name == "rPh") --in_reading;
            if (name == "t") in_text = false;
        };
        shared.on_text = [&](std::string_view text) {
            if (!in_text) return;
            bytes += text.size();
            if (bytes > m_limits.shared_text_bytes_max)
                shared.problem = Error(errors::k_workbook_bomb, {{"part", m_shared_name}});
            else
                m_shared.back() += text;
        };
        return shared.all();
    }

    void start(std::string_view name, const XML_Char** attributes) {
        if (name == "row") {
            m_row = {};
            m_row.number = m_row_number = number_in(attribute(attributes, "r"), m_row_number + 1);
        } else if (name == "c") {
            m_column = column_of(attribute(attributes, "r"), m_row.cells.size());
            m_type = attribute(attributes, "t");
            m_style = number_in(attribute(attributes, "s"), 0);
            m_value.clear();
        } else if (name == "v" || name == "t") {
            m_in_value = m_in_reading == 0;
        } else if (name == "rPh") {
            ++m_in_reading;
        }
    }

    void end(std::string_view name) {
        if (name == "v" || name == "t") m_in_value = false;
        if (name == "rPh") --m_in_reading;
        if (name == "row" && !m_row.cells.empty()) m_rows.push_back(std::move(m_row));
        if (name != "c" || m_value.empty()) return;
        if (m_column >= m_limits.columns_max) {
            m_sheet->problem =
                Error(errors::k_columns_too_many, {{"line", std::to_string(m_row_number)},
                                                   {"max", std::to_string(m_limits.columns_max)}});
            return;
        }
        if (m_row.cells.size() <= m_column) m_row.cells.resize(m_column + 1);
        m_row.cells[m_column] = cell();
    }

    void add(std::string_view text) {
        if (m_value.size() + text.size() > m_limits.cell_bytes_max) {
            m_sheet->problem =
                Error(errors::k_cell_too_large, {{"line", std::to_string(m_row_number)},
                                                 {"column", std::to_string(m_column + 1)},
                                                 {"max", std::to_string(m_limits.cell_bytes_max)}});
            return;
        }
        m_value += text;
    }

    [[nodiscard]] std::string cell() {
        if (m_type == "s") {
            const auto at = number_in(m_value, m_shared.size());
            return at < m_shared.size() ? unescaped(m_shared[at]) : std::string();
        }
        if (m_type == "b") return m_value == "1" ? "true" : "false";
        if (!m_type.empty() && m_type != "n") return unescaped(m_value);
        if (m_style < m_shows_time.size() && m_shows_time[m_style]) {
            double days = 0;
            const auto [stop, error] =
                std::from_chars(m_value.data(), m_value.data() + m_value.size(), days);
            const auto text =
                error == std::errc{} ? text_of_serial(days, m_from_1904) : std::nullopt;
            if (text) return *text;
        }
        return m_value;
    }

    Archive m_archive;
    const Limits m_limits;
    std::string m_sheet_name, m_shared_name = "xl/sharedStrings.xml",
                              m_styles_name = "xl/styles.xml";
    bool m_from_1904 = false;
    std::vector<bool> m_shows_time;
    std::vector<std::string> m_shared;
    std::unique_ptr<Part> m_sheet;
    std::size_t m_sheet_bytes = 0;
    std::deque<Row> m_rows;
    bool m_ended = false, m_in_value = false;
    int m_in_reading = 0;
    Row m_row;
    std::size_t m_row_number = 0, m_column = 0, m_style = 0;
    std::string m_type, m_value;
};

}  // namespace

std::optional<std::string> text_of_serial(double days, bool from_1904) {
    if (!(days >= 0) || days > 2'958'465) return std::nullopt;
    constexpr std::int64_t k_day_ms = 86'400'000;
    // 1899-12-30, so that days after the February 1900 that never was fall right; 1904-01-01.
    constexpr std::int64_t k_epoch_1900_ms = -25'569 * k_day_ms,
                           k_epoch_1904_ms = -24'107 * k_day_ms;
    const auto ms =
        static_cast<std::int64_t>(std::llround(days * static_cast<double>(k_day_ms) / 1000)) * 1000;
    const Timestamp at{(from_1904 ? k_epoch_1904_ms : k_epoch_1900_ms) + ms};
    const std::string text = iso8601(at);  // 2026-11-24T14:30:00.000Z
    const std::string clock = text.substr(11, 8);
    if (days < 1 && !from_1904) return clock;
    if (clock == "00:00:00") return text.substr(0, 10);
    return text.substr(0, 10) + " " + clock;
}

bool shows_time(std::string_view format_code) {
    bool quoted = false, bracketed = false;
    for (std::size_t i = 0; i < format_code.size(); ++i) {
        const char c = format_code[i];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\\' || c == '_' || c == '*') {
            ++i;
            continue;
        }
        if (c == '[') bracketed = true;
        if (c == ']') bracketed = false;
        if (!bracketed && std::string_view("yYmMdDhHsS").find(c) != std::string_view::npos)
            return true;
        if (bracketed && (c == 'h' || c == 'm' || c == 's') && i > 0 && format_code[i - 1] == '[')
            return true;  // elapsed time, [h]:mm
    }
    return false;
}

Result<std::unique_ptr<RowSource>> workbook_rows(const std::string& path, Limits limits) {
    int code = 0;
    Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &code));
    if (!archive)
        return bad_workbook("不是 XLSX 文件，或已加密", "it is no XLSX file, or encrypted");
    auto out = std::make_unique<WorkbookRows>(std::move(archive), limits);
    TRY(out->open());
    return std::unique_ptr<RowSource>(std::move(out));
}

}  // namespace anlan::bigdata::exchange
