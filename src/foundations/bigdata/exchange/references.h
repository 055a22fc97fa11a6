// Records as people name them in a sheet: "海鲸冷链（示例） [DJ-001]", the key alone, the name
// alone where it is the only one, or the id.
#pragma once

#include "foundations/bigdata/access.h"
#include "foundations/bigdata/register.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace anlan::bigdata::exchange {

class References {
  public:
    /// Sees what `who` may see, masked fields not at all. Register, access and catalog must
    /// outlive it.
    References(const Register& records, const Access& access, const Catalog& catalog, Principal who,
               std::string space);

    enum class Found { one, none, several };
    struct Answer {
        Found found = Found::none;
        Uuid id;
    };
    /// The record of `kind` that the text names. Errors: the register's.
    Result<Answer> find(const std::string& kind, const std::string& text);
    /// How a sheet writes it; the bare id when it cannot be seen.
    Result<std::string> text_of(const std::string& kind, const Uuid& id, Language language);

  private:
    struct Names {
        bool whole = false;  ///< Everything is loaded; else only what was asked for.
        std::unordered_map<std::string, Uuid> by_key;
        std::unordered_map<std::string, std::pair<Uuid, bool>> by_name;  ///< true: several.
        struct Text {
            std::string key;
            Label name;
        };
        std::unordered_map<Uuid, Text> texts;
    };
    Result<Names*> names_of(const std::string& kind);
    void add(const Kind& kind, Names& names, Record record) const;
    Result<void> ask(const std::string& kind, Names& names, const std::string& field,
                     const std::string& value);

    const Register& m_records;
    const Access& m_access;
    const Catalog& m_catalog;
    const Principal m_who;
    const std::string m_space;
    std::map<std::string, Names> m_names;
};

/// "名称 [键]" → "键"; empty when there are no such brackets at the end.
std::string_view key_in_brackets(std::string_view text);

}  // namespace anlan::bigdata::exchange
