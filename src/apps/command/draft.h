// A serious alarm becomes the draft of an incident. Pure.
#pragma once

#include "core/label.h"
#include "foundations/bigdata/register.h"

#include <optional>
#include <string>

namespace anlan::command {

/// What the draft is made of; every part but the alarm may be missing.
struct DraftInput {
    const bigdata::Record* alarm = nullptr;
    std::optional<bigdata::Record> enterprise, vessel;
    const bigdata::Record* plan = nullptr;
    Label hazard;
    std::string number;
    Uuid id;
    Timestamp now;
};

/// The change that creates the incident: place, vessel, substance, inventory, plan, title, times.
bigdata::Change draft_incident(const DraftInput& input);

/// SJ-20261123-01, in an exercise YL-…; Beijing's date.
std::string incident_number(std::string_view space, Timestamp now, int count);
std::string day_text(Timestamp now);  ///< 20261123

/// True when the alarm, as this entry has it, calls for an incident: level 1, live, with a hazard.
bool is_serious(const bigdata::Record& alarm);
bool is_live_alarm(const bigdata::Record& alarm);
/// True when the entry is the crossing itself (raised, raised again, or risen to this level) and
/// not a later change: what a person has rejected is not drafted again by the next value.
bool is_fresh(const bigdata::Entry& entry);

}  // namespace anlan::command
