#include "core/hash_stream.h"

#include "core/result.h"

#include <openssl/evp.h>

namespace anlan {

struct Sm3Stream::Context {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { EVP_MD_CTX_free(handle); }
};

Sm3Stream::Sm3Stream() : m_context(std::make_unique<Context>()) {
    ASSERT(m_context->handle != nullptr);
    const int ok = EVP_DigestInit_ex(m_context->handle, EVP_sm3(), nullptr);
    ASSERT(ok == 1);
}

Sm3Stream::~Sm3Stream() = default;
Sm3Stream::Sm3Stream(Sm3Stream&&) noexcept = default;

void Sm3Stream::add(std::string_view bytes) {
    const int ok = EVP_DigestUpdate(m_context->handle, bytes.data(), bytes.size());
    ASSERT(ok == 1);
}

Digest Sm3Stream::finish() {
    Digest out{};
    unsigned size = 0;
    const int ok = EVP_DigestFinal_ex(m_context->handle, out.data(), &size);
    ASSERT(ok == 1 && size == out.size());
    return out;
}

}  // namespace anlan
