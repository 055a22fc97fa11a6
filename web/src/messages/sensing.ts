// Words of the sensing network: devices, datastreams, positions, quarantine, coverage.
export const monitoring_zh = { pages: "监测预警页面", devices: "设备", device: "设备", stream: "数据流", positions: "实时位置", rules: "报警规则", quarantine: "待接入设备", coverage: "感知覆盖" };
export const monitoring_en: typeof monitoring_zh = { pages: "Monitoring pages", devices: "Devices", device: "Device", stream: "Datastream", positions: "Live positions", rules: "Alarm rules", quarantine: "Quarantine", coverage: "Coverage" };

export const devices_zh = {
    says: "按最近一次报数判断：两个应报间隔为迟报，五个为无数据。", by_state: "按状态", state_online: "正常", state_late: "迟报", state_silent: "无数据", state_never: "从未报数", state_off: "停用",
    find: "名称、地址", type: "类型", all_types: "全部类型", grid: "网格", all_grids: "全部网格", device: "设备", state: "状态", last: "最近报数", where: "单位", protocol: "协议与地址", complete: "完整率", complete_long: "近一天完整率", faults: "数据问题", alarms: "报警",
    streams: "{n} 路", never: "从未", again: "每 15 秒更新", old: "{ago}的数据", none: "还没有设备", none_says: "设备第一次发来数据后会出现在「待接入设备」，接入后列在这里。没有设备不等于平安。", none_fit: "没有符合条件的设备", none_fit_says: "换一个状态、类型或网格，或去掉条件。", drop_filters: "去掉条件", to_quarantine: "接入新设备",
    fault_stuck: "不变 {n}", fault_jumps: "跳变 {n}", fault_out_of_range: "越界 {n}", no_faults: "没有发现", interval: "应报间隔", unset: "未配置", delay: "到达延迟", track: "轨迹", no_place: "台账里没有位置",
    streams_title: "数据流", last_day: "近 24 小时", no_streams: "这台设备还没有数据流。", alarms_title: "未结报警", no_alarms: "没有报过警。", commands: "下发的命令", no_commands: "没有下发过命令。", record: "台账", curve_empty: "近 24 小时没有读数", curve_failed: "曲线没有读到",
};
export const devices_en: typeof devices_zh = {
    says: "Judged by the last word: late after two expected intervals, silent after five.", by_state: "By state", state_online: "Reporting", state_late: "Late", state_silent: "Silent", state_never: "Never heard", state_off: "Out of service",
    find: "Name or address", type: "Type", all_types: "All types", grid: "Grid", all_grids: "All grids", device: "Device", state: "State", last: "Last word", where: "Where", protocol: "Protocol and address", complete: "Complete", complete_long: "Complete, last day", faults: "Data faults", alarms: "Alarms",
    streams: "{n} streams", never: "never", again: "Updated every 15 s", old: "data from {ago}", none: "No devices yet", none_says: "A device that sends for the first time waits in quarantine; once adopted it is listed here. No device does not mean safe.", none_fit: "No device fits", none_fit_says: "Choose another state, type or grid, or drop the conditions.", drop_filters: "Drop the conditions", to_quarantine: "Adopt a new device",
    fault_stuck: "stuck {n}", fault_jumps: "jumps {n}", fault_out_of_range: "out of range {n}", no_faults: "none found", interval: "Expected interval", unset: "Not configured", delay: "Delay", track: "Track", no_place: "The record has no place",
    streams_title: "Datastreams", last_day: "last 24 hours", no_streams: "This device has no datastreams yet.", alarms_title: "Open alarms", no_alarms: "It has never raised an alarm.", commands: "Commands sent", no_commands: "No command has been sent.", record: "Record", curve_empty: "No readings in 24 hours", curve_failed: "The curve could not be read",
};
export const stream_zh = {
    alarms: "报警", at: "时间", beyond: "图外：{limit}", channel: "通道 {channel}", count: "读数", csv: "存为 CSV", saved: "已存为 {name}", csv_shown: "屏上的曲线", csv_shown_says: "{n} 段：最小、平均、最大、最后值", csv_all: "全部读数", csv_all_says: "{n} 个原始读数", curve: "曲线", empty: "这段时间没有读数", empty_says: "最近一次读数在 {at}。", how: "在图上拖动放大，双击或「−」缩小；深线是均值，浅带是最小到最大，峰值不会丢。方向键逐点读数。", incident_mark: "事件 {number}", last: "最后值", late: "迟报",
    limits: "限值", max: "最大", mean: "平均", min: "最小", never: "这路数据流还没有收到过读数。", no_limits: "没有对它生效的阈值规则。", no_value: "无读数", old: "连接已断开，曲线是{ago}读的。", siblings: "同一设备的数据流", state_normal: "正常", still: "未恢复", table: "表格", to_last: "看最近的读数", value: "值", view: "显示方式",
    sentence: "{from} 到 {until}，{n} 个读数，最后 {last}，最小 {min}，最大 {max}，报警 {alarms} 次", tip_many: "均 {mean}，{min} 到 {max} {unit}（{n} 个）",
};
export const stream_en: typeof stream_zh = {
    alarms: "Alarms", at: "Time", beyond: "Off the chart: {limit}", channel: "channel {channel}", count: "Readings", csv: "Save as CSV", saved: "Saved as {name}", csv_shown: "The curve as shown", csv_shown_says: "{n} stretches: least, mean, greatest, last", csv_all: "Every reading", csv_all_says: "{n} readings as stored", curve: "Curve", empty: "No readings in this period", empty_says: "The last reading was at {at}.", how: "Drag on the chart to look closer, double-click or “−” to step back; the dark line is the mean, the light band reaches from least to greatest, so no peak is lost. Arrow keys read value by value.", incident_mark: "Incident {number}", last: "Last", late: "late",
    limits: "Limits", max: "Greatest", mean: "Mean", min: "Least", never: "Nothing has ever been received on this datastream.", no_limits: "No threshold rule holds for it.", no_value: "No reading", old: "The connection is cut; the curve was read {ago}.", siblings: "Datastreams of the device", state_normal: "Normal", still: "not cleared", table: "Table", to_last: "Show the last readings", value: "Value", view: "View",
    sentence: "{from} to {until}: {n} readings, last {last}, least {min}, greatest {max}, {alarms} alarms", tip_many: "mean {mean}, {min} to {max} {unit} ({n})",
};
export const period_bar_zh = { title: "时段", any: "任意时段", from: "从", until: "到", show: "显示", wrong: "结束要晚于开始", back: "前一段", forth: "后一段", wider: "缩小一倍", last_1h: "1 小时", last_6h: "6 小时", last_24h: "24 小时", last_7d: "7 天", last_30d: "30 天", last_1y: "1 年" };
export const period_bar_en: typeof period_bar_zh = { title: "Period", any: "Any period", from: "From", until: "Until", show: "Show", wrong: "The end must be after the beginning", back: "The period before", forth: "The period after", wider: "Twice as long", last_1h: "1 h", last_6h: "6 h", last_24h: "24 h", last_7d: "7 d", last_30d: "30 d", last_1y: "1 y" };
export const positions_zh = {
    find: "名称、车牌、MMSI", dangerous: "危险货物", dangerous_class: "危险货物 {name}", doubtful: "位置可疑：移动得太快", none: "还没有车辆或船舶报位置。", none_fit: "没有符合条件的。", stale: "位置过期，{ago}", gone: "地图上已隐去，{ago}", to_device: "设备详情", leave_track: "关闭轨迹", pane_list: "列表", pane_map: "地图",
    track: "轨迹", no_track: "这段时间没有位置。", whole: "全程", moment: "时刻", run: "播放", pause: "暂停", unknown_then: "这一刻没有位置", sum: "{length}，历时 {time}，{n} 个点，最快 {fastest}", thinned: "已抽稀", reading: "正在读轨迹…",
};
export const positions_en: typeof positions_zh = {
    find: "Name, plate, MMSI", dangerous: "Dangerous goods", dangerous_class: "Dangerous goods {name}", doubtful: "Doubtful position: it moved too fast", none: "No vehicle or ship has told its position yet.", none_fit: "None fits.", stale: "position too old, {ago}", gone: "no longer on the map, {ago}", to_device: "Device", leave_track: "Close the track", pane_list: "List", pane_map: "Map",
    track: "Track", no_track: "No positions in this period.", whole: "Whole track", moment: "Moment", run: "Run", pause: "Pause", unknown_then: "no position at this moment", sum: "{length} in {time}, {n} points, fastest {fastest}", thinned: "thinned", reading: "Reading the track…",
};
export const quarantine_zh = {
    says: "发来数据但台账里没有的设备。数据不入库、不报警，先在这里等人认领。", none: "没有等待接入的设备", none_says: "让设备连到本机的端口，它发来第一帧后就会出现在这里。", first: "首次", last: "最近", frames: "帧数", from: "来自 {peer}", sample: "样例帧", no_sample: "没有留下样例", more: "只列最近 {n} 台",
    adopt: "接入", forget: "忽略", may_not: "需要登记设备的权限", forget_title: "忽略 {address}？", forget_text: "从这里去掉。它再发来数据时会重新出现。", adopted: "已接入「{name}」",
    adopt_title: "接入 {address}", adopt_says: "以下由收到的数据推出，可以改，也可以直接接入。", place_ask: "在地图上点一下，设备在哪里", place_set: "位置已定，可以再点别处", place_moves: "它自己会报位置，不用选", adopt_go: "接入", adopt_without_place: "不设位置，直接接入", reading: "正在读", streams: "数据流", no_streams: "还没有认出数据流。接入后可在台账里登记。", take_stream: "接入 {name}", stream_name: "通道 {channel} 的名称", stream_property: "通道 {channel} 的观测量", no_name: "先填名称", no_type: "先选类型", no_property: "有数据流还没有选观测量，或把它去掉",
    token_follows: "接入后会给出一个设备令牌，只显示一次。", token_title: "「{name}」的设备令牌", token_says: "只显示这一次。把它写进设备的配置；丢了只能换新的。",
};
export const quarantine_en: typeof quarantine_zh = {
    says: "Devices that send but are in no ledger. What they send is not stored and raises no alarm until somebody takes them in.", none: "Nobody waits in quarantine", none_says: "Point a device at this server’s ports: with its first frame it appears here.", first: "First", last: "Last", frames: "Frames", from: "from {peer}", sample: "Sample frame", no_sample: "No sample was kept", more: "Only the last {n} are listed",
    adopt: "Adopt", forget: "Forget", may_not: "Needs the right to register devices", forget_title: "Forget {address}?", forget_text: "It is taken off this list, and comes back when it sends again.", adopted: "Adopted “{name}”",
    adopt_title: "Adopt {address}", adopt_says: "Worked out from what was received: change what is wrong, or adopt it as it is.", place_ask: "Press on the map where the device stands", place_set: "The place is set; press elsewhere to change it", place_moves: "It tells its own position; no need to choose", adopt_go: "Adopt", adopt_without_place: "Adopt without a place", reading: "Reading", streams: "Datastreams", no_streams: "No datastream was recognised yet. They can be registered in the ledger later.", take_stream: "Take in {name}", stream_name: "Name of channel {channel}", stream_property: "Property of channel {channel}", no_name: "Give a name first", no_type: "Choose a type first", no_property: "Choose a property for every datastream, or leave it out",
    token_follows: "A device token will be shown once after adoption.", token_title: "Device token of “{name}”", token_says: "Shown this once. Put it into the device’s configuration; if it is lost it must be replaced.",
};
export const coverage_zh = {
    says: "谁在看着这片园区：在线、完整、及时、可信", by: "按什么看", by_grid: "按网格", by_type: "按设备类型", by_enterprise: "按企业", by_device: "按设备", devices: "设备", online: "在线", none: "还没有设备报过数。", nobody: "未归属", unwatched: "没有设备",
    head_online: "在线 / 设备", head_completeness: "完整率", head_delay: "延迟 中位 · p99", head_stuck: "不变", head_jumps: "跳变", head_out_of_range: "越界", head_last: "最近", how: "完整率：实收读数与应报间隔算出的应收之比，不超过 100%。没有登记应报间隔的不计。不变是这样的数据流数，跳变和越界是这样的读数个数。",
};
export const coverage_en: typeof coverage_zh = {
    says: "Who watches the zone: reporting, complete, prompt, believable", by: "Seen by", by_grid: "By grid", by_type: "By kind of device", by_enterprise: "By enterprise", by_device: "By device", devices: "Devices", online: "Reporting", none: "No device has reported yet.", nobody: "Nobody’s", unwatched: "No device",
    head_online: "Reporting / devices", head_completeness: "Complete", head_delay: "Delay median · p99", head_stuck: "Stuck", head_jumps: "Jumps", head_out_of_range: "Out of range", head_last: "Last", how: "Complete: readings received against those that the expected interval asks for, at most 100 %. Devices without an expected interval do not count. Stuck counts datastreams, jumps and out of range count readings.",
};
