#include "foundations/bigdata/exchange/mapping.h"

#include "foundations/bigdata/exchange/cells.h"
#include "foundations/bigdata/exchange/errors.h"
#include "foundations/bigdata/exchange/text.h"

#include <algorithm>
#include <set>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_samples = 3, k_sample_characters = 40;
constexpr std::size_t k_header_columns_named = 5;

bool blank(const Row& row) {
    return !row.geometry && !row.problem &&
           std::ranges::all_of(row.cells, [](const auto& cell) { return trimmed(cell).empty(); });
}

/// "#示例 …": a note of a template, never a record.
bool is_note(const Row& row) {
    const auto first = std::ranges::find_if(row.cells, [](const auto& c) { return !c.empty(); });
    if (first == row.cells.end() || !first->starts_with('#')) return false;
    const std::string text = folded_text(*first);
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"#说明", "#示例", "#help", "#example"},
        [&](auto mark) { return text.starts_with(mark); });
}

bool is_number(const Column& column) {
    return column.field != nullptr &&
           (column.field->type == FieldType::number || column.field->type == FieldType::integer ||
            column.field->type == FieldType::duration);
}

}  // namespace

Result<std::unique_ptr<MappedRows>> MappedRows::open(std::unique_ptr<RowSource> source,
                                                     const std::vector<Column>& columns,
                                                     const Kind& kind, const Choices& choices,
                                                     Limits limits) {
    std::unique_ptr<MappedRows> out(
        new MappedRows(std::move(source), columns, kind, choices, limits));
    if (out->m_source->names() == nullptr) TRY(out->find_header());
    return out;
}

std::size_t MappedRows::fitting(const Row& row) const {
    std::set<const Column*> found;
    std::size_t chosen = 0;
    for (const auto& cell : row.cells) {
        if (m_choices.contains(trimmed(cell)))
            ++chosen;
        else if (const auto* column = column_for(m_columns, heading_of(cell)))
            found.insert(column);
    }
    return found.size() + chosen;
}

Result<void> MappedRows::find_header() {
    std::size_t best = 0, best_at = 0;
    bool any = false;
    while (m_ahead.size() < m_limits.header_rows_max) {
        Row row;
        TRY_ASSIGN(there, m_source->next(row));
        if (!there) break;
        any = any || !blank(row);
        const auto fits = fitting(row);
        if (fits > best) {
            best = fits;
            best_at = m_ahead.size();
        }
        m_ahead.push_back(std::move(row));
    }
    if (!any) return fail(errors::k_file_empty);
    if (best == 0) {
        std::string known, known_en;
        for (std::size_t i = 1; i < m_columns.size() && i <= k_header_columns_named; ++i) {
            known += (i > 1 ? "、" : "") + m_columns[i].title(Language::zh);
            known_en += (i > 1 ? ", " : "") + m_columns[i].title(Language::en);
        }
        return fail(errors::k_no_header, {{"rows", std::to_string(m_limits.header_rows_max)},
                                          {"kind", m_kind.label.zh},
                                          {"kind_en", m_kind.label.en},
                                          {"known", known},
                                          {"known_en", known_en}});
    }
    const Row header = m_ahead[best_at];
    m_ahead.erase(m_ahead.begin(), m_ahead.begin() + static_cast<std::ptrdiff_t>(best_at) + 1);
    return map_titles(header.cells, 0);
}

Result<void> MappedRows::map_titles(const std::vector<std::string>& titles, std::size_t from) {
    m_mapped.resize(titles.size());
    for (std::size_t i = from; i < titles.size(); ++i) {
        MappedColumn& mapped = m_mapped[i];
        mapped.title = trimmed(titles[i]);
        const Heading heading = heading_of(titles[i]);
        if (const auto chosen = m_choices.find(mapped.title); chosen != m_choices.end()) {
            const auto found = std::ranges::find(m_columns, chosen->second, &Column::name);
            if (found == m_columns.end() && !chosen->second.empty()) {
                std::string known;
                for (const auto& column : m_columns)
                    known += (known.empty() ? "" : ", ") + column.name;
                return fail(errors::k_column_unknown, {{"name", chosen->second}, {"known", known}});
            }
            mapped.column = chosen->second.empty() ? nullptr : &*found;
        } else {
            mapped.column = column_for(m_columns, heading);
        }
        if (mapped.column == nullptr) continue;
        for (std::size_t k = 0; k < i; ++k) {
            if (m_mapped[k].column != mapped.column) continue;
            return fail(errors::k_column_twice, {{"first", m_mapped[k].title},
                                                 {"second", mapped.title},
                                                 {"column", mapped.column->label.zh},
                                                 {"column_en", mapped.column->label.en}});
        }
        if (!is_number(*mapped.column) || heading.unit.empty()) continue;
        const std::string wanted = mapped.column->field->unit;
        if (heading.unit == wanted) continue;
        if (conversion(heading.unit, wanted)) {
            mapped.unit = heading.unit;
        } else if (!wanted.empty()) {
            return fail(errors::k_header_unit,
                        {{"column", mapped.title}, {"unit", heading.unit}, {"wanted", wanted}});
        }
    }
    return {};
}

void MappedRows::take_samples(const Row& row) {
    for (std::size_t i = 0; i < row.cells.size() && i < m_mapped.size(); ++i) {
        auto& samples = m_mapped[i].samples;
        if (samples.size() < k_samples && !row.cells[i].empty())
            samples.push_back(shortened(row.cells[i], k_sample_characters));
    }
}

Result<bool> MappedRows::next(Row& row) {
    while (true) {
        if (!m_ahead.empty()) {
            row = std::move(m_ahead.front());
            m_ahead.pop_front();
        } else {
            TRY_ASSIGN(there, m_source->next(row));
            if (!there) return false;
        }
        if (const auto* names = m_source->names();
            names != nullptr && names->size() > m_mapped.size())
            TRY(map_titles(*names, m_mapped.size()));
        if (blank(row) || is_note(row)) continue;
        if (++m_rows > m_limits.rows_max)
            return fail(errors::k_rows_too_many, {{"max", std::to_string(m_limits.rows_max)}});
        take_samples(row);
        return true;
    }
}

}  // namespace anlan::bigdata::exchange
