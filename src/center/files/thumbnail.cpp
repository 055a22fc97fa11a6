#include "center/files/thumbnail.h"

#include "center/errors.h"
#include "center/files/errors.h"
#include "center/files/picture_facts.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

#include <jpeglib.h>
#include <png.h>

extern char** environ;

namespace anlan::center {
namespace {

/// Rows of 8-bit RGB.
struct Picture {
    std::size_t width = 0, height = 0;
    std::vector<std::uint8_t> rgb;
};

std::unexpected<Error> unreadable(const std::string& why) {
    return fail(errors::k_picture_unreadable, {{"what", why}});
}

struct JpegErrors {
    jpeg_error_mgr base;
    std::jmp_buf back;
};

[[noreturn]] void jpeg_failed(j_common_ptr info) {
    std::longjmp(reinterpret_cast<JpegErrors*>(info->err)->back, 1);
}

// What GCC says of setjmp concerns values changed after it, of which none is read when it returns.
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wclobbered"
#endif
/// libjpeg reports by longjmp: nothing with a destructor may live between setjmp and it.
bool decode_jpeg(std::string_view bytes, Picture& out) {
    jpeg_decompress_struct info{};
    JpegErrors failure{};
    info.err = jpeg_std_error(&failure.base);
    failure.base.error_exit = jpeg_failed;
    failure.base.output_message = [](j_common_ptr) {};
    if (setjmp(failure.back) != 0) {
        jpeg_destroy_decompress(&info);
        return false;
    }
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    jpeg_read_header(&info, TRUE);
    if (std::uint64_t{info.image_width} * info.image_height > k_pixels_max)
        jpeg_failed(reinterpret_cast<j_common_ptr>(&info));
    info.out_color_space = JCS_RGB;
    info.scale_num = 1;
    info.scale_denom = 1;
    // The decoder halves for next to nothing, as long as enough is left.
    const auto smaller = std::min(info.image_width, info.image_height);
    while (info.scale_denom < 8 && smaller / (info.scale_denom * 2) >= 2 * k_thumbnail_side)
        info.scale_denom *= 2;
    jpeg_start_decompress(&info);
    out.width = info.output_width;
    out.height = info.output_height;
    out.rgb.resize(out.width * out.height * 3);
    while (info.output_scanline < info.output_height) {
        JSAMPROW row = out.rgb.data() + std::size_t{info.output_scanline} * out.width * 3;
        jpeg_read_scanlines(&info, &row, 1);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    return true;
}

#ifndef __clang__
#pragma GCC diagnostic pop
#endif

bool decode_png(std::string_view bytes, Picture& out) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0) return false;
    if (std::uint64_t{image.width} * image.height > k_pixels_max) {
        png_image_free(&image);
        return false;
    }
    image.format = PNG_FORMAT_RGB;
    out.width = image.width;
    out.height = image.height;
    out.rgb.resize(out.width * out.height * 3);
    const png_color white{255, 255, 255};
    return png_image_finish_read(&image, &white, out.rgb.data(), 0, nullptr) != 0;
}

/// Each pixel of the small one is the mean of those it covers.
Picture shrunk(const Picture& from) {
    const std::size_t longer = std::max(from.width, from.height);
    if (longer <= k_thumbnail_side) return from;
    Picture out;
    out.width = std::max<std::size_t>(1, from.width * k_thumbnail_side / longer);
    out.height = std::max<std::size_t>(1, from.height * k_thumbnail_side / longer);
    out.rgb.resize(out.width * out.height * 3);
    for (std::size_t y = 0; y < out.height; ++y) {
        const std::size_t top = y * from.height / out.height,
                          bottom = std::max(top + 1, (y + 1) * from.height / out.height);
        for (std::size_t x = 0; x < out.width; ++x) {
            const std::size_t left = x * from.width / out.width,
                              right = std::max(left + 1, (x + 1) * from.width / out.width);
            std::array<std::uint64_t, 3> sum{};
            for (std::size_t v = top; v < bottom; ++v) {
                for (std::size_t u = left; u < right; ++u) {
                    for (std::size_t c = 0; c < 3; ++c)
                        sum[c] += from.rgb[(v * from.width + u) * 3 + c];
                }
            }
            const std::uint64_t count = (bottom - top) * (right - left);
            for (std::size_t c = 0; c < 3; ++c)
                out.rgb[(y * out.width + x) * 3 + c] = static_cast<std::uint8_t>(sum[c] / count);
        }
    }
    return out;
}

/// Exif orientation: 2 to 4 mirror and turn in place, 5 to 8 swap the sides as well.
Picture upright(const Picture& from, int orientation) {
    if (orientation < 2 || orientation > 8) return from;
    const bool swapped = orientation >= 5;
    Picture out;
    out.width = swapped ? from.height : from.width;
    out.height = swapped ? from.width : from.height;
    out.rgb.resize(from.rgb.size());
    const bool mirror_x =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    const bool mirror_y =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    for (std::size_t y = 0; y < out.height; ++y) {
        for (std::size_t x = 0; x < out.width; ++x) {
            std::size_t u = swapped ? y : x, v = swapped ? x : y;
            if (mirror_x) u = from.width - 1 - u;
            if (mirror_y) v = from.height - 1 - v;
            std::copy_n(from.rgb.begin() + static_cast<std::ptrdiff_t>((v * from.width + u) * 3), 3,
                        out.rgb.begin() + static_cast<std::ptrdiff_t>((y * out.width + x) * 3));
        }
    }
    return out;
}

std::string encoded(const Picture& picture) {
    jpeg_compress_struct info{};
    jpeg_error_mgr failure{};
    info.err = jpeg_std_error(&failure);
    jpeg_create_compress(&info);
    unsigned char* data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &data, &size);
    info.image_width = static_cast<JDIMENSION>(picture.width);
    info.image_height = static_cast<JDIMENSION>(picture.height);
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 80, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        auto* row = const_cast<std::uint8_t*>(picture.rgb.data()) +
                    std::size_t{info.next_scanline} * picture.width * 3;
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    std::string out(reinterpret_cast<const char*>(data), size);
    std::free(data);
    return out;
}

void limit(int resource, rlim_t most) {
    const rlimit both{most, most};
    setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

struct Descriptor {
    int number;
    explicit Descriptor(int n) : number(n) {}
    ~Descriptor() {
        if (number >= 0) close(number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
};

/// The child's exit code; -1 when it was killed or took too long.
int wait_for(pid_t child) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > until) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return -1;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

Result<std::string> make_thumbnail(std::string_view bytes, int orientation) {
    Picture whole;
    const bool jpeg = bytes.starts_with("\xFF\xD8");
    const bool read = jpeg ? decode_jpeg(bytes, whole) : decode_png(bytes, whole);
    if (!read || whole.width == 0 || whole.height == 0) return unreadable("decoder");
    return encoded(upright(shrunk(whole), orientation));
}

int run_thumbnail() {
    limit(RLIMIT_AS, 512UL << 20);
    limit(RLIMIT_CPU, 10);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 4UL << 20);
    std::string bytes;
    std::array<char, 65536> piece{};
    for (std::size_t got = 1; got > 0;) {
        got = std::fread(piece.data(), 1, piece.size(), stdin);
        bytes.append(piece.data(), got);
    }
    const auto made = make_thumbnail(bytes, facts_of_picture(bytes).orientation);
    if (!made) return 1;
    return std::fwrite(made->data(), 1, made->size(), stdout) == made->size() ? 0 : 1;
}

Result<std::string> thumbnail_of(const std::filesystem::path& picture) {
    static std::counting_semaphore<2> k_running(2);
    k_running.acquire();
    struct Release {
        ~Release() { k_running.release(); }
    } release;
    const Descriptor in(open(picture.c_str(), O_RDONLY | O_CLOEXEC));
    const auto folder = picture.parent_path();
    const Descriptor out(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (in.number < 0 || out.number < 0)
        return fail(errors::k_io, {{"what", picture.string() + " cannot be read"}});
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.number, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out.number, STDOUT_FILENO);
    std::string name = "anlan", command = "thumbnail";
    std::array<char*, 3> arguments{name.data(), command.data(), nullptr};
    pid_t child = 0;
    const int started =
        posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (started != 0) return fail(errors::k_io, {{"what", "thumbnail process"}});
    if (wait_for(child) != 0) return unreadable("process");
    std::string made(static_cast<std::size_t>(lseek(out.number, 0, SEEK_END)), '\0');
    if (pread(out.number, made.data(), made.size(), 0) != static_cast<ssize_t>(made.size()))
        return fail(errors::k_io, {{"what", "thumbnail"}});
    return made;
}

}  // namespace anlan::center
