#include "foundations/bigdata/exchange/row_source.h"

#include <cstdio>
#include <filesystem>

namespace anlan::bigdata::exchange {
namespace {

class TextBytes final : public ByteSource {
  public:
    TextBytes(std::string text, std::size_t piece) : m_text(std::move(text)), m_piece(piece) {}
    Result<std::string_view> next() override {
        const auto out = std::string_view(m_text).substr(m_at, m_piece);
        m_at += out.size();
        return out;
    }
    [[nodiscard]] double progress() const override {
        return m_text.empty() ? 1 : static_cast<double>(m_at) / static_cast<double>(m_text.size());
    }

  private:
    const std::string m_text;
    const std::size_t m_piece;
    std::size_t m_at = 0;
};

class FileBytes final : public ByteSource {
  public:
    FileBytes(std::FILE* file, std::size_t size)
        : m_file(file), m_size(size), m_buffer(256 << 10) {}
    ~FileBytes() override { std::fclose(m_file); }
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;

    Result<std::string_view> next() override {
        const auto read = std::fread(m_buffer.data(), 1, m_buffer.size(), m_file);
        if (read == 0 && std::ferror(m_file) != 0) return fail(errors::k_io, {{"what", "read"}});
        m_at += read;
        return std::string_view(m_buffer.data(), read);
    }
    [[nodiscard]] double progress() const override {
        return m_size == 0 ? 1 : static_cast<double>(m_at) / static_cast<double>(m_size);
    }

  private:
    std::FILE* m_file;
    const std::size_t m_size;
    std::size_t m_at = 0;
    std::vector<char> m_buffer;
};

}  // namespace

std::unique_ptr<ByteSource> bytes_of_text(std::string text, std::size_t piece) {
    return std::make_unique<TextBytes>(std::move(text), piece);
}

Result<std::unique_ptr<ByteSource>> bytes_of_file(const std::string& path) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    std::FILE* file = error ? nullptr : std::fopen(path.c_str(), "rb");
    if (file == nullptr) return fail(errors::k_io, {{"what", path + " cannot be read"}});
    return std::make_unique<FileBytes>(file, size);
}

}  // namespace anlan::bigdata::exchange
