// The access rule. One object decides for every door: list, record, search, tile, export, file and
// live feed. Nothing else in the program looks at a role.
//
// Rights: a principal has the rights of all its roles together. "incident.*" holds every right of
// that kind; "*.read" holds it for every kind of the catalog and nothing else (not "audit.read").
// Rows: a role of scope "all" sees every row of the kinds it may read. A role of scope own_grid,
// own_enterprise or own_organisation sees, of the kinds it may read, the rows whose scope is its
// principal's own and the rows that belong to nobody (grid, enterprise and organisation all nil).
// With several roles the rows add up. A principal bound to no grid sees of own_grid only nobody's
// rows. An API token has the rights it was given, of which only those count that its owner's roles
// hold, and never a right of the administrators (separation.h). list() and visible() decide by the
// same RowFilter. The program itself (user nil, account "system") sees everything of its zone; a
// principal without user otherwise is nobody and sees nothing.
#pragma once

#include "core/principal.h"
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/register.h"

namespace anlan::bigdata {

class Access {
  public:
    explicit Access(const Catalog& catalog) : m_catalog(catalog) {}

    /// A right by name: "alarm.read", "exercise.start", "signed_in", "own", "public".
    [[nodiscard]] bool may(const Principal& who, std::string_view right) const;
    /// Errors: not_signed_in; forbidden, naming the right and who has it; token_may_not.
    [[nodiscard]] Result<void> require(const Principal& who, std::string_view right) const;

    /// Rows of `kind` that `who` may see in `space`; `none` when the kind may not be read at all.
    [[nodiscard]] View view(const Principal& who, std::string_view space,
                            std::string_view kind) const;
    /// The same rule for one record in hand (live feed, tiles).
    [[nodiscard]] bool visible(const Principal& who, const Record& record) const;
    /// Takes out what `who` may not read: sensitive fields become {"masked": true}.
    void mask(const Principal& who, Record& record) const;
    void mask(const Principal& who, Entry& entry) const;

    /// Filtering or sorting by a field tells its values: refused (forbidden) on sensitive fields
    /// without the right to read them. For every query that comes from a person.
    Result<void> check_query(const Principal& who, std::string_view kind, const Query& query) const;

    /// The program's own principal: sees everything of its zone.
    static Principal program(std::string_view zone);

  private:
    [[nodiscard]] bool grants(const Role& role, std::string_view right) const;
    [[nodiscard]] bool within_token(const Principal& who, std::string_view right) const;
    [[nodiscard]] RowFilter rows_of(const Principal& who, std::string_view kind) const;
    [[nodiscard]] bool sees_sensitive(const Principal& who, std::string_view kind) const;
    void mask_fields(const Principal& who, std::string_view kind, json::object& fields) const;

    const Catalog& m_catalog;
};

}  // namespace anlan::bigdata
