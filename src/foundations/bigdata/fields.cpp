// check_fields and normalise_fields: one value of one field at a time.
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/pattern.h"

#include "core/describe.h"
#include "core/ids.h"
#include "core/time.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>

namespace anlan::bigdata {

namespace {

// Characters, where the field declares no length of its own.
constexpr std::size_t k_text_max = 500, k_long_text_max = 20'000, k_phone_max = 40,
                      k_file_max = 200;
constexpr std::size_t k_references_max = 1000;
constexpr std::size_t k_json_bytes_max = 4 << 20;

std::string_view view_of(const json::value& v) {
    const auto& s = v.get_string();
    return {s.data(), s.size()};
}

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(
        std::ranges::count_if(utf8, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string short_number(double v) {
    return canonical_text(json::value(v));
}

bool is_date(std::string_view text) {
    return text.size() == 10 && parse_iso8601(std::string(text) + "T00:00:00Z").has_value();
}

bool is_phone(std::string_view text) {
    const auto digits = std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; });
    return digits >= 2 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == ' ' || c == '(' ||
                      c == ')' || c == '*' || c == '#';
           });
}

struct Checker {
    const Catalog& catalog;
    std::vector<FieldProblem> problems;

    void wrong(const std::string& where, const ErrorRow& row, ErrorParameters parameters = {}) {
        problems.push_back({where, &row, std::move(parameters)});
    }
    void type(const std::string& where, std::string_view expected) {
        wrong(where, errors::k_field_type, {{"expected", std::string(expected)}});
    }

    void check_number(const std::string& where, const Field& field, const json::value& value) {
        if (!value.is_number()) return type(where, "number");
        const double v = value.to_number<double>();
        if (!std::isfinite(v)) return type(where, "number");
        if (field.type == FieldType::integer && (v != std::floor(v) || std::abs(v) > 9e15))
            return type(where, "integer");
        if (field.min && v < *field.min) {
            wrong(where, errors::k_below_min,
                  {{"min", short_number(*field.min)}, {"unit", field.unit}});
        }
        if (field.max && v > *field.max) {
            wrong(where, errors::k_above_max,
                  {{"max", short_number(*field.max)}, {"unit", field.unit}});
        }
    }

    void check_text(const std::string& where, const Field& field, const json::value& value,
                    std::size_t otherwise) {
        if (!value.is_string()) return type(where, "text");
        const auto text = view_of(value);
        const auto most = field.length_max != 0 ? field.length_max : otherwise;
        if (characters(text) > most)
            return wrong(where, errors::k_too_long, {{"max", std::to_string(most)}});
        if (field.required && text.empty()) return wrong(where, errors::k_too_short);
        if (field.type == FieldType::phone && !text.empty() && !is_phone(text))
            return type(where, "phone number");
        if (!field.pattern.empty() && !matches(field.pattern, text)) {
            wrong(where, errors::k_pattern_mismatch, {{"pattern", field.pattern}});
        }
    }

    void check_code(const std::string& where, const Field& field, const json::value& value) {
        if (!value.is_string()) return type(where, "code");
        const auto* table = catalog.codes(field.code_table);
        if (table != nullptr && table->find(view_of(value)) != nullptr) return;
        wrong(where, errors::k_not_in_table,
              {{"value", std::string(view_of(value))}, {"table", field.code_table}});
    }

    void check_id(const std::string& where, const json::value& value) {
        const auto id = value.is_string() ? Uuid::parse(view_of(value)) : std::nullopt;
        if (!id || id->is_nil()) type(where, "UUID");
    }

    void check_ids(const std::string& where, const json::value& value) {
        if (!value.is_array()) return type(where, "array of UUIDs");
        const auto& ids = value.get_array();
        if (ids.size() > k_references_max) {
            return wrong(where, errors::k_too_long, {{"max", std::to_string(k_references_max)}});
        }
        for (std::size_t i = 0; i < ids.size(); ++i)
            check_id(where + "/" + std::to_string(i), ids[i]);
    }

    void check(const std::string& where, const Field& field, const json::value& value) {
        switch (field.type) {
            case FieldType::text:
                return check_text(where, field, value, k_text_max);
            case FieldType::long_text:
                return check_text(where, field, value, k_long_text_max);
            case FieldType::phone:
                return check_text(where, field, value, k_phone_max);
            case FieldType::file:
                return check_text(where, field, value, k_file_max);
            case FieldType::number:
            case FieldType::integer:
            case FieldType::duration:
                return check_number(where, field, value);
            case FieldType::boolean:
                if (!value.is_bool()) type(where, "true / false");
                return;
            case FieldType::date:
                if (!value.is_string() || !is_date(view_of(value))) type(where, "date YYYY-MM-DD");
                return;
            case FieldType::time:
                if (!value.is_string() || !parse_iso8601(view_of(value)))
                    type(where, "RFC 3339 time");
                return;
            case FieldType::code:
                return check_code(where, field, value);
            case FieldType::reference:
            case FieldType::person:
                return check_id(where, value);
            case FieldType::references:
                return check_ids(where, value);
            case FieldType::json:
                if (!value.is_object() && !value.is_array()) return type(where, "object / array");
                if (json::serialize(value).size() > k_json_bytes_max) {
                    wrong(where, errors::k_too_long, {{"max", std::to_string(k_json_bytes_max)}});
                }
                return;
        }
    }
};

}  // namespace

Result<void> check_fields(const Catalog& catalog, const Kind& kind, const json::object& fields,
                          bool complete) {
    Checker checker{catalog, {}};
    for (const auto& [name, value] : fields) {
        const std::string where = "/fields/" + std::string(name);
        const Field* field = kind.field(name);
        if (field == nullptr)
            checker.wrong(where, errors::k_field_unknown);
        else if (!value.is_null())
            checker.check(where, *field, value);
        else if (field->required && !complete)
            checker.wrong(where, errors::k_field_missing);
    }
    if (complete) {
        for (const auto& field : kind.fields) {
            const auto* value = fields.if_contains(field.name);
            if (!field.required || (value != nullptr && !value->is_null())) continue;
            checker.wrong("/fields/" + field.name, errors::k_field_missing);
        }
    }
    if (!checker.problems.empty())
        return fail(errors::k_bad_request, {}, std::move(checker.problems));
    return {};
}

void normalise_fields(const Kind& kind, json::object& fields) {
    for (auto& [name, value] : fields) {
        const Field* field = kind.field(name);
        if (field == nullptr || value.is_null()) continue;
        const auto id = [](json::value& v) { v = Uuid::parse(view_of(v)).value_or(Uuid{}).text(); };
        switch (field->type) {
            case FieldType::time:
                value = iso8601(parse_iso8601(view_of(value)).value_or(Timestamp{}));
                break;
            case FieldType::integer:
                value = static_cast<std::int64_t>(value.to_number<double>());
                break;
            case FieldType::number:
            case FieldType::duration:
                value = value.to_number<double>();
                break;
            case FieldType::reference:
            case FieldType::person:
                id(value);
                break;
            case FieldType::references:
                for (auto& each : value.get_array()) id(each);
                break;
            default:
                break;
        }
    }
}

}  // namespace anlan::bigdata
