#include "foundations/sensing/gateways/gb26875/stream.h"

#include "foundations/sensing/gateways/gateway.h"

namespace anlan::sensing::gb26875 {
namespace {

json::object disturbance(const Error& error) {
    return {{"protocol", "gb26875"}, {"problem", problem_of(error)}};
}

}  // namespace

void decode_stream(FrameReader& reader, Input input,
                   const std::function<void(json::object)>& each) {
    Unit unit;
    for (;;) {
        auto next = reader.next();
        if (!next) {
            if (input == Input::goes_on) return;
            const auto cut = reader.give_up();
            if (!cut) return;
            each(disturbance(*cut));
            continue;
        }
        if (!*next) {
            each(disturbance(next->error()));
            continue;
        }
        const auto decoded = decode(**next, unit);
        json::object out = to_json(**next, unit);
        if (!decoded) out.emplace("problem", problem_of(decoded.error()));
        each(std::move(out));
    }
}

}  // namespace anlan::sensing::gb26875
