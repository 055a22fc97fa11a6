#include "center/files/picture_facts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace anlan::center {
namespace {

using namespace std::string_view_literals;
using namespace std::string_literals;

constexpr std::string_view k_exif = "Exif\0\0"sv;
constexpr std::string_view k_png = "\x89PNG\r\n\x1A\n"sv;

std::uint32_t big(std::string_view bytes, std::size_t at, std::size_t count) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < count; ++i)
        out = out << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return out;
}

/// The TIFF structure inside Exif: numbers in the byte order it declares, nothing outside it.
class Tiff {
  public:
    explicit Tiff(std::string_view bytes) : m_bytes(bytes) {
        if (bytes.size() < 8) return;
        m_little = bytes.starts_with("II");
        m_good = (m_little || bytes.starts_with("MM")) && number(2, 2) == 42;
    }
    [[nodiscard]] bool good() const { return m_good; }
    /// 0 where there is nothing.
    [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t count) const {
        if (at > m_bytes.size() || m_bytes.size() - at < count) return 0;
        std::uint32_t out = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t from = m_little ? at + count - 1 - i : at + i;
            out = out << 8 | static_cast<std::uint8_t>(m_bytes[from]);
        }
        return out;
    }
    struct Value {
        std::uint32_t type = 0, count = 0;
        std::size_t at = 0;  ///< Where the value lies.
    };
    /// The value of `tag` in the directory at `directory`; nothing when absent or outside.
    [[nodiscard]] std::optional<Value> find(std::size_t directory, std::uint32_t tag) const {
        const std::uint32_t entries = number(directory, 2);
        for (std::uint32_t i = 0; i < std::min(entries, 512U); ++i) {
            const std::size_t at = directory + 2 + std::size_t{12} * i;
            if (at + 12 > m_bytes.size()) return std::nullopt;
            if (number(at, 2) != tag) continue;
            Value out{number(at + 2, 2), number(at + 4, 4), at + 8};
            constexpr std::array<std::size_t, 13> k_sizes{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
            if (out.type >= k_sizes.size() || out.count > 65536) return std::nullopt;
            const std::size_t size = k_sizes[out.type] * out.count;
            if (size > 4) out.at = number(at + 8, 4);
            if (out.at > m_bytes.size() || m_bytes.size() - out.at < size) return std::nullopt;
            return out;
        }
        return std::nullopt;
    }
    [[nodiscard]] std::string text(const Value& value) const {
        if (value.type != 2) return {};
        const auto whole = m_bytes.substr(value.at, value.count);
        return std::string(whole.substr(0, whole.find('\0')));
    }
    [[nodiscard]] std::optional<double> rational(const Value& value, std::size_t index) const {
        if (value.type != 5 || index >= value.count) return std::nullopt;
        const double below = number(value.at + 8 * index + 4, 4);
        if (below == 0) return std::nullopt;
        return number(value.at + 8 * index, 4) / below;
    }

  private:
    std::string_view m_bytes;
    bool m_little = false, m_good = false;
};

std::optional<double> angle(const Tiff& tiff, std::size_t gps, std::uint32_t tag,
                            std::uint32_t reference_tag, char negative, double most_deg) {
    const auto value = tiff.find(gps, tag), reference = tiff.find(gps, reference_tag);
    if (!value || !reference || value->count != 3) return std::nullopt;
    const auto degrees = tiff.rational(*value, 0), minutes = tiff.rational(*value, 1),
               seconds = tiff.rational(*value, 2);
    const auto side = tiff.text(*reference);
    if (!degrees || !minutes || side.empty()) return std::nullopt;
    const double out = *degrees + *minutes / 60 + seconds.value_or(0) / 3600;
    if (!std::isfinite(out) || out > most_deg) return std::nullopt;
    return side.front() == negative ? -out : out;
}

/// "2026:11:24 08:30:05" and "+08:00" as ISO 8601; nothing when it is not that.
std::optional<std::string> time_of(const std::string& text, const std::string& offset) {
    constexpr std::string_view k_form = "dddd:dd:dd dd:dd:dd";
    if (text.size() != k_form.size()) return std::nullopt;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool digit = text[i] >= '0' && text[i] <= '9';
        if (k_form[i] == 'd' ? !digit : text[i] != k_form[i]) return std::nullopt;
    }
    const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + text[at + 1] - '0'; };
    if (two(5) < 1 || two(5) > 12 || two(8) < 1 || two(8) > 31 || two(11) > 23 || two(14) > 59 ||
        two(17) > 59)
        return std::nullopt;
    std::string out = text;
    out[4] = out[7] = '-';
    out[10] = 'T';
    const bool zoned = offset.size() == 6 && (offset[0] == '+' || offset[0] == '-') &&
                       offset[3] == ':' && offset.find_first_not_of("0123456789:+-") == offset.npos;
    return zoned ? out + offset : out;
}

void read_exif(std::string_view bytes, PictureFacts& out) {
    const Tiff tiff(bytes);
    if (!tiff.good()) return;
    const std::size_t first = tiff.number(4, 4);
    if (const auto value = tiff.find(first, 0x0112); value && value->type == 3) {
        const auto orientation = tiff.number(value->at, 2);
        if (orientation >= 1 && orientation <= 8) out.orientation = static_cast<int>(orientation);
    }
    if (const auto details = tiff.find(first, 0x8769)) {
        const std::size_t at = tiff.number(details->at, 4);
        const auto taken = tiff.find(at, 0x9003), offset = tiff.find(at, 0x9011);
        if (taken) out.taken_at = time_of(tiff.text(*taken), offset ? tiff.text(*offset) : "");
    }
    const auto directory = tiff.find(first, 0x8825);
    if (!directory) return;
    const std::size_t gps = tiff.number(directory->at, 4);
    const auto latitude = angle(tiff, gps, 2, 1, 'S', 90),
               longitude = angle(tiff, gps, 4, 3, 'W', 180);
    // Cameras without a fix write zeros.
    if (latitude && longitude && (*latitude != 0 || *longitude != 0))
        out.place = LonLat{*longitude, *latitude};
}

struct Segment {
    std::uint8_t marker = 0;
    std::size_t at = 0, size = 0;  ///< The whole segment, marker included.
};

/// Calls `each` for the segments before the picture's data; the offset of that data, or nothing
/// when the bytes are no JPEG.
template <class F>
std::optional<std::size_t> for_each_segment(std::string_view bytes, F each) {
    if (!bytes.starts_with("\xFF\xD8")) return std::nullopt;
    std::size_t at = 2;
    while (at + 4 <= bytes.size()) {
        if (static_cast<std::uint8_t>(bytes[at]) != 0xFF) return std::nullopt;
        const auto marker = static_cast<std::uint8_t>(bytes[at + 1]);
        if (marker == 0xFF) {  // fill byte
            ++at;
            continue;
        }
        if (marker == 0xDA) return at;
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD9)) return std::nullopt;
        const std::size_t size = 2 + big(bytes, at + 2, 2);
        if (size < 4 || bytes.size() - at < size) return std::nullopt;
        each(Segment{marker, at, size});
        at += size;
    }
    return std::nullopt;
}

bool is_frame(std::uint8_t marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Calls `each(type, offset, size)` for every chunk; true when they end with IEND.
template <class F>
bool for_each_chunk(std::string_view bytes, F each) {
    if (!bytes.starts_with(k_png)) return false;
    std::size_t at = k_png.size();
    while (bytes.size() - at >= 12) {
        const std::size_t size = std::size_t{12} + big(bytes, at, 4);
        if (bytes.size() - at < size) return false;
        const auto type = bytes.substr(at + 4, 4);
        each(type, at, size);
        at += size;
        if (type == "IEND") return true;
    }
    return false;
}

/// An APP1 segment that says the orientation and nothing else.
std::string orientation_segment(int orientation) {
    std::string out = "\xFF\xE1\x00\x22"s + std::string(k_exif) +
                      "MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"s;
    out += static_cast<char>(orientation);
    return out + "\x00\x00\x00\x00\x00\x00"s;
}

}  // namespace

PictureFacts facts_of_picture(std::string_view bytes) {
    PictureFacts out;
    for_each_segment(bytes, [&](const Segment& segment) {
        const auto content = bytes.substr(segment.at + 4, segment.size - 4);
        if (segment.marker == 0xE1 && content.starts_with(k_exif))
            read_exif(content.substr(k_exif.size()), out);
        if (is_frame(segment.marker) && content.size() >= 5) {
            out.height = big(content, 1, 2);
            out.width = big(content, 3, 2);
        }
    });
    for_each_chunk(bytes, [&](std::string_view type, std::size_t at, std::size_t size) {
        if (type == "IHDR" && size >= 20) {
            out.width = big(bytes, at + 8, 4);
            out.height = big(bytes, at + 12, 4);
        }
        if (type == "eXIf") read_exif(bytes.substr(at + 8, size - 12), out);
    });
    return out;
}

bool strip_picture(std::string_view bytes, std::string& out) {
    out.clear();
    if (bytes.starts_with(k_png)) {
        constexpr std::array k_dropped{"eXIf"sv, "tEXt"sv, "iTXt"sv, "zTXt"sv, "tIME"sv};
        out = k_png;
        const bool whole =
            for_each_chunk(bytes, [&](std::string_view type, std::size_t at, std::size_t size) {
                if (std::ranges::find(k_dropped, type) == k_dropped.end())
                    out += bytes.substr(at, size);
            });
        if (!whole) out = bytes;
        return whole;
    }
    const int orientation = facts_of_picture(bytes).orientation;
    out = bytes.substr(0, 2);
    if (orientation != 1) out += orientation_segment(orientation);
    const auto data = for_each_segment(bytes, [&](const Segment& segment) {
        // APP0 is JFIF, APP2 the colour profile, APP14 Adobe's colour transform: all else is talk.
        const bool talk =
            (segment.marker >= 0xE0 && segment.marker <= 0xEF && segment.marker != 0xE0 &&
             segment.marker != 0xE2 && segment.marker != 0xEE) ||
            segment.marker == 0xFE;
        if (!talk) out += bytes.substr(segment.at, segment.size);
    });
    if (data) {
        // What follows the picture's end (a second picture, a depth map) is dropped with it.
        const auto end = bytes.rfind("\xFF\xD9"sv);
        out += bytes.substr(*data, end == bytes.npos || end < *data ? bytes.npos : end + 2 - *data);
        return true;
    }
    out = bytes;
    return false;
}

}  // namespace anlan::center
