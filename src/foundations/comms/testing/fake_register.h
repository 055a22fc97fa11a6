// Test double of the register: everything in memory, as strict about the catalog as the real one,
// and deterministic: a write_later waits until settle(), which then hands the entries to the
// listeners one by one, as the journal's dispatch thread would. For tests only.
#pragma once

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/register.h"

#include <deque>
#include <map>
#include <set>

namespace anlan::testing {

/// The shipped catalog, read once.
const bigdata::Catalog& shipped_catalog();

class FakeRegister final : public bigdata::Register {
  public:
    FakeRegister(const bigdata::Catalog& catalog, const Clock& clock, IdSource& ids)
        : m_catalog(catalog), m_clock(clock), m_ids(ids) {}

    Result<bigdata::Applied> write(bigdata::Batch batch) override;
    void write_later(bigdata::Batch batch,
                     std::function<void(Result<bigdata::Applied>)> done) override;
    Result<bigdata::Record> get(const bigdata::View& view, std::string_view kind,
                                Uuid id) const override;
    Result<bigdata::Page> list(const bigdata::View& view, std::string_view kind,
                               const bigdata::Query& query) const override;
    Result<std::vector<bigdata::Record>> all(
        const bigdata::View& view, std::string_view kind,
        const std::vector<bigdata::Condition>& where = {}) const override;
    Result<Count> count(const bigdata::View& view, std::string_view kind,
                        const bigdata::Query& query) const override;
    Result<std::vector<bigdata::Entry>> entries(const bigdata::View& view, std::int64_t since,
                                                std::size_t limit, std::string_view kind = {},
                                                Uuid id = {}) const override;
    Result<std::int64_t> sequence_at(Timestamp) const override { return last_sequence(); }
    Result<bigdata::Record> erase(bigdata::Erasure) override {
        return fail(errors::k_no_such_record);
    }
    std::int64_t last_sequence() const override {
        return static_cast<std::int64_t>(m_journal.size());
    }
    std::string head() const override { return {}; }
    std::unique_ptr<Subscription> listen(std::int64_t since, Listener listener) override;
    Result<std::int64_t> open_space(std::string_view zone, std::string_view space) override;
    Result<void> close_space(std::string_view zone, std::string_view space) override;

    /// Writes what waits and delivers entries until nothing moves any more. Fails the process after
    /// 10,000 rounds: two listeners that answer each other for ever.
    void settle();
    /// A crash: what waits is lost, the listeners are gone, what is written stays.
    void crash();
    /// The next `count` writes are refused, as when the disk is full.
    void refuse_next(int count) { m_refuse = count; }

    /// For assertions and for setting the scene.
    bigdata::Record put(std::string_view kind, Uuid id, json::object fields,
                        std::optional<Geometry> geometry = {},
                        std::string_view space = bigdata::k_live, std::string_view state = {});
    bigdata::Record move(std::string_view kind, Uuid id, std::string_view name,
                         json::object fields = {}, std::string_view space = bigdata::k_live,
                         std::string_view who = "陈默");
    std::vector<bigdata::Record> rows(std::string_view kind,
                                      std::string_view space = bigdata::k_live) const;
    const std::vector<bigdata::Entry>& journal() const { return m_journal; }

  private:
    struct Later {
        bigdata::Batch batch;
        std::function<void(Result<bigdata::Applied>)> done;
    };
    using Key = std::pair<std::string, Uuid>;  ///< Space and id.
    Result<bigdata::Record> change_one(const bigdata::Batch& batch, const bigdata::Change& change,
                                       std::map<Key, bigdata::Record>& rows,
                                       std::vector<bigdata::Entry>& entries);
    const bigdata::Record* find(const std::map<Key, bigdata::Record>& rows, std::string_view space,
                                const bigdata::Kind& kind, Uuid id) const;

    const bigdata::Catalog& m_catalog;
    const Clock& m_clock;
    IdSource& m_ids;
    std::map<Key, bigdata::Record> m_rows;
    std::map<std::string, std::map<Key, bigdata::Record>> m_bases;  ///< Of a space: live as it was.
    std::set<std::string> m_closed;
    std::map<std::string, bigdata::Applied> m_keys;
    std::vector<bigdata::Entry> m_journal;
    std::deque<Later> m_later;
    std::vector<Listener> m_listeners;
    std::size_t m_delivered = 0;
    int m_refuse = 0;
};

}  // namespace anlan::testing
