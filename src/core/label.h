// A text for people in both languages. Chinese first; neither may be empty in what is shipped.
#pragma once

#include "core/result.h"

#include <string>

namespace anlan {

struct Label {
    std::string zh;
    std::string en;
    [[nodiscard]] const std::string& in(Language language) const {
        return language == Language::zh ? zh : en;
    }
};

}  // namespace anlan
