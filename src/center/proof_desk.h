// Checks the journal's chain in the background, one check at a time, and says how far it is.
//
// The check reads one snapshot of the register's file; writers go on. Cost: about 3 s for a million
// entries. Nothing is kept over a restart: a proof is worth what it says now.
#pragma once

#include "core/route.h"
#include "core/time.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace anlan::center {

class ProofDesk {
  public:
    /// `head` answers the journal's last sequence: what a check will have to read.
    ProofDesk(std::filesystem::path database, const Clock& clock,
              std::function<std::int64_t()> head);
    ~ProofDesk();  ///< Stops a check that runs.
    ProofDesk(const ProofDesk&) = delete;
    ProofDesk& operator=(const ProofDesk&) = delete;

    /// Begins a check, unless one runs already. Answers state().
    json::object start();
    /// {state: never | running | sound | broken | failed, checked, of, started_at?, finished_at?,
    ///  head?, broken_at?, what?{zh,en}}
    [[nodiscard]] json::object state() const;
    /// POST begins (202), GET tells; both need the right journal.verify. The desk must outlive
    /// them.
    RouteRows routes();

  private:
    void check();

    const std::filesystem::path m_database;
    const Clock& m_clock;
    const std::function<std::int64_t()> m_head;
    std::atomic<std::int64_t> m_checked{0};
    std::atomic<bool> m_stopping{false};
    mutable std::mutex m_mutex;
    json::object m_said{{"state", "never"}};  ///< Under m_mutex, as is m_thread.
    std::thread m_thread;
};

}  // namespace anlan::center
