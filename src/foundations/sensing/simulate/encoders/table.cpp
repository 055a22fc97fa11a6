#include "foundations/sensing/simulate/encoders/rows.h"

#include <algorithm>
#include <array>

namespace anlan::sensing::simulate {

std::span<const EncoderRow> encoders() {
    static constexpr std::array k_rows{
        EncoderRow{"gb26875", make_gb26875, gb26875_address_problem},
        EncoderRow{"hj212", make_hj212, hj212_address_problem},
        EncoderRow{"http_json", make_http_json, http_json_address_problem},
    };
    return k_rows;
}

const EncoderRow* encoder_row(std::string_view protocol) {
    const auto rows = encoders();
    const auto at = std::ranges::find(rows, protocol, &EncoderRow::protocol);
    return at == rows.end() ? nullptr : &*at;
}

}  // namespace anlan::sensing::simulate
