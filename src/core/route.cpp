#include "core/route.h"

namespace anlan {

std::string_view name_of(Method m) {
    switch (m) {
        case Method::get:
            return "GET";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::del:
            return "DELETE";
    }
    return "GET";
}

std::string_view Call::parameter(std::string_view name) const {
    const auto found = path.find(name);
    ASSERT(found != path.end());  // the row's own path names it
    return found->second;
}

std::string_view Call::asked(std::string_view name, std::string_view otherwise) const {
    const auto found = query.find(name);
    return found == query.end() ? otherwise : std::string_view(found->second);
}

}  // namespace anlan
