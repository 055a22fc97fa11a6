// What the center's own routes need. Nothing here is owned; the program outlives every route.
#pragma once

#include "core/time.h"
#include "foundations/bigdata/access.h"
#include "foundations/bigdata/accounts.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/register.h"
#include "foundations/sensing/hub.h"

#include <string>

namespace anlan::center {

struct CenterContext {
    bigdata::Register& records;
    bigdata::Accounts& accounts;
    bigdata::Lake& lake;
    sensing::Hub& hub;
    const bigdata::Catalog& catalog;
    const bigdata::Access& access;
    const Clock& clock;
    std::string zone;
    std::string version;         ///< Of the program.
    bool secure_cookie = false;  ///< Reached over TLS: the session cookie is marked Secure.
};

}  // namespace anlan::center
