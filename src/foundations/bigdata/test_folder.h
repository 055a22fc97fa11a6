// A folder of a test's own, removed with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace anlan::test {

struct Folder {
    std::filesystem::path path;
    explicit Folder(const std::filesystem::path& base = std::filesystem::temp_directory_path()) {
        std::string name = (base / "anlan-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) std::abort();
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
};

/// Where a sync costs nothing: for tests of logic with thousands of small transactions. What they
/// leave behind survives a killed process, as on a disk.
inline std::filesystem::path quick_base() {
    std::error_code error;
    const std::filesystem::path memory = "/dev/shm";
    const auto room = std::filesystem::space(memory, error);
    return !error && room.available > (256ULL << 20) ? memory
                                                     : std::filesystem::temp_directory_path();
}

}  // namespace anlan::test
