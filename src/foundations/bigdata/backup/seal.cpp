#include "foundations/bigdata/backup/seal.h"

#include "core/hash.h"
#include "core/json.h"
#include "foundations/bigdata/backup/errors.h"

#include <sodium.h>

#include <array>

namespace anlan::bigdata::backup {

namespace {

constexpr std::string_view k_magic = "ANLANSEC1\n";
constexpr std::size_t k_head_bytes =
    k_magic.size() + crypto_pwhash_SALTBYTES + crypto_secretbox_NONCEBYTES;
constexpr JsonLimits k_limits{.bytes = 64UZ << 20, .depth = 2};

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

class Key {
  public:
    static Result<Key> make(std::string_view passphrase, std::string_view salt) {
        Key out;
        if (sodium_init() < 0 ||
            crypto_pwhash(out.m_bytes.data(), out.m_bytes.size(), passphrase.data(),
                          passphrase.size(), bytes_of(salt), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
            return fail(errors::k_internal, {{"what", "no memory for the key"}});
        return out;
    }
    ~Key() { sodium_memzero(m_bytes.data(), m_bytes.size()); }
    Key(const Key&) = default;
    Key& operator=(const Key&) = delete;
    [[nodiscard]] const unsigned char* get() const { return m_bytes.data(); }

  private:
    Key() = default;
    std::array<unsigned char, crypto_secretbox_KEYBYTES> m_bytes{};
};

}  // namespace

Result<std::string> seal(const SecretFiles& files, std::string_view passphrase) {
    if (passphrase.size() < k_passphrase_min)
        return fail(errors::k_passphrase_weak, {{"min", std::to_string(k_passphrase_min)}});
    json::object inside;
    for (const auto& [path, contents] : files) inside[path] = hex(contents);
    const std::string plain = canonical_text(inside);
    if (sodium_init() < 0) return fail(errors::k_internal, {{"what", "libsodium"}});
    std::string salt(crypto_pwhash_SALTBYTES, '\0'), nonce(crypto_secretbox_NONCEBYTES, '\0');
    randombytes_buf(salt.data(), salt.size());
    randombytes_buf(nonce.data(), nonce.size());
    TRY_ASSIGN(key, Key::make(passphrase, salt));
    std::string box(plain.size() + crypto_secretbox_MACBYTES, '\0');
    crypto_secretbox_easy(bytes_of(box), bytes_of(plain), plain.size(),
                          bytes_of(std::string_view(nonce)), key.get());
    return std::string(k_magic) + salt + nonce + box;
}

Result<SecretFiles> unseal(std::string_view sealed, std::string_view passphrase) {
    if (!sealed.starts_with(k_magic) || sealed.size() < k_head_bytes + crypto_secretbox_MACBYTES)
        return fail(errors::k_passphrase_wrong);
    const auto salt = sealed.substr(k_magic.size(), crypto_pwhash_SALTBYTES);
    const auto nonce =
        sealed.substr(k_magic.size() + crypto_pwhash_SALTBYTES, crypto_secretbox_NONCEBYTES);
    const auto box = sealed.substr(k_head_bytes);
    TRY_ASSIGN(key, Key::make(passphrase, salt));
    std::string plain(box.size() - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes_of(plain), bytes_of(box), box.size(), bytes_of(nonce),
                                   key.get()) != 0)
        return fail(errors::k_passphrase_wrong);
    TRY_ASSIGN(inside, parse_json(plain, k_limits));
    SecretFiles out;
    const auto* object = inside.if_object();
    if (object == nullptr) return fail(errors::k_passphrase_wrong);
    for (const auto& [path, contents] : *object) {
        const auto* text = contents.if_string();
        auto bytes = text == nullptr ? std::nullopt : unhex(std::string_view(*text));
        if (!bytes) return fail(errors::k_passphrase_wrong);
        out.emplace(path, std::move(*bytes));
    }
    return out;
}

}  // namespace anlan::bigdata::backup
