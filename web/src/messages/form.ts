// Words of forms, places and lists.
export const form_zh = {
    choose: "选择…", required: "必填", sensitive: "敏感", unknown: "未填", now: "现在", unit: "单位", unit_s: "秒", unit_min: "分钟", unit_h: "小时", unit_d: "天", json: "JSON，可留空",
    between: "{min} 到 {max}", at_least: "不小于 {min}", at_most: "不大于 {max}", type_to_find: "输入名称、编号查找", none_found: "没有找到", take_away: "去掉 {name}",
    save: "保存修改", create: "登记", drop: "放弃修改", saved: "已保存为第 {n} 版", created: "已登记", nothing_changed: "没有改动", reason: "原因（可不填）", reason_says: "写进经过，供以后查",
    faults: "还有 {n} 处要改，见各字段", refused: "服务器退回了 {n} 处，见各字段。已填的内容都在。",
    fault_required: "必填", fault_not_number: "应为数字", fault_not_whole: "应为整数", fault_too_small: "小于下限", fault_too_large: "大于上限", fault_too_long: "太长", fault_pattern: "格式不符", fault_not_json: "不是有效的 JSON", fault_not_time: "不是有效的时间", fault_no_place: "还没有位置",
    conflict: "有人先改了同样的字段", conflict_says: "对方存成了第 {n} 版（{at}）。逐项选择保留谁的；没有冲突的改动已经合在一起。", mine: "我的", theirs: "对方的", settle: "按所选合并", merged: "已并入第 {n} 版，再保存一次即可",
    leave: "修改还没有保存", leave_text: "离开后，这张表上的修改就没有了。",
};
export const form_en: typeof form_zh = {
    choose: "Choose…", required: "required", sensitive: "sensitive", unknown: "Not filled in", now: "Now", unit: "Unit", unit_s: "s", unit_min: "min", unit_h: "h", unit_d: "days", json: "JSON, may stay empty",
    between: "{min} to {max}", at_least: "at least {min}", at_most: "at most {max}", type_to_find: "Type a name or number to find", none_found: "Nothing found", take_away: "Take {name} away",
    save: "Save changes", create: "Register", drop: "Drop the changes", saved: "Saved as version {n}", created: "Registered", nothing_changed: "Nothing has changed", reason: "Reason (optional)", reason_says: "Kept in the history",
    faults: "{n} still to mend, see the fields", refused: "The server refused {n}, see the fields. What you filled in is still here.",
    fault_required: "Required", fault_not_number: "Should be a number", fault_not_whole: "Should be a whole number", fault_too_small: "Below the limit", fault_too_large: "Above the limit", fault_too_long: "Too long", fault_pattern: "Does not fit the format", fault_not_json: "Not valid JSON", fault_not_time: "Not a valid time", fault_no_place: "No place yet",
    conflict: "Somebody changed the same fields first", conflict_says: "Theirs is version {n} ({at}). Choose for each whose to keep; changes that do not meet have been joined.", mine: "Mine", theirs: "Theirs", settle: "Join as chosen", merged: "Joined with version {n}; save once more",
    leave: "The changes are not saved", leave_text: "If you leave, the changes on this form are gone.",
};
export const place_zh = {
    title: "位置", scope: "归属", structured: "结构化内容", Point: "点", LineString: "线", Polygon: "面", MultiPoint: "多点", MultiLineString: "多线", MultiPolygon: "多面", GeometryCollection: "组合",
    none: "还没有位置", pick: "在地图上选", change: "改位置", take_away: "去掉位置", complex: "由多个部分组成，地图上不能逐点修改；重画会替换它。", shape: "画什么", shape_point: "点", shape_line: "线", shape_area: "面",
    how_point: "点一下地图，或在下面填坐标。", how_line: "依次点出各个转折点；拖动可移动，点中间的小圆可插入。", how_area: "依次点出各个角；拖动可移动，点中间的小圆可插入。不用点回起点。",
    crs: "坐标系", crs_degrees: "经纬度（CGCS2000 / WGS 84）", crs_plane: "平面坐标（CGCS2000 3 度带，中央经线 117°）", longitude: "经度", latitude: "纬度", easting: "东 Y（米）", northing: "北 X（米）",
    set: "定在这里", add: "加一个点", not_one: "这不是一个坐标。经纬度可写 117.80512 或 117°48′18.4″。", vertices: "各点坐标", remove: "去掉第 {n} 点", nothing: "还没有点", undo: "退一步", clear: "清空", too_few: "点还不够", take: "用这个位置", take_none: "不设位置", hectares: "{n} 公顷",
};
export const place_en: typeof place_zh = {
    title: "Place", scope: "Belongs to", structured: "structured", Point: "point", LineString: "line", Polygon: "area", MultiPoint: "points", MultiLineString: "lines", MultiPolygon: "areas", GeometryCollection: "collection",
    none: "No place yet", pick: "Pick on the map", change: "Change the place", take_away: "Take the place away", complex: "Made of several parts, which cannot be edited point by point; drawing anew replaces it.", shape: "What to draw", shape_point: "Point", shape_line: "Line", shape_area: "Area",
    how_point: "Press on the map, or type coordinates below.", how_line: "Press at every bend; drag to move a point, press a small circle to insert one.", how_area: "Press at every corner; drag to move, press a small circle to insert. No need to close it.",
    crs: "Coordinates in", crs_degrees: "Longitude and latitude (CGCS2000 / WGS 84)", crs_plane: "Plane (CGCS2000, 3-degree zone, meridian 117°)", longitude: "Longitude", latitude: "Latitude", easting: "East Y (m)", northing: "North X (m)",
    set: "Set it here", add: "Add a point", not_one: "These are no coordinates. Degrees may be 117.80512 or 117°48′18.4″.", vertices: "Points", remove: "Take point {n} away", nothing: "No points yet", undo: "One back", clear: "Clear", too_few: "Not enough points yet", take: "Use this place", take_none: "Leave it without a place", hectares: "{n} ha",
};
