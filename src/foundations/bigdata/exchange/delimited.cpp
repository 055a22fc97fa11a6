#include "foundations/bigdata/exchange/delimited.h"

#include "foundations/bigdata/exchange/errors.h"

#include <array>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::size_t k_lines_looked_at = 10;

class DelimitedRows final : public RowSource {
  public:
    DelimitedRows(std::unique_ptr<ByteSource> text, Limits limits)
        : m_text(std::move(text)), m_limits(limits) {}

    Result<bool> next(Row& row) override {
        if (!m_begun) TRY(begin());
        row = {};
        m_row = &row;
        m_cell.clear();
        m_row_bytes = 0;
        m_state = State::start;
        row.number = ++m_rows;
        m_row_line = m_line;
        while (true) {
            if (m_piece.empty()) {
                TRY_ASSIGN(piece, m_text->next());
                m_piece = piece;
                if (m_piece.empty()) return at_the_end();
            }
            TRY_ASSIGN(ended, take());
            if (ended) return true;
        }
    }
    [[nodiscard]] bool defused() const override { return true; }
    [[nodiscard]] double progress() const override { return m_text->progress(); }

  private:
    enum class State { start, plain, quoted, after_quote };

    Result<void> begin() {
        m_begun = true;
        TRY_ASSIGN(piece, m_text->next());
        m_piece = piece;
        if (m_piece.starts_with("sep=") && m_piece.size() > 5) {
            m_delimiter = m_piece[4];
            m_piece.remove_prefix(m_piece.find('\n') == m_piece.npos ? m_piece.size()
                                                                     : m_piece.find('\n') + 1);
            ++m_rows;
            ++m_line;
        } else {
            m_delimiter = delimiter_of(m_piece);
        }
        for (const char c : {m_delimiter, '\n', '\r', '"', '\0'})
            m_special[static_cast<unsigned char>(c)] = true;
        return {};
    }

    /// Takes from the piece; true when a row has ended.
    Result<bool> take() {
        std::size_t i = 0;
        const auto used = [&] { m_piece.remove_prefix(i); };
        if (m_skip_line_feed) {
            m_skip_line_feed = false;
            if (m_piece[0] == '\n') ++i;
        }
        while (i < m_piece.size()) {
            const char c = m_piece[i];
            if (c == '\0') return fail(errors::k_file_nul, {{"line", std::to_string(m_line)}});
            if (m_state == State::quoted) {
                const auto end = m_piece.find_first_of(std::string_view("\"\n\0", 3), i);
                const auto stop = end == m_piece.npos ? m_piece.size() : end;
                TRY(add(m_piece.substr(i, stop - i)));
                i = stop;
                if (i == m_piece.size()) break;
                if (m_piece[i] == '\0') continue;
                if (m_piece[i] == '\n') {
                    ++m_line;
                    TRY(add("\n"));
                } else {
                    m_state = State::after_quote;
                }
                ++i;
                continue;
            }
            if (c == m_delimiter) {
                TRY(end_cell());
                ++i;
            } else if (c == '\n' || c == '\r') {
                ++i;
                m_skip_line_feed = c == '\r';
                ++m_line;
                TRY(end_cell());
                used();
                return true;
            } else if (c == '"' && m_state != State::plain) {
                // At the start it opens; after a closing one it is the doubled one: itself.
                if (m_state == State::after_quote) TRY(add("\""));
                if (m_state == State::start) m_quote_line = m_line;
                m_state = State::quoted;
                ++i;
            } else {
                std::size_t stop = i + 1;
                while (stop < m_piece.size() &&
                       !m_special[static_cast<unsigned char>(m_piece[stop])])
                    ++stop;
                TRY(add(m_piece.substr(i, stop - i)));
                m_state = State::plain;
                i = stop;
            }
        }
        used();
        return false;
    }

    Result<bool> at_the_end() {
        if (m_state == State::quoted)
            return fail(errors::k_quote_open, {{"line", std::to_string(m_quote_line)}});
        if (m_state == State::start && m_row->cells.empty() && m_cell.empty()) return false;
        TRY(end_cell());
        return true;
    }

    Result<void> add(std::string_view text) {
        m_row_bytes += text.size();
        if (m_cell.size() + text.size() > m_limits.cell_bytes_max) {
            return fail(errors::k_cell_too_large,
                        {{"line", std::to_string(m_row_line)},
                         {"column", std::to_string(m_row->cells.size() + 1)},
                         {"max", std::to_string(m_limits.cell_bytes_max)}});
        }
        if (m_row_bytes > m_limits.row_bytes_max) {
            return fail(errors::k_row_too_large, {{"line", std::to_string(m_row_line)},
                                                  {"max", std::to_string(m_limits.row_bytes_max)}});
        }
        m_cell += text;
        return {};
    }

    Result<void> end_cell() {
        if (m_row->cells.size() >= m_limits.columns_max) {
            return fail(errors::k_columns_too_many,
                        {{"line", std::to_string(m_row_line)},
                         {"max", std::to_string(m_limits.columns_max)}});
        }
        m_row->cells.push_back(m_cell);
        m_cell.clear();
        m_state = State::start;
        return {};
    }

    std::unique_ptr<ByteSource> m_text;
    const Limits m_limits;
    std::string_view m_piece;
    std::array<bool, 256> m_special{};
    char m_delimiter = ',';
    bool m_begun = false, m_skip_line_feed = false;
    State m_state = State::start;
    Row* m_row = nullptr;
    std::string m_cell;
    std::size_t m_row_bytes = 0, m_rows = 0;
    std::size_t m_line = 1, m_row_line = 1, m_quote_line = 1;
};

}  // namespace

char delimiter_of(std::string_view beginning) {
    constexpr std::string_view k_candidates = ",;\t";
    std::array<std::size_t, k_candidates.size()> counts{};
    bool quoted = false;
    std::size_t lines = 0;
    for (const char c : beginning) {
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' && ++lines == k_lines_looked_at) break;
        if (const auto at = k_candidates.find(c); at != k_candidates.npos) ++counts[at];
    }
    std::size_t best = 0;
    for (std::size_t i = 1; i < counts.size(); ++i) {
        if (counts[i] > counts[best]) best = i;
    }
    return k_candidates[best];
}

std::unique_ptr<RowSource> delimited_rows(std::unique_ptr<ByteSource> text, Limits limits) {
    return std::make_unique<DelimitedRows>(std::move(text), limits);
}

}  // namespace anlan::bigdata::exchange
