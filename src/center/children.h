// Child processes: the simulators. Each lives as long as it is wanted and dies with this program.
//
// One thread starts, watches and restarts them (a child's parent, for PR_SET_PDEATHSIG, is the
// thread that made it). A child that ends by itself with an error is started again after 1, 2, 4 …
// 30 s when it is to be kept alive.
#pragma once

#include "core/result.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

namespace anlan::center {

class Children {
  public:
    enum class Keep { alive, until_it_ends };
    using Report = std::function<void(const std::string& name, const std::string& what)>;

    explicit Children(Report report);
    ~Children();
    Children(const Children&) = delete;
    Children& operator=(const Children&) = delete;

    /// Starts this very program with `arguments`, under a name; a child of that name is stopped
    /// first. Returns at once; what fails later is reported.
    void start(const std::string& name, std::vector<std::string> arguments, Keep keep);
    /// Asks it to end (SIGTERM), kills it after two seconds. Nothing when it does not run.
    void stop(const std::string& name);
    /// Stops all; no child starts afterwards.
    void stop_all();
    [[nodiscard]] std::size_t running() const;

  private:
    using Moment = std::chrono::steady_clock::time_point;
    struct Child {
        std::vector<std::string> arguments;
        Keep keep = Keep::alive;
        pid_t pid = 0;  ///< 0: not running.
        bool wanted = true;
        int failures = 0;
        Moment start_at{};  ///< When to start, while not running.
        Moment kill_at{};   ///< When to kill, once asked to end.
    };
    void run();
    void step(Moment now);
    void launch(const std::string& name, Child& child, Moment now);
    void reap(const std::string& name, Child& child, Moment now);

    Report m_report;
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::map<std::string, Child> m_children;
    std::map<std::string, Child> m_next;  ///< Takes a name once its old child has ended.
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace anlan::center
