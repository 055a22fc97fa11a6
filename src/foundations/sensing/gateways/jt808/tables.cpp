#include "foundations/sensing/gateways/jt808/tables.h"

#include <algorithm>

namespace anlan::sensing::jt808 {
namespace {

constexpr Name k_messages[] = {
    {0x0001, "终端通用应答", "General answer of the terminal"},
    {0x0002, "终端心跳", "Heartbeat"},
    {0x0003, "终端注销", "Logout"},
    {0x0004, "查询服务器时间请求", "Asks for the time (2019)"},
    {0x0005, "终端补传分包请求", "Asks for packages again (2019)"},
    {0x0100, "终端注册", "Registration"},
    {0x0102, "终端鉴权", "Authentication"},
    {0x0104, "查询终端参数应答", "Parameters"},
    {0x0107, "查询终端属性应答", "Properties"},
    {0x0108, "终端升级结果通知", "Outcome of an upgrade"},
    {0x0200, "位置信息汇报", "Position report"},
    {0x0201, "位置信息查询应答", "Position, as asked"},
    {0x0301, "事件报告", "Event report"},
    {0x0302, "提问应答", "Answer to a question"},
    {0x0303, "信息点播/取消", "Information on demand"},
    {0x0500, "车辆控制应答", "Answer to vehicle control"},
    {0x0608, "查询区域或线路数据应答", "Areas and routes (2019)"},
    {0x0700, "行驶记录数据上传", "Driving recorder data"},
    {0x0701, "电子运单上报", "Electronic waybill"},
    {0x0702, "驾驶员身份信息采集上报", "Driver's identity"},
    {0x0704, "定位数据批量上传", "Batch of positions"},
    {0x0705, "CAN 总线数据上传", "CAN bus data"},
    {0x0800, "多媒体事件信息上传", "Multimedia event"},
    {0x0801, "多媒体数据上传", "Multimedia data"},
    {0x0802, "存储多媒体数据检索应答", "Found multimedia data"},
    {0x0805, "摄像头立即拍摄命令应答", "Answer to take a picture"},
    {0x0900, "数据上行透传", "Passed through, up"},
    {0x0901, "数据压缩上报", "Compressed data"},
    {0x0a00, "终端 RSA 公钥", "Terminal's RSA public key"},
    {0x8001, "平台通用应答", "General answer of the platform"},
    {0x8003, "服务器补传分包请求", "Platform asks for packages again"},
    {0x8004, "查询服务器时间应答", "The time (2019)"},
    {0x8100, "终端注册应答", "Answer to registration"},
    {0x8103, "设置终端参数", "Set parameters"},
    {0x8104, "查询终端参数", "Read parameters"},
    {0x8105, "终端控制", "Terminal control"},
    {0x8106, "查询指定终端参数", "Read named parameters"},
    {0x8107, "查询终端属性", "Read properties"},
    {0x8108, "下发终端升级包", "Upgrade package"},
    {0x8201, "位置信息查询", "Asks for the position"},
    {0x8202, "临时位置跟踪控制", "Track for a while"},
    {0x8203, "人工确认报警消息", "Alarm confirmed by a person"},
    {0x8300, "文本信息下发", "Text message"},
    {0x8301, "事件设置", "Set events"},
    {0x8302, "提问下发", "Question"},
    {0x8303, "信息点播菜单设置", "Menu of information"},
    {0x8304, "信息服务", "Information"},
    {0x8400, "电话回拨", "Call back"},
    {0x8401, "设置电话本", "Set telephone book"},
    {0x8500, "车辆控制", "Vehicle control"},
    {0x8600, "设置圆形区域", "Set circles"},
    {0x8601, "删除圆形区域", "Delete circles"},
    {0x8602, "设置矩形区域", "Set rectangles"},
    {0x8603, "删除矩形区域", "Delete rectangles"},
    {0x8604, "设置多边形区域", "Set a polygon"},
    {0x8605, "删除多边形区域", "Delete polygons"},
    {0x8606, "设置路线", "Set a route"},
    {0x8607, "删除路线", "Delete routes"},
    {0x8700, "行驶记录数据采集命令", "Read the driving recorder"},
    {0x8800, "多媒体数据上传应答", "Answer to multimedia data"},
    {0x8801, "摄像头立即拍摄命令", "Take a picture"},
    {0x8900, "数据下行透传", "Passed through, down"},
    {0x8a00, "平台 RSA 公钥", "Platform's RSA public key"},
};

constexpr Name k_results[] = {{0, "成功/确认", "Done"},
                              {1, "失败", "Failed"},
                              {2, "消息有误", "Message is wrong"},
                              {3, "不支持", "Not supported"},
                              {4, "报警处理确认", "Alarm confirmed"}};
constexpr Name k_registrations[] = {{0, "成功", "Done"},
                                    {1, "车辆已被注册", "Vehicle is registered already"},
                                    {2, "数据库中无该车辆", "No such vehicle"},
                                    {3, "终端已被注册", "Terminal is registered already"},
                                    {4, "数据库中无该终端", "No such terminal"}};
constexpr Name k_colours[] = {{0, "未上牌", "No plate"},
                              {1, "蓝色", "Blue"},
                              {2, "黄色", "Yellow"},
                              {3, "黑色", "Black"},
                              {4, "白色", "White"},
                              {5, "绿色", "Green"},
                              {9, "其他", "Other"},
                              {93, "黄绿色", "Yellow and green"},
                              {94, "渐变绿色", "Shaded green"}};

constexpr Name k_alarms[] = {
    {0, "紧急报警", "Emergency, button pressed"},
    {1, "超速报警", "Overspeed"},
    {2, "疲劳驾驶报警", "Tired driver"},
    {3, "危险预警", "Danger ahead"},
    {4, "GNSS 模块故障", "GNSS module fault"},
    {5, "GNSS 天线未接或剪断", "GNSS antenna cut"},
    {6, "GNSS 天线短路", "GNSS antenna shorted"},
    {7, "主电源欠压", "Main supply low"},
    {8, "主电源掉电", "Main supply lost"},
    {9, "显示器故障", "Display fault"},
    {10, "TTS 模块故障", "Speech module fault"},
    {11, "摄像头故障", "Camera fault"},
    {12, "道路运输证 IC 卡模块故障", "Licence card module fault"},
    {13, "超速预警", "Overspeed soon"},
    {14, "疲劳驾驶预警", "Driver soon tired"},
    {15, "违规行驶报警", "Driving against rules (2019)"},
    {16, "胎压预警", "Tyre pressure (2019)"},
    {17, "右转盲区异常", "Right-turn blind spot (2019)"},
    {18, "当天累计驾驶超时", "Driving time of the day exceeded"},
    {19, "超时停车", "Stopped too long"},
    {20, "进出区域", "Area entered or left"},
    {21, "进出路线", "Route entered or left"},
    {22, "路段行驶时间不足或过长", "Too fast or slow on a stretch"},
    {23, "路线偏离", "Off the route"},
    {24, "车辆 VSS 故障", "Speed sensor fault"},
    {25, "车辆油量异常", "Fuel level odd"},
    {26, "车辆被盗", "Stolen"},
    {27, "车辆非法点火", "Started unlawfully"},
    {28, "车辆非法位移", "Moved unlawfully"},
    {29, "碰撞侧翻（2013：碰撞预警）", "Collision"},
    {30, "侧翻预警", "Rollover"},
    {31, "非法开门", "Door opened unlawfully"},
};
constexpr Name k_status[] = {
    {0, "ACC 开", "ACC on"},
    {1, "已定位", "Position fixed"},
    {2, "南纬", "South"},
    {3, "西经", "West"},
    {4, "停运", "Out of operation"},
    {5, "经纬度已加密", "Position encrypted"},
    {6, "前撞预警", "Forward collision (2019)"},
    {7, "车道偏移预警", "Lane departure (2019)"},
    {10, "油路断开", "Fuel line cut"},
    {11, "电路断开", "Circuit cut"},
    {12, "车门加锁", "Doors locked"},
    {13, "门 1 开（前门）", "Door 1 open (front)"},
    {14, "门 2 开（中门）", "Door 2 open (middle)"},
    {15, "门 3 开（后门）", "Door 3 open (rear)"},
    {16, "门 4 开（驾驶席）", "Door 4 open (driver)"},
    {17, "门 5 开", "Door 5 open"},
    {18, "GPS 定位", "GPS"},
    {19, "北斗定位", "BeiDou"},
    {20, "GLONASS 定位", "GLONASS"},
    {21, "Galileo 定位", "Galileo"},
    {22, "车辆行驶中", "Moving (2019)"},
};
constexpr Name k_loads[] = {{0, "空车", "Empty"},
                            {1, "半载", "Half loaded"},
                            {2, "保留", "Reserved"},
                            {3, "满载", "Fully loaded"}};
constexpr Name k_signals[] = {
    {0, "近光灯", "Low beam"},       {1, "远光灯", "High beam"},    {2, "右转向灯", "Right turn"},
    {3, "左转向灯", "Left turn"},    {4, "制动", "Brake"},          {5, "倒挡", "Reverse"},
    {6, "雾灯", "Fog light"},        {7, "示廓灯", "Outline lamp"}, {8, "喇叭", "Horn"},
    {9, "空调", "Air conditioning"}, {10, "空挡", "Neutral"},       {11, "缓速器工作", "Retarder"},
    {12, "ABS 工作", "ABS"},         {13, "加热器工作", "Heater"},  {14, "离合器状态", "Clutch"}};
constexpr Name k_io[] = {{0, "深度休眠", "Deep sleep"}, {1, "休眠", "Sleep"}};
constexpr Name k_video_alarms[] = {
    {0, "视频信号丢失", "Video signal lost"},
    {1, "视频信号遮挡", "Video blocked"},
    {2, "存储单元故障", "Memory fault"},
    {3, "其他视频设备故障", "Other video fault"},
    {4, "客车超员", "Too many passengers"},
    {5, "异常驾驶行为", "Odd driving"},
    {6, "特殊报警录像达到存储阈值", "Alarm recordings reach their limit"}};
constexpr Name k_areas[] = {{0, "无特定位置", "Nowhere in particular"},
                            {1, "圆形区域", "Circle"},
                            {2, "矩形区域", "Rectangle"},
                            {3, "多边形区域", "Polygon"},
                            {4, "路段", "Stretch of road"}};

constexpr ItemRow k_items[] = {
    {0x01, "里程", "Mileage", "mileage", "m", ItemForm::number, 4, 100},
    {0x02, "油量", "Fuel", "fuel", "L", ItemForm::number, 2, 0.1},
    {0x03, "行驶记录速度", "Speed of the driving recorder", "recorder_speed", "m/s",
     ItemForm::number, 2, 1.0 / 36},
    {0x04, "需人工确认的报警事件编号", "Alarm event that a person must confirm", "", "",
     ItemForm::number, 2},
    {0x05, "胎压", "Tyre pressures (2019)", "", "", ItemForm::bytes},
    {0x06, "车厢温度", "Temperature of the body (2019)", "body_temperature", "K",
     ItemForm::signed_size, 2, 1, 273.15},
    {0x11, "超速报警附加信息", "About overspeed", "", "", ItemForm::overspeed},
    {0x12, "进出区域/路线报警附加信息", "About areas and routes", "", "", ItemForm::area, 6},
    {0x13, "路段行驶时间附加信息", "About the time on a stretch", "", "", ItemForm::stretch, 7},
    {0x14, "视频相关报警（JT/T 1078）", "Video alarms (JT/T 1078)", "video_alarm_word", "",
     ItemForm::flags, 4, 1, 0, video_alarm_bits},
    {0x15, "视频信号丢失通道（JT/T 1078）", "Channels without video (JT/T 1078)", "", "",
     ItemForm::number, 4},
    {0x16, "视频信号遮挡通道（JT/T 1078）", "Channels blocked (JT/T 1078)", "", "",
     ItemForm::number, 4},
    {0x17, "存储器故障（JT/T 1078）", "Memory faults (JT/T 1078)", "", "", ItemForm::number, 2},
    {0x18, "异常驾驶行为（JT/T 1078）", "Odd driving (JT/T 1078)", "", "", ItemForm::bytes},
    {0x25, "扩展车辆信号状态", "Vehicle signals", "signal_word", "", ItemForm::flags, 4, 1, 0,
     signal_bits},
    {0x2a, "IO 状态", "IO state", "io_word", "", ItemForm::flags, 2, 1, 0, io_bits},
    {0x2b, "模拟量", "Analog values", "analog", "", ItemForm::halves, 4},
    {0x30, "无线通信网络信号强度", "Radio signal strength", "signal_strength", "", ItemForm::number,
     1},
    {0x31, "GNSS 定位卫星数", "Satellites in use", "satellites", "", ItemForm::number, 1},
    {0xe0, "后续自定义信息长度", "Length of what the maker adds", "", "", ItemForm::bytes},
};

const Name* find(std::span<const Name> table, unsigned code) {
    const auto at = std::ranges::find(table, code, &Name::code);
    return at == table.end() ? nullptr : &*at;
}

}  // namespace

const Name* message_name(unsigned id) {
    return find(k_messages, id);
}
const Name* result_name(unsigned code) {
    return find(k_results, code);
}
const Name* registration_name(unsigned code) {
    return find(k_registrations, code);
}
const Name* plate_colour(unsigned code) {
    return find(k_colours, code);
}
std::span<const Name> alarm_bits() {
    return k_alarms;
}
std::span<const Name> status_bits() {
    return k_status;
}
const Name& load_name(unsigned status) {
    return k_loads[status >> 8 & 3U];
}
std::span<const Name> signal_bits() {
    return k_signals;
}
std::span<const Name> io_bits() {
    return k_io;
}
std::span<const Name> video_alarm_bits() {
    return k_video_alarms;
}
const Name* area_kind(unsigned code) {
    return find(k_areas, code);
}

const ItemRow* item_row(unsigned id) {
    const auto at = std::ranges::find(k_items, id, &ItemRow::id);
    return at == std::end(k_items) ? nullptr : &*at;
}
std::span<const ItemRow> item_rows() {
    return k_items;
}

}  // namespace anlan::sensing::jt808
