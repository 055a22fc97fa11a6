// What people are told when a clock of a procedure runs out: the one who is named hears that it is
// overdue, the role above hears when it is escalated.
#pragma once

#include "foundations/bigdata/clock_keeper.h"

namespace anlan::center {

/// The messages of one event, to be written with it. None when nobody is named.
std::vector<bigdata::Change> clock_messages(const bigdata::Register& records,
                                            const bigdata::Catalog& catalog,
                                            const bigdata::ClockEvent& event,
                                            std::string_view space, Timestamp now);

}  // namespace anlan::center
