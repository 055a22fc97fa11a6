#include "center/configuration.h"

#include "center/errors.h"
#include "foundations/sensing/gateways/table.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <limits>

namespace anlan::center {
namespace {

std::unexpected<Error> wrong(const std::filesystem::path& file, const toml::source_region& where,
                             const std::string& what) {
    return fail(errors::k_bad_configuration,
                {{"what", file.string() + ":" + std::to_string(where.begin.line) + ": " + what}});
}

bool set(std::string& into, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value) into = *value;
    return value.has_value();
}
bool set(std::filesystem::path& into, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value) into = *value;
    return value.has_value();
}
bool set(bool& into, const toml::node& node) {
    const auto value = node.value_exact<bool>();
    if (value) into = *value;
    return value.has_value();
}
bool set(double& into, const toml::node& node) {
    const auto value = node.value<double>();
    if (!value || *value <= 0) return false;
    into = *value;
    return true;
}
bool set(std::vector<std::string>& into, const toml::node& node) {
    const auto* list = node.as_array();
    if (list == nullptr) return false;
    into.clear();
    for (const auto& each : *list) {
        const auto value = each.value_exact<std::string>();
        if (!value) return false;
        into.push_back(*value);
    }
    return true;
}
template <std::unsigned_integral T>
bool set(T& into, const toml::node& node) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > std::numeric_limits<T>::max())
        return false;
    into = static_cast<T>(*value);
    return true;
}
bool set(LogLevel& into, const toml::node& node) {
    const auto value = node.value_exact<std::string>();
    if (value == "debug")
        into = LogLevel::debug;
    else if (value == "info")
        into = LogLevel::info;
    else if (value == "warning")
        into = LogLevel::warning;
    else if (value == "error")
        into = LogLevel::error;
    else
        return false;
    return true;
}

/// "02:30" as minutes since midnight.
bool set_time_of_day(std::uint16_t& into, const toml::node& node) {
    const auto text = node.value_exact<std::string>();
    const auto digit = [&](std::size_t i) { return (*text)[i] >= '0' && (*text)[i] <= '9'; };
    if (!text || text->size() != 5 || (*text)[2] != ':' || !digit(0) || !digit(1) || !digit(3) ||
        !digit(4))
        return false;
    const int hour = std::stoi(text->substr(0, 2)), minute = std::stoi(text->substr(3, 2));
    if (hour > 23 || minute > 59) return false;
    into = static_cast<std::uint16_t>(hour * 60 + minute);
    return true;
}

bool set_key(BackupConfiguration& c, std::string_view key, const toml::node& node, bool& good) {
    const auto is = [&](std::string_view name, auto& into) {
        if (key != name) return false;
        good = set(into, node);
        return true;
    };
    if (key == "at") {
        good = set_time_of_day(c.at_minute, node);
        return true;
    }
    return is("folder", c.folder) || is("keep_daily", c.keep_daily) ||
           is("keep_weekly", c.keep_weekly) || is("keep_monthly", c.keep_monthly) ||
           is("pace_mb_s", c.pace_mb_s) || is("passphrase_file", c.passphrase_file);
}

bool set(std::optional<std::uint16_t>& into, const toml::node& node) {
    return set(into.emplace(), node);
}

json::value to_json(const toml::node& node) {
    if (const auto* table = node.as_table()) {
        json::object out;
        for (const auto& [key, value] : *table) out[std::string_view(key.str())] = to_json(value);
        return out;
    }
    if (const auto* array = node.as_array()) {
        json::array out;
        for (const auto& value : *array) out.push_back(to_json(value));
        return out;
    }
    if (const auto text = node.value_exact<std::string>()) return json::value(*text);
    if (const auto integer = node.value_exact<std::int64_t>()) return *integer;
    if (const auto number = node.value_exact<double>()) return *number;
    if (const auto flag = node.value_exact<bool>()) return *flag;
    return nullptr;
}

/// Every key that is not the center's is the gateway's own, which judges it as a whole later.
bool set_key(GatewayConfiguration& c, std::string_view key, const toml::node& node, bool& good) {
    good = true;
    if (key == "listen")
        good = set(c.listen, node);
    else if (key == "port")
        good = set(c.port, node);
    else if (key == "exercise_port")
        good = set(c.exercise_port, node);
    else
        c.settings[key] = to_json(node);
    return true;
}

/// False: no such key. The answer of set() in `good`.
bool set_key(Configuration& c, std::string_view key, const toml::node& node, bool& good) {
    const auto is = [&](std::string_view name, auto& into) {
        if (key != name) return false;
        good = set(into, node);
        return true;
    };
    return is("data", c.data) || is("web", c.web) || is("catalog", c.catalog) ||
           is("zone_data", c.zone_data) || is("substances", c.substances) || is("zone", c.zone) ||
           is("address", c.address) || is("http_port", c.http_port) || is("https", c.https) ||
           is("https_port", c.https_port) || is("names", c.names) ||
           is("certificate", c.certificate) || is("certificate_key", c.certificate_key) ||
           is("log_json", c.log_json) || is("gateway_address", c.gateway_address) ||
           is("any_ports", c.any_ports) || is("demonstration", c.demonstration) ||
           is("simulator", c.simulator) || is("behind_tls", c.behind_tls) ||
           is("metrics_for_all", c.metrics_for_all) || is("metrics_token", c.metrics_token) ||
           is("requests_per_second_max", c.requests_per_second_max) ||
           is("worker_threads", c.worker_threads) || is("log_level", c.log_level);
}

std::filesystem::path shipped(const std::filesystem::path& name) {
    std::error_code error;
    if (std::filesystem::exists(name, error)) return name;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return name;
    const auto folder = program.parent_path();
    // Installed as <prefix>/bin/anlan, or run from build/<preset>/src/center/.
    for (const auto& root : {folder / "../share/anlan", folder / "../../../.."}) {
        const auto candidate = (root / name).lexically_normal();
        if (std::filesystem::exists(candidate, error)) return candidate;
    }
    return name;
}

}  // namespace

Result<void> read_configuration(const std::filesystem::path& file, Configuration& into) {
    const toml::parse_result parsed = toml::parse_file(file.string());
    if (!parsed)
        return wrong(file, parsed.error().source(), std::string(parsed.error().description()));
    const auto read = [&file](const toml::table& table, auto& target) -> Result<void> {
        for (const auto& [key, node] : table) {
            const bool is_part =
                key.str() == "backup" || sensing::gateway_row(key.str()) != nullptr;
            if (std::is_same_v<decltype(target), Configuration&> && is_part && node.is_table())
                continue;
            bool good = false;
            if (!set_key(target, key.str(), node, good))
                return wrong(file, node.source(), "unknown key '" + std::string(key.str()) + "'");
            if (!good)
                return wrong(file, node.source(),
                             "wrong value of '" + std::string(key.str()) + "'");
        }
        return {};
    };
    const toml::table& whole = parsed.table();
    TRY(read(whole, into));
    if (const auto* part = whole["backup"].as_table()) TRY(read(*part, into.backup));
    for (const auto& row : sensing::gateways()) {
        const auto* part = whole[row.protocol].as_table();
        if (part == nullptr) continue;
        GatewayConfiguration& gateway = into.gateways[std::string(row.protocol)];
        TRY(read(*part, gateway));
        if (const auto good = sensing::check_settings(row, gateway.settings); !good)
            return wrong(file, part->source(), text_of(good.error(), Language::en));
    }
    return {};
}

void fill_shipped(Configuration& c) {
    if (c.web.empty()) c.web = shipped("web/dist");
    if (c.catalog.empty()) c.catalog = shipped("catalog");
    if (c.zone_data.empty()) c.zone_data = shipped("data/dongjiang");
    if (c.substances.empty()) c.substances = shipped("data/substances.yaml");
}

}  // namespace anlan::center
