#include "foundations/bigdata/sqlite.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/test_folder.h"

#include <gtest/gtest.h>

namespace anlan::sqlite {
namespace {

struct SqliteTest : ::testing::Test {
    test::Folder folder;
    Connection connection{folder.path / "a.db", Mode::create};
};

TEST_F(SqliteTest, ValuesComeBackAsTheyWereBound) {
    connection.execute("CREATE TABLE t (a INTEGER, b REAL, c TEXT, d TEXT, e TEXT, f INTEGER)");
    const Uuid id = Uuid::from_name("x");
    connection.run("INSERT INTO t VALUES (?,?,?,?,?,?)", 7, 2.5, std::string_view("安澜\0x", 8), id,
                   Uuid{}, std::optional<std::int64_t>{});
    auto row = connection.prepare("SELECT * FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.integer(0), 7);
    EXPECT_EQ(row.number(1), 2.5);
    EXPECT_EQ(row.text(2), std::string_view("安澜\0x", 8));
    EXPECT_EQ(row.uuid(3), id);
    EXPECT_TRUE(row.is_null(4));
    EXPECT_TRUE(row.uuid(4).is_nil());
    EXPECT_TRUE(row.is_null(5));
    EXPECT_FALSE(row.step());
}

TEST_F(SqliteTest, AnEmptyTextIsNotNull) {
    connection.execute("CREATE TABLE t (a TEXT)");
    connection.run("INSERT INTO t VALUES (?)", std::string_view{});
    auto row = connection.prepare("SELECT a IS NULL FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.integer(0), 0);
}

TEST_F(SqliteTest, TheSameStatementMayBeOnLoanTwice) {
    connection.execute("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1),(2)");
    auto outer = connection.prepare("SELECT a FROM t ORDER BY a");
    ASSERT_TRUE(outer.step());
    {
        auto inner = connection.prepare("SELECT a FROM t ORDER BY a");
        ASSERT_TRUE(inner.step());
        EXPECT_EQ(inner.integer(0), 1);
    }
    ASSERT_TRUE(outer.step());
    EXPECT_EQ(outer.integer(0), 2);
}

TEST_F(SqliteTest, AnUncommittedTransactionIsRolledBack) {
    connection.execute("CREATE TABLE t (a INTEGER)");
    {
        const Transaction transaction(connection);
        connection.run("INSERT INTO t VALUES (1)");
    }
    EXPECT_FALSE(connection.in_transaction());
    {
        Transaction transaction(connection);
        connection.run("INSERT INTO t VALUES (2)");
        transaction.commit();
    }
    auto row = connection.prepare("SELECT group_concat(a) FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(row.text(0), "2");
}

TEST_F(SqliteTest, AFullDiskIsSaidSo) {
    connection.execute("CREATE TABLE t (a TEXT); PRAGMA max_page_count=8");
    const auto outcome = at_door([&]() -> Result<void> {
        connection.run("INSERT INTO t VALUES (?)", std::string(100'000, 'x'));
        return {};
    });
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().is(errors::k_disk_full));
}

TEST_F(SqliteTest, AReaderDoesNotWrite) {
    connection.execute("CREATE TABLE t (a TEXT)");
    Connection reader(folder.path / "a.db", Mode::read_only);
    EXPECT_THROW(reader.execute("INSERT INTO t VALUES ('x')"), Failure);
    EXPECT_THROW(Connection(folder.path / "none.db", Mode::read_only), Failure);
}

TEST_F(SqliteTest, WritesAreDurable) {
    auto mode = connection.prepare("PRAGMA journal_mode");
    ASSERT_TRUE(mode.step());
    EXPECT_EQ(mode.text(0), "wal");
    auto synchronous = connection.prepare("PRAGMA synchronous");
    ASSERT_TRUE(synchronous.step());
    EXPECT_EQ(synchronous.integer(0), 2);
}

}  // namespace
}  // namespace anlan::sqlite
