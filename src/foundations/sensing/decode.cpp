#include "foundations/sensing/decode.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/table.h"

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>

namespace anlan::sensing {
namespace {

constexpr std::size_t k_piece_bytes = 64 * 1024;

/// Hexadecimal text to bytes, piece by piece. White space and `# …` to the end of a line are
/// skipped.
class HexReader {
  public:
    Result<std::vector<std::uint8_t>> read(std::string_view text) {
        std::vector<std::uint8_t> out;
        for (const char c : text) {
            ++m_at;
            if (c == '\n') m_comment = false;
            if (c == '#') m_comment = true;
            if (m_comment || c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
            const int digit = digit_of(c);
            if (digit < 0) return fail(errors::k_bad_hex, {{"byte", std::to_string(m_at - 1)}});
            if (m_high < 0) {
                m_high = digit;
                continue;
            }
            out.push_back(static_cast<std::uint8_t>(m_high << 4 | digit));
            m_high = -1;
        }
        return out;
    }

  private:
    static int digit_of(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    }
    std::uint64_t m_at = 0;
    int m_high = -1;
    bool m_comment = false;
};

/// A frame begins with "@@", a packet with "##", a sentence with "!" or "\"; a log in hexadecimal
/// is plain text.
bool looks_hexadecimal(std::string_view first) {
    if (first.starts_with("##") && first.size() > 2 && first[2] >= '0' && first[2] <= '9')
        return false;
    for (const char c : first.substr(0, 64)) {
        if (c == '#') return true;
        const bool text = c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
                          (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                          (c >= 'A' && c <= 'Z');
        if (!text) return false;
    }
    return true;
}

int decode_bytes(std::string_view protocol, StreamDecoder& decoder, DecodeOptions::Form form,
                 std::istream& in, std::ostream& out) {
    HexReader digits;
    int outcome = 0;
    const auto each = [&](const json::object& o) {
        if (o.contains("problem")) outcome = 1;
        out << to_text(o) << '\n';
    };
    std::vector<char> piece(k_piece_bytes);
    for (;;) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        const std::string_view text(piece.data(), static_cast<std::size_t>(in.gcount()));
        if (text.empty()) break;
        if (form == DecodeOptions::Form::guess) {
            form = looks_hexadecimal(text) ? DecodeOptions::Form::hexadecimal
                                           : DecodeOptions::Form::raw;
        }
        if (form == DecodeOptions::Form::raw) {
            decoder.push({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, each);
            continue;
        }
        const auto bytes = digits.read(text);
        if (!bytes) {
            each({{"protocol", protocol}, {"problem", problem_of(bytes.error())}});
            return 1;
        }
        decoder.push(*bytes, each);
    }
    decoder.end(each);
    return outcome;
}

std::string names_of_decoders() {
    std::string out;
    for (const GatewayRow& row : gateways()) {
        if (row.decoder == nullptr) continue;
        if (!out.empty()) out += ", ";
        out += row.protocol;
    }
    return out;
}

}  // namespace

int run_decode(const DecodeOptions& options, std::istream& standard_input, std::ostream& out,
               std::ostream& problems) {
    std::ifstream file;
    const bool from_file = !options.file.empty() && options.file != "-";
    if (from_file) {
        file.open(options.file, std::ios::binary);
        if (!file) {
            problems << "打不开文件 Cannot open file: " << options.file << '\n';
            return 2;
        }
    }
    std::istream& in = from_file ? file : standard_input;
    const GatewayRow* row = gateway_row(options.protocol);
    if (row != nullptr && row->decoder != nullptr)
        return decode_bytes(row->protocol, *row->decoder(), options.form, in, out);
    const std::string names = names_of_decoders();
    problems << "没有这个协议（" << names << "） No such protocol (" << names
             << "): " << options.protocol << '\n';
    return 2;
}

}  // namespace anlan::sensing
