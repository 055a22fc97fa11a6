// What an exchange of files may weigh. Declared once; said in every refusal and in GET /imports.
#pragma once

#include <cstddef>

namespace anlan::bigdata::exchange {

struct Limits {
    std::size_t file_bytes_max = std::size_t{512} << 20;
    std::size_t rows_max = 2'000'000;
    std::size_t columns_max = 512;
    std::size_t cell_bytes_max = std::size_t{1} << 20;
    std::size_t row_bytes_max = std::size_t{8} << 20;
    std::size_t feature_bytes_max = std::size_t{8} << 20;
    std::size_t feature_depth_max = 24;
    std::size_t header_rows_max = 20;   ///< The header is looked for in so many rows.
    std::size_t problems_max = 10'000;  ///< Kept in words; all are counted.
    std::size_t unpacked_bytes_max = std::size_t{2} << 30;  ///< Of one part of a workbook.
    std::size_t unpacked_ratio_max = 200;                   ///< Beyond 16 MiB unpacked.
    std::size_t shared_text_bytes_max = std::size_t{256} << 20;
};

}  // namespace anlan::bigdata::exchange
