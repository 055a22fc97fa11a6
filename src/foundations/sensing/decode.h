// The command `anlan decode`: bytes of a protocol to JSON, one object a line, or what is wrong
// where.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace anlan::sensing {

struct DecodeOptions {
    enum class Form { guess, hexadecimal, raw };
    std::string protocol = "gb26875";  ///< Or hj212, http_json.
    std::string file;                  ///< Empty or "-": standard input.
    Form form =
        Form::guess;  ///< gb26875, hj212: hexadecimal with any white space and # comments, or raw.
};

/// Exit code: 0 all decoded, 1 something was wrong (said in the output), 2 the file or protocol
/// does not exist (said on `problems`). Input is read in pieces, however long it is; http_json up
/// to 4 MiB.
int run_decode(const DecodeOptions& options, std::istream& standard_input, std::ostream& out,
               std::ostream& problems);

}  // namespace anlan::sensing
