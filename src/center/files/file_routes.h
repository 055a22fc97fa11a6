// POST /api/v1/files, GET /api/v1/files/{hash}, …/about and …/thumbnail.
#pragma once

#include "center/files/file_store.h"
#include "core/route.h"

namespace anlan::center {

/// The largest body the upload's row takes; attachments.yaml may say less.
inline constexpr std::size_t k_upload_bytes_max = 64 << 20;

RouteRows file_routes(FileStore& files);

}  // namespace anlan::center
