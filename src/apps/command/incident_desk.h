// Drafts incidents: one open incident per enterprise and hazard, from the first serious alarm;
// later alarms of the same are linked to it.
//
// on_entry() and tick() run on one thread at a time; outcomes come on the register's writer thread.
// After a crash start() finds live serious alarms without an incident and drafts then: the draft
// and the links are one batch, so there is no half.
#pragma once

#include "apps/command/records.h"

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>

namespace anlan::command {

class IncidentDesk {
  public:
    explicit IncidentDesk(const apps::Context& context) : m_context(context) {}

    /// Errors: those of the register.
    Result<void> start(const std::string& space);
    void on_alarm(const bigdata::Entry& entry);
    void on_incident(const bigdata::Record& incident);
    void forget_space(std::string_view space);
    /// Tries again what was refused.
    void tick();

  private:
    using Key = std::tuple<std::string, Uuid, std::string>;  ///< Space, enterprise, hazard.
    struct Shared {
        std::mutex mutex;
        std::map<Key, Uuid> open;
        std::map<std::pair<std::string, std::string>, int>
            numbers;                                   ///< Highest of a space and day.
        std::set<std::pair<std::string, Uuid>> retry;  ///< Alarms whose draft was refused.
    };
    static Key key_of(const bigdata::Record& record);
    void consider(const bigdata::Record& alarm, bool fresh);
    void note_false_alarm(const bigdata::Entry& entry);
    void draft(const bigdata::Record& alarm, const Key& key, Uuid id);

    apps::Context m_context;
    std::shared_ptr<Shared> m_shared = std::make_shared<Shared>();
};

}  // namespace anlan::command
