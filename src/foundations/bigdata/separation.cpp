#include "foundations/bigdata/separation.h"

#include "foundations/bigdata/errors.h"

#include <algorithm>
#include <array>
#include <utility>

namespace anlan::bigdata {

namespace {

constexpr std::array<std::pair<std::string_view, Office>, 8> k_offices{{
    {"account.read", Office::shared},
    {"journal.*", Office::shared},
    {"account.*", Office::system},
    {"system.*", Office::system},
    {"backup.*", Office::system},
    {"role.*", Office::security},
    {"session.*", Office::security},
    {"audit.*", Office::audit},
}};

std::pair<std::string_view, std::string_view> split(std::string_view right) {
    const auto dot = right.find('.');
    return {right.substr(0, dot), dot == right.npos ? std::string_view() : right.substr(dot + 1)};
}

}  // namespace

Office office_of_right(std::string_view right) {
    for (const auto& [pattern, office] : k_offices) {
        const auto [subject, action] = split(pattern);
        const auto [asked, asked_action] = split(right);
        if (subject == asked && (action == "*" || action == asked_action)) return office;
    }
    return Office::business;
}

std::string_view name_of(Office office) {
    switch (office) {
        case Office::shared:
            return "shared";
        case Office::business:
            return "business";
        case Office::system:
            return "system";
        case Office::security:
            return "security";
        case Office::audit:
            return "audit";
    }
    return "business";
}

namespace {

/// Takes a role's office into `office`; false when the two are apart.
bool joins(const Role& role, Office& office) {
    for (const auto& right : role.rights) {
        const Office one = office_of_right(right);
        if (one == Office::shared) continue;
        if (office != Office::shared && office != one) return false;
        office = one;
    }
    return true;
}

}  // namespace

Result<Office> office_of_roles(const Catalog& catalog, std::span<const std::string> roles) {
    Office office = Office::shared;
    std::string names, names_en;
    for (const auto& name : roles) {
        const auto* role = catalog.role(name);
        if (role == nullptr) return fail(errors::k_no_such_role, {{"role", name}});
        names.append(names.empty() ? "" : "、").append(role->label.zh);
        names_en.append(names_en.empty() ? "" : ", ").append(role->label.en);
        if (!joins(*role, office))
            return fail(errors::k_offices_mixed, {{"roles", names}, {"roles_en", names_en}});
    }
    return office;
}

Result<void> check_offices(const Catalog& catalog) {
    for (const auto& role : catalog.roles()) {
        const std::array<std::string, 1> alone{role.name};
        TRY(office_of_roles(catalog, alone));
    }
    return {};
}

bool holds(const Catalog& catalog, std::span<const std::string> rights, std::string_view right) {
    const auto [subject, action] = split(right);
    if (action.empty()) return false;
    return std::ranges::any_of(rights, [&](std::string_view held) {
        if (held == right) return true;
        const auto [held_subject, held_action] = split(held);
        const bool subject_fits =
            held_subject == "*" ? catalog.kind(subject) != nullptr : held_subject == subject;
        return subject_fits && (held_action == "*" || held_action == action);
    });
}

}  // namespace anlan::bigdata
