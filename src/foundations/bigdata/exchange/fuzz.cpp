// Any bytes as CSV or GeoJSON: no crash, no hang, and a row that was read is read again the same
// after it has been written. libFuzzer's entry; the unit test runs it over seeds and mutations.
#include "foundations/bigdata/exchange/delimited.h"
#include "foundations/bigdata/exchange/encoding.h"
#include "foundations/bigdata/exchange/export.h"
#include "foundations/bigdata/exchange/feature_reader.h"
#include "foundations/bigdata/exchange/wkt.h"

#include <algorithm>
#include <cstdint>

using namespace anlan::bigdata::exchange;

namespace {

Limits small() {
    Limits out;
    out.cell_bytes_max = 4096;
    out.row_bytes_max = 16384;
    out.columns_max = 64;
    out.feature_bytes_max = 16384;
    return out;
}

void check_written(const Row& row) {
    std::string text;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (i > 0) text += ',';
        text += '"';  // quoted, so that the delimiter cannot be mistaken
        for (const char c : row.cells[i])
            text += c == '"' ? std::string("\"\"") : std::string(1, c);
        text += '"';
    }
    Limits limits = small();
    limits.row_bytes_max *= 4;
    auto again = delimited_rows(bytes_of_text(text + "\n"), limits);
    Row read;
    const auto there = again->next(read);
    ASSERT(there && *there);
    ASSERT(row.cells.size() <= 1 || read.cells == row.cells);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const bool geojson = (data[0] & 1) != 0;
    const std::size_t piece = std::max<std::size_t>(data[1], 1);
    const std::string text(reinterpret_cast<const char*>(data + 2), size - 2);
    auto opened = open_text(
        [&]() -> anlan::Result<std::unique_ptr<ByteSource>> { return bytes_of_text(text, piece); });
    if (!opened) return 0;
    auto rows = geojson ? feature_rows(std::move(*opened), small())
                        : delimited_rows(std::move(*opened), small());
    Row row;
    while (true) {
        const auto there = rows->next(row);
        if (!there || !*there) return 0;
        if (!geojson) check_written(row);
        if (row.geometry) {
            const auto again = geometry_of_wkt(wkt_of(*row.geometry));
            ASSERT(again && *again == *row.geometry);
        }
    }
}
