// The factors of HJ 212 (2017: annex B; 2025: what guides to it show): names, what they measure,
// and the unit in which they usually come.
#pragma once

#include "foundations/sensing/gateways/gateway.h"

namespace anlan::sensing::hj212 {

struct Factor {
    std::string_view code, zh, en;
    std::string_view property;  ///< Code of table `property`; empty: not known what it measures.
    /// Of the reading: what the decoder converts is in SI. In practice a station may send another
    /// unit (µg/m³, ppm), and the packet does not say: whoever adopts the device asks its maker.
    std::string_view unit;
};

/// Null when the code has no row.
const Factor* factor(std::string_view code);

/// The row's function: "a21001", "a21001-ZsRtd", "minute:a21001-Avg". Nothing for factors without a
/// row or of unknown meaning, for states (SB1-RS), counts (Cou) and texts.
std::optional<ChannelMeaning> meaning(std::string_view channel);

}  // namespace anlan::sensing::hj212
