// Messages to a duty role or a person, with receipts, in a ledger.
//
// Life of a message: a `message` record in state queued (message_change() makes it, so that it can
// be written in one batch with the task it tells of) → its journal entry arrives → its channel
// delivers → sent → read → answered. The ledger is the journal: nothing is sent that is not
// in it first. A message that was queued when the program died is asked after at the channel, and
// is uncertain when the channel cannot say.
//
// All methods but send() run on the journal's dispatch thread or at start. Nothing here blocks.
#pragma once

#include "core/label.h"
#include "foundations/bigdata/register.h"
#include "foundations/comms/channel.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace anlan::comms {

struct Outgoing {
    Uuid id;              ///< From a name where a repetition must not send twice; nil: any.
    Uuid incident, task;  ///< Nil: none.
    std::string to_role;  ///< Code of table duty_role.
    Uuid to_person;
    Label to_text;  ///< As people read it: a name, else the role.
    Label title, text;
    bigdata::Scope scope;
};

/// Live messages go in the program, an exercise's to the simulated channel: nothing leaks out.
std::string_view channel_for(std::string_view space);

/// The change that queues the message.
bigdata::Change message_change(const Outgoing& message, std::string_view space, Timestamp now);

class Messenger {
  public:
    struct Options {
        bigdata::Register* records = nullptr;
        const Clock* clock = nullptr;
        std::string zone;
    };
    Messenger(Options options, std::vector<std::unique_ptr<Channel>> channels);

    /// Asks after what was queued when the program last ended, in the live space and in every
    /// exercise that runs. Errors: those of the register.
    Result<void> start();
    /// Delivers what is queued; fills in read_at, answered_at and answered_by after a person's
    /// move.
    void on_entry(const bigdata::Entry& entry);

    /// Queues without waiting. A message whose id exists already is not sent again.
    void send(const Outgoing& message, std::string_view space, std::string_view origin);

  private:
    Channel* channel_of(const bigdata::Record& message) const;
    void deliver(const bigdata::Record& message);
    void stamp(const bigdata::Entry& entry);
    void move(const bigdata::Record& message, std::string_view name, json::object fields,
              std::string reason);

    Options m_options;
    std::vector<std::unique_ptr<Channel>> m_channels;
};

}  // namespace anlan::comms
