// A way a message goes out. One folder under channels/ a channel; its code is in the code table.
//
// Promise to the ledger: deliver() says what is known. Ok means "handed over"; an error means
// "certainly not". A channel that cannot tell after a crash answers `unknown`, and the message is
// marked uncertain rather than claimed.
#pragma once

#include "core/result.h"
#include "foundations/bigdata/record.h"

#include <string_view>

namespace anlan::comms {

enum class Fate { delivered, not_delivered, unknown };

class Channel {
  public:
    virtual ~Channel() = default;
    [[nodiscard]] virtual std::string_view code() const = 0;
    /// Quick and without waiting: it runs on the journal's dispatch thread.
    virtual Result<void> deliver(const bigdata::Record& message) = 0;
    /// After a restart: what became of a message that was queued when the program died.
    [[nodiscard]] virtual Fate fate_of(const bigdata::Record& message) const = 0;
};

}  // namespace anlan::comms
