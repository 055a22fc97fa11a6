// Where and when a photograph was taken, as its camera wrote it (Exif 2.3 in JPEG, CIPA DC-008),
// and the same picture without that. Reads hostile bytes: every offset is checked, nothing is
// followed twice. Pure.
#pragma once

#include "core/geo.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace anlan::center {

struct PictureFacts {
    std::optional<LonLat> place;
    std::optional<std::string>
        taken_at;         ///< ISO 8601; with an offset only when the camera gave one.
    int orientation = 1;  ///< 1 to 8, Exif tag 0x0112.
    std::uint32_t width = 0, height = 0;  ///< As stored, before orientation; 0: not found.
};

/// Of a JPEG or PNG; what is absent, malformed or out of range is left empty.
PictureFacts facts_of_picture(std::string_view bytes);

/// The picture without Exif, XMP, IPTC, comments and text chunks; a JPEG keeps its orientation.
/// What is not a well-formed JPEG or PNG comes back as it is, with `false`.
bool strip_picture(std::string_view bytes, std::string& out);

}  // namespace anlan::center
