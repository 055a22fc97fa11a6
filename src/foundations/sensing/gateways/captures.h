// For the tests of protocols: captures are hexadecimal files with `#` comments (device, clause or
// donor), each with the lines of JSON that it decodes to. ANLAN_ACCEPT=1 rewrites the expected
// files; read the difference before committing it.
#pragma once

#include "core/hash.h"
#include "foundations/sensing/gateways/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace anlan::sensing::test {

class Captures {
  public:
    /// Those of a row of gateways().
    explicit Captures(std::string protocol) : m_protocol(std::move(protocol)) {}

    [[nodiscard]] std::vector<std::filesystem::path> files() const {
        std::vector<std::filesystem::path> out;
        for (const auto& entry : std::filesystem::directory_iterator(folder())) {
            if (entry.path().extension() == ".hex") out.push_back(entry.path());
        }
        std::ranges::sort(out);
        return out;
    }
    [[nodiscard]] static std::vector<std::uint8_t> read(const std::filesystem::path& path) {
        std::string digits;
        std::ifstream in(path);
        for (std::string line; std::getline(in, line);) {
            if (!line.starts_with('#')) digits += line;
        }
        const auto bytes = unhex(digits);
        EXPECT_TRUE(bytes) << path;
        return bytes ? std::vector<std::uint8_t>{bytes->begin(), bytes->end()}
                     : std::vector<std::uint8_t>{};
    }
    [[nodiscard]] std::vector<std::uint8_t> named(std::string_view name) const {
        return read(folder() / (std::string(name) + ".hex"));
    }
    /// As the decode command prints it.
    [[nodiscard]] std::string decoded(std::span<const std::uint8_t> bytes) const {
        std::string out;
        const auto each = [&](const json::object& o) { out += to_text(o) + "\n"; };
        const auto decoder = gateway_row(m_protocol)->decoder();
        decoder->push(bytes, each);
        decoder->end(each);
        return out;
    }
    void expect_each_decodes_as_kept(std::size_t files_min) const {
        const auto all = files();
        EXPECT_GE(all.size(), files_min);
        for (const auto& path : all) {
            const std::string actual = decoded(read(path));
            auto kept = path;
            kept.replace_extension(".expected.json");
            if (std::getenv("ANLAN_ACCEPT") != nullptr) std::ofstream(kept) << actual;
            std::stringstream expected;
            expected << std::ifstream(kept).rdbuf();
            EXPECT_EQ(actual, expected.str()) << path;
        }
    }

  private:
    std::string m_protocol;
    [[nodiscard]] std::filesystem::path folder() const {
        return std::filesystem::path(ANLAN_SOURCE_DIR "/src/foundations/sensing/gateways") /
               m_protocol / "captures";
    }
};

}  // namespace anlan::sensing::test
