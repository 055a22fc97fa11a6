// The words of a printed document, from catalog/documents/: data, in both languages.
#pragma once

#include "core/label.h"
#include "core/result.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace anlan::affairs {

class Words {
  public:
    /// Errors: invalid_input, naming the file and the entry that lacks a language.
    static Result<Words> load(const std::filesystem::path& file);
    /// "labels.number" in a language, {parameters} filled in. A path that is not in the file is
    /// printed as itself, so that a missing word is seen and never breaks a document.
    [[nodiscard]] std::string in(Language language, std::string_view path,
                                 const ErrorParameters& parameters = {}) const;

  private:
    std::map<std::string, Label, std::less<>> m_words;
};

}  // namespace anlan::affairs
