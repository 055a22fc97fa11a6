// Codes of HJ 212-2017 (annexes and tables) and of HJ 212-2025, as far as they are known here.
#pragma once

#include <string_view>

namespace anlan::sensing::hj212 {

struct Name {
    std::string_view code, zh, en;
};

/// Nothing when the code has no row.
const Name* station_type(std::string_view st);
const Name* command(std::string_view cn);
const Name* data_flag(std::string_view flag);
const Name* request_outcome(std::string_view code);    ///< QnRtn
const Name* execution_outcome(std::string_view code);  ///< ExeRtn

}  // namespace anlan::sensing::hj212
