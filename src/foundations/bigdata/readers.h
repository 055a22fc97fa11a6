// The register's other connections: many that read, and the one that copies the log back.
#pragma once

#include "foundations/bigdata/sqlite.h"

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace anlan::bigdata {

/// Read connections, each lent to one reader at a time; the next one waits. They know
/// text_matches().
class Readers {
  public:
    Readers(const std::filesystem::path& database, std::size_t count);

    class Lease {
      public:
        Lease(Readers& readers, std::unique_ptr<sqlite::Connection> connection)
            : m_readers(readers), m_connection(std::move(connection)) {}
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        ~Lease() { m_readers.give_back(std::move(m_connection)); }
        sqlite::Connection* operator->() { return m_connection.get(); }
        sqlite::Connection& operator*() { return *m_connection; }

      private:
        Readers& m_readers;
        std::unique_ptr<sqlite::Connection> m_connection;
    };

    Lease lend();

  private:
    void give_back(std::unique_ptr<sqlite::Connection> connection);

    std::mutex m_mutex;
    std::condition_variable m_free;
    std::vector<std::unique_ptr<sqlite::Connection>> m_idle;
};

/// Copies the write-ahead log into the database on a thread of its own, so that no write waits for
/// it. Problems (a full disk) are left to the next time.
class Checkpointer {
  public:
    explicit Checkpointer(const std::filesystem::path& database);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// From the writer after each commit.
    void note_log(int pages);
    /// Copies all and empties the log's file, so that it holds nothing of the past; gives up after
    /// five seconds of readers in the way.
    void empty_log();

  private:
    void run();

    std::mutex m_use;  ///< The connection's.
    sqlite::Connection m_connection;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_wanted = false, m_stopping = false;
    int m_copied_at = 0;  ///< Pages in the log when it was last copied.
    std::thread m_thread;
};

}  // namespace anlan::bigdata
