#include "foundations/bigdata/backup/seal.h"

#include "foundations/bigdata/backup/errors.h"

#include <gtest/gtest.h>

namespace anlan::bigdata::backup {
namespace {

const SecretFiles k_secrets{{"tls/root.key", std::string("\0\xff key \n", 8)}, {"empty", ""}};
constexpr std::string_view k_passphrase = "correct horse battery";

TEST(Seal, OpensWithItsPassphraseAlone) {
    const auto sealed = seal(k_secrets, k_passphrase);
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->find("root.key"), std::string::npos);
    const auto open = unseal(*sealed, k_passphrase);
    ASSERT_TRUE(open);
    EXPECT_EQ(*open, k_secrets);
    const auto wrong = unseal(*sealed, "correct horse batterY");
    ASSERT_FALSE(wrong);
    EXPECT_TRUE(wrong.error().is(errors::k_passphrase_wrong));
}

TEST(Seal, AChangedByteIsFoundWhereverItIs) {
    const auto sealed = seal({{"a", "b"}}, k_passphrase);
    ASSERT_TRUE(sealed);
    // In the salt, the nonce, the tag and the box; a byte of the magic needs no key.
    for (const std::size_t place : {0UZ, 12UZ, 30UZ, 55UZ, sealed->size() - 1}) {
        std::string bent = *sealed;
        bent[place] = static_cast<char>(bent[place] ^ 1);
        EXPECT_FALSE(unseal(bent, k_passphrase)) << place;
    }
    EXPECT_FALSE(unseal(sealed->substr(0, sealed->size() - 1), k_passphrase));
    EXPECT_FALSE(unseal("", k_passphrase));
}

TEST(Seal, TwoSealsOfTheSameDifferAndShortPassphrasesAreRefused) {
    EXPECT_NE(seal(k_secrets, k_passphrase).value(), seal(k_secrets, k_passphrase).value());
    const auto weak = seal(k_secrets, "short");
    ASSERT_FALSE(weak);
    EXPECT_TRUE(weak.error().is(errors::k_passphrase_weak));
}

}  // namespace
}  // namespace anlan::bigdata::backup
