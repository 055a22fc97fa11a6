#include "core/hash.h"

#include "core/result.h"

#include <openssl/evp.h>

#include <memory>

namespace anlan {

Digest sm3(std::string_view bytes) {
    Digest out{};
    unsigned size = 0;
    // Fetched once, and a context a thread: looking up and making one cost as much as the hash.
    static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SM3", nullptr);
    thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
        EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    ASSERT(algorithm != nullptr && context != nullptr);
    const bool ok = EVP_DigestInit_ex(context.get(), algorithm, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1;
    ASSERT(ok && size == out.size());
    return out;
}

std::string hex(std::string_view bytes) {
    static constexpr char k_digits[] = "0123456789abcdef";
    std::string out(bytes.size() * 2, '0');
    auto to = out.begin();
    for (const char c : bytes) {
        const auto b = static_cast<std::uint8_t>(c);
        *to++ = k_digits[b >> 4];
        *to++ = k_digits[b & 0x0f];
    }
    return out;
}

std::string hex(const Digest& digest) {
    return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::optional<std::string> unhex(std::string_view text) {
    if (text.size() % 2 != 0) return std::nullopt;
    const auto value = [](char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if (c >= 'a' && c <= 'f') return c - 'a' + 10;
        if (c >= 'A' && c <= 'F') return c - 'A' + 10;
        return -1;
    };
    std::string out;
    out.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = value(text[i]);
        const int low = value(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

}  // namespace anlan
