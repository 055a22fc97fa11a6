#include "center/certificate.h"
#include "center/certificate_errors.h"
#include "center/errors.h"
#include "center/phone_page.h"
#include "center/qr_code.h"
#include "center/tls_keeper.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <fstream>

namespace anlan::center {
namespace {

const Timestamp k_now = *parse_iso8601("2026-11-24T00:00:00Z");

TEST(Certificate, AServerCertificateSaysItsNamesAndEndsInTime) {
    const auto root = make_authority("Test", {"anlan.port.example"}, k_now).value();
    const ServerNames names{{"localhost", "desk.local", "anlan.port.example"},
                            {"127.0.0.1", "10.1.2.3", "fd00::1"}};
    const auto made = issue_certificate(root, names, k_now);
    ASSERT_TRUE(made) << text_of(made.error(), Language::en);
    const auto facts = read_certificate(made->certificate).value();
    EXPECT_EQ(facts.names, names);
    EXPECT_LE(facts.valid_to - facts.valid_from, 397 * k_day_ms);
    EXPECT_GT(facts.valid_to - k_now, 390 * k_day_ms);
    EXPECT_EQ(facts.sha256.size(), 95U);
    EXPECT_TRUE(make_tls_context(*made));
}

// Whoever has the root's key must not be able to stand in for a site of the open internet.
TEST(Certificate, TheRootVouchesForPrivatePlacesOnly) {
    const auto root = make_authority("Test", {}, k_now).value();
    const auto refused = [&](const ServerNames& names) {
        const auto made = issue_certificate(root, names, k_now);
        return !made && made.error().is(errors::k_bad_server_name);
    };
    EXPECT_TRUE(refused({{"bank.example.com"}, {}}));
    EXPECT_TRUE(refused({{}, {"8.8.8.8"}}));
    EXPECT_TRUE(refused({{}, {"2001:db8::1"}}));
    EXPECT_TRUE(refused({{"desk.local", "bank.example.com"}, {"10.0.0.1"}}));
    EXPECT_FALSE(refused({{"desk.local"}, {"10.0.0.1", "172.31.255.1", "192.168.1.1", "fd12::5"}}));
    EXPECT_TRUE(refused({{}, {"172.32.0.1"}}));
}

TEST(Certificate, ANameCannotSmuggleAnExtension) {
    const auto root = make_authority("Test", {}, k_now).value();
    for (const char* name : {"a.local,IP:8.8.8.8", "A.local", "a b.local", ".local", "a..local",
                             "a.local\nbasicConstraints=CA:TRUE", ""})
        EXPECT_FALSE(issue_certificate(root, {{name}, {}}, k_now)) << name;
    EXPECT_FALSE(issue_certificate(root, {{}, {"10.0.0.1,DNS:x"}}, k_now));
    EXPECT_FALSE(make_authority("Test", {"a,permitted;DNS:com"}, k_now));
}

TEST(Certificate, AKeyOfAnotherCertificateIsRefused) {
    const auto root = make_authority("Test", {}, k_now).value();
    auto made = issue_certificate(root, {{"localhost"}, {}}, k_now).value();
    made.key = root.key;
    EXPECT_FALSE(make_tls_context(made));
    EXPECT_FALSE(make_tls_context({"rubbish", "rubbish"}));
}

struct TlsKeeperTest : ::testing::Test {
    std::filesystem::path folder;
    ManualClock clock{k_now};
    TlsKeeperTest() {
        std::string pattern = "/tmp/anlan-tls-XXXXXX";
        folder = mkdtemp(pattern.data());
    }
    ~TlsKeeperTest() override { std::filesystem::remove_all(folder); }
    TlsOptions options(std::vector<std::string> required = {}) {
        return {.secrets = folder,
                .certificate = {},
                .key = {},
                .names = {{"localhost"}, {"127.0.0.1", "8.8.8.8"}},
                .required = std::move(required),
                .clock = &clock};
    }
};

TEST_F(TlsKeeperTest, MakesWhatIsMissingOnceAndKeepsItsKeysToItself) {
    const auto first = TlsKeeper::open(options()).value();
    // An address of the open internet is left out, and asked for again in vain.
    EXPECT_EQ(first->facts().names, (ServerNames{{"localhost"}, {"127.0.0.1"}}));
    EXPECT_FALSE(first->refresh(options().names).value());
    const auto again = TlsKeeper::open(options()).value();
    EXPECT_EQ(again->facts().sha256, first->facts().sha256);
    EXPECT_EQ(again->authority()->sha256, first->authority()->sha256);
    for (const char* name : {"authority.key", "server.key"}) {
        struct stat about{};
        ASSERT_EQ(stat((folder / name).c_str(), &about), 0);
        EXPECT_EQ(about.st_mode & 0777, 0600U) << name;
    }
}

TEST_F(TlsKeeperTest, RenewsInTimeUnderTheSameRoot) {
    const auto keeper = TlsKeeper::open(options()).value();
    const auto first = keeper->facts();
    clock.advance(360 * k_day_ms);
    EXPECT_FALSE(keeper->refresh(options().names).value());
    clock.advance(10 * k_day_ms);
    EXPECT_TRUE(keeper->refresh(options().names).value());
    EXPECT_GT(keeper->facts().valid_to - clock.now(), 390 * k_day_ms);
    EXPECT_NE(keeper->facts().sha256, first.sha256);
    ssl_st* tls = keeper->new_tls();
    ASSERT_NE(tls, nullptr);
    SSL_free(tls);
}

TEST_F(TlsKeeperTest, TakesOverWhatChangesWhileItRuns) {
    const auto keeper = TlsKeeper::open(options()).value();
    const auto first = keeper->facts().sha256;
    EXPECT_TRUE(
        keeper->refresh({{"localhost"}, {"127.0.0.1", "10.9.8.7"}}).value());  // a new address
    EXPECT_EQ(keeper->facts().names.addresses.back(), "10.9.8.7");
    ASSERT_TRUE(issue_server(options()));  // `anlan certificate renew` beside it
    EXPECT_TRUE(keeper->refresh(options().names).value());
    EXPECT_NE(keeper->facts().sha256, first);
    std::ofstream(folder / "server.crt") << "rubbish";
    const auto present = keeper->facts().sha256;
    EXPECT_FALSE(keeper->refresh(options().names));
    EXPECT_EQ(keeper->facts().sha256, present) << "the good one stays in use";
}

TEST_F(TlsKeeperTest, ANameThatTheRootMayNotVouchForStopsTheStart) {
    ASSERT_TRUE(TlsKeeper::open(options()));
    const auto refused = TlsKeeper::open(options({"anlan.port.example"}));
    ASSERT_FALSE(refused);
    EXPECT_TRUE(refused.error().is(errors::k_bad_server_name));
    EXPECT_FALSE(init_authority(options({"anlan.port.example"}), Replace::no));
    ASSERT_TRUE(init_authority(options({"anlan.port.example"}), Replace::yes));
    const auto keeper = TlsKeeper::open(options({"anlan.port.example"}));
    ASSERT_TRUE(keeper) << text_of(keeper.error(), Language::en);
    EXPECT_EQ((*keeper)->facts().names.names.front(), "anlan.port.example");
}

TEST_F(TlsKeeperTest, PhonesAreBroughtInOverPlainHttpAndNothingElse) {
    const auto keeper = TlsKeeper::open(options()).value();
    PhoneDoor door(keeper.get(), false);
    door.open({.http_port = 8080, .https_port = 8443});
    const auto from = [](std::string peer, std::string target, Channel channel = Channel::plain) {
        Request out{.method = "GET", .target = std::move(target), .peer = std::move(peer)};
        out.headers = {{"host", "10.1.1.1:8080"}};
        out.channel = channel;
        return out;
    };
    EXPECT_TRUE(door.must_be_secure(from("10.0.0.9", "/")));
    EXPECT_TRUE(door.must_be_secure(from("10.0.0.9", "/api/v1/session")));
    EXPECT_FALSE(door.must_be_secure(from("10.0.0.9", "/", Channel::tls)));
    EXPECT_FALSE(door.must_be_secure(from("127.0.0.1", "/")));
    for (const char* open : {"/phone", "/ca.crt", "/healthz", "/ping"})
        EXPECT_FALSE(door.must_be_secure(from("10.0.0.9", open))) << open;
    // What devices report may come in the open; what people read there may not.
    for (const char* open : {"/api/v1/observations", "/api/v1/write", "/v1.1/Observations"}) {
        auto report = from("10.0.0.9", open);
        EXPECT_TRUE(door.must_be_secure(report)) << open;
        report.method = "POST";
        EXPECT_FALSE(door.must_be_secure(report)) << open;
    }
    EXPECT_EQ(door.secure_address(from("10.0.0.9", "/map?x=%20")),
              "https://10.1.1.1:8443/map?x=%20");
    auto evil = from("10.0.0.9", "/");
    evil.headers = {{"host", "evil\"><script>"}};
    EXPECT_EQ(door.secure_address(evil).find('<'), std::string::npos);
    Response page, root;
    ASSERT_TRUE(door.answer(from("10.0.0.9", "/phone"), page));
    EXPECT_NE(page.body->find(keeper->authority()->sha256), std::string::npos);
    EXPECT_NE(page.body->find("https://10.1.1.1:8443/"), std::string::npos);
    ASSERT_TRUE(door.answer(from("10.0.0.9", "/ca.crt"), root));
    EXPECT_EQ(*root.body, keeper->authority()->der);
    Response hostile;
    auto trick = evil;
    trick.target = "/phone";
    ASSERT_TRUE(door.answer(trick, hostile));
    EXPECT_EQ(hostile.body->find("<script"), std::string::npos);
}

// The finder patterns stand in three corners, and the fixed "dark module" at (8, size - 8).
TEST(QrCode, HasItsFixedPatterns) {
    const auto code = QrCode::of("http://10.1.1.1:8080/phone").value();
    ASSERT_GE(code.size, 21);
    const auto dark = [&](int x, int y) {
        return code.dark[static_cast<std::size_t>(y * code.size + x)];
    };
    for (int i = 0; i < 7; ++i) {
        EXPECT_TRUE(dark(i, 0) && dark(0, i) && dark(code.size - 1 - i, 0) &&
                    dark(0, code.size - 1 - i));
        EXPECT_FALSE(dark(i, 7) || dark(7, i));
    }
    EXPECT_TRUE(dark(8, code.size - 8));
    EXPECT_FALSE(QrCode::of(std::string(4000, 'x')));
}

}  // namespace
}  // namespace anlan::center
