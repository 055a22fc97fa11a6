#include "foundations/bigdata/catalog.h"

#include <algorithm>

namespace anlan::bigdata {

namespace {

template <class T>
const T* named(const std::vector<T>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &T::name);
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

const Field* Kind::field(std::string_view field_name) const {
    return named(fields, field_name);
}
const Move* Kind::move(std::string_view move_name) const {
    return named(moves, move_name);
}
const State* Kind::state(std::string_view state_name) const {
    return named(states, state_name);
}
const KindClock* Kind::clock(std::string_view clock_name) const {
    return named(clocks, clock_name);
}

const Code* CodeTable::find(std::string_view value) const {
    const auto found = std::ranges::find(codes, value, &Code::value);
    return found == codes.end() ? nullptr : &*found;
}

std::vector<std::string> CodeTable::with_descendants(std::string_view value) const {
    std::vector<std::string> out{std::string(value)};
    // Breadth first; the loader has seen that nothing is its own ancestor.
    for (std::size_t i = 0; i < out.size(); ++i) {
        for (const auto& code : codes) {
            if (code.parent == out[i]) out.push_back(code.value);
        }
    }
    return out;
}

const Kind* Catalog::kind(std::string_view name) const {
    return named(m_kinds, name);
}
const CodeTable* Catalog::codes(std::string_view name) const {
    return named(m_codes, name);
}
const Role* Catalog::role(std::string_view name) const {
    return named(m_roles, name);
}

}  // namespace anlan::bigdata
