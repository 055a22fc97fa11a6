#include "foundations/sensing/gateways/hj212/cipher.h"

#include "core/hash.h"
#include "foundations/sensing/gateways/hj212/errors.h"

#include <openssl/evp.h>

#include <algorithm>

namespace anlan::sensing::hj212 {
namespace {

constexpr std::size_t k_block_bytes = 16;
enum class Way { open, seal };

std::unexpected<Error> wrong() {
    return fail(errors::k_hj212_cipher);
}

std::string to_base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    std::string out(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) return std::nullopt;
    // EVP_DecodeBlock counts the filling as zero bytes.
    out.resize(static_cast<std::size_t>(size) -
               static_cast<std::size_t>(std::ranges::count(text.substr(text.size() - 2), '=')));
    return out;
}

class Sm4 final : public Cipher {
  public:
    Sm4(std::string_view key, CipherText text, CipherFilling filling)
        : m_key(key), m_text(text), m_filling(filling) {
        ASSERT(m_key.size() == k_block_bytes);
    }

    [[nodiscard]] Result<std::string> open(std::string_view cp) const override {
        std::optional<std::string> bytes;
        if (m_text == CipherText::base64)
            bytes = from_base64(cp);
        else if (const auto digits = unhex(cp))
            bytes.emplace(digits->begin(), digits->end());
        if (!bytes || bytes->empty() || bytes->size() % k_block_bytes != 0) return wrong();
        std::string plain = run(*bytes, Way::open);
        if (m_filling == CipherFilling::pkcs7) {
            const auto filled = static_cast<unsigned char>(plain.back());
            if (filled == 0 || filled > k_block_bytes) return wrong();
            const auto tail = std::string_view(plain).substr(plain.size() - filled);
            if (std::ranges::any_of(tail, [&](char c) { return c != plain.back(); }))
                return wrong();
            plain.resize(plain.size() - filled);
        } else {
            while (!plain.empty() && (plain.back() == '\0' || plain.back() == ' '))
                plain.pop_back();
        }
        return plain;
    }

    [[nodiscard]] std::string seal(std::string_view cp) const override {
        std::string plain(cp);
        const std::size_t over = plain.size() % k_block_bytes;
        if (m_filling == CipherFilling::pkcs7)
            plain.append(k_block_bytes - over, static_cast<char>(k_block_bytes - over));
        else if (over != 0)
            plain.append(k_block_bytes - over, m_filling == CipherFilling::zeros ? '\0' : ' ');
        const std::string bytes = run(plain, Way::seal);
        return m_text == CipherText::base64 ? to_base64(bytes) : hex(bytes);
    }

  private:
    const std::string m_key;
    const CipherText m_text;
    const CipherFilling m_filling;

    /// Whole blocks in, as many out.
    [[nodiscard]] std::string run(std::string_view in, Way way) const {
        struct Free {
            void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
        };
        const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
        std::string out(in.size() + k_block_bytes, '\0');
        int size = 0, last = 0;
        auto* to = reinterpret_cast<unsigned char*>(out.data());
        const bool good = context != nullptr &&
                          EVP_CipherInit_ex(context.get(), EVP_sm4_ecb(), nullptr,
                                            reinterpret_cast<const unsigned char*>(m_key.data()),
                                            nullptr, way == Way::seal ? 1 : 0) == 1 &&
                          EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                          EVP_CipherUpdate(context.get(), to, &size,
                                           reinterpret_cast<const unsigned char*>(in.data()),
                                           static_cast<int>(in.size())) == 1 &&
                          EVP_CipherFinal_ex(context.get(), to + size, &last) == 1;
        ASSERT(good);  // Whole blocks and a right key: nothing that comes from outside.
        out.resize(static_cast<std::size_t>(size + last));
        return out;
    }
};

}  // namespace

std::unique_ptr<Cipher> make_sm4(std::string_view key, CipherText text, CipherFilling filling) {
    return std::make_unique<Sm4>(key, text, filling);
}

bool is_secret(std::string_view cn) {
    return (cn.size() == 4 && cn.starts_with('2')) || cn == "1014" || cn == "3020";
}

}  // namespace anlan::sensing::hj212
