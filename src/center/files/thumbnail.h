// Small pictures of large ones. Decoding bytes from outside is done by a child process of this same
// program (`anlan thumbnail`) with limits on memory and time: a picture that breaks a decoder, or
// unpacks to gigabytes, takes the child and nothing else.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace anlan::center {

inline constexpr int k_thumbnail_side = 320;
inline constexpr std::uint64_t k_pixels_max = 64'000'000;

/// A JPEG of at most 320 by 320 of the JPEG or PNG `bytes`, upright by `orientation`. For the child
/// process. Errors: picture_unreadable.
Result<std::string> make_thumbnail(std::string_view bytes, int orientation);

/// The child's whole life: limits itself (512 MiB, 10 s of computing), reads standard input, writes
/// the thumbnail to standard output. Its exit code.
int run_thumbnail();

/// Starts the child over `picture` and waits, at most 20 s; two at a time in this process.
/// Errors: picture_unreadable, io.
Result<std::string> thumbnail_of(const std::filesystem::path& picture);

}  // namespace anlan::center
