"""Berths, pumping stations, cameras, hospitals, fire stations, vehicles, experts."""

import plane
import shore
import streets

# What a vehicle of a type carries; the type by its name in places.yaml.
_VEHICLES = {
    "水罐消防车": ("water_tender", {"seats": 6, "water_m3": 12}), "抢险救援车": ("rescue", {"seats": 6}),
    "举高喷射车": ("aerial", {"seats": 3, "reach_m": 32, "water_m3": 6, "foam_kg": 2000}),
    "指挥车": ("command", {"seats": 5}), "化学事故抢险车": ("hazmat", {"seats": 6}),
    "洗消车": ("decontamination", {"seats": 4, "water_m3": 4}), "救护车": ("ambulance", {"seats": 5}),
    "泡沫消防车": ("foam_tender", {"seats": 6, "water_m3": 8, "foam_kg": 6000}), "巡逻车": ("patrol", {"seats": 5}),
    "移动监测车": ("laboratory", {"seats": 4}), "救助快艇": ("boat", {"seats": 8}), "保障车": ("support", {"seats": 3}),
    "排水泵车": ("pump", {"seats": 3, "flow_m3_s": 0.83}), "工程车": ("works", {"seats": 5}),
    "中巴车": ("bus", {"seats": 19}), "抢修车": ("works", {"seats": 5}), "应急发电车": ("support", {"seats": 3}),
    "溢油回收船": ("boat", {"seats": 6}), "挖掘机": ("works", {"seats": 1}), "汽车起重机": ("works", {"seats": 2}),
}


def _phone(number):
    return f"000-0000-{number:04d}"


def _run_by(reg, key):
    """An organisation, or an enterprise as the scope."""
    if key in reg.organisations:
        return {"organisation": reg.id_of("organisation", key)}, {"organisation": key}
    return {}, {"enterprise": key} if key else {}


def add_berths(reg, layout):
    for number, (berth, points) in enumerate(zip(layout["berths"], shore.berth_lines(layout)), 1):
        a, b = points
        reg.add("berth", number, {
            "code": f"BW-{number:02d}", "name": berth["name"], "name_en": berth["name_en"], "use": berth["use"],
            "enterprise": reg.id_of("enterprise", berth["enterprise"]) if "enterprise" in berth else None,
            "length_m": round(plane.distance(a, b)),
            "depth_m": berth["depth_m"], "deadweight_t": berth["deadweight_t"]},
            plane.line(points), grid=berth["grid"], enterprise=berth.get("enterprise"))


def add_pumping_stations(reg, city):
    for number, p in enumerate(city["pumping_stations"], 1):
        reg.add("pumping_station", p["id"], {
            "name": p["name"], "name_en": p["name_en"], "medium": p["medium"], "capacity_m3_s": p["m3_s"],
            "pumps": p["pumps"], "standby_power": p["standby"], "organisation": reg.id_of("organisation", "municipal"),
            "phone": _phone(600 + number)}, plane.point(tuple(p["at"])), at=tuple(p["at"]), organisation="municipal",
            state=p.get("state"))


def add_hospitals(reg, city):
    for number, h in enumerate(city["hospitals"], 1):
        organisation = h.get("organisation")
        reg.add("hospital", h["id"], {
            "name": h["name"], "name_en": h["name_en"], "level": h["level"], "beds": h["beds"],
            "emergency_beds": h["emergency"], "ambulances": h["ambulances"], "specialities": h["specialities"],
            "specialities_en": h["specialities_en"], "hyperbaric": h["hyperbaric"],
            "decontamination": h["decontamination"],
            "organisation": reg.id_of("organisation", organisation) if organisation else None,
            "phone": _phone(620 + number)}, plane.point(tuple(h["at"])), at=tuple(h["at"]), organisation=organisation)


def add_fire_stations(reg, city):
    for number, f in enumerate(city["fire_stations"], 1):
        fields, scope = _run_by(reg, f["organisation"])
        reg.add("fire_station", f["id"], {
            "name": f["name"], "name_en": f["name_en"], "type": f["type"], **fields, "people": f["people"],
            "foam_kg": f["foam_kg"], "water_m3": f["water_m3"], "phone": _phone(640 + number)},
            plane.point(tuple(f["at"])), at=tuple(f["at"]), **scope)


def add_cameras(reg, city, layout):
    """One at every junction of three larger streets and more, and those that the table names."""
    meets = {}
    for piece in streets.segments(layout):
        for p in (piece["points"][0], piece["points"][-1]):
            meets.setdefault(p, []).append(piece["street"])
    number = 0
    for at in sorted(meets, key=lambda p: (-p[1], p[0])):
        larger = {s["id"]: s for s in meets[at] if s["class"] in ("trunk", "primary", "secondary")}
        if len(meets[at]) < 3 or len(larger) < 2 or not any(s["class"] != "secondary" for s in larger.values()):
            continue
        one, other = list(larger.values())[:2]
        number += 1
        _camera(reg, number, (f"{one['name']}与{other['name']}路口", f"{one['name_en']} at {other['name_en']}"), "dome",
                (at[0] + 12, at[1] + 12), 0, 8, None)
    for name, name_en, kind, at, bearing, height, enterprise in city["cameras"]:
        number += 1
        _camera(reg, number, (name, name_en), kind, tuple(at), bearing, height, enterprise)


def _camera(reg, number, name, kind, at, bearing, height, enterprise):
    owner = None if enterprise else "police"
    reg.add("camera", number, {
        "code": f"SP-{number:03d}", "name": name[0], "name_en": name[1], "type": kind, "bearing_deg": bearing,
        "height_m": height, "enterprise": reg.id_of("enterprise", enterprise) if enterprise else None,
        "organisation": reg.id_of("organisation", owner) if owner else None}, plane.point(at), at=at,
        enterprise=enterprise, organisation=owner)


def add_vehicles(reg, places):
    number = 0
    for t in places["teams"]:
        for row, (zh, en, count) in enumerate(t["vehicles"], 1):
            kind, carries = _VEHICLES[zh]
            for k in range(1, count + 1):
                number += 1
                reg.add("vehicle", f"{t['id']}/{row}/{k}", {
                    "name": f"{t['name']} {zh} {k} 号", "name_en": f"{t['name_en']}, {en.lower()} {k}", "type": kind,
                    "plate": f"示例·应急{number:03d}", "team": reg.id_of("team", t["id"]), **carries},
                    grid=reg.grid_at(tuple(t["at"])), organisation=t["organisation"])


def add_experts(reg, city):
    for number, row in enumerate(city["experts"], 1):
        name, name_en, field, title, title_en, employer, employer_en, speciality, speciality_en, hazards, minutes = row[:11]
        reg.add("expert", name_en, {
            "name": name, "name_en": name_en, "person": reg.id_of("person", row[11]) if len(row) > 11 else None,
            "field": field, "title": title, "title_en": title_en, "employer": employer, "employer_en": employer_en,
            "speciality": speciality, "speciality_en": speciality_en, "hazards": hazards, "arrival_minutes": minutes,
            "phone": _phone(660 + number)}, organisation="experts")
