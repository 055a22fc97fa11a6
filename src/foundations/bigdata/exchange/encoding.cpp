#include "foundations/bigdata/exchange/encoding.h"

#include "foundations/bigdata/exchange/errors.h"

#include <unicode/ucnv.h>

#include <array>
#include <cstdint>

namespace anlan::bigdata::exchange {
namespace {

constexpr std::string_view k_utf8_mark = "\xEF\xBB\xBF";

/// Checks UTF-8 in pieces (Unicode 15, table 3-7).
class Utf8Check {
  public:
    bool feed(std::string_view text) {
        for (const char c : text) {
            const auto b = static_cast<std::uint8_t>(c);
            if (m_left == 0 && b < 0x80) continue;
            if (!feed(b)) return false;
        }
        return true;
    }
    [[nodiscard]] bool complete() const { return m_left == 0; }

  private:
    bool feed(std::uint8_t b) {
        if (m_left > 0) {
            if (b < m_low || b > m_high) return false;
            m_low = 0x80;
            m_high = 0xBF;
            --m_left;
            return true;
        }
        m_low = 0x80;
        m_high = 0xBF;
        if (b >= 0xC2 && b <= 0xDF) {
            m_left = 1;
        } else if (b >= 0xE0 && b <= 0xEF) {
            m_left = 2;
            if (b == 0xE0) m_low = 0xA0;
            if (b == 0xED) m_high = 0x9F;
        } else if (b >= 0xF0 && b <= 0xF4) {
            m_left = 3;
            if (b == 0xF0) m_low = 0x90;
            if (b == 0xF4) m_high = 0x8F;
        } else {
            return false;
        }
        return true;
    }
    int m_left = 0;
    std::uint8_t m_low = 0x80, m_high = 0xBF;
};

class Utf8Text final : public ByteSource {
  public:
    explicit Utf8Text(std::unique_ptr<ByteSource> bytes) : m_bytes(std::move(bytes)) {}
    Result<std::string_view> next() override {
        TRY_ASSIGN(piece, m_bytes->next());
        if (!m_first || !piece.starts_with(k_utf8_mark)) {
            m_first = false;
            return piece;
        }
        m_first = false;
        if (piece.size() == k_utf8_mark.size()) return m_bytes->next();
        return piece.substr(k_utf8_mark.size());
    }
    [[nodiscard]] double progress() const override { return m_bytes->progress(); }

  private:
    std::unique_ptr<ByteSource> m_bytes;
    bool m_first = true;
};

/// ICU's streaming conversion, stopping at what is not text.
class ConvertedText final : public ByteSource {
  public:
    ConvertedText(std::unique_ptr<ByteSource> bytes, const char* encoding)
        : m_bytes(std::move(bytes)), m_out(512 << 10) {
        UErrorCode status = U_ZERO_ERROR;
        m_from = ucnv_open(encoding, &status);
        m_to = ucnv_open("UTF-8", &status);
        ASSERT(U_SUCCESS(status));
        ucnv_setToUCallBack(m_from, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
        m_pivot_source = m_pivot_target = m_pivot.data();
    }
    ~ConvertedText() override {
        ucnv_close(m_from);
        ucnv_close(m_to);
    }
    ConvertedText(const ConvertedText&) = delete;
    ConvertedText& operator=(const ConvertedText&) = delete;

    Result<std::string_view> next() override {
        while (!m_ended) {
            if (m_in.empty() && !m_last) {
                TRY_ASSIGN(piece, m_bytes->next());
                m_in = piece;
                m_last = piece.empty();
            }
            char* target = m_out.data();
            const char* source = m_in.data();
            const char* const source_end = m_in.data() + m_in.size();
            UErrorCode status = U_ZERO_ERROR;
            ucnv_convertEx(m_to, m_from, &target, m_out.data() + m_out.size(), &source, source_end,
                           m_pivot.data(), &m_pivot_source, &m_pivot_target,
                           m_pivot.data() + m_pivot.size(), m_first, m_last, &status);
            m_first = false;
            m_read += static_cast<std::size_t>(source - m_in.data());
            m_in.remove_prefix(static_cast<std::size_t>(source - m_in.data()));
            if (U_FAILURE(status) && status != U_BUFFER_OVERFLOW_ERROR)
                return fail(errors::k_file_encoding, {{"byte", std::to_string(m_read)}});
            if (m_last && status != U_BUFFER_OVERFLOW_ERROR) m_ended = true;
            std::string_view out(m_out.data(), static_cast<std::size_t>(target - m_out.data()));
            if (!m_began && !out.empty()) {
                m_began = true;
                if (out.starts_with(k_utf8_mark)) out.remove_prefix(k_utf8_mark.size());
            }
            if (!out.empty()) return out;
        }
        return std::string_view{};
    }
    [[nodiscard]] double progress() const override { return m_bytes->progress(); }

  private:
    std::unique_ptr<ByteSource> m_bytes;
    std::vector<char> m_out;
    std::array<UChar, 4096> m_pivot{};
    UChar* m_pivot_source;
    UChar* m_pivot_target;
    UConverter* m_from;
    UConverter* m_to;
    std::string_view m_in;
    std::size_t m_read = 0;
    bool m_first = true, m_last = false, m_ended = false, m_began = false;
};

}  // namespace

Result<Encoding> encoding_of(ByteSource& bytes) {
    Utf8Check check;
    bool first = true;
    while (true) {
        TRY_ASSIGN(piece, bytes.next());
        if (piece.empty()) return check.complete() ? Encoding::utf8 : Encoding::gb18030;
        if (first && (piece.starts_with("\xFF\xFE") || piece.starts_with("\xFE\xFF")))
            return Encoding::utf16;
        first = false;
        if (!check.feed(piece)) return Encoding::gb18030;
    }
}

Result<std::unique_ptr<ByteSource>> open_text(const OpenBytes& open) {
    TRY_ASSIGN(once, open());
    TRY_ASSIGN(encoding, encoding_of(*once));
    TRY_ASSIGN(again, open());
    if (encoding == Encoding::utf8)
        return std::unique_ptr<ByteSource>(std::make_unique<Utf8Text>(std::move(again)));
    return std::unique_ptr<ByteSource>(std::make_unique<ConvertedText>(
        std::move(again), encoding == Encoding::gb18030 ? "gb18030" : "UTF-16"));
}

}  // namespace anlan::bigdata::exchange
