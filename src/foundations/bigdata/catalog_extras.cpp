// Formats, calendar and migrations of a catalog.
#include "foundations/bigdata/catalog_loader.h"
#include "foundations/bigdata/pattern.h"

#include "core/time.h"

#include <cstdio>

namespace anlan::bigdata {

namespace {

std::optional<DayNumber> day_from(const std::string& text) {
    if (text.size() != 10) return std::nullopt;
    const auto at = parse_iso8601(text + "T00:00:00+08:00");
    return at ? std::optional(day_of(*at)) : std::nullopt;
}

std::optional<WorkingSpan> span_from(const std::string& text) {
    int h1 = 0, m1 = 0, h2 = 0, m2 = 0;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%2d:%2d-%2d:%2d%c", &h1, &m1, &h2, &m2, &rest) != 4)
        return std::nullopt;
    const WorkingSpan span{h1 * 60 + m1, h2 * 60 + m2};
    const bool fits = h1 >= 0 && m1 >= 0 && m1 < 60 && h2 >= 0 && m2 >= 0 && m2 < 60 &&
                      span.from_minute < span.to_minute && span.to_minute <= 24 * 60;
    return fits ? std::optional(span) : std::nullopt;
}

/// "hydrant.pressure" into kind and field; "hydrant" into kind alone.
std::pair<std::string, std::string> parts_of(const std::string& place) {
    const auto dot = place.find('.');
    if (dot == place.npos) return {place, {}};
    return {place.substr(0, dot), place.substr(dot + 1)};
}

}  // namespace

void CatalogLoader::read_formats(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"phone"})) return;
    for (const auto& node : list_of(*root, "phone", true)) {
        if (!yaml.keys(node, {"pattern", "label", "source"})) continue;
        PhoneFormat format{yaml.text(node, "pattern", true), yaml.label(node, "label")};
        yaml.text(node, "source", true);
        if (!is_pattern(format.pattern))
            yaml.note(node["pattern"], errors::k_catalog_shape,
                      {{"key", "pattern"},
                       {"expected", "正则表达式"},
                       {"expected_en", "a regular expression"}});
        phone_formats.push_back(std::move(format));
    }
}

void CatalogLoader::read_calendar(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"hours", "years"})) return;
    const auto shape = [&](const YAML::Node& at, const char* key, const char* zh, const char* en) {
        yaml.note(at, errors::k_catalog_shape,
                  {{"key", key}, {"expected", zh}, {"expected_en", en}});
    };
    for (const auto& text : yaml.texts(*root, "hours")) {
        const auto span = span_from(text);
        if (span && (spans.empty() || spans.back().to_minute <= span->from_minute))
            spans.push_back(*span);
        else
            shape((*root)["hours"], "hours", "先后不重叠的时段，如 09:00-12:00",
                  "spans in order and apart, like 09:00-12:00");
    }
    if (spans.empty()) shape(*root, "hours", "至少一个时段", "at least one span");
    for (const auto& node : list_of(*root, "years", true)) {
        if (!yaml.keys(node, {"year", "source", "holidays"})) continue;
        WorkingCalendar::Year year;
        year.year = static_cast<int>(yaml.number(node, "year").value_or(0));
        year.source = yaml.text(node, "source", true);
        const auto note_day = [&](const YAML::Node& at, const char* key, std::set<DayNumber>& days,
                                  std::optional<DayNumber> day) {
            if (!day || year_of(*day) != year.year || !days.insert(*day).second)
                shape(at, key, "当年的日期，且不重复", "a date of that year, once");
        };
        for (const auto& each : list_of(node, "holidays", true)) {
            if (!yaml.keys(each, {"name", "from", "to", "shifted"})) continue;
            yaml.label(each, "name");
            const auto from = day_from(yaml.text(each, "from", true));
            const auto to = day_from(yaml.text(each, "to", true));
            if (!from || !to || *to < *from || *to - *from > 20) {
                shape(each, "to", "不早于 from 的日期", "a date not before from");
                continue;
            }
            for (auto day = *from; day <= *to; ++day) note_day(each, "from", year.holidays, day);
            for (const auto& day : yaml.texts(each, "shifted"))
                note_day(each["shifted"], "shifted", year.shifted, day_from(day));
        }
        for (const auto& known : years) {
            if (known.year == year.year)
                yaml.note(node, errors::k_catalog_twice,
                          {{"name", std::to_string(year.year)}, {"first", known.source}});
        }
        years.push_back(std::move(year));
    }
}

MigrationStep CatalogLoader::read_step(const YAML::Node& node) {
    using enum MigrationStep::Do;
    MigrationStep step;
    if (!yaml.keys(node, {"rename", "drop", "change", "map", "map_states", "fill", "drop_kind",
                          "to", "factor", "codes", "states", "value", "reason"}))
        return step;
    struct Row {
        const char* key;
        MigrationStep::Do what;
        bool of_field;
    };
    static constexpr Row k_rows[]{{"rename", rename, true},          {"drop", drop, true},
                                  {"change", change, true},          {"map", map_codes, true},
                                  {"map_states", map_states, false}, {"fill", fill, true},
                                  {"drop_kind", drop_kind, false}};
    const Row* row = nullptr;
    for (const auto& each : k_rows) {
        if (node[each.key].IsDefined()) row = &each;
    }
    if (row == nullptr) {
        yaml.note(node, errors::k_catalog_key_missing, {{"key", "rename, drop, change, map, …"}});
        return step;
    }
    step.what = row->what;
    std::tie(step.kind, step.field) = parts_of(yaml.text(node, row->key, true));
    if (step.field.empty() == row->of_field || !is_catalog_name(step.kind) ||
        (row->of_field && !is_catalog_name(step.field))) {
        yaml.note(node[row->key], errors::k_catalog_shape,
                  {{"key", row->key},
                   {"expected", row->of_field ? "种类.字段" : "种类"},
                   {"expected_en", row->of_field ? "kind.field" : "a kind"}});
    }
    if (step.what == rename) step.to = yaml.name(node, "to");
    if (step.what == change) {
        step.type = yaml.choice<FieldType>(node, "to", k_field_types, std::nullopt);
        step.factor = yaml.number(node, "factor").value_or(1);
    }
    if (step.what == drop || step.what == drop_kind) step.reason = yaml.text(node, "reason", true);
    if (step.what == fill) {
        step.value = yaml.json(node["value"]);
        if (step.value.is_null())
            yaml.note(node, errors::k_catalog_key_missing, {{"key", "value"}});
    }
    if (step.what == map_codes || step.what == map_states) {
        const char* key = step.what == map_codes ? "codes" : "states";
        const YAML::Node map = node[key];
        if (!map.IsDefined() || !map.IsMap())
            yaml.note(node, errors::k_catalog_key_missing, {{"key", key}});
        else
            for (const auto& each : map) step.map[each.first.Scalar()] = each.second.Scalar();
    }
    return step;
}

void CatalogLoader::read_migration(const std::filesystem::path& file) {
    const auto root = yaml.open(file);
    if (!root || !yaml.keys(*root, {"number", "title", "steps"})) return;
    Migration migration;
    migration.file = file.filename().string();
    migration.number = static_cast<int>(yaml.number(*root, "number").value_or(0));
    migration.title = yaml.label(*root, "title");
    const int expected = static_cast<int>(migrations.size()) + 1;
    char prefix[8];
    std::snprintf(prefix, sizeof prefix, "%04d-", expected % 10'000);
    if (migration.number != expected || !migration.file.starts_with(prefix)) {
        yaml.note((*root)["number"], errors::k_catalog_value,
                  {{"key", "number"},
                   {"value", std::to_string(migration.number)},
                   {"known", std::to_string(expected) + " (" + prefix + "….yaml)"}});
    }
    for (const auto& node : list_of(*root, "steps", true))
        migration.steps.push_back(read_step(node));
    migrations.push_back(std::move(migration));
}

}  // namespace anlan::bigdata
