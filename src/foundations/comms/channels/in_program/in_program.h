// The addressee reads the message in Anlan itself: the durable record, pushed by the live feed, is
// the delivery. So delivering twice is harmless and nothing is ever uncertain.
#pragma once

#include "foundations/comms/channel.h"

namespace anlan::comms {

class InProgramChannel final : public Channel {
  public:
    [[nodiscard]] std::string_view code() const override { return "in_program"; }
    /// Errors: no_addressee.
    Result<void> deliver(const bigdata::Record& message) override;
    [[nodiscard]] Fate fate_of(const bigdata::Record&) const override {
        return Fate::not_delivered;
    }
};

}  // namespace anlan::comms
