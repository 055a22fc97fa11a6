// Duty: who is on duty, and what the watch has to know at a glance. GET /api/v1/duty/now.
#pragma once

#include "apps/context.h"

#include <filesystem>

namespace anlan::affairs {

namespace errors {
inline constexpr ErrorRow k_bad_duty_settings{"bad_duty_settings", 500, LogLevel::error,
                                              "值班设置文件有误：{what}",
                                              "The duty settings are wrong: {what}"};
}  // namespace errors

/// catalog/settings/duty.yaml
struct DutySettings {
    double stale_after_intervals = 0;
    double gust_window_s = 0;
    double tide_trend_window_s = 0;

    /// Errors: io, bad_duty_settings.
    static Result<DutySettings> load(const std::filesystem::path& file);
};

class Duty final : public apps::Application {
  public:
    Duty(const apps::Context& context, const DutySettings& settings)
        : m_context(context), m_settings(settings) {}

    Result<void> start() override { return {}; }
    [[nodiscard]] RouteRows routes() override;

    /// {wind, tide, on_duty, devices, time} as docs/architecture.md has it. wind is never null: its
    /// mode is measured, calm (under 1 m/s), stale or none. tide is null when no gauge was ever
    /// heard. Errors: those of the register.
    [[nodiscard]] Result<json::object> now(const Principal& who, std::string_view space) const;

  private:
    /// A datastream with its last value.
    struct Last {
        std::shared_ptr<const sensing::Stream> stream;
        bigdata::Observation observation;
    };
    [[nodiscard]] std::optional<Last> newest(std::string_view space,
                                             std::string_view property) const;
    [[nodiscard]] bool is_stale(const sensing::Stream& stream, Timestamp received) const;
    [[nodiscard]] json::object wind(std::string_view space) const;
    [[nodiscard]] json::value tide(std::string_view space) const;
    [[nodiscard]] json::object devices(std::string_view space) const;
    [[nodiscard]] Result<json::array> on_duty(const Principal& who, std::string_view space) const;
    void add_age(json::object& out, const Last& last) const;

    apps::Context m_context;
    DutySettings m_settings;
};

}  // namespace anlan::affairs
