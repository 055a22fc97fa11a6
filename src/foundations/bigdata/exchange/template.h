// The import template of a kind: its header, what belongs into each column, and one example; rows
// that the import passes over.
#pragma once

#include "foundations/bigdata/exchange/export.h"

namespace anlan::bigdata::exchange {

/// A CSV or XLSX file, whole. Errors: file_format (GeoJSON has no template), io.
Result<std::string> template_of(const Catalog& catalog, const Kind& kind, Format format,
                                Language language);

}  // namespace anlan::bigdata::exchange
