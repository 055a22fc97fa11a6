#include "center/files/file_type.h"

#include "center/http.h"

#include <algorithm>
#include <array>

namespace anlan::center {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_looked_at = 64 << 10;

struct Magic {
    std::size_t at;
    std::string_view bytes;
    FileType type;
};

// Sources: the formats' own specifications; ISO 14496-12 brands for what begins with "ftyp".
constexpr std::array k_magics{
    Magic{0, "\xFF\xD8\xFF"sv, {"image/jpeg", ".jpg", true}},
    Magic{0, "\x89PNG\r\n\x1A\n"sv, {"image/png", ".png", true}},
    Magic{0, "GIF87a"sv, {"image/gif", ".gif", true}},
    Magic{0, "GIF89a"sv, {"image/gif", ".gif", true}},
    Magic{8, "WEBP"sv, {"image/webp", ".webp", true}},
    Magic{4, "ftypheic"sv, {"image/heic", ".heic", false}},
    Magic{4, "ftypheix"sv, {"image/heic", ".heic", false}},
    Magic{4, "ftypmif1"sv, {"image/heic", ".heic", false}},
    Magic{4, "ftypqt  "sv, {"video/quicktime", ".mov", false}},
    Magic{4, "ftyp"sv, {"video/mp4", ".mp4", false}},
    Magic{0, "%PDF-"sv, {"application/pdf", ".pdf", false}},
    Magic{0, "OggS"sv, {"audio/ogg", ".ogg", false}},
    Magic{0, "ID3"sv, {"audio/mpeg", ".mp3", false}},
    Magic{8, "WAVE"sv, {"audio/wav", ".wav", false}},
    Magic{0, "\x1A\x45\xDF\xA3"sv, {"video/webm", ".webm", false}},
    Magic{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, {"application/x-ole-storage", ".doc", false}},
};

/// Which office document an archive is, by the name of the part that every one of them has.
FileType archive_type(std::string_view bytes) {
    const auto holds = [&](std::string_view name) { return bytes.find(name) != bytes.npos; };
    if (holds("word/"))
        return {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"};
    if (holds("xl/"))
        return {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"};
    if (holds("ppt/"))
        return {"application/vnd.openxmlformats-officedocument.presentationml.presentation",
                ".pptx"};
    return {"application/zip", ".zip"};
}

bool is_plain_text(std::string_view bytes) {
    if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == bytes.npos || bytes[first] == '<' || bytes.starts_with("#!")) return false;
    if (std::ranges::any_of(bytes, [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) && c != '\t' && c != '\r' &&
                   c != '\n' && c != '\f';
        }))
        return false;
    // The cut may go through a character: up to three bytes of it are forgiven.
    for (int cut = 0; cut < 4 && !bytes.empty(); ++cut) {
        if (is_utf8(bytes)) return true;
        bytes.remove_suffix(1);
    }
    return false;
}

}  // namespace

std::optional<FileType> sniff(std::string_view bytes) {
    bytes = bytes.substr(0, k_looked_at);
    for (const auto& magic : k_magics) {
        if (bytes.size() < magic.at + magic.bytes.size() ||
            bytes.substr(magic.at, magic.bytes.size()) != magic.bytes)
            continue;
        const bool riff = magic.at == 8;
        if (riff && !bytes.starts_with("RIFF")) continue;
        return magic.type;
    }
    if (bytes.starts_with("PK\x03\x04")) return archive_type(bytes);
    if (is_plain_text(bytes)) return FileType{"text/plain", ".txt", false};
    return std::nullopt;
}

}  // namespace anlan::center
