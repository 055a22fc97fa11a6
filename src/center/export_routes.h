// Routes out of the register as files: exports and import templates.
#pragma once

#include "center/context.h"
#include "core/route.h"

namespace anlan::center {

RouteRows export_routes(CenterContext context);

/// `language` of the query, for files whose language is not the screen's. Errors: bad_query.
Result<Language> language_asked(const Call& call);
inline const Label k_language_words{"文件的语言 zh 或 en，缺省随请求",
                                    "the file's: zh or en, by default the request's"};

}  // namespace anlan::center
