#include "foundations/sensing/gateways/gb26875/tables.h"

#include "core/units.h"

#include <array>

namespace anlan::sensing::gb26875 {
namespace {

constexpr Name k_commands[] = {
    {1, "控制命令", "Control"}, {2, "发送数据", "Send data"}, {3, "确认", "Confirm"},
    {4, "请求", "Request"},     {5, "应答", "Reply"},         {6, "否认", "Deny"},
};

constexpr Name k_types[] = {
    {1, "上传建筑消防设施系统状态", "State of a fire protection system"},
    {2, "上传建筑消防设施部件运行状态", "State of a part"},
    {3, "上传建筑消防设施部件模拟量值", "Analog value of a part"},
    {4, "上传建筑消防设施操作信息", "Operation of a fire protection system"},
    {5, "上传建筑消防设施软件版本", "Software version of a fire protection system"},
    {6, "上传建筑消防设施系统配置情况", "Configuration of a fire protection system"},
    {7, "上传建筑消防设施部件配置情况", "Configuration of a part"},
    {8, "上传建筑消防设施系统时间", "Time of a fire protection system"},
    {21, "上传用户信息传输装置运行状态", "State of the transmission unit"},
    {24, "上传用户信息传输装置操作信息", "Operation of the transmission unit"},
    {25, "上传用户信息传输装置软件版本", "Software version of the transmission unit"},
    {26, "上传用户信息传输装置配置情况", "Configuration of the transmission unit"},
    {28, "上传用户信息传输装置系统时间", "Time of the transmission unit"},
    {61, "读建筑消防设施系统状态", "Read the state of a fire protection system"},
    {62, "读建筑消防设施部件运行状态", "Read the state of a part"},
    {63, "读建筑消防设施部件模拟量值", "Read the analog value of a part"},
    {64, "读建筑消防设施操作信息", "Read the operations of a fire protection system"},
    {65, "读建筑消防设施软件版本", "Read the software version of a fire protection system"},
    {66, "读建筑消防设施系统配置情况", "Read the configuration of a fire protection system"},
    {67, "读建筑消防设施部件配置情况", "Read the configuration of a part"},
    {68, "读建筑消防设施系统时间", "Read the time of a fire protection system"},
    {81, "读用户信息传输装置运行状态", "Read the state of the transmission unit"},
    {84, "读用户信息传输装置操作信息记录", "Read the operations of the transmission unit"},
    {85, "读用户信息传输装置软件版本", "Read the software version of the transmission unit"},
    {86, "读用户信息传输装置配置情况", "Read the configuration of the transmission unit"},
    {88, "读用户信息传输装置系统时间", "Read the time of the transmission unit"},
    {89, "初始化用户信息传输装置", "Initialise the transmission unit"},
    {90, "同步用户信息传输装置时钟", "Set the clock of the transmission unit"},
    {91, "查岗命令", "Check that somebody is on duty"},
};

constexpr Name k_system_types[] = {
    {0, "通用", "General"},
    {1, "火灾报警系统", "Fire alarm system"},
    {10, "消防联动控制器", "Fire linkage controller"},
    {11, "消火栓系统", "Hydrant system"},
    {12, "自动喷水灭火系统", "Sprinkler system"},
    {13, "气体灭火系统", "Gas extinguishing system"},
    {14, "水喷雾灭火系统（泵启动方式）", "Water spray system, pump start"},
    {15, "水喷雾灭火系统（压力容器启动方式）", "Water spray system, pressure vessel start"},
    {16, "泡沫灭火系统", "Foam system"},
    {17, "干粉灭火系统", "Dry powder system"},
    {18, "防烟排烟系统", "Smoke control system"},
    {19, "防火门及卷帘系统", "Fire doors and shutters"},
    {20, "消防电梯", "Firefighters' lift"},
    {21, "消防应急广播", "Emergency announcement system"},
    {22, "消防应急照明和疏散指示系统", "Emergency lighting and exit signs"},
    {23, "消防电源", "Fire protection power supply"},
    {24, "消防电话", "Firefighters' telephone"},
};

constexpr Name k_part_types[] = {
    {0, "通用", "General"},
    {1, "火灾报警控制器", "Fire alarm controller"},
    {10, "可燃气体探测器", "Combustible gas detector"},
    {11, "点型可燃气体探测器", "Point combustible gas detector"},
    {12, "独立式可燃气体探测器", "Stand-alone combustible gas detector"},
    {13, "线型可燃气体探测器", "Line combustible gas detector"},
    {16, "电气火灾监控报警器", "Electrical fire monitor"},
    {17, "剩余电流式电气火灾监控探测器", "Residual current electrical fire detector"},
    {18, "测温式电气火灾监控探测器", "Temperature electrical fire detector"},
    {21, "探测回路", "Detection loop"},
    {22, "火灾显示盘", "Fire display panel"},
    {23, "手动火灾报警按钮", "Manual call point"},
    {24, "消火栓按钮", "Hydrant button"},
    {25, "火灾探测器", "Fire detector"},
    {30, "感温火灾探测器", "Heat detector"},
    {31, "点型感温火灾探测器", "Point heat detector"},
    {32, "点型感温火灾探测器（S 型）", "Point heat detector, type S"},
    {33, "点型感温火灾探测器（R 型）", "Point heat detector, type R"},
    {34, "线型感温火灾探测器", "Line heat detector"},
    {35, "线型感温火灾探测器（S 型）", "Line heat detector, type S"},
    {36, "线型感温火灾探测器（R 型）", "Line heat detector, type R"},
    {37, "光纤感温火灾探测器", "Optical fibre heat detector"},
    {40, "感烟火灾探测器", "Smoke detector"},
    {41, "点型离子感烟火灾探测器", "Point ionisation smoke detector"},
    {42, "点型光电感烟火灾探测器", "Point optical smoke detector"},
    {43, "线型光束感烟火灾探测器", "Beam smoke detector"},
    {44, "吸气式感烟火灾探测器", "Aspirating smoke detector"},
    {50, "复合式火灾探测器", "Multi-criteria fire detector"},
    {51, "复合式感烟感温火灾探测器", "Smoke and heat detector"},
    {52, "复合式感光感温火灾探测器", "Flame and heat detector"},
    {53, "复合式感光感烟火灾探测器", "Flame and smoke detector"},
    {61, "紫外火焰探测器", "Ultraviolet flame detector"},
    {62, "红外火焰探测器", "Infrared flame detector"},
    {69, "感光火灾探测器", "Flame detector"},
    {74, "气体探测器", "Gas detector"},
    {78, "图像摄像方式火灾探测器", "Video fire detector"},
    {79, "感声火灾探测器", "Acoustic fire detector"},
    {81, "气体灭火控制器", "Gas extinguishing controller"},
    {82, "消防电气控制装置", "Fire protection electrical control"},
    {83, "消防控制室图形显示装置", "Control room display"},
    {84, "模块", "Module"},
    {85, "输入模块", "Input module"},
    {86, "输出模块", "Output module"},
    {87, "输入/输出模块", "Input and output module"},
    {88, "中继模块", "Relay module"},
    {91, "消防水泵", "Fire pump"},
    {92, "消防水箱", "Fire water tank"},
    {95, "喷淋泵", "Sprinkler pump"},
    {96, "水流指示器", "Water flow indicator"},
    {97, "信号阀", "Signal valve"},
    {98, "报警阀", "Alarm valve"},
    {99, "压力开关", "Pressure switch"},
    {101, "阀驱动装置", "Valve actuator"},
    {102, "防火门", "Fire door"},
    {103, "防火阀", "Fire damper"},
    {104, "通风空调", "Ventilation"},
    {105, "泡沫液泵", "Foam concentrate pump"},
    {106, "管网电磁阀", "Pipe solenoid valve"},
    {111, "防烟排烟风机", "Smoke control fan"},
    {113, "排烟防火阀", "Smoke exhaust damper"},
    {114, "常闭送风口", "Normally closed air inlet"},
    {115, "排烟口", "Smoke outlet"},
    {116, "电控挡烟垂壁", "Electric smoke curtain"},
    {117, "防火卷帘控制器", "Fire shutter controller"},
    {118, "防火门监控器", "Fire door monitor"},
    {121, "警报装置", "Alarm sounder"},
};

constexpr Name k_system_bits[] = {
    {0, "正常运行状态", "Normal"},
    {1, "火警", "Fire alarm"},
    {2, "故障", "Fault"},
    {3, "屏蔽", "Disabled"},
    {4, "监管", "Supervision"},
    {5, "启动（开启）", "Started"},
    {6, "反馈", "Feedback"},
    {7, "延时状态", "Delayed"},
    {8, "主电故障", "Mains fault"},
    {9, "备电故障", "Standby power fault"},
    {10, "总线故障", "Bus fault"},
    {11, "手动状态", "Manual mode"},
    {12, "配置改变", "Configuration changed"},
    {13, "复位", "Reset"},
};

constexpr Name k_part_bits[] = {
    {0, "正常运行状态", "Normal"}, {1, "火警", "Fire alarm"},  {2, "故障", "Fault"},
    {3, "屏蔽", "Disabled"},       {4, "监管", "Supervision"}, {5, "启动（开启）", "Started"},
    {6, "反馈", "Feedback"},       {7, "延时状态", "Delayed"}, {8, "电源故障", "Power fault"},
};

constexpr Name k_unit_bits[] = {
    {0, "正常监视状态", "Normal watch"},
    {1, "火警", "Fire alarm"},
    {2, "故障", "Fault"},
    {3, "主电故障", "Mains fault"},
    {4, "备电故障", "Standby power fault"},
    {5, "与监控中心通信信道故障", "Channel to the centre failed"},
    {6, "监测连接线路故障", "Monitored line failed"},
};

constexpr Name k_operation_bits[] = {
    {0, "复位", "Reset"},
    {1, "消音", "Silence"},
    {2, "手动报警", "Manual alarm"},
    {3, "警情消除", "Alarm dismissed"},
    {4, "自检", "Self-test"},
    {5, "确认（查岗应答）", "Confirmed (duty check answered)"},
    {6, "测试", "Test"},
};

constexpr Analog k_analogs[] = {
    {1, "事件计数", "Event count", "1", 1, 0, "event_count"},
    {2, "高度", "Height", "m", 0.01, 0, "height"},
    {3, "温度", "Temperature", "K", 0.1, k_zero_celsius_k, "temperature"},
    {4, "压力", "Pressure", "Pa", 1e5, 0, "pressure"},
    {5, "压力", "Pressure", "Pa", 100, 0, "pressure"},
    {6, "气体浓度", "Gas concentration", "%LEL", 0.1, 0, "gas_lel"},
    {7, "时间", "Time", "s", 1, 0, "duration"},
    {8, "电压", "Voltage", "V", 0.1, 0, "voltage"},
    {9, "电流", "Current", "A", 0.1, 0, "current"},
    {10, "流量", "Flow", "m³/s", 1e-4, 0, "flow"},
    {11, "风量", "Air flow", "m³/s", 0.1 / 60, 0, "air_flow"},
    {12, "风速", "Wind speed", "m/s", 1, 0, "wind_speed"},
};

template <class Row, std::size_t n>
const Row* find(const Row (&rows)[n], int code) {
    for (const Row& row : rows) {
        if (row.code == code) return &row;
    }
    return nullptr;
}

}  // namespace

const Name* command_name(int code) {
    return find(k_commands, code);
}
const Name* type_name(int code) {
    return find(k_types, code);
}
const Name* system_type_name(int code) {
    return find(k_system_types, code);
}
const Name* part_type_name(int code) {
    return find(k_part_types, code);
}
std::span<const Name> system_state_bits() {
    return k_system_bits;
}
std::span<const Name> part_state_bits() {
    return k_part_bits;
}
std::span<const Name> unit_state_bits() {
    return k_unit_bits;
}
std::span<const Name> operation_bits() {
    return k_operation_bits;
}

const Analog* analog(int code) {
    return code >= 1 && code <= 12 ? &k_analogs[code - 1] : nullptr;
}

}  // namespace anlan::sensing::gb26875
