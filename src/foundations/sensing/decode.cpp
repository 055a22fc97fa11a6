#include "foundations/sensing/decode.h"

#include "foundations/sensing/errors.h"
#include "foundations/sensing/gateways/gb26875/stream.h"
#include "foundations/sensing/gateways/hj212/decoder.h"
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <array>
#include <fstream>
#include <iostream>
#include <iterator>

namespace anlan::sensing {
namespace {

constexpr std::size_t k_piece_bytes = 64 * 1024;
constexpr std::size_t k_http_json_bytes_max = 4 << 20;

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

/// A frame begins with "@@", a packet with "##"; a log in hexadecimal is plain text.
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

/// Of a protocol over TCP: a reader that cuts the stream and a function that tells what it holds.
template <class Reader, class Input, class Decode>
int decode_bytes(std::string_view protocol, DecodeOptions::Form form, std::istream& in,
                 std::ostream& out, Input goes_on, Input ends, Decode decode) {
    Reader reader;
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
            reader.push({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        } else {
            const auto bytes = digits.read(text);
            if (!bytes) {
                const Error& e = bytes.error();
                each({{"protocol", protocol},
                      {"problem",
                       {{"id", e.row->id},
                        {"zh", text_of(e, Language::zh)},
                        {"en", text_of(e, Language::en)}}}});
                return 1;
            }
            reader.push(*bytes);
        }
        decode(reader, goes_on, each);
    }
    decode(reader, ends, each);
    return outcome;
}

int decode_http_json(std::istream& in, std::ostream& out) {
    std::string text(k_http_json_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    const auto decoded = http_json::decode(std::string_view(text));
    out << to_text(http_json::to_json(decoded)) << '\n';
    return decoded ? 0 : 1;
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
    if (options.protocol == "gb26875")
        return decode_bytes<gb26875::FrameReader>("gb26875", options.form, in, out,
                                                  gb26875::Input::goes_on, gb26875::Input::ends,
                                                  gb26875::decode_stream);
    if (options.protocol == "hj212")
        return decode_bytes<hj212::PacketReader>("hj212", options.form, in, out,
                                                 hj212::Input::goes_on, hj212::Input::ends,
                                                 hj212::decode_stream);
    if (options.protocol == "http_json") return decode_http_json(in, out);
    problems << "没有这个协议（gb26875、hj212、http_json） No such protocol (gb26875, hj212, "
                "http_json): "
             << options.protocol << '\n';
    return 2;
}

}  // namespace anlan::sensing
