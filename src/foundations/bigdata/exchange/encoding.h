// Text of any encoding met in bureaus, as UTF-8: UTF-8 with or without mark, GB 18030 (with GBK and
// GB 2312 inside it), UTF-16 with mark ("Unicode text" of spreadsheets).
#pragma once

#include "foundations/bigdata/exchange/row_source.h"

#include <functional>

namespace anlan::bigdata::exchange {

enum class Encoding { utf8, gb18030, utf16 };

using OpenBytes = std::function<Result<std::unique_ptr<ByteSource>>()>;

/// Reads all of it: a file is UTF-8 when the whole of it is valid UTF-8 (two GBK characters alone
/// can look like it), UTF-16 when it starts with that mark, and is else taken for GB 18030.
Result<Encoding> encoding_of(ByteSource& bytes);

/// Opens twice: to find the encoding, and to read. The text has no byte-order mark.
/// Errors: io; from next() file_encoding, naming the byte.
Result<std::unique_ptr<ByteSource>> open_text(const OpenBytes& open);

}  // namespace anlan::bigdata::exchange
