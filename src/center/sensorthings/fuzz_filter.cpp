// Any text as $filter, $expand and path: no crash, bounded work, and what was read can be judged.
#include "center/sensorthings/evaluate.h"
#include "center/sensorthings/options.h"
#include "center/sensorthings/routes.h"

#ifdef ANLAN_FUZZ_IN_TEST
#define ENTRY fuzz_sensorthings_filter
int fuzz_sensorthings_filter(const std::uint8_t* data, std::size_t size);
#else
#define ENTRY LLVMFuzzerTestOneInput
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#endif

using namespace anlan::center::sensorthings;

int ENTRY(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Lookup lookup = [](std::span<const std::string> path) -> anlan::Result<Values> {
        if (path.size() > 1) return Values{1.0, std::string("x")};
        return Values{std::string("2026-11-19T00:00:00Z")};
    };
    if (const auto filter = parse_filter(text)) {
        static_cast<void>(holds(*filter, lookup, {}));
        const auto bounds = bounds_of(*filter, "phenomenonTime");
        static_cast<void>(bounds);
    }
    for (const SetRow& row : sets()) {
        for (const char* option : {"$expand", "$select", "$orderby"})
            static_cast<void>(options_of({{option, text}}, row));
    }
    if (const auto segment = parse_segment(text)) ASSERT(!segment->id || !segment->id->empty());
    return 0;
}
