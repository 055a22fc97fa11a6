// The door by which other commands of this program reach the one that serves: a Unix socket in the
// data folder, for the folder's owner alone. One JSON object in, JSON objects out, a line each; the
// last one of an answer has a member "done" or "error". One caller at a time; the next one waits.
#pragma once

#include "core/json.h"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

namespace anlan::center {

/// Sends one line; false when the caller has gone or the program stops.
using Say = std::function<bool(const json::object&)>;

class ControlDoor {
  public:
    using Handler = std::function<json::object(const json::object& request, const Say& say)>;

    /// `handler` runs on the door's own thread; what it returns is the last line. Errors: io.
    static Result<std::unique_ptr<ControlDoor>> open(const std::filesystem::path& data,
                                                     Handler handler);
    ~ControlDoor();
    ControlDoor(const ControlDoor&) = delete;
    ControlDoor& operator=(const ControlDoor&) = delete;

  private:
    ControlDoor(std::filesystem::path file, int listener, int end, Handler handler);
    void work();
    void answer(int caller);

    const std::filesystem::path m_file;
    const int m_listener;
    const int m_end;  ///< An eventfd: readable once the door closes.
    const Handler m_handler;
    std::atomic<bool> m_closing{false};
    std::thread m_thread;
};

/// Asks the program that serves `data`; `hear` gets every line but the last. Nothing when none
/// serves it. Errors: io, when it went away before the last line.
Result<std::optional<json::object>> ask_server(
    const std::filesystem::path& data, const json::object& request,
    const std::function<void(const json::object&)>& hear);

}  // namespace anlan::center
