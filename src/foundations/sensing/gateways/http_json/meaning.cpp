// What channels mean by their names: codes of table `property`, with the unit that the platform
// keeps of each.
#include "foundations/sensing/gateways/http_json/decoder.h"

#include <algorithm>
#include <array>

namespace anlan::sensing::http_json {
namespace {

struct Row {
    std::string_view property, unit, zh, en;
};
constexpr std::array k_rows{
    Row{"nh3_ppm", "ppm", "氨体积分数", "Ammonia by volume"},
    Row{"gas_lel", "%LEL", "可燃气体", "Combustible gas"},
    Row{"fire_state", "", "火灾报警状态", "Fire alarm state"},
    Row{"temperature", "K", "温度", "Temperature"},
    Row{"wind_speed", "m/s", "风速", "Wind speed"},
    Row{"wind_direction", "deg", "风向", "Wind direction"},
    Row{"air_temperature", "K", "气温", "Air temperature"},
    Row{"humidity", "%", "相对湿度", "Relative humidity"},
    Row{"air_pressure", "Pa", "气压", "Air pressure"},
    Row{"radiation", "W/m2", "太阳辐射", "Solar radiation"},
    Row{"tide_level", "m", "潮位", "Tide level"},
    Row{"longitude", "deg", "经度", "Longitude"},
    Row{"latitude", "deg", "纬度", "Latitude"},
    Row{"speed", "m/s", "速度", "Speed"},
    Row{"course", "deg", "航向", "Course"},
    Row{"unit_state", "", "装置状态", "Unit state"},
    Row{"water_pressure", "Pa", "水压", "Water pressure"},
    Row{"battery", "%", "电池电量", "Battery charge"},
    Row{"signal_strength", "dBm", "信号强度", "Signal strength"},
    Row{"voltage", "V", "电压", "Voltage"},
    Row{"current", "A", "电流", "Current"},
    Row{"residual_current", "A", "剩余电流", "Residual current"},
    Row{"cable_temperature", "K", "线缆温度", "Cable temperature"},
    Row{"active_power", "W", "有功功率", "Active power"},
    Row{"power_factor", "1", "功率因数", "Power factor"},
    Row{"energy", "kWh", "电能", "Electrical energy"},
    Row{"breaker_state", "", "断路器状态", "Breaker state"},
};

}  // namespace

std::optional<ChannelMeaning> meaning(std::string_view channel) {
    const auto dot = channel.rfind('.');
    const auto name = dot == channel.npos ? channel : channel.substr(dot + 1);
    // A series without tags whose field is called "value" is named by its measurement.
    const auto measurement = name.substr(0, name.find(','));
    const auto at = std::ranges::find(k_rows, measurement, &Row::property);
    if (at == k_rows.end()) return std::nullopt;
    return ChannelMeaning{std::string(at->property), std::string(at->unit), std::string(at->zh),
                          std::string(at->en)};
}

}  // namespace anlan::sensing::http_json
