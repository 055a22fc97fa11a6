// The access rule. One object decides for every door: list, record, search, tile, export, file and
// live feed. Nothing else in the program looks at a role.
#pragma once

#include "core/principal.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/register.h"

namespace anlan::bigdata {

class Access {
  public:
    explicit Access(const Catalog& catalog) : m_catalog(catalog) {}

    /// A right by name: "alarm.read", "exercise.start", "signed_in", "public".
    [[nodiscard]] bool may(const Principal& who, std::string_view right) const;
    /// Errors: forbidden, naming the right and who has it.
    [[nodiscard]] Result<void> require(const Principal& who, std::string_view right) const;

    /// Rows of `kind` that `who` may see in `space`; `none` when the kind may not be read at all.
    [[nodiscard]] View view(const Principal& who, std::string_view space, std::string_view kind) const;
    /// The same rule for one record in hand (live feed, tiles).
    [[nodiscard]] bool visible(const Principal& who, const Record& record) const;
    /// Takes out what `who` may not read: sensitive fields become {"masked": true}.
    void mask(const Principal& who, Record& record) const;
    void mask(const Principal& who, Entry& entry) const;

    /// The program's own principal: sees everything of its zone.
    static Principal program(std::string_view zone);

  private:
    const Catalog& m_catalog;
};

}  // namespace anlan::bigdata
