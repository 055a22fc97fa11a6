// Pictures from phones: any bytes may come. What is stripped must be readable again, and say
// nothing.
#include "center/files/file_type.h"
#include "center/files/picture_facts.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    using namespace anlan::center;
    sniff(bytes);
    const bool jpeg = bytes.starts_with("\xFF\xD8");
    const auto facts = facts_of_picture(bytes);
    std::string stripped;
    if (strip_picture(bytes, stripped)) {
        const auto after = facts_of_picture(stripped);
        if (after.place || after.taken_at || (jpeg && after.orientation != facts.orientation))
            std::abort();
    }
    return 0;
}
