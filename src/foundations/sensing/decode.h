// The command `anlan decode`: bytes of a protocol to JSON, one object a line, or what is wrong
// where.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace anlan::sensing {

struct DecodeOptions {
    enum class Form { guess, hexadecimal, raw };
    std::string protocol = "gb26875";  ///< Of a row of gateways() with a decoder.
    std::string file;                  ///< Empty or "-": standard input.
    Form form = Form::guess;  ///< Hexadecimal with any white space and # comments, or as it is.
};

/// Exit code: 0 all decoded, 1 something was wrong (said in the output), 2 the file or protocol
/// does not exist (said on `problems`). Input is read in pieces, however long it is; http_json up
/// to 4 MiB.
int run_decode(const DecodeOptions& options, std::istream& standard_input, std::ostream& out,
               std::ostream& problems);

}  // namespace anlan::sensing
