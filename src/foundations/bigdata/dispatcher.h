// Hands journal entries to listeners: in order, each exactly once, on one thread. Recent entries
// come from memory right after their commit; a listener that starts further back reads the table
// first.
#pragma once

#include "foundations/bigdata/register.h"

#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace anlan::bigdata {

using EntryPointer = std::shared_ptr<const Entry>;

class Dispatcher {
  public:
    /// Entries after `since`, oldest first, at most `limit`, from the table. Called on the dispatch
    /// thread; an error is tried again.
    using Fetch =
        std::function<Result<std::vector<EntryPointer>>(std::int64_t since, std::size_t limit)>;

    Dispatcher(Fetch fetch, std::int64_t last_sequence);
    ~Dispatcher();  ///< What is not yet delivered is not delivered any more.
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// Just committed, following what was published before.
    void publish(std::vector<EntryPointer> entries);
    std::unique_ptr<Register::Subscription> listen(std::int64_t since, Register::Listener listener);

  private:
    struct Shared;
    struct Handle;
    static void run(const std::shared_ptr<Shared>& shared, const Fetch& fetch);

    std::shared_ptr<Shared> m_shared;
    std::thread m_thread;
};

}  // namespace anlan::bigdata
