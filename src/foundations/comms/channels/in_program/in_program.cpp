#include "foundations/comms/channels/in_program/in_program.h"

#include "foundations/comms/errors.h"

namespace anlan::comms {

Result<void> InProgramChannel::deliver(const bigdata::Record& message) {
    const bool addressed = !text_at(message.fields, "to_role").empty() ||
                           !text_at(message.fields, "to_person").empty();
    if (!addressed) return fail(errors::k_no_addressee);
    return {};
}

}  // namespace anlan::comms
