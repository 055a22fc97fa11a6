#include "foundations/sensing/gateways/hj212/tables.h"

#include <algorithm>
#include <span>

namespace anlan::sensing::hj212 {
namespace {

// Each table sorted by code.
constexpr Name k_station_types[] = {{"21", "地表水质量监测", "Surface water quality"},
                                    {"22", "空气质量监测", "Air quality"},
                                    {"23", "声环境质量监测", "Ambient noise"},
                                    {"24", "地下水质量监测", "Groundwater quality"},
                                    {"25", "土壤质量监测", "Soil quality"},
                                    {"26", "海水质量监测", "Sea water quality"},
                                    {"27", "挥发性有机物监测", "Volatile organic compounds"},
                                    {"31", "大气环境污染源", "Air pollution source"},
                                    {"32", "地表水体环境污染源", "Surface water pollution source"},
                                    {"33", "地下水体环境污染源", "Groundwater pollution source"},
                                    {"34", "海洋环境污染源", "Marine pollution source"},
                                    {"35", "土壤环境污染源", "Soil pollution source"},
                                    {"36", "声环境污染源", "Noise source"},
                                    {"37", "振动环境污染源", "Vibration source"},
                                    {"38", "放射性环境污染源", "Radiation source"},
                                    {"39", "工地扬尘污染源", "Construction dust"},
                                    {"41", "电磁环境污染源", "Electromagnetic source"},
                                    {"44", "用电监测", "Electricity (2025)"},
                                    {"45", "关键工况监测", "Key working conditions (2025)"},
                                    {"51", "烟气排放过程监控", "Flue gas process"},
                                    {"52", "污水排放过程监控", "Sewage process"},
                                    {"91", "系统交互", "Between systems"}};

constexpr Name k_commands[] = {{"1000", "设置超时时间及重发次数", "Set timeout and retries"},
                               {"1001", "上传硬件序列号", "Hardware serial number (2025)"},
                               {"1002", "设置设备唯一标识", "Set the MN (2025)"},
                               {"1011", "提取现场机时间", "Read the clock"},
                               {"1012", "设置现场机时间", "Set the clock"},
                               {"1013", "现场机时间校准请求", "Asks for the time"},
                               {"1014", "密钥", "Key (2025)"},
                               {"1061", "提取实时数据间隔", "Read the real-time interval"},
                               {"1062", "设置实时数据间隔", "Set the real-time interval"},
                               {"1063", "提取分钟数据间隔", "Read the minute interval"},
                               {"1064", "设置分钟数据间隔", "Set the minute interval"},
                               {"1072", "设置现场机访问密码", "Set the password"},
                               {"2011", "实时数据", "Real-time data"},
                               {"2012", "停止察看实时数据", "Stop real-time data"},
                               {"2013", "原始数据", "Raw data (2025)"},
                               {"2021", "设备运行状态", "State of devices"},
                               {"2022", "停止察看设备运行状态", "Stop state of devices"},
                               {"2031", "日历史数据", "Daily data"},
                               {"2041", "设备运行时间日历史数据", "Daily running times"},
                               {"2051", "分钟数据", "Minute data"},
                               {"2052", "分钟数据", "Minute data (2025)"},
                               {"2061", "小时数据", "Hourly data"},
                               {"2062", "小时数据", "Hourly data (2025)"},
                               {"2081", "数采仪开机时间", "Start of the data logger"},
                               {"2111", "数据", "Data (2025)"},
                               {"9011", "请求应答", "Answer to a request"},
                               {"9012", "执行结果", "Outcome of a request"},
                               {"9013", "通知应答", "Answer to a notice"},
                               {"9014", "数据应答", "Answer to data"},
                               {"9015", "心跳", "Heartbeat (2025)"}};

constexpr Name k_data_flags[] = {{"B", "监测仪器与数采仪通讯异常", "No word from the instrument"},
                                 {"C", "校准", "Calibration"},
                                 {"D", "故障", "Fault"},
                                 {"F", "停运", "Out of operation"},
                                 {"M", "维护", "Maintenance"},
                                 {"N", "正常", "Normal"},
                                 {"S", "手工输入", "Entered by hand"},
                                 {"T", "超过测量上限", "Above the measuring range"}};

constexpr Name k_request_outcomes[] = {
    {"1", "准备执行请求", "Will be done"}, {"100", "未知错误", "Unknown error"},
    {"2", "请求被拒绝", "Refused"},        {"3", "PW 错误", "Wrong PW"},
    {"4", "MN 错误", "Wrong MN"},          {"5", "ST 错误", "Wrong ST"},
    {"6", "Flag 错误", "Wrong Flag"},      {"7", "QN 错误", "Wrong QN"},
    {"8", "CN 错误", "Wrong CN"},          {"9", "CRC 校验错误", "Wrong CRC"}};

constexpr Name k_execution_outcomes[] = {{"1", "执行成功", "Done"},
                                         {"100", "没有数据", "No data"},
                                         {"2", "执行失败，原因未知", "Failed, reason unknown"},
                                         {"3", "命令请求条件错误", "Wrong conditions"},
                                         {"4", "通讯超时", "Timeout"},
                                         {"5", "系统繁忙", "Busy"},
                                         {"6", "系统故障", "System fault"}};

const Name* find(std::span<const Name> table, std::string_view code) {
    const auto at = std::ranges::lower_bound(table, code, {}, &Name::code);
    return at != table.end() && at->code == code ? &*at : nullptr;
}

}  // namespace

const Name* station_type(std::string_view st) {
    return find(k_station_types, st);
}
const Name* command(std::string_view cn) {
    return find(k_commands, cn);
}
const Name* data_flag(std::string_view flag) {
    return find(k_data_flags, flag);
}
const Name* request_outcome(std::string_view code) {
    return find(k_request_outcomes, code);
}
const Name* execution_outcome(std::string_view code) {
    return find(k_execution_outcomes, code);
}

}  // namespace anlan::sensing::hj212
