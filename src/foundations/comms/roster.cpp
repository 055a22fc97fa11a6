#include "foundations/comms/roster.h"

#include <algorithm>
#include <tuple>

namespace anlan::comms {
namespace {

Timestamp time_at(const json::object& fields, std::string_view key) {
    return parse_iso8601(text_at(fields, key)).value_or(Timestamp{});
}

}  // namespace

Result<std::vector<OnDuty>> on_duty(const bigdata::Register& records,
                                    const bigdata::Catalog& catalog, const bigdata::View& view,
                                    Timestamp now) {
    TRY_ASSIGN(
        shifts,
        records.all(view, "shift",
                    {{"starts_at", bigdata::Compare::less_or_equal, json::value(iso8601(now))},
                     {"ends_at", bigdata::Compare::greater, json::value(iso8601(now))}}));
    std::vector<OnDuty> out;
    for (const auto& shift : shifts) {
        const auto person_id = Uuid::parse(text_at(shift.fields, "person"));
        if (!person_id) continue;
        const auto person = records.get(view, "person", *person_id);
        if (!person || person->deleted) continue;
        const auto text = [&](std::string_view key) {
            return std::string(text_at(person->fields, key));
        };
        out.push_back({std::string(text_at(shift.fields, "duty_role")),
                       *person_id,
                       shift.id,
                       {text("name"), text("name_en")},
                       {text("title"), text("title_en")},
                       time_at(shift.fields, "starts_at"),
                       time_at(shift.fields, "ends_at")});
    }
    const auto* roles = catalog.codes("duty_role");
    const auto rank = [&](const OnDuty& d) {
        if (roles == nullptr) return std::size_t{0};
        const auto it = std::ranges::find(roles->codes, d.duty_role, &bigdata::Code::value);
        return static_cast<std::size_t>(it - roles->codes.begin());
    };
    std::ranges::sort(out, [&](const OnDuty& a, const OnDuty& b) {
        return std::tuple(rank(a), b.since, a.shift) < std::tuple(rank(b), a.since, b.shift);
    });
    return out;
}

const OnDuty* first_of(const std::vector<OnDuty>& roster, std::string_view duty_role) {
    const auto it = std::ranges::find(roster, duty_role, &OnDuty::duty_role);
    return it == roster.end() ? nullptr : &*it;
}

Label role_label(const bigdata::Catalog& catalog, std::string_view duty_role) {
    const auto* roles = catalog.codes("duty_role");
    const auto* code = roles == nullptr ? nullptr : roles->find(duty_role);
    return code == nullptr ? Label{std::string(duty_role), std::string(duty_role)} : code->label;
}

}  // namespace anlan::comms
