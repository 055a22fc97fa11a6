#include "foundations/bigdata/readers.h"

#include "foundations/bigdata/query.h"

#include <algorithm>

namespace anlan::bigdata {

namespace {
constexpr int k_pages_between = 1000;  // 4 MB, as SQLite does by itself.
}

Readers::Readers(const std::filesystem::path& database, std::size_t count) {
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
        m_idle.push_back(std::make_unique<sqlite::Connection>(database, sqlite::Mode::read_only));
        define_text_matches(*m_idle.back());
    }
}

Readers::Lease Readers::lend() {
    std::unique_lock lock(m_mutex);
    m_free.wait(lock, [&] { return !m_idle.empty(); });
    auto connection = std::move(m_idle.back());
    m_idle.pop_back();
    return {*this, std::move(connection)};
}

void Readers::give_back(std::unique_ptr<sqlite::Connection> connection) {
    {
        const std::lock_guard lock(m_mutex);
        m_idle.push_back(std::move(connection));
    }
    m_free.notify_one();
}

Checkpointer::Checkpointer(const std::filesystem::path& database)
    : m_connection(database, sqlite::Mode::create), m_thread([this] { run(); }) {}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_one();
    m_thread.join();
}

void Checkpointer::note_log(int pages) {
    {
        const std::lock_guard lock(m_mutex);
        if (pages < m_copied_at) m_copied_at = 0;  // The log has begun anew.
        if (m_wanted || pages - m_copied_at < k_pages_between) return;
        m_copied_at = pages;
        m_wanted = true;
    }
    m_changed.notify_one();
}

void Checkpointer::run() {
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [&] { return m_wanted || m_stopping; });
        if (m_stopping) return;
        lock.unlock();
        try {
            const std::lock_guard use(m_use);
            m_connection.checkpoint();
        } catch (const sqlite::Failure&) {
            // The writer meets the same trouble, and says so.
        }
        lock.lock();
        m_wanted = false;
    }
}

void Checkpointer::empty_log() {
    const std::lock_guard use(m_use);
    try {
        m_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const sqlite::Failure&) {
        // Readers in the way: the log is overwritten in its own time.
    }
}

}  // namespace anlan::bigdata
