#include "apps/monitoring/quality.h"

#include "apps/monitoring/errors.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>

namespace anlan::monitoring {
namespace {

std::unexpected<Error> wrong(const std::filesystem::path& file, const YAML::Node& node,
                             const std::string& what) {
    const int line = node.IsDefined() ? node.Mark().line + 1 : 0;
    return fail(errors::k_bad_quality_settings,
                {{"what", file.filename().string() + ":" + std::to_string(line) + ": " + what}});
}

std::optional<double> number(const YAML::Node& node) {
    return node ? std::optional(node.as<double>()) : std::nullopt;
}

/// Of what has the file's right to be believed: a source, finite numbers, min below max.
std::string fault_of(const QualityLimits& limits) {
    if (limits.source.empty()) return "source is missing";
    for (const auto& each : {limits.min, limits.max, limits.jump, limits.stuck_for_s}) {
        if (each && !std::isfinite(*each)) return "a limit is not a finite number";
    }
    if (limits.min && limits.max && *limits.min >= *limits.max) return "min is not below max";
    if (limits.jump && *limits.jump <= 0) return "jump is not above 0";
    if (limits.stuck_for_s && *limits.stuck_for_s <= 0) return "stuck_for_s is not above 0";
    return {};
}

}  // namespace

Result<QualitySettings> QualitySettings::load(const std::filesystem::path& file) {
    try {
        const YAML::Node root = YAML::LoadFile(file.string());
        QualitySettings out;
        out.source = root["source"].as<std::string>("");
        if (out.source.empty()) return wrong(file, root, "source is missing");
        out.online_intervals = root["online_intervals"].as<double>(out.online_intervals);
        out.online_otherwise_s = root["online_otherwise_s"].as<double>(out.online_otherwise_s);
        if (!(out.online_intervals > 0 && out.online_otherwise_s > 0))
            return wrong(file, root, "online_intervals and online_otherwise_s are above 0");
        for (const auto& row : root["properties"]) {
            QualityLimits limits{row["unit"].as<std::string>(""),
                                 number(row["min"]),
                                 number(row["max"]),
                                 number(row["jump"]),
                                 number(row["stuck_for_s"]),
                                 row["source"].as<std::string>("")};
            const auto property = row["property"].as<std::string>("");
            if (property.empty()) return wrong(file, row, "property is missing");
            if (const auto fault = fault_of(limits); !fault.empty()) return wrong(file, row, fault);
            if (!out.by_property.emplace(property, std::move(limits)).second)
                return wrong(file, row, property + " is there twice");
        }
        return out;
    } catch (const YAML::BadFile&) {
        return fail(errors::k_io, {{"what", file.string()}});
    } catch (const YAML::Exception& e) {
        return fail(errors::k_bad_quality_settings,
                    {{"what", file.filename().string() + ": " + e.what()}});
    }
}

const QualityLimits* QualitySettings::limits(std::string_view property,
                                             std::string_view unit) const {
    const auto at = by_property.find(property);
    return at == by_property.end() || at->second.unit != unit ? nullptr : &at->second;
}

void Delays::add(std::int64_t delay_ms) {
    // A device whose clock runs ahead is not late.
    const auto step =
        delay_ms < 1 ? 0.0 : 1 + std::floor(8 * std::log2(static_cast<double>(delay_ms)));
    ++m_counts[std::min(static_cast<std::size_t>(step), k_steps)];
    ++m_total;
}

void Delays::add(const Delays& other) {
    for (std::size_t i = 0; i < m_counts.size(); ++i) m_counts[i] += other.m_counts[i];
    m_total += other.m_total;
}

std::optional<double> Delays::quantile_s(double share) const {
    if (m_total == 0) return std::nullopt;
    const auto wanted = static_cast<std::uint64_t>(
        std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(m_total)));
    std::uint64_t seen = 0;
    std::size_t step = 0;
    while (step < k_steps && (seen += m_counts[step]) < std::max<std::uint64_t>(wanted, 1)) ++step;
    if (step == 0) return 0.0;
    // The middle of the step, on its own scale.
    return std::exp2((static_cast<double>(step) - 0.5) / 8) * 1e-3;
}

void QualityMeter::add(const bigdata::Observation& o) {
    ++m_received;
    m_delays.add(o.received - o.at);
    const bool newer = m_received == 1 || o.at > m_newest;
    if (newer) m_newest = o.at;
    if (m_limits == nullptr || o.quality == bigdata::Quality::bad) return;
    if ((m_limits->min && o.value < *m_limits->min) || (m_limits->max && o.value > *m_limits->max))
        ++m_out_of_range;
    if (!newer) return;
    if (!m_judged || o.value != m_value) {
        if (m_judged && m_limits->jump && std::abs(o.value - m_value) > *m_limits->jump) ++m_jumps;
        m_judged = true;
        m_value = o.value;
        m_since = o.at;
    } else if (m_limits->stuck_for_s &&
               static_cast<double>(o.at - m_since) >= *m_limits->stuck_for_s * 1000) {
        m_stuck = true;
    }
}

}  // namespace anlan::monitoring
