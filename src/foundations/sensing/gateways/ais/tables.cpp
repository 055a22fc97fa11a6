#include "foundations/sensing/gateways/ais/tables.h"

#include <algorithm>
#include <array>

namespace anlan::sensing::ais {
namespace {

constexpr Name k_navigation[] = {
    {0, "在航（主机推动）", "Under way using engine"},
    {1, "锚泊", "At anchor"},
    {2, "失控", "Not under command"},
    {3, "操纵能力受限", "Restricted manoeuvrability"},
    {4, "受吃水限制", "Constrained by her draught"},
    {5, "系泊", "Moored"},
    {6, "搁浅", "Aground"},
    {7, "从事捕捞", "Engaged in fishing"},
    {8, "在航（帆船）", "Under way sailing"},
    {9, "保留（高速船危险品）", "Reserved (dangerous goods, high-speed craft)"},
    {10, "保留（地效船危险品）", "Reserved (dangerous goods, wing in ground)"},
    {11, "尾拖", "Towing astern"},
    {12, "顶推或旁拖", "Pushing ahead or towing alongside"},
    {13, "保留", "Reserved"},
    {14, "AIS-SART、人员落水或 EPIRB 已启动", "AIS-SART, man overboard or EPIRB active"},
};

constexpr Name k_position_devices[] = {
    {1, "GPS", "GPS"},
    {2, "GLONASS", "GLONASS"},
    {3, "GPS 与 GLONASS 组合", "Combined GPS and GLONASS"},
    {4, "罗兰 C", "Loran-C"},
    {5, "Chayka", "Chayka"},
    {6, "综合导航系统", "Integrated navigation system"},
    {7, "测量定位", "Surveyed"},
    {8, "伽利略", "Galileo"},
    {15, "内置 GNSS", "Internal GNSS"},
};

constexpr Name k_aids[] = {
    {1, "参考点", "Reference point"},
    {2, "雷达信标", "RACON"},
    {3, "近海固定构筑物", "Fixed structure offshore"},
    {4, "应急沉船标", "Emergency wreck mark"},
    {5, "无扇形灯", "Light, without sectors"},
    {6, "有扇形灯", "Light, with sectors"},
    {7, "前导标灯", "Leading light, front"},
    {8, "后导标灯", "Leading light, rear"},
    {9, "北方位固定标", "Beacon, cardinal north"},
    {10, "东方位固定标", "Beacon, cardinal east"},
    {11, "南方位固定标", "Beacon, cardinal south"},
    {12, "西方位固定标", "Beacon, cardinal west"},
    {13, "左侧固定标", "Beacon, port hand"},
    {14, "右侧固定标", "Beacon, starboard hand"},
    {15, "推荐航道左侧固定标", "Beacon, preferred channel port hand"},
    {16, "推荐航道右侧固定标", "Beacon, preferred channel starboard hand"},
    {17, "孤立危险固定标", "Beacon, isolated danger"},
    {18, "安全水域固定标", "Beacon, safe water"},
    {19, "专用固定标", "Beacon, special mark"},
    {20, "北方位浮标", "Cardinal mark north"},
    {21, "东方位浮标", "Cardinal mark east"},
    {22, "南方位浮标", "Cardinal mark south"},
    {23, "西方位浮标", "Cardinal mark west"},
    {24, "左侧浮标", "Port hand mark"},
    {25, "右侧浮标", "Starboard hand mark"},
    {26, "推荐航道左侧浮标", "Preferred channel port hand"},
    {27, "推荐航道右侧浮标", "Preferred channel starboard hand"},
    {28, "孤立危险浮标", "Isolated danger"},
    {29, "安全水域浮标", "Safe water"},
    {30, "专用浮标", "Special mark"},
    {31, "灯船、大型助航浮标或平台", "Light vessel, large buoy or rig"},
};

constexpr Name k_ships[] = {
    {30, "渔船", "Fishing"},
    {31, "拖带船", "Towing"},
    {32, "拖带船（拖带超 200 m 或宽超 25 m）", "Towing, over 200 m long or 25 m wide"},
    {33, "挖泥或水下作业", "Dredging or underwater operations"},
    {34, "潜水作业", "Diving operations"},
    {35, "军事作业", "Military operations"},
    {36, "帆船", "Sailing"},
    {37, "游艇", "Pleasure craft"},
    {50, "引航船", "Pilot vessel"},
    {51, "搜救船", "Search and rescue vessel"},
    {52, "拖轮", "Tug"},
    {53, "港口供应船", "Port tender"},
    {54, "防污染船", "Anti-pollution vessel"},
    {55, "执法船", "Law enforcement"},
    {56, "地方船舶", "Local vessel"},
    {57, "地方船舶", "Local vessel"},
    {58, "医疗运输", "Medical transport"},
    {59, "非武装冲突方船舶或飞机", "Ship or aircraft of a state not party to an armed conflict"},
    // Tens: the second digit says what it carries; see below.
    {20, "地效船", "Wing in ground"},
    {21, "地效船，危险品 X 类", "Wing in ground, hazardous category X"},
    {22, "地效船，危险品 Y 类", "Wing in ground, hazardous category Y"},
    {23, "地效船，危险品 Z 类", "Wing in ground, hazardous category Z"},
    {24, "地效船，危险品 OS 类", "Wing in ground, hazardous category OS"},
    {40, "高速船", "High-speed craft"},
    {41, "高速船，危险品 X 类", "High-speed craft, hazardous category X"},
    {42, "高速船，危险品 Y 类", "High-speed craft, hazardous category Y"},
    {43, "高速船，危险品 Z 类", "High-speed craft, hazardous category Z"},
    {44, "高速船，危险品 OS 类", "High-speed craft, hazardous category OS"},
    {60, "客船", "Passenger ship"},
    {61, "客船，危险品 X 类", "Passenger ship, hazardous category X"},
    {62, "客船，危险品 Y 类", "Passenger ship, hazardous category Y"},
    {63, "客船，危险品 Z 类", "Passenger ship, hazardous category Z"},
    {64, "客船，危险品 OS 类", "Passenger ship, hazardous category OS"},
    {70, "货船", "Cargo ship"},
    {71, "货船，危险品 X 类", "Cargo ship, hazardous category X"},
    {72, "货船，危险品 Y 类", "Cargo ship, hazardous category Y"},
    {73, "货船，危险品 Z 类", "Cargo ship, hazardous category Z"},
    {74, "货船，危险品 OS 类", "Cargo ship, hazardous category OS"},
    {80, "油船或液货船", "Tanker"},
    {81, "液货船，危险品 X 类", "Tanker, hazardous category X"},
    {82, "液货船，危险品 Y 类", "Tanker, hazardous category Y"},
    {83, "液货船，危险品 Z 类", "Tanker, hazardous category Z"},
    {84, "液货船，危险品 OS 类", "Tanker, hazardous category OS"},
    {90, "其他船舶", "Other type of ship"},
    {91, "其他船舶，危险品 X 类", "Other ship, hazardous category X"},
    {92, "其他船舶，危险品 Y 类", "Other ship, hazardous category Y"},
    {93, "其他船舶，危险品 Z 类", "Other ship, hazardous category Z"},
    {94, "其他船舶，危险品 OS 类", "Other ship, hazardous category OS"},
};

constexpr Name k_manoeuvres[] = {{1, "无特殊操纵", "No special manoeuvre"},
                                 {2, "特殊操纵", "Special manoeuvre"}};
constexpr Name k_repeats[] = {{0, "未转发", "Not repeated"},
                              {1, "转发一次", "Repeated once"},
                              {2, "转发两次", "Repeated twice"},
                              {3, "不再转发", "Do not repeat"}};
constexpr Name k_seconds[] = {{61, "人工输入", "Manual input"},
                              {62, "推算船位", "Dead reckoning"},
                              {63, "定位系统失效", "Positioning system inoperative"}};

const Name* find(std::span<const Name> table, unsigned code) {
    const auto at = std::ranges::find(table, code, &Name::code);
    return at == table.end() ? nullptr : &*at;
}
const Name* manoeuvre(unsigned code) {
    return find(k_manoeuvres, code);
}
const Name* repeat_name(unsigned code) {
    return find(k_repeats, code);
}
const Name* second_name(unsigned code) {
    return find(k_seconds, code);
}

// Fields that stand in many messages, at different places.
constexpr Field repeat{"repeat", "转发次数", "Repeat indicator", Form::code, 6, 2, 1, {},
                       {},       {},         repeat_name};
constexpr Field accuracy(std::uint16_t s) {
    return {
        "accuracy", "位置精度（优于 10 m）", "Position accuracy (better than 10 m)", Form::flag, s,
        1};
}
constexpr Field longitude(std::uint16_t s) {
    return {"longitude", "经度",        "Longitude", Form::signed_number, s,
            28,          1.0 / 600'000, "deg",       108'600'000,         108'000'000};
}
constexpr Field latitude(std::uint16_t s) {
    return {"latitude", "纬度",        "Latitude", Form::signed_number, s,
            27,         1.0 / 600'000, "deg",      54'600'000,          54'000'000};
}
constexpr Field speed(std::uint16_t s) {
    return {"speed", "对地航速", "Speed over ground", Form::number, s, 10, 0.1, "kn", 1023, 1022};
}
constexpr Field course(std::uint16_t s) {
    return {"course", "对地航向", "Course over ground", Form::number, s, 12, 0.1, "deg",
            3600,     3599};
}
constexpr Field heading(std::uint16_t s) {
    return {"heading", "船首向", "True heading", Form::number, s, 9, 1, "deg", 511, 359};
}
constexpr Field second(std::uint16_t s) {
    return {"second", "UTC 秒", "UTC second", Form::code, s, 6, 1, "s", 60, {}, second_name};
}
constexpr Field raim(std::uint16_t s) {
    return {"raim", "RAIM 使用中", "RAIM in use", Form::flag, s, 1};
}
constexpr Field assigned(std::uint16_t s) {
    return {"assigned", "指配模式", "Assigned mode", Form::flag, s, 1};
}
constexpr Field spare(std::uint16_t s, std::uint16_t n) {
    return {"spare", "备用", "Spare", Form::raw, s, n};
}
constexpr Field spare_2(std::uint16_t s, std::uint16_t n) {
    return {"spare_2", "备用", "Spare", Form::raw, s, n};
}
constexpr Field regional(std::uint16_t s) {
    return {"regional", "区域保留", "Regional reserved", Form::raw, s, 8};
}
constexpr Field radio(std::uint16_t s, std::uint16_t n) {
    return {"radio", "通信状态", "Communication state", Form::raw, s, n};
}
constexpr Field ship(std::uint16_t s) {
    return {"ship_type", "船舶与货物类型", "Type of ship and cargo", Form::code, s, 8, 1, {}, 0,
            {},          ship_type};
}
constexpr Field name(std::uint16_t s) {
    return {"name", "船名", "Name", Form::text, s, 120};
}
constexpr Field callsign(std::uint16_t s) {
    return {"call_sign", "呼号", "Call sign", Form::text, s, 42};
}
constexpr Field bow(std::uint16_t s) {
    return {"to_bow", "天线至船首", "Antenna to bow", Form::number, s, 9, 1, "m"};
}
constexpr Field stern(std::uint16_t s) {
    return {"to_stern", "天线至船尾", "Antenna to stern", Form::number, s, 9, 1, "m"};
}
constexpr Field port(std::uint16_t s) {
    return {"to_port", "天线至左舷", "Antenna to port", Form::number, s, 6, 1, "m"};
}
constexpr Field starboard(std::uint16_t s) {
    return {"to_starboard", "天线至右舷", "Antenna to starboard", Form::number, s, 6, 1, "m"};
}
constexpr Field epfd(std::uint16_t s) {
    return {"position_device", "定位装置", "Position device", Form::code, s, 4, 1, {}, 0, {},
            position_device};
}
constexpr Field no_dte(std::uint16_t s) {
    return {"no_dte", "无数据终端", "No data terminal", Form::flag, s, 1};
}

constexpr Field k_position_a[] = {
    repeat,
    {"navigation_status",
     "航行状态",
     "Navigation status",
     Form::code,
     38,
     4,
     1,
     {},
     15,
     {},
     navigation_status},
    {"rate_of_turn", "转向率", "Rate of turn", Form::turn, 42, 8, 1, "deg/min", -128, 127},
    speed(50),
    accuracy(60),
    longitude(61),
    latitude(89),
    course(116),
    heading(128),
    second(137),
    {"manoeuvre", "特殊操纵", "Manoeuvre indicator", Form::code, 143, 2, 1, {}, 0, {}, manoeuvre},
    spare(145, 3),
    raim(148),
    radio(149, 19)};

constexpr Field k_base[] = {
    repeat,
    {"year", "年（UTC）", "Year (UTC)", Form::number, 38, 14, 1, {}, 0, 9999},
    {"month", "月", "Month", Form::number, 52, 4, 1, {}, 0, 12},
    {"day", "日", "Day", Form::number, 56, 5, 1, {}, 0},
    {"hour", "时", "Hour", Form::number, 61, 5, 1, {}, 24, 23},
    {"minute", "分", "Minute", Form::number, 66, 6, 1, {}, 60, 59},
    {"second", "秒", "Second", Form::number, 72, 6, 1, {}, 60, 59},
    accuracy(78),
    longitude(79),
    latitude(107),
    epfd(134),
    {"long_range", "长距离广播", "Long-range broadcast", Form::flag, 138, 1},
    spare(139, 9),
    raim(148),
    radio(149, 19)};

constexpr Field k_static_a[] = {
    repeat,
    {"ais_version", "AIS 版本", "AIS version", Form::raw, 38, 2},
    {"imo", "IMO 编号", "IMO number", Form::number, 40, 30, 1, {}, 0},
    callsign(70),
    name(112),
    ship(232),
    bow(240),
    stern(249),
    port(258),
    starboard(264),
    epfd(270),
    {"eta_month", "预到月（UTC）", "ETA month (UTC)", Form::number, 274, 4, 1, {}, 0, 12},
    {"eta_day", "预到日", "ETA day", Form::number, 278, 5, 1, {}, 0},
    {"eta_hour", "预到时", "ETA hour", Form::number, 283, 5, 1, {}, 24, 23},
    {"eta_minute", "预到分", "ETA minute", Form::number, 288, 6, 1, {}, 60, 59},
    {"draught", "最大静吃水", "Draught", Form::number, 294, 8, 0.1, "m", 0},
    {"destination", "目的港", "Destination", Form::text, 302, 120},
    no_dte(422),
    spare(423, 1)};

constexpr Field k_aircraft[] = {
    repeat,
    {"height", "高度（4094 为及以上）", "Altitude (4094: or higher)", Form::number, 38, 12, 1, "m",
     4095},
    {"speed", "对地航速", "Speed over ground", Form::number, 50, 10, 1, "kn", 1023},
    accuracy(60),
    longitude(61),
    latitude(89),
    course(116),
    second(128),
    {"barometric", "气压高度", "Barometric altitude", Form::flag, 134, 1},
    spare(135, 7),
    no_dte(142),
    spare_2(143, 3),
    assigned(146),
    raim(147),
    radio(148, 20)};

constexpr Field k_safety[] = {
    repeat, spare(38, 2), {"text", "安全信息", "Safety-related text", Form::text, 40, 968}};

constexpr Field k_position_b[] = {
    repeat,
    regional(38),
    speed(46),
    accuracy(56),
    longitude(57),
    latitude(85),
    course(112),
    heading(124),
    second(133),
    spare(139, 2),
    {"carrier_sense", "载波侦听（CS）", "Carrier sense (CS)", Form::flag, 141, 1},
    {"display", "有显示器", "Has a display", Form::flag, 142, 1},
    {"dsc", "有 DSC", "Has DSC", Form::flag, 143, 1},
    {"band", "可用全频段", "Whole marine band", Form::flag, 144, 1},
    {"message_22", "可受 22 号报文管理", "Accepts message 22", Form::flag, 145, 1},
    assigned(146),
    raim(147),
    radio(148, 20)};

constexpr Field k_extended_b[] = {
    repeat,      regional(38),  speed(46),      accuracy(56),   longitude(57), latitude(85),
    course(112), heading(124),  second(133),    spare(139, 4),  name(143),     ship(263),
    bow(271),    stern(280),    port(289),      starboard(295), epfd(301),     raim(305),
    no_dte(306), assigned(307), spare_2(308, 4)};

constexpr Field k_aid[] = {
    repeat,
    {"aid_type",
     "航标类型",
     "Type of aid to navigation",
     Form::code,
     38,
     5,
     1,
     {},
     0,
     {},
     aid_type},
    {"name", "名称", "Name", Form::text, 43, 120},
    accuracy(163),
    longitude(164),
    latitude(192),
    bow(219),
    stern(228),
    port(237),
    starboard(243),
    epfd(249),
    second(253),
    {"off_position", "移位", "Off position", Form::flag, 259, 1},
    {"aid_status", "航标状态（区域）", "Status of the aid (regional)", Form::raw, 260, 8},
    raim(268),
    {"virtual", "虚拟航标", "Virtual aid", Form::flag, 269, 1},
    assigned(270),
    spare(271, 1),
    {"name_extension", "名称续", "Name, continued", Form::text, 272, 84}};

constexpr Field k_part{"part", "部分号", "Part number", Form::raw, 38, 2};
constexpr Field k_vendor{"vendor", "厂商", "Vendor", Form::text, 48, 18};
constexpr Field k_model{"model", "型号码", "Unit model code", Form::raw, 66, 4};
constexpr Field k_serial{"serial", "序列号", "Serial number", Form::raw, 70, 20};
constexpr Field k_static_24a[] = {repeat, k_part, name(40)};
constexpr Field k_static_24b[] = {repeat,         k_part,       ship(40),     k_vendor,   k_model,
                                  k_serial,       callsign(90), bow(132),     stern(141), port(150),
                                  starboard(156), epfd(162),    spare(166, 2)};
constexpr Field k_static_24b_auxiliary[] = {
    repeat,
    k_part,
    ship(40),
    k_vendor,
    k_model,
    k_serial,
    callsign(90),
    {"mother_ship", "母船 MMSI", "MMSI of the mother ship", Form::number, 132, 30, 1, {}, 0},
    epfd(162),
    spare(166, 2)};

constexpr Field k_long_range[] = {
    repeat,
    accuracy(38),
    raim(39),
    {"navigation_status",
     "航行状态",
     "Navigation status",
     Form::code,
     40,
     4,
     1,
     {},
     15,
     {},
     navigation_status},
    {"longitude", "经度", "Longitude", Form::signed_number, 44, 18, 1.0 / 600, "deg", 108'600,
     108'000},
    {"latitude", "纬度", "Latitude", Form::signed_number, 62, 17, 1.0 / 600, "deg", 54'600, 54'000},
    {"speed", "对地航速", "Speed over ground", Form::number, 79, 6, 1, "kn", 63},
    {"course", "对地航向", "Course over ground", Form::number, 85, 9, 1, "deg", 511, 359},
    {"old_position", "位置早于 5 秒", "Position older than 5 s", Form::flag, 94, 1},
    spare(95, 1)};

constexpr MessageRow k_messages[] = {
    {1, "A 类位置报告（自主）", "Class A position report", 149, k_position_a},
    {2, "A 类位置报告（指配）", "Class A position report, assigned", 149, k_position_a},
    {3, "A 类位置报告（应答）", "Class A position report, on request", 149, k_position_a},
    {4, "基站报告", "Base station report", 149, k_base},
    {5, "静态与航次数据", "Static and voyage data", 420, k_static_a},
    {6, "寻址二进制报文", "Addressed binary message", 72},
    {7, "二进制确认", "Binary acknowledgement", 72},
    {8, "广播二进制报文", "Binary broadcast message", 40},
    {9, "搜救飞机位置报告", "SAR aircraft position report", 148, k_aircraft},
    {10, "UTC 询问", "UTC inquiry", 72},
    {11, "UTC 应答", "UTC response", 149, k_base},
    {12, "寻址安全信息", "Addressed safety-related message", 72},
    {13, "安全信息确认", "Safety-related acknowledgement", 72},
    {14, "安全信息广播", "Safety-related broadcast", 40, k_safety},
    {15, "询问", "Interrogation", 88},
    {16, "指配模式命令", "Assignment mode command", 92},
    {17, "GNSS 差分广播", "GNSS differential broadcast", 80},
    {18, "B 类位置报告", "Class B position report", 148, k_position_b},
    {19, "B 类扩展位置报告", "Class B extended position report", 307, k_extended_b},
    {20, "链路管理", "Data link management", 70},
    {21, "航标报告", "Aid-to-navigation report", 269, k_aid},
    {22, "信道管理", "Channel management", 168},
    {23, "群组指配", "Group assignment", 160},
    {24, "B 类静态数据", "Class B static data", 160, k_static_24a},
    {25, "单时隙二进制报文", "Single-slot binary message", 40},
    {26, "多时隙二进制报文", "Multiple-slot binary message", 60},
    {27, "长距离位置报告", "Long-range position report", 94, k_long_range},
};

constexpr Name k_ship{0, "船台", "Ship"}, k_group{0, "船队", "Group of ships"},
    k_coast{0, "岸台", "Coast station"}, k_aircraft_kind{0, "搜救飞机", "SAR aircraft"},
    k_craft{0, "附属艇", "Craft of a ship"}, k_mark{0, "航标", "Aid to navigation"},
    k_sart{0, "AIS-SART", "AIS-SART"}, k_overboard{0, "人员落水装置", "Man-overboard device"},
    k_epirb{0, "EPIRB-AIS", "EPIRB-AIS"}, k_handheld{0, "手持电台", "Handheld radio"},
    k_odd{0, "不合规的号码", "Number out of rule"};

}  // namespace

const MessageRow* message_row(unsigned type) {
    return type >= 1 && type <= std::size(k_messages) ? &k_messages[type - 1] : nullptr;
}
std::span<const Field> static_part_b() {
    return k_static_24b;
}
std::span<const Field> static_part_b_auxiliary() {
    return k_static_24b_auxiliary;
}

const Name* navigation_status(unsigned code) {
    return find(k_navigation, code);
}
const Name* position_device(unsigned code) {
    return find(k_position_devices, code);
}
const Name* aid_type(unsigned code) {
    return find(k_aids, code);
}

const Name* ship_type(unsigned code) {
    if (const Name* exact = find(k_ships, code)) return exact;
    // 5…9 of a ten are reserved or without more to say.
    const unsigned ten = code / 10 * 10;
    return code <= 99 && ten != 30 && ten != 50 ? find(k_ships, ten) : nullptr;
}

const Name& station_kind(std::uint32_t mmsi) {
    const auto begins = [&](std::uint32_t prefix, std::uint32_t rest) {
        return mmsi / rest == prefix;
    };
    if (begins(970, 1'000'000)) return k_sart;
    if (begins(972, 1'000'000)) return k_overboard;
    if (begins(974, 1'000'000)) return k_epirb;
    if (begins(111, 1'000'000)) return k_aircraft_kind;
    if (begins(99, 10'000'000)) return k_mark;
    if (begins(98, 10'000'000)) return k_craft;
    if (begins(8, 100'000'000)) return k_handheld;
    if (mmsi > 0 && mmsi < 10'000'000) return k_coast;
    if (mmsi >= 10'000'000 && mmsi < 100'000'000) return k_group;
    return mmsi >= 200'000'000 && mmsi < 800'000'000 ? k_ship : k_odd;
}

}  // namespace anlan::sensing::ais
