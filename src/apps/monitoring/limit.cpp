#include "apps/monitoring/limit.h"

#include <cmath>
#include <cstdint>
#include <optional>

namespace anlan::monitoring {
namespace {

std::optional<Comparison> comparison_from(std::string_view op) {
    if (op == ">=") return Comparison::greater_or_equal;
    if (op == ">") return Comparison::greater;
    if (op == "<=") return Comparison::less_or_equal;
    if (op == "<") return Comparison::less;
    return std::nullopt;
}

}  // namespace

bool Limit::passes(double measured) const {
    switch (comparison) {
        case Comparison::greater_or_equal:
            return measured >= value;
        case Comparison::greater:
            return measured > value;
        case Comparison::less_or_equal:
            return measured <= value;
        case Comparison::less:
            return measured < value;
    }
    return false;
}

bool Limit::is_clear(double measured) const {
    if (passes(measured)) return false;
    if (clear == value) return true;
    return clear < value ? measured < clear : measured > clear;
}

std::string read_limit(const json::object& o, Limit& out) {
    const auto comparison = comparison_from(text_at(o, "op"));
    if (!comparison) return "op is not one of >= > <= <";
    out.comparison = *comparison;
    out.value = number_at(o, "value", std::nan(""));
    if (!std::isfinite(out.value)) return "value is not a number";
    out.clear = o.contains("clear") ? number_at(o, "clear", std::nan("")) : out.value;
    if (!std::isfinite(out.clear)) return "clear is not a number";
    const bool upward =
        *comparison == Comparison::greater_or_equal || *comparison == Comparison::greater;
    if (upward ? out.clear > out.value : out.clear < out.value)
        return "clear lies beyond the limit";
    return {};
}

bool bit_is_set(double value, int bit) {
    if (!(value >= 0 && value < 4294967296.0)) return false;
    return (static_cast<std::uint32_t>(value) >> bit & 1U) != 0;
}

}  // namespace anlan::monitoring
