// A data folder with a register, accounts, a lake, attachments and secrets is backed up, damaged,
// verified and restored.
#include "foundations/bigdata/accounts.h"
#include "foundations/bigdata/backup/errors.h"
#include "foundations/bigdata/backup/restore.h"
#include "foundations/bigdata/backup/shelf.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/lake_archive.h"
#include "foundations/bigdata/test_register.h"

#include <sys/resource.h>
#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

namespace anlan::bigdata::backup {
namespace {

namespace fs = std::filesystem;
using Faults = std::vector<std::string>;

constexpr std::string_view k_passphrase = "correct horse battery";

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void flip_a_byte(const fs::path& file, std::int64_t at) {
    std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
    out.seekg(at);
    const char was = static_cast<char>(out.get());
    out.seekp(at);
    out.put(static_cast<char>(was ^ 0x20));
}

class BackupTest : public test::RegisterTest {
  protected:
    void SetUp() override {
        RegisterTest::SetUp();
        accounts = open_accounts(data() / "accounts.db");
        Account account;
        account.account = "shenlan";
        account.name = "沈岚";
        account.roles = {"all"};
        ASSERT_TRUE(accounts->create(account, "a long enough word", by_program("dongjiang")));
        Lake::Options lake_options;
        lake_options.folder = data() / "lake";
        lake_options.clock = &clock;
        lake = Lake::open(lake_options).value();
        test::put(data() / "files/ab/abcdef", "a photograph");
        test::put(data() / "secrets/tls/root.key", "the key");
    }
    std::unique_ptr<Accounts> open_accounts(const fs::path& file) {
        Accounts::Options options;
        options.database = file;
        options.clock = &clock;
        options.random = &random;
        options.ids = &ids;
        options.hash_memory_bytes = 8 << 20;
        options.hash_passes = 1;
        return Accounts::open(std::move(options)).value();
    }
    [[nodiscard]] fs::path data() const { return folder.path / "data"; }
    [[nodiscard]] fs::path shelf() const { return folder.path / "shelf"; }
    [[nodiscard]] Source source() const {
        return {.register_file = database(),
                .accounts_file = data() / "accounts.db",
                .files = data() / "files",
                .secrets = data() / "secrets",
                .lake = lake.get(),
                .clock = &clock,
                .program = "0.1.0",
                .catalog = "c1"};
    }
    Result<Made> back_up(MakeOptions options = {}) {
        clock.advance(1000);
        options.shelf = shelf();
        return make(source(), options);
    }
    Result<void> observe(std::int64_t first, std::int64_t count) {
        const auto number = lake->number_of({Uuid::from_name("stream"), "live"});
        std::vector<Observation> rows;
        for (std::int64_t i = first; i < first + count; ++i)
            rows.push_back({number, {1000 + i}, {1001 + i}, static_cast<double>(i) / 8, {}});
        std::promise<Result<void>> done;
        lake->append(std::move(rows), [&](Result<void> r) { done.set_value(std::move(r)); });
        return done.get_future().get();
    }
    Result<Applied> add_thing(const std::string& name) { return write(create({{"name", name}})); }
    [[nodiscard]] RestoreOptions into(const std::string& name) const {
        return {.data = folder.path / name,
                .passphrase = std::string(k_passphrase),
                .program = "0.1.0",
                .clock = &clock};
    }
    static std::vector<std::string> faults_of(const fs::path& backup) {
        std::vector<std::string> out;
        const auto looked = verify(backup, {});
        if (!looked) return {std::string(looked.error().row->id)};
        for (const auto& fault : looked->faults)
            out.push_back(fault.where + ": " + std::string(fault.row->id));
        return out;
    }

    std::unique_ptr<Accounts> accounts;
    std::unique_ptr<Lake> lake;
};

TEST_F(BackupTest, WhatIsRestoredIsWhatWasThere) {
    ASSERT_TRUE(add_thing("一号泵"));
    ASSERT_TRUE(observe(0, 5000));
    const auto session = accounts->sign_in("shenlan", "a long enough word", "10.0.0.1");
    ASSERT_TRUE(session);
    const auto made = back_up({.passphrase = std::string(k_passphrase)});
    ASSERT_TRUE(made) << text_of(made.error(), Language::en);
    EXPECT_EQ(made->manifest.sequence, 1);
    EXPECT_EQ(made->manifest.head, store->head());
    EXPECT_EQ(made->manifest.lake_rows, 5000);
    EXPECT_EQ(made->manifest.secrets, Secrets::sealed);
    EXPECT_EQ(faults_of(made->folder), Faults{});
    // What comes later is not in it.
    ASSERT_TRUE(add_thing("二号泵"));
    ASSERT_TRUE(observe(5000, 10));

    const auto restored = restore(pick(shelf()).value(), into("new"));
    ASSERT_TRUE(restored) << text_of(restored.error(), Language::en);
    const fs::path data_again = folder.path / "new";
    const auto verdict = verify_journal(data_again / "register.db");
    ASSERT_TRUE(verdict);
    EXPECT_FALSE(verdict->broken_at);
    EXPECT_EQ(verdict->head, made->manifest.head);
    EXPECT_EQ(contents(data_again / "files/ab/abcdef"), "a photograph");
    EXPECT_EQ(contents(data_again / "secrets/tls/root.key"), "the key");
    EXPECT_FALSE(fs::exists(data_again / k_restoring));

    auto again = Register::open({.database = data_again / "register.db",
                                 .catalog = &*catalog,
                                 .clock = &clock,
                                 .ids = &ids});
    ASSERT_TRUE(again);
    const auto things = (*again)->all(live, "thing");
    ASSERT_EQ(things->size(), 1u);
    EXPECT_EQ(things->front().fields.at("name"), "一号泵");
    auto lake_again = Lake::open({.folder = data_again / "lake", .clock = &clock});
    ASSERT_TRUE(lake_again);
    const auto number = (*lake_again)->number_of({Uuid::from_name("stream"), "live"});
    const auto raw = (*lake_again)->raw(number, {0}, {1'000'000}, 10'000);
    ASSERT_EQ(raw->size(), 5000u);
    EXPECT_EQ(raw->at(4999).value, 4999.0 / 8);
    EXPECT_EQ((*lake_again)->last(number)->at.ms, 5999);
    // The account is there, its session is not.
    auto accounts_again = open_accounts(data_again / "accounts.db");
    EXPECT_FALSE(accounts_again->resume(session->cookie));
    EXPECT_TRUE(accounts_again->sign_in("shenlan", "a long enough word", "10.0.0.1"));
    EXPECT_TRUE(accounts->resume(session->cookie));
    // Another lake from now on: its rows go another way than the first one's.
    EXPECT_NE((*rows_of(**lake_again))->extent()->identity, (*rows_of(*lake))->extent()->identity);
}

TEST_F(BackupTest, IsOfOneMomentWhileWritersGoOn) {
    std::atomic<bool> enough = false;
    std::atomic<std::int64_t> written = 0, observed = 0;
    std::thread writer([&] {
        while (!enough) written += add_thing("物 " + std::to_string(written)) ? 1 : 0;
    });
    std::thread observer([&] {
        while (!enough) observed += observe(observed, 100) ? 100 : 0;
    });
    while (written < 20 || observed < 500) std::this_thread::yield();
    for (int round = 0; round < 3; ++round) {
        const std::int64_t written_before = written, observed_before = observed;
        std::int64_t written_during = 0;
        const auto made = back_up({.bytes_per_s = 8 << 20, .progress = [&](auto, auto) {
                                       written_during = written - written_before;
                                   }});
        ASSERT_TRUE(made) << text_of(made.error(), Language::en);
        EXPECT_GE(made->manifest.sequence, written_before);
        EXPECT_GE(made->manifest.lake_rows, observed_before);
        EXPECT_GT(written_during, 0) << "the copy held the writer up";
        EXPECT_EQ(faults_of(made->folder), Faults{});
    }
    enough = true;
    writer.join();
    observer.join();
}

TEST_F(BackupTest, TheNextOneSharesWhatHasNotChanged) {
    ASSERT_TRUE(observe(0, 500'000));
    ASSERT_TRUE(observe(500'000, k_archive_rows - 500'000 + 7));
    const auto first = back_up();
    ASSERT_TRUE(first);
    ASSERT_TRUE(observe(2'000'000, 5));
    test::put(data() / "files/cd/cdef01", "another");
    const auto second = back_up();
    ASSERT_TRUE(second);
    const auto same = [&](const std::string& path) {
        return fs::equivalent(first->folder / path, second->folder / path);
    };
    EXPECT_TRUE(same("lake/observation-000000000000.parquet"));
    EXPECT_FALSE(same("lake/observation-000000983040.parquet"));
    EXPECT_TRUE(same("files/ab/abcdef"));
    EXPECT_FALSE(same("register.db"));
    EXPECT_GT(second->linked_bytes, 0u);
    EXPECT_EQ(second->manifest.lake_rows, k_archive_rows + 12);
    EXPECT_EQ(faults_of(second->folder), Faults{});
    // Neither does the second depend on the first.
    ASSERT_TRUE(backup::remove(shelf(), first->folder.filename().string()));
    EXPECT_EQ(faults_of(second->folder), Faults{});
    // What is damaged is not handed on.
    ASSERT_TRUE(remember(second->folder, {clock.now(), 1}));
    const auto third = back_up();
    ASSERT_TRUE(third);
    EXPECT_EQ(third->linked_bytes, 0u);
}

TEST_F(BackupTest, EveryDamageIsFoundAndNamed) {
    ASSERT_TRUE(add_thing("一号泵"));
    ASSERT_TRUE(observe(0, 3000));
    for (const std::string path :
         {"register.db", "accounts.db", "lake/streams.json",
          "lake/observation-000000000000.parquet", "files/ab/abcdef", "secrets.sealed"}) {
        const auto made = back_up({.passphrase = std::string(k_passphrase)});
        ASSERT_TRUE(made);
        flip_a_byte(made->folder / path, 5);
        EXPECT_EQ(faults_of(made->folder), Faults{path + ": backup_file_hash"});
        fs::resize_file(made->folder / path, 3);
        EXPECT_EQ(faults_of(made->folder), Faults{path + ": backup_file_size"});
        fs::remove(made->folder / path);
        EXPECT_EQ(faults_of(made->folder), Faults{path + ": backup_file_missing"});
        const auto refused = restore(made->folder, into("never"));
        ASSERT_FALSE(refused);
        EXPECT_FALSE(fs::exists(folder.path / "never"));
    }
    const auto made = back_up();
    ASSERT_TRUE(made);
    test::put(made->folder / "files/ab/stranger", "?");
    EXPECT_EQ(faults_of(made->folder), Faults{"files/ab/stranger: backup_file_stray"});
    flip_a_byte(made->folder / k_manifest_file, 40);
    EXPECT_EQ(faults_of(made->folder), Faults{"backup_manifest"});
}

// The hashes of the files are right, the contents are another journal's: the chain tells.
TEST_F(BackupTest, ARegisterThatIsNotTheManifestsIsFound) {
    ASSERT_TRUE(add_thing("一号泵"));
    const auto made = back_up();
    ASSERT_TRUE(made);
    Manifest lying = made->manifest;
    lying.sequence += 1;
    lying.lake_rows += 1;
    lying.accounts += 1;
    ASSERT_TRUE(write_file(made->folder / k_manifest_file, to_text(lying)));
    EXPECT_EQ(faults_of(made->folder),
              (Faults{"register.db: backup_unsound", "accounts.db: backup_unsound",
                      "lake/streams.json: backup_unsound"}));
}

TEST_F(BackupTest, AStopOrAFullDiskLeavesTheShelfAsItWas) {
    ASSERT_TRUE(add_thing("一号泵"));
    ASSERT_TRUE(back_up());
    ASSERT_EQ(list(shelf())->size(), 1u);

    std::stop_source stop;
    const auto stopped =
        back_up({.progress = [&](auto, auto) { stop.request_stop(); }, .stop = stop.get_token()});
    ASSERT_FALSE(stopped);
    EXPECT_TRUE(stopped.error().is(errors::k_backup_stopped));

    // A file size limit is to a program what a full disk is.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{20'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    const auto full = back_up();
    setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_FALSE(full);
    EXPECT_TRUE(full.error().is(errors::k_backup_no_room)) << text_of(full.error(), Language::en);

    std::vector<std::string> names;
    for (const auto& each : fs::directory_iterator(shelf()))
        names.push_back(each.path().filename().string());
    EXPECT_EQ(names.size(), 2u);  // the first backup, and .lock
    EXPECT_EQ(faults_of(list(shelf())->front().folder), Faults{});
    EXPECT_TRUE(back_up());
}

TEST_F(BackupTest, WhatADeadRunLeftIsSweptAwayAndNeverTakenForABackup) {
    test::put(shelf() / ".making-20261119T060000.000Z/register.db", "half");
    test::put(shelf() / "20261118T060000.000Z/register.db", "no manifest");
    const auto nothing = pick(shelf());
    ASSERT_FALSE(nothing);
    EXPECT_TRUE(nothing.error().is(errors::k_no_backup));
    const auto made = back_up();
    ASSERT_TRUE(made);
    EXPECT_FALSE(fs::exists(shelf() / ".making-20261119T060000.000Z"));
    EXPECT_EQ(pick(shelf()).value(), made->folder);
    const auto all = list(shelf());
    ASSERT_EQ(all->size(), 2u);
    EXPECT_FALSE(all->front().manifest);
}

TEST_F(BackupTest, WithoutAPassphraseSecretsAreLeftOutAndItSaysSo) {
    const auto made = back_up();
    ASSERT_TRUE(made);
    EXPECT_EQ(made->manifest.secrets, Secrets::left_out);
    const auto files = files_below(made->folder).value();
    for (const auto& path : files)
        EXPECT_EQ(contents(made->folder / path).find("the key"), std::string::npos) << path;
    const auto weak = back_up({.passphrase = "short"});
    ASSERT_FALSE(weak);
    EXPECT_TRUE(weak.error().is(errors::k_passphrase_weak));
}

TEST_F(BackupTest, FilesAreTheirOwnersAlone) {
    ASSERT_TRUE(observe(0, 10));
    const auto made = back_up({.passphrase = std::string(k_passphrase)});
    ASSERT_TRUE(made);
    const auto files = files_below(made->folder).value();
    for (const auto& path : files) {
        const auto mode = fs::status(made->folder / path).permissions();
        EXPECT_EQ(mode & (fs::perms::group_all | fs::perms::others_all), fs::perms::none) << path;
    }
    EXPECT_EQ(fs::status(made->folder).permissions(), fs::perms::owner_all);
}

TEST_F(BackupTest, ARestoreRefusesWhatItShould) {
    const auto made = back_up({.passphrase = std::string(k_passphrase)});
    ASSERT_TRUE(made);
    const auto refusal = [&](RestoreOptions options) {
        const auto done = restore(pick(shelf()).value(), options);
        return done ? std::string("accepted") : std::string(done.error().row->id);
    };
    auto no_passphrase = into("a");
    no_passphrase.passphrase.reset();
    EXPECT_EQ(refusal(no_passphrase), "passphrase_needed");
    auto wrong = into("a");
    wrong.passphrase = "another long passphrase";
    EXPECT_EQ(refusal(wrong), "passphrase_wrong");
    auto old = into("a");
    old.program = "0.0.9";
    EXPECT_EQ(refusal(old), "backup_newer");
    EXPECT_FALSE(fs::exists(folder.path / "a"));
    test::put(folder.path / "b/notes.txt", "mine");
    EXPECT_EQ(refusal(into("b")), "folder_not_empty");
    EXPECT_EQ(contents(folder.path / "b/notes.txt"), "mine");
    EXPECT_EQ(refusal(into("data")), "folder_not_empty");
    no_passphrase.secrets = WithSecrets::no;
    EXPECT_EQ(refusal(no_passphrase), "accepted");
    EXPECT_TRUE(fs::is_empty(folder.path / "a/secrets"));
}

TEST_F(BackupTest, ARestoreThatWasCutOffIsBegunAgain) {
    ASSERT_TRUE(add_thing("一号泵"));
    const auto made = back_up();
    ASSERT_TRUE(made);
    test::put(folder.path / "half/.restoring/register.db", "half");
    test::put(folder.path / "half/lake/lake.duckdb", "half");
    const auto done = restore(pick(shelf()).value(), into("half"));
    ASSERT_TRUE(done) << text_of(done.error(), Language::en);
    EXPECT_EQ(verify_journal(folder.path / "half/register.db")->head, made->manifest.head);
    EXPECT_TRUE(Lake::open({.folder = folder.path / "half/lake", .clock = &clock}));
}

TEST(Manifest, RefusesPathsThatLeadOutsideAndNewerFormats) {
    Manifest manifest;
    manifest.made_at = {1'700'000'000'000};
    manifest.program = "0.1.0";
    manifest.files = {{"a", 1, std::string(64, '0'), 0, 0}};
    ASSERT_TRUE(parse_manifest(to_text(manifest)));
    for (const char* path : {"../a", "/a", "a/../../b", "", "a//../b"}) {
        manifest.files[0].path = path;
        EXPECT_FALSE(parse_manifest(to_text(manifest))) << path;
    }
    const auto newer = parse_manifest(R"({"manifest":{"format":99,"program":"7.0"},"sm3":""})");
    ASSERT_FALSE(newer);
    EXPECT_TRUE(newer.error().is(errors::k_backup_newer));
}

TEST(Versions, AreComparedAsNumbers) {
    EXPECT_EQ(compare_versions("0.1.0", "0.1.0"), 0);
    EXPECT_EQ(compare_versions("0.10.0", "0.9.9"), 1);
    EXPECT_EQ(compare_versions("1", "1.0.1"), -1);
    EXPECT_EQ(compare_versions("0.1.0-rc1", "0.1.0"), 0);
}

}  // namespace
}  // namespace anlan::bigdata::backup
