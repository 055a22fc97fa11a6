#include "foundations/bigdata/access.h"

#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/separation.h"

#include <algorithm>

namespace anlan::bigdata {

namespace {

bool is_program(const Principal& who) {
    return who.user.is_nil() && who.account == "system";
}

}  // namespace

Principal Access::program(std::string_view zone) {
    Principal out;
    out.account = "system";
    out.name = "安澜 Anlan";
    out.zone = zone;
    return out;
}

bool Access::grants(const Role& role, std::string_view right) const {
    return holds(m_catalog, role.rights, right);
}

/// A token does its owner's business, never an office's work, and only what it was given.
bool Access::within_token(const Principal& who, std::string_view right) const {
    if (!who.token_rights) return true;
    const Office office = office_of_right(right);
    return office == Office::business && holds(m_catalog, *who.token_rights, right);
}

bool Access::may(const Principal& who, std::string_view right) const {
    if (right == "public" || is_program(who)) return true;
    if (who.user.is_nil()) return false;
    if (right == "signed_in" || right == "door") return true;
    if (right == "own") return !who.token_rights;
    if (!within_token(who, right)) return false;
    return std::ranges::any_of(who.roles, [&](const auto& name) {
        const auto* role = m_catalog.role(name);
        return role != nullptr && grants(*role, right);
    });
}

Result<void> Access::require(const Principal& who, std::string_view right) const {
    if (may(who, right)) return {};
    if (who.user.is_nil()) return fail(errors::k_not_signed_in);
    if (right == "own" || !within_token(who, right))
        return fail(errors::k_token_may_not, {{"right", std::string(right)}});
    std::string roles, roles_en;
    for (const auto& role : m_catalog.roles()) {
        if (!grants(role, right)) continue;
        roles.append(roles.empty() ? "" : "、").append(role.label.zh);
        roles_en.append(roles_en.empty() ? "" : ", ").append(role.label.en);
    }
    return fail(errors::k_forbidden, {{"right", std::string(right)},
                                      {"roles", roles.empty() ? "—" : roles},
                                      {"roles_en", roles_en.empty() ? "—" : roles_en}});
}

RowFilter Access::rows_of(const Principal& who, std::string_view kind) const {
    if (is_program(who)) return RowFilter::everything();
    RowFilter out;
    out.none = true;
    if (who.user.is_nil() || m_catalog.kind(kind) == nullptr) return out;
    const auto right = std::string(kind) + ".read";
    if (!within_token(who, right)) return out;
    for (const auto& name : who.roles) {
        const auto* role = m_catalog.role(name);
        if (role == nullptr || !grants(*role, right)) continue;
        if (role->scope == "all") return RowFilter::everything();
        out.none = false;
        if (role->scope == "own_grid") out.grid = who.grid;
        if (role->scope == "own_enterprise") out.enterprise = who.enterprise;
        if (role->scope == "own_organisation") out.organisation = who.organisation;
    }
    return out;
}

View Access::view(const Principal& who, std::string_view space, std::string_view kind) const {
    return {who.zone, std::string(space), rows_of(who, kind)};
}

bool Access::visible(const Principal& who, const Record& record) const {
    return record.zone == who.zone && rows_of(who, record.kind).passes(record.scope);
}

bool Access::sees_sensitive(const Principal& who, std::string_view kind) const {
    return may(who, std::string(kind) + ".sensitive");
}

Result<void> Access::check_query(const Principal& who, std::string_view kind,
                                 const Query& query) const {
    const auto* declared = m_catalog.kind(kind);
    if (declared == nullptr || sees_sensitive(who, kind)) return {};
    const auto hidden = [&](std::string_view name) {
        const auto* field = declared->field(name);
        return field != nullptr && field->sensitive;
    };
    const auto sort = std::string_view(query.sort).substr(query.sort.starts_with('-') ? 1 : 0);
    const bool asks = hidden(sort) || std::ranges::any_of(query.where, [&](const auto& c) {
                          return hidden(c.field);
                      });
    return asks ? require(who, std::string(kind) + ".sensitive") : Result<void>();
}

void Access::mask_fields(const Principal& who, std::string_view kind, json::object& fields) const {
    const auto* declared = m_catalog.kind(kind);
    if (declared == nullptr || sees_sensitive(who, kind)) return;
    for (const auto& field : declared->fields) {
        if (!field.sensitive) continue;
        if (auto* value = fields.if_contains(field.name)) *value = json::object{{"masked", true}};
    }
}

void Access::mask(const Principal& who, Record& record) const {
    mask_fields(who, record.kind, record.fields);
}

void Access::mask(const Principal& who, Entry& entry) const {
    mask(who, entry.after);
    mask_fields(who, entry.after.kind, entry.before);
}

}  // namespace anlan::bigdata
