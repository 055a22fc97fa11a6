// What an application is given. Nothing here is owned; center outlives every application.
#pragma once

#include "core/ids.h"
#include "core/route.h"
#include "core/time.h"
#include "foundations/bigdata/access.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/lake.h"
#include "foundations/bigdata/register.h"
#include "foundations/sensing/hub.h"

#include <span>
#include <string>

namespace anlan::apps {

struct Context {
    bigdata::Register& records;
    bigdata::Lake& lake;
    const bigdata::Catalog& catalog;
    const bigdata::Access& access;
    sensing::Hub& hub;
    const Clock& clock;
    IdSource& ids;
    std::string zone;
};

/// The lifecycle of an application: constructed with its Context; start() once the register is
/// open and before any listener runs (it rebuilds its memory from the records); then on_entry() for
/// every journal entry in order on the journal's dispatch thread, on_observations() on gateways'
/// threads, tick() about once a second; stop() before the register closes.
class Application {
  public:
    virtual ~Application() = default;
    virtual Result<void> start() = 0;
    virtual void on_entry(const bigdata::Entry&) {}
    virtual void on_observations(std::span<const sensing::Heard>) {}
    virtual void tick(Timestamp) {}
    virtual void stop() {}
    [[nodiscard]] virtual RouteRows routes() { return {}; }
};

}  // namespace anlan::apps
