// The decode command for GB/T 26875.3: bytes to one JSON object a frame or disturbance.
#pragma once

#include "foundations/sensing/gateways/gb26875/decoder.h"

#include <functional>

namespace anlan::sensing::gb26875 {

enum class Input { goes_on, ends };

/// Calls `each` for what `reader` holds. An object is a frame's (decoder.h), that with a member
/// "problem" when its application data is wrong, or {"protocol", "problem"} for a disturbance.
/// A problem is {"id", "zh", "en", "byte"}.
void decode_stream(FrameReader& reader, Input input, const std::function<void(json::object)>& each);

}  // namespace anlan::sensing::gb26875
