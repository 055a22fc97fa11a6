// The chain: every altered byte is found, and where; an erased payload still verifies.
#include "foundations/bigdata/journal.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/sqlite.h"
#include "foundations/bigdata/test_register.h"

namespace anlan::bigdata::test {
namespace {

struct JournalTest : RegisterTest {
    void SetUp() override {
        RegisterTest::SetUp();
        Batch b = batch({});
        b.author.user = Uuid::from_name("chenmo");
        b.request_id = "r-1";
        for (int i = 0; i < 10; ++i) {
            b.changes = {create({{"name", "事" + std::to_string(i)}})};
            b.changes[0].reason = "因";
            ASSERT_TRUE(store->write(b));
        }
        store.reset();
    }
    /// Changes the file behind the register's back, and puts it right again afterwards.
    std::string after(const std::string& sql) {
        const auto copy = folder.path / "copy.db";
        std::filesystem::copy_file(database(), copy,
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::remove(copy.string() + "-wal");
        std::filesystem::remove(copy.string() + "-shm");
        {
            sqlite::Connection connection(copy, sqlite::Mode::create);
            connection.execute(sql);
            EXPECT_GT(connection.changes(), 0) << sql;
        }
        const auto verdict = verify_journal(copy);
        if (!verdict) return text_of_error(verdict.error());
        return verdict->broken_at ? std::to_string(*verdict->broken_at) + " " + verdict->what
                                  : "whole";
    }
};

TEST_F(JournalTest, AnUntouchedJournalIsWhole) {
    const auto verdict = verify_journal(database());
    ASSERT_TRUE(verdict) << text_of_error(verdict.error());
    EXPECT_EQ(verdict->entries, 10);
    EXPECT_FALSE(verdict->broken_at);
    EXPECT_EQ(verdict->head.size(), 64u);
    open();
    EXPECT_EQ(store->head(), verdict->head);
    EXPECT_FALSE(verify_journal(database())->broken_at);  // In use, too.
}

TEST_F(JournalTest, AnAlteredPayloadIsFound) {
    EXPECT_EQ(
        after("UPDATE journal SET payload = replace(payload, '事4', '事X') WHERE sequence = 5"),
        "5 payload altered");
    EXPECT_EQ(after("UPDATE journal SET payload = payload || ' ' WHERE sequence = 10"),
              "10 payload altered");
    EXPECT_EQ(after("UPDATE journal SET payload = NULL WHERE sequence = 3"), "3 payload missing");
}

TEST_F(JournalTest, EveryAlteredHeaderIsFound) {
    for (const char* change :
         {"at = at + 1", "user = NULL", "user = upper(user)", "actor = 'x'", "origin = 'api'",
          "action = 'update'", "action = 'made'", "move = 'go'", "kind = 'event'",
          "record = '019a0000-0000-7000-8000-00000000000a'", "record = 'x'", "zone = 'z'",
          "space = 's'", "revision = 2", "catalog = ''", "request = ''",
          "payload_hash = replace(payload_hash, substr(payload_hash, 1, 1), 'g')",
          "hash = replace(hash, substr(hash, 1, 1), 'g')"}) {
        EXPECT_EQ(
            after(std::string("UPDATE journal SET ") + change + " WHERE sequence = 7").substr(0, 2),
            "7 ")
            << change;
    }
}

TEST_F(JournalTest, AMissingEntryIsFound) {
    EXPECT_EQ(after("DELETE FROM journal WHERE sequence = 1"), "1 entry missing");
    EXPECT_EQ(after("DELETE FROM journal WHERE sequence = 6"), "6 entry missing");
    EXPECT_EQ(after("DELETE FROM journal WHERE sequence = 10"), "10 entry missing");
    EXPECT_EQ(after("DELETE FROM journal"), "1 entry missing");
    EXPECT_EQ(after("DELETE FROM journal WHERE sequence = 6; UPDATE journal SET sequence = "
                    "sequence - 1 WHERE sequence > 6"),
              "6 header or hash altered");
}

TEST_F(JournalTest, AnErasedPayloadStillVerifies) {
    EXPECT_EQ(after("UPDATE journal SET payload = NULL, erased_at = 1 WHERE sequence = 4"),
              "whole");
    EXPECT_EQ(
        after("UPDATE journal SET payload = NULL, erased_at = 1, actor = 'x' WHERE sequence = 4"),
        "4 header or hash altered");
}

TEST_F(JournalTest, ErasedEntriesAreReadWithoutTheirContent) {
    {
        sqlite::Connection connection(database(), sqlite::Mode::create);
        connection.execute("UPDATE journal SET payload = NULL, erased_at = 1 WHERE sequence = 4");
    }
    open();
    const auto entries = store->entries(live, 3, 1);
    ASSERT_EQ(entries->size(), 1u);
    EXPECT_EQ(entries->front().after.kind, "thing");
    EXPECT_TRUE(entries->front().after.fields.empty());
    EXPECT_EQ(entries->front().reason, "");
}

TEST_F(JournalTest, ADatabaseThatIsNoneIsSaid) {
    EXPECT_EQ(said(verify_journal(folder.path / "none.db")), "io");
    put(folder.path / "text.db", "this is no database, and long enough to be looked at as one");
    EXPECT_EQ(said(verify_journal(folder.path / "text.db")), "io");
}

// The form of journal.h, spelled out by hand: an auditor's tool must be able to follow it.
TEST_F(JournalTest, TheFormIsTheDocumentedOne) {
    sqlite::Connection connection(database(), sqlite::Mode::read_only);
    auto row = connection.prepare(
        "SELECT at, record, catalog, payload, payload_hash, hash FROM journal WHERE sequence = 1");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.text(4), hex(sm3(row.text(3))));
    const std::string header =
        R"({"action":"create","actor":"test","at":)" + std::to_string(row.integer(0)) +
        R"(,"catalog":")" + std::string(row.text(2)) +
        R"(","kind":"thing","move":"","origin":"command_line","record":")" +
        std::string(row.text(1)) +
        R"(","request":"r-1","revision":1,"sequence":1,"space":"live","user":")" +
        Uuid::from_name("chenmo").text() + R"(","v":1,"zone":"demo"})";
    EXPECT_EQ(row.text(5),
              hex(sm3(std::string(64, '0') + "\n" + header + "\n" + std::string(row.text(4)))));
    EXPECT_TRUE(row.text(3).starts_with(R"({"after":{"created_at":)"));
    EXPECT_TRUE(row.text(3).ends_with(R"("before":{},"reason":"因"})"));
}

// What is written piece by piece is the canonical form of the value, whatever the record holds.
TEST_F(JournalTest, EveryPayloadIsTheCanonicalFormOfWhatItSays) {
    open();
    Change c = create({{"name", "\"引号\"\\ <script>"},
                       {"number", "Q1"},
                       {"size", 0.1},
                       {"note", "甲\n乙"},
                       {"more", {{"b", {1, 2.5, nullptr}}, {"a", "\x7f"}}}});
    c.geometry = Geometry::point({117.7, 38.9});
    c.scope = Scope{Uuid::from_name("grid"), {}, Uuid::from_name("bureau")};
    c.reason = "因 \"x\"\t";
    const auto there = written(c);
    written(update(there.id, {{"size", nullptr}, {"name", "新"}}));
    written(remove(there.id));
    int seen = 0;
    sqlite::Connection connection(database(), sqlite::Mode::read_only);
    auto row = connection.prepare("SELECT payload FROM journal");
    const auto entries = *store->entries(live, 0, 100);
    for (const auto& entry : entries) {
        ASSERT_TRUE(row.step());
        EXPECT_EQ(row.text(0), canonical_text(json::object{{"after", to_json(entry.after)},
                                                           {"before", entry.before},
                                                           {"reason", entry.reason}}));
        ++seen;
    }
    EXPECT_EQ(seen, 13);
}

}  // namespace
}  // namespace anlan::bigdata::test
