#include "foundations/bigdata/record.h"

#include "core/describe.h"

namespace anlan::bigdata {

namespace {

json::value id_or_null(const Uuid& id) {
    return id.is_nil() ? json::value(nullptr) : json::value(id.text());
}

Uuid id_at(const json::object& o, std::string_view key) {
    return Uuid::parse(text_at(o, key)).value_or(Uuid{});
}

Timestamp time_at(const json::object& o, std::string_view key) {
    return parse_iso8601(text_at(o, key)).value_or(Timestamp{});
}

}  // namespace

json::object to_json(const Scope& scope) {
    return {{"grid", id_or_null(scope.grid)},
            {"enterprise", id_or_null(scope.enterprise)},
            {"organisation", id_or_null(scope.organisation)}};
}

json::object to_json(const Record& record) {
    json::object out{{"id", record.id.text()},
                     {"kind", record.kind},
                     {"zone", record.zone},
                     {"space", record.space},
                     {"revision", record.revision},
                     {"state", record.state},
                     {"scope", to_json(record.scope)},
                     {"valid_from", iso8601(record.valid_from)},
                     {"valid_to", record.valid_to ? json::value(iso8601(*record.valid_to))
                                                  : json::value(nullptr)},
                     {"geometry", record.geometry ? json::value(to_json(*record.geometry))
                                                  : json::value(nullptr)},
                     {"sequence", record.sequence},
                     {"created_at", iso8601(record.created_at)},
                     {"updated_at", iso8601(record.updated_at)},
                     {"fields", record.fields}};
    if (record.deleted) out["deleted"] = true;
    if (record.erased) out["erased"] = true;
    return out;
}

Result<Record> record_from_json(const json::object& o) {
    Record out;
    out.id = id_at(o, "id");
    out.kind = text_at(o, "kind");
    if (out.id.is_nil() || out.kind.empty()) {
        return fail(errors::k_bad_request, {},
                    {{out.kind.empty() ? "/kind" : "/id", &errors::k_field_missing, {}}});
    }
    out.zone = text_at(o, "zone");
    out.space = text_at(o, "space");
    out.revision = integer_at(o, "revision", 0);
    out.state = text_at(o, "state");
    const auto& scope = object_at(o, "scope");
    out.scope = {id_at(scope, "grid"), id_at(scope, "enterprise"), id_at(scope, "organisation")};
    out.valid_from = time_at(o, "valid_from");
    out.valid_to = parse_iso8601(text_at(o, "valid_to"));
    if (const auto* geometry = o.if_contains("geometry");
        geometry != nullptr && !geometry->is_null()) {
        TRY_ASSIGN(read, geometry_from_json(*geometry));
        out.geometry = std::move(read);
    }
    out.fields = object_at(o, "fields");
    out.sequence = integer_at(o, "sequence", 0);
    out.created_at = time_at(o, "created_at");
    out.updated_at = time_at(o, "updated_at");
    out.deleted = boolean_at(o, "deleted", false);
    out.erased = boolean_at(o, "erased", false);
    return out;
}

}  // namespace anlan::bigdata
