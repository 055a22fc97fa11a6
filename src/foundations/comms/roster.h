// Who is on duty: shift records that hold at an instant.
#pragma once

#include "core/label.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/register.h"

#include <string>
#include <string_view>
#include <vector>

namespace anlan::comms {

struct OnDuty {
    std::string duty_role;
    Uuid person, shift;
    Label name, title;
    Timestamp since, until;
};

/// Everybody whose shift holds at `now` (starts_at <= now < ends_at), by role in the code table's
/// order, the latest shift first. A shift whose person is gone is left out.
/// Errors: those of the register.
Result<std::vector<OnDuty>> on_duty(const bigdata::Register& records,
                                    const bigdata::Catalog& catalog, const bigdata::View& view,
                                    Timestamp now);

/// The first of a role; nullptr when nobody is.
const OnDuty* first_of(const std::vector<OnDuty>& roster, std::string_view duty_role);
/// The role's name in the code table; the code itself when it is not there.
Label role_label(const bigdata::Catalog& catalog, std::string_view duty_role);

}  // namespace anlan::comms
