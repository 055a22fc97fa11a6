// The decode command's view of a frame: {"key": {"zh", "en", "value", "unit"?, "meaning"?}}.
#include "core/hash.h"
#include "foundations/sensing/gateways/gb26875/decoder.h"
#include "foundations/sensing/gateways/gb26875/tables.h"

#include <cmath>
#include <cstdio>

namespace anlan::sensing::gb26875 {
namespace {

template <class T>
json::object field(std::string_view zh, std::string_view en, const T& value,
                   std::string_view unit = {}) {
    json::object out{{"zh", zh}, {"en", en}, {"value", json::value(value)}};
    if (!unit.empty()) out.emplace("unit", unit);
    return out;
}

/// Whole numbers (states, counts) without exponent.
json::value number_of(double value) {
    if (value == std::trunc(value) && std::fabs(value) < 1e15) {
        return static_cast<std::int64_t>(value);
    }
    return value;
}

json::object coded(std::string_view zh, std::string_view en, int code, const Name* name) {
    json::object out = field(zh, en, code);
    if (name != nullptr)
        out.emplace("meaning", json::object{{"zh", name->zh}, {"en", name->en}});
    else
        out.emplace("meaning",
                    json::object{{"zh", "预留或自定义"}, {"en", "Reserved or user-defined"}});
    return out;
}

json::object bits(std::string_view zh, std::string_view en, unsigned word,
                  std::span<const Name> names) {
    json::object out = field(zh, en, word);
    json::array set;
    for (unsigned bit = 0; bit < 16; ++bit) {
        if ((word >> bit & 1U) == 0) continue;
        json::object row{{"bit", bit}};
        if (bit < names.size()) {
            row.emplace("zh", names[bit].zh);
            row.emplace("en", names[bit].en);
        } else {
            row.emplace("zh", "预留");
            row.emplace("en", "Reserved");
        }
        set.push_back(std::move(row));
    }
    out.emplace("bits", std::move(set));
    return out;
}

json::object time_field(const WireTime& time, std::string_view zh = "时间",
                        std::string_view en = "Time") {
    const auto& b = time.bytes;
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "20%02u-%02u-%02u %02u:%02u:%02u", b[5], b[4], b[3],
                  b[2], b[1], b[0]);
    json::object out = field(zh, en, text.data());
    const auto instant = time.instant();
    out.emplace("utc", instant ? json::value(iso8601(*instant)) : json::value(nullptr));
    if (!instant)
        out.emplace("problem", json::object{{"zh", "不是有效时间"}, {"en", "Not a valid time"}});
    return out;
}

std::string hex_of(Bytes bytes) {
    return hex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

std::string version_text(unsigned main, unsigned user) {
    return std::to_string(main) + "." + std::to_string(user);
}

struct ObjectWriter {
    int type;
    json::object& out;

    void place(const SystemPlace& o) const {
        out.emplace("system_type", coded("系统类型", "System type", o.system_type,
                                         system_type_name(o.system_type)));
        out.emplace("system_address", field("系统地址", "System address", o.system_address));
    }
    void place(const PartPlace& o) const {
        place(static_cast<const SystemPlace&>(o));
        out.emplace("part_type",
                    coded("部件类型", "Part type", o.part_type, part_type_name(o.part_type)));
        const auto& a = o.part_address;
        out.emplace("part_address",
                    field("部件地址", "Part address",
                          version_text(a[0], a[1]) + "." + version_text(a[2], a[3])));
    }
    void operation(unsigned flags, unsigned person, const WireTime& time) const {
        out.emplace("operation", bits("操作标志", "Operation", flags, operation_bits()));
        out.emplace("person", field("操作员编号", "Operator number", person));
        out.emplace("time", time_field(time, "操作时间", "Time of the operation"));
    }
    void operator()(const SystemState& o) const {
        place(o);
        out.emplace("state", bits("系统状态", "System state", o.state, system_state_bits()));
        out.emplace("time", time_field(o.time, "状态发生时间", "Time of the state"));
    }
    void operator()(const PartState& o) const {
        place(o);
        out.emplace("state", bits("部件状态", "Part state", o.state, part_state_bits()));
        out.emplace("description", field("部件说明", "Description", text_of(o.description)));
        out.emplace("time", time_field(o.time, "状态发生时间", "Time of the state"));
    }
    void operator()(const PartAnalog& o) const {
        place(o);
        const Analog* row = analog(o.analog_type);
        const Name name{o.analog_type, row ? row->zh : "", row ? row->en : ""};
        out.emplace("analog_type",
                    coded("模拟量类型", "Analog type", o.analog_type, row ? &name : nullptr));
        out.emplace("raw", field("模拟量原始值", "Raw value", o.raw));
        if (row != nullptr) {
            out.emplace("value",
                        field("模拟量值", "Value", o.raw * row->scale + row->offset, row->unit));
        }
        out.emplace("time", time_field(o.time, "采样时间", "Time of sampling"));
    }
    void operator()(const SystemOperation& o) const {
        place(o);
        operation(o.flags, o.person, o.time);
    }
    void operator()(const SystemVersion& o) const {
        place(o);
        out.emplace("version", field("软件版本", "Software version", version_text(o.main, o.user)));
    }
    void operator()(const SystemConfiguration& o) const {
        place(o);
        out.emplace("text", field("系统说明", "System description", text_of(o.text)));
    }
    void operator()(const PartConfiguration& o) const {
        place(o);
        out.emplace("description", field("部件说明", "Description", text_of(o.description)));
    }
    void operator()(const SystemTime& o) const {
        place(o);
        out.emplace("time", time_field(o.time, "系统时间", "System time"));
    }
    void operator()(const UnitState& o) const {
        out.emplace("state", bits("装置运行状态", "Unit state", o.state, unit_state_bits()));
        out.emplace("time", time_field(o.time, "状态发生时间", "Time of the state"));
    }
    void operator()(const UnitOperation& o) const { operation(o.flags, o.person, o.time); }
    void operator()(const UnitVersion& o) const {
        out.emplace("version", field("软件版本", "Software version", version_text(o.main, o.user)));
    }
    void operator()(const UnitConfiguration& o) const {
        out.emplace("text", field("装置配置说明", "Unit configuration", text_of(o.text)));
    }
    void operator()(const UnitTime& o) const {
        out.emplace("time", time_field(o.time, type == 90 ? "应置时间" : "装置时间",
                                       type == 90 ? "Time to set" : "Unit time"));
    }
    void operator()(const ReadSystem& o) const { place(o); }
    void operator()(const ReadPart& o) const { place(o); }
    void operator()(const ReadSystemOperations& o) const {
        place(o);
        records(o.count, o.since);
    }
    void operator()(const ReadUnit& o) const {
        out.emplace("reserved", field("预留", "Reserved", o.reserved));
    }
    void operator()(const ReadUnitOperations& o) const { records(o.count, o.since); }
    void operator()(const DutyCheck& o) const {
        out.emplace("minutes", field("应答时限", "Time allowed", o.minutes, "min"));
    }
    void operator()(const UserData& o) const {
        out.emplace("count", field("信息对象数目", "Number of objects", o.count));
        out.emplace("data", field("自定义数据", "User-defined data", hex_of(o.bytes)));
    }
    void records(unsigned count, const WireTime& since) const {
        out.emplace("count", field("读取记录数", "Number of records", count));
        out.emplace("since", time_field(since, "记录起始时间", "Records since"));
    }
};

}  // namespace

json::array objects_json(const Unit& unit) {
    json::array out;
    for (const Object& object : unit.objects) {
        json::object each;
        std::visit(ObjectWriter{unit.type, each}, object);
        out.push_back(std::move(each));
    }
    return out;
}

json::object to_json(const Frame& frame, const Unit& unit) {
    const int command = static_cast<int>(frame.command);
    json::object out{
        {"protocol", "gb26875"},
        {"offset", frame.offset},
        {"bytes", frame.raw.size()},
        {"sequence", field("业务流水号", "Sequence number", frame.sequence)},
        {"version", field("协议版本号", "Protocol version",
                          version_text(frame.version_main, frame.version_user))},
        {"time", time_field(frame.time, "时间标签", "Time label")},
        {"source", field("源地址", "Source address", frame.source.text())},
        {"destination", field("目的地址", "Destination address", frame.destination.text())},
        {"unit_bytes",
         field("应用数据单元长度", "Length of the application data unit", frame.unit.size(), "B")},
        {"command", coded("控制单元命令", "Command", command, command_name(command))},
    };
    if (frame.unit.empty()) {
        if (frame.command == Command::send) {
            out.emplace("note", json::object{{"zh", "无应用数据：心跳"},
                                             {"en", "No application data: heartbeat"}});
        }
        return out;
    }
    if (command >= 128) {
        out.emplace("data", field("自定义数据", "User-defined data", hex_of(frame.unit)));
        return out;
    }
    out.emplace("type", coded("类型标志", "Type flag", unit.type, type_name(unit.type)));
    out.emplace("objects", objects_json(unit));
    std::vector<Reading> readings;
    readings_of(unit, readings);
    json::array list;
    for (const Reading& r : readings) {
        list.push_back(
            json::object{{"channel", r.channel},
                         {"value", number_of(r.value)},
                         {"at", r.at ? json::value(iso8601(*r.at)) : json::value(nullptr)},
                         {"quality", r.quality == bigdata::Quality::good ? "good" : "uncertain"}});
    }
    out.emplace("readings", std::move(list));
    return out;
}

}  // namespace anlan::sensing::gb26875
