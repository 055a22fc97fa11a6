// Search over all kinds that the caller may read, for the box above the map; and the journal's
// rights of its own: erasure by law, and heads to keep elsewhere.
#pragma once

#include "center/context.h"
#include "core/route.h"

#include <filesystem>

namespace anlan::center {

/// GET /search?text=&kinds=a,b&limit=: [{kind, id, title, title_en, state, place}], those found by
/// their title first, kinds in the order of the catalog.
RouteRows search_routes(CenterContext context);

/// POST /records/{kind}/{id}/erase (right journal.erase) · GET /journal/heads (journal.heads)
RouteRows privacy_routes(CenterContext context, std::filesystem::path register_file);

}  // namespace anlan::center
