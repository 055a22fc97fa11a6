// The protocols that can be simulated. Each function is the `make` and `address_problem` of a row.
#pragma once

#include "foundations/sensing/simulate/encoder.h"

namespace anlan::sensing::simulate {

/// A transmission unit. It confirms what it is told, answers reads of its own state and clock,
/// denies other reads, and a roll call is answered by operator 1.
std::unique_ptr<DeviceEncoder> make_gb26875(const EncoderRow::Device& device);
std::string_view gb26875_address_problem(std::string_view address);

/// A station, ST 22. Channels "a21001", "a21001-ZsRtd", "SB1-RS" and "minute:a21001-Avg"; it does
/// what it is told, sends its last minute data when history is called for, and refuses the unknown.
std::unique_ptr<DeviceEncoder> make_hj212(const EncoderRow::Device& device);
std::string_view hj212_address_problem(std::string_view address);

/// Posts to the HTTP JSON gateway with its token.
std::unique_ptr<DeviceEncoder> make_http_json(const EncoderRow::Device& device);
std::string_view http_json_address_problem(std::string_view address);

}  // namespace anlan::sensing::simulate
