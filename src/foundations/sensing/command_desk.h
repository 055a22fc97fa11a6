// Commands to devices: what becomes of a record of kind `device_command`.
//
// Life of a command: queued → its device is connected, at the door of the command's space → sent
// (in the journal before a byte leaves) → done, refused, or uncertain when no answer came. One that
// is not connected waits until its device speaks again or valid_until has passed: expired. Only
// what still waits can be cancelled. One command at a time to each device, in the order of the
// journal.
//
// Whatever the moment at which the program ends, a command is never sent twice unseen: what was
// `sent` without an answer is uncertain after the next start, and to repeat it is a person's new
// command.
#pragma once

#include "foundations/sensing/gateways/gateway.h"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace anlan::sensing {

class CommandDesk {
  public:
    struct Options {
        bigdata::Register* records = nullptr;
        const Clock* clock = nullptr;
        std::string zone;
        /// The listener of a protocol at a door; null when it is closed. Called by the desk's
        /// thread; what it answers must outlive stop().
        std::function<Gateway*(std::string_view protocol, Door door)> gateway;
        std::function<void(const Error&)> report;  ///< For the log; may be empty.
    };
    explicit CommandDesk(Options options);
    ~CommandDesk();
    CommandDesk(const CommandDesk&) = delete;
    CommandDesk& operator=(const CommandDesk&) = delete;

    /// Takes up what the last run left, in the live space and every running exercise. Errors: the
    /// register's.
    Result<void> start();
    /// Every journal entry from then on, in order. Quick.
    void on_entry(const bigdata::Entry& entry);
    /// One round: what was heard, what is due. For tests; otherwise run() calls it.
    void pump();
    /// Rounds on a thread of the desk's own, until stop().
    void run();
    void stop();

  private:
    struct Command;
    struct Inbox;
    using Key = std::pair<std::string, Uuid>;  ///< Space and id.

    Options m_options;
    std::shared_ptr<Inbox> m_inbox;     ///< Shared: an answer may come after the desk's end.
    std::map<Key, Command> m_commands;  ///< Of the thread that pumps alone.
    std::thread m_thread;

    void take_up(const bigdata::Record& record);
    void heard(const bigdata::Entry& entry);
    void drop_space(const std::string& space);
    [[nodiscard]] bool is_busy(const Command& command) const;
    void attend(const Key& key);
    void attempt(const Key& key, Command& command);
    void send(const Key& key, const std::string& protocol);
    void conclude(const Key& key, CommandOutcome outcome);
    void refuse(const Key& key, const Error& error);
    void move(const Key& key, std::string name, json::object fields);
    void moved(const Key& key, const std::string& name, Result<bigdata::Applied> outcome);
};

}  // namespace anlan::sensing
