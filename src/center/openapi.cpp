#include "center/openapi.h"

#include "foundations/bigdata/catalog_names.h"

#include <algorithm>

namespace anlan::center {
namespace {

using bigdata::Catalog;
using bigdata::Field;
using bigdata::FieldType;
using bigdata::Kind;

json::object reference(std::string_view name) {
    return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

std::string both(const Label& label) {
    return label.zh + " / " + label.en;
}

/// "log_entry" → "LogEntryFields".
std::string fields_name(std::string_view kind) {
    std::string out;
    bool up = true;
    for (const char c : kind) {
        if (c == '_') {
            up = true;
            continue;
        }
        out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
        up = false;
    }
    return out + "Fields";
}

json::object type_of(const Catalog& catalog, const Field& field) {
    switch (field.type) {
        case FieldType::number:
        case FieldType::height:
            return {{"type", "number"}};
        case FieldType::duration:
            return {{"type", json::array{"number", "string"}}};
        case FieldType::integer:
            return {{"type", "integer"}};
        case FieldType::boolean:
            return {{"type", "boolean"}};
        case FieldType::date:
            return {{"type", "string"}, {"format", "date"}};
        case FieldType::time:
            return {{"type", "string"}, {"format", "date-time"}};
        case FieldType::reference:
        case FieldType::person:
            return {{"type", "string"}, {"format", "uuid"}};
        case FieldType::references:
            return {{"type", "array"}, {"items", {{"type", "string"}, {"format", "uuid"}}}};
        case FieldType::json:
            return {};
        case FieldType::code: {
            json::object out{{"type", "string"}};
            if (const auto* table = catalog.codes(field.code_table)) {
                json::array values;
                for (const auto& code : table->codes) values.emplace_back(code.value);
                out.emplace("enum", std::move(values));
            }
            return out;
        }
        case FieldType::text:
        case FieldType::long_text:
        case FieldType::phone:
        case FieldType::file:
            break;
    }
    return {{"type", "string"}};
}

json::object schema_of_field(const Catalog& catalog, const Field& field) {
    json::object out = type_of(catalog, field);
    if (field.min) out.emplace("minimum", *field.min);
    if (field.max) out.emplace("maximum", *field.max);
    if (field.length_max > 0) out.emplace("maxLength", field.length_max);
    if (field.otherwise) out.emplace("default", *field.otherwise);
    if (!field.clock.empty()) out.emplace("readOnly", true);
    if (!field.datum.empty()) out.emplace("x-datum", field.datum);
    if (!field.pattern.empty()) out.emplace("pattern", "^(?:" + field.pattern + ")$");
    std::string text = both(field.label);
    if (!field.unit.empty()) text += " (" + field.unit + ")";
    if (!field.target_kind.empty()) text += " → " + field.target_kind;
    if (!field.earliest.empty()) text += "; ≥ " + field.earliest;
    if (!field.latest.empty()) text += "; ≤ " + field.latest;
    if (!field.help.zh.empty()) text += "; " + both(field.help);
    out.emplace("description", std::move(text));
    return out;
}

json::object schema_of_kind(const Catalog& catalog, const Kind& kind) {
    json::object properties;
    json::array required;
    for (const auto& field : kind.fields) {
        properties.emplace(field.name, schema_of_field(catalog, field));
        if (field.required) required.emplace_back(field.name);
    }
    json::object out{{"type", "object"},
                     {"description", both(kind.label)},
                     {"properties", std::move(properties)},
                     {"additionalProperties", false}};
    // Of a record as a whole: a patch brings what changes.
    if (!required.empty()) out.emplace("required", std::move(required));
    return out;
}

json::object schema_of_record() {
    const json::object text{{"type", "string"}}, whole{{"type", "integer"}},
        time{{"type", "string"}, {"format", "date-time"}},
        maybe_id{{"type", json::array{"string", "null"}}, {"format", "uuid"}};
    json::object scope{
        {"type", "object"},
        {"properties", {{"grid", maybe_id}, {"enterprise", maybe_id}, {"organisation", maybe_id}}}};
    json::object properties{
        {"id", {{"type", "string"}, {"format", "uuid"}}},
        {"kind", text},
        {"zone", text},
        {"space", text},
        {"revision", whole},
        {"state", text},
        {"scope", std::move(scope)},
        {"valid_from", time},
        {"valid_to", {{"type", json::array{"string", "null"}}, {"format", "date-time"}}},
        {"geometry",
         {{"oneOf", json::array{schema_of<Geometry>(), json::object{{"type", "null"}}}}}},
        {"sequence", whole},
        {"created_at", time},
        {"updated_at", time},
        {"deleted", {{"type", "boolean"}}},
        {"fields", {{"type", "object"}, {"additionalProperties", true}}}};
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", json::array{"id", "kind", "space", "revision", "fields"}}};
}

json::object schema_of_problem() {
    const json::object text{{"type", "string"}};
    json::object item{{"type", "object"},
                      {"properties", {{"where", text}, {"id", text}, {"text", text}}}};
    json::object properties{{"type", text},
                            {"title", text},
                            {"status", {{"type", "integer"}}},
                            {"detail", text},
                            {"instance", text},
                            {"errors", {{"type", "array"}, {"items", item}}},
                            {"current", {{"type", "integer"}}},
                            {"given", {{"type", "integer"}}}};
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", json::array{"type", "title", "status", "detail", "instance", "errors"}}};
}

json::object parameter(std::string_view in, std::string_view name, std::string_view text,
                       bool required) {
    return {{"in", in},
            {"name", name},
            {"required", required},
            {"description", text},
            {"schema", {{"type", "string"}}}};
}

json::array parameters_of(const RouteRow& row) {
    json::array out;
    std::string_view rest = row.path;
    while (true) {
        const auto open = rest.find('{');
        if (open == rest.npos) break;
        const auto close = rest.find('}', open);
        out.push_back(parameter("path", rest.substr(open + 1, close - open - 1), "", true));
        rest.remove_prefix(close);
    }
    for (const auto& [name, label] : row.query)
        out.push_back(parameter("query", name, both(label), false));
    if (row.right != k_public) {
        out.push_back(parameter("header", "X-Anlan-Space",
                                "live 或演练的编号 / live, or an exercise's id", false));
        if (row.method != Method::get) {
            out.push_back(
                parameter("header", "X-Anlan-Csrf", "会话的 csrf / the session's csrf", true));
        }
    }
    return out;
}

std::string operation_id(const RouteRow& row) {
    std::string out;
    for (const char c : name_of(row.method)) out += static_cast<char>(c + 32);
    for (const char c : row.path.starts_with("/api/v1") ? std::string_view(row.path).substr(7)
                                                        : std::string_view(row.path)) {
        if (c == '{' || c == '}') continue;
        const bool word =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        out += word ? c : '_';
    }
    return out;
}

json::object operation_of(const RouteRow& row) {
    json::object done{{"description", both(row.summary)}};
    if (!row.response.empty()) {
        done.emplace("content", json::object{{"application/json", {{"schema", row.response}}}});
    }
    json::object problem{
        {"description", "RFC 9457"},
        {"content", {{"application/problem+json", {{"schema", reference("Problem")}}}}}};
    json::object out{
        {"operationId", operation_id(row)},
        {"summary", both(row.summary)},
        {"description", "right: " + row.right},
        {"parameters", parameters_of(row)},
        {"responses",
         {{std::to_string(row.success), std::move(done)}, {"default", std::move(problem)}}}};
    if (!row.request.empty()) {
        out.emplace("requestBody",
                    json::object{{"required", true},
                                 {"content", {{"application/json", {{"schema", row.request}}}}}});
    }
    if (row.request.empty() && row.body_bytes_max > 0) {
        json::object any{{"schema", {{"type", "string"}, {"format", "binary"}}}};
        out.emplace("requestBody",
                    json::object{{"required", true},
                                 {"content", {{"application/octet-stream", std::move(any)}}}});
    }
    if (row.right != k_public)
        out.emplace("security", json::array{json::object{{"session", json::array{}}}});
    return out;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

void append_indented(std::string& out, const json::value& value, int depth) {
    const std::string pad(static_cast<std::size_t>(depth) * 2, ' ');
    if (value.is_object() && !value.get_object().empty()) {
        out += "{\n";
        for (const auto& [key, each] : value.get_object()) {
            out += pad + "  " + std::string(key) + ": ";
            append_indented(out, each, depth + 1);
            out += '\n';
        }
        out += pad + "}";
    } else {
        out += to_text(value);
    }
}

std::string operation_html(std::string_view path, std::string_view method,
                           const json::object& operation) {
    std::string upper(method);
    for (char& c : upper) c = static_cast<char>(c - 32);
    std::string out = "<details><summary><b>" + escaped(upper) + "</b> <code>" + escaped(path) +
                      "</code> " + escaped(text_at(operation, "summary")) + "</summary><p>" +
                      escaped(text_at(operation, "description")) + "</p>";
    const auto& parameters = array_at(operation, "parameters");
    if (!parameters.empty()) {
        out += "<ul>";
        for (const auto& each : parameters) {
            const auto& p = each.get_object();
            out += "<li><code>" + escaped(text_at(p, "name")) + "</code> (" +
                   escaped(text_at(p, "in")) + ") " + escaped(text_at(p, "description")) + "</li>";
        }
        out += "</ul>";
    }
    for (const char* part : {"requestBody", "responses"}) {
        if (const auto* v = operation.if_contains(part)) {
            std::string text;
            append_indented(text, *v, 0);
            out += std::string("<h4>") + part + "</h4><pre>" + escaped(text) + "</pre>";
        }
    }
    return out + "</details>\n";
}

}  // namespace

json::object openapi_of(const RouteRows& rows, const Catalog& catalog, std::string_view version) {
    json::object paths;
    for (const auto& row : rows) {
        std::string method;
        for (const char c : name_of(row.method)) method += static_cast<char>(c + 32);
        auto& path = paths[row.path];
        if (!path.is_object()) path = json::object{};
        path.get_object().insert_or_assign(method, operation_of(row));
    }
    json::object schemas{{"Problem", schema_of_problem()}, {"Record", schema_of_record()}};
    for (const auto& kind : catalog.kinds())
        schemas.emplace(fields_name(kind.name), schema_of_kind(catalog, kind));
    json::object session{{"type", "apiKey"}, {"in", "cookie"}, {"name", "anlan_session"}};
    return {{"openapi", "3.1.0"},
            {"info",
             {{"title", "安澜 Anlan"},
              {"version", version},
              {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
            {"servers", json::array{json::object{{"url", "/"}}}},
            {"paths", std::move(paths)},
            {"components",
             {{"schemas", std::move(schemas)},
              {"securitySchemes", {{"session", std::move(session)}}}}}};
}

std::string openapi_page(const json::object& openapi) {
    std::string out =
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>安澜接口 Anlan "
        "API</title>"
        "<meta name=\"viewport\" content=\"width=device-width\"><style>body{font:15px/1.5 "
        "sans-serif;max-width:60rem;"
        "margin:2rem auto;padding:0 1rem}summary{cursor:pointer;padding:.3rem "
        "0}details{border-bottom:1px solid #8884}"
        "pre{overflow:auto;background:#8881;padding:.6rem}b{display:inline-block;min-width:4.5rem}"
        "@media(prefers-color-scheme:dark){body{background:#0b1420;color:#dbe6f2}}</style></"
        "head><body>"
        "<h1>安澜接口 Anlan API</h1><p><a href=\"/api/v1/openapi.json\">openapi.json</a> (OpenAPI "
        "3.1)</p>\n";
    for (const auto& [path, methods] : object_at(openapi, "paths")) {
        for (const auto& [method, operation] : methods.get_object()) {
            out += operation_html(path, method, operation.get_object());
        }
    }
    out += "<h2>数据类型 Types</h2>";
    for (const auto& [name, schema] : object_at(object_at(openapi, "components"), "schemas")) {
        std::string text;
        append_indented(text, schema, 0);
        out += "<details><summary><code>" + escaped(name) + "</code></summary><pre>" +
               escaped(text) + "</pre></details>\n";
    }
    return out + "</body></html>\n";
}

RouteRows openapi_routes(std::shared_ptr<const json::object> openapi) {
    RouteRows rows;
    rows.push_back(route<NoBody, json::object>(
        Method::get, "/api/v1/openapi.json", k_public,
        {"接口说明（OpenAPI 3.1）", "This API as OpenAPI 3.1"},
        [openapi](const Call&, const NoBody&) -> Result<json::object> { return *openapi; }));
    for (const char* path : {"/api", "/api/docs"}) {
        rows.push_back(route<NoBody, Content>(
            Method::get, path, k_public, {"接口说明（网页）", "This API as a page"},
            [openapi](const Call&, const NoBody&) -> Result<Content> {
                return Content{.content_type = "text/html; charset=utf-8",
                               .bytes = openapi_page(*openapi),
                               .etag = {},
                               .file_name = {}};
            }));
    }
    return rows;
}

}  // namespace anlan::center
