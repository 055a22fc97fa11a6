// check_fields and normalise_fields: one value of one field at a time.
#include "foundations/bigdata/catalog.h"
#include "foundations/bigdata/errors.h"
#include "foundations/bigdata/pattern.h"

#include "core/describe.h"
#include "core/ids.h"
#include "core/time.h"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <optional>

namespace anlan::bigdata {

namespace {

// Characters, where the field declares no length of its own.
constexpr std::size_t k_text_max = 500, k_long_text_max = 20'000, k_phone_max = 40;
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

/// ISO 8601, "P1DT2H30M": days to seconds, no months or years, which have no fixed length.
std::optional<double> seconds_of(std::string_view text) {
    if (!text.starts_with('P') || text.size() < 3 || text.size() > 40) return std::nullopt;
    double out = 0;
    bool in_time = false, any = false;
    std::size_t rank = 0;
    static constexpr std::pair<char, double> k_units[]{
        {'D', 86400}, {'H', 3600}, {'M', 60}, {'S', 1}};
    for (std::size_t i = 1; i < text.size();) {
        if (text[i] == 'T' && !in_time) {
            in_time = true;
            rank = std::max<std::size_t>(rank, 1);
            any = false;
            ++i;
            continue;
        }
        double value = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), value,
                                                  std::chars_format::fixed);
        if (error != std::errc{} || end == text.data() + text.size() || value < 0)
            return std::nullopt;
        while (rank < std::size(k_units) && k_units[rank].first != *end) ++rank;
        if (rank == std::size(k_units) || (rank == 0) == in_time) return std::nullopt;
        out += value * k_units[rank++].second;
        any = true;
        i = static_cast<std::size_t>(end - text.data()) + 1;
    }
    return any ? std::optional(out) : std::nullopt;
}

bool is_file(std::string_view text) {
    return text.size() == 64 && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

bool is_date(std::string_view text) {
    return text.size() == 10 && parse_iso8601(std::string(text) + "T00:00:00Z").has_value();
}

bool is_phone(const Catalog& catalog, std::string_view text) {
    if (!catalog.phone_formats().empty()) {
        std::string bare;
        std::ranges::copy_if(text, std::back_inserter(bare), [](char c) { return c != ' '; });
        return std::ranges::any_of(catalog.phone_formats(), [&](const PhoneFormat& format) {
            return matches(format.pattern, bare);
        });
    }
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
        double v = 0;
        if (field.type == FieldType::duration && value.is_string()) {
            const auto seconds = seconds_of(view_of(value));
            if (!seconds) return type(where, "seconds / PT1H30M");
            v = *seconds;
        } else {
            if (!value.is_number()) return type(where, "number");
            v = value.to_number<double>();
        }
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
        if (field.type == FieldType::phone && !text.empty() && !is_phone(catalog, text))
            return type(where, "phone number");
        if (field.pattern.empty() || matches(field.pattern, text)) return;
        if (!field.pattern_text.zh.empty()) {
            wrong(where, errors::k_pattern_says,
                  {{"says", field.pattern_text.zh}, {"says_en", field.pattern_text.en}});
        } else {
            wrong(where, errors::k_pattern_mismatch, {{"pattern", field.pattern}});
        }
    }

    void check_date(const std::string& where, const Field& field, const json::value& value) {
        if (!value.is_string() || !is_date(view_of(value))) return type(where, "date YYYY-MM-DD");
        if (!field.earliest.empty() && view_of(value) < field.earliest)
            wrong(where, errors::k_date_early, {{"earliest", field.earliest}});
        if (!field.latest.empty() && view_of(value) > field.latest)
            wrong(where, errors::k_date_late, {{"latest", field.latest}});
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
                if (!value.is_string() || !is_file(view_of(value)))
                    type(where, "content hash, 64 hexadecimal digits");
                return;
            case FieldType::height:
            case FieldType::number:
            case FieldType::integer:
            case FieldType::duration:
                return check_number(where, field, value);
            case FieldType::boolean:
                if (!value.is_bool()) type(where, "true / false");
                return;
            case FieldType::date:
                return check_date(where, field, value);
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
            case FieldType::duration:
                if (value.is_string()) value = seconds_of(view_of(value)).value_or(0);
                value = value.to_number<double>();
                break;
            case FieldType::height:
            case FieldType::number:
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
