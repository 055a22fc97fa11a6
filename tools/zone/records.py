"""Records of places: grids, streets, organisations, people, enterprises, vessels, targets, forces."""

import math

import blocks
import plane
import streets
from register import EXAMPLE, EXAMPLE_EN, grid_ring

AMMONIA = "7664-41-7"


def place_of(row, enterprises):
    """`at`, or `from` an enterprise by bearing and distance."""
    if "at" in row:
        return tuple(row["at"])
    name, bearing, distance = row["from"]
    return plane.bearing_step(tuple(enterprises[name]["at"]), bearing, distance)


def _phone(number):
    return f"000-0000-{number:04d}"  # No exchange begins with 000.


def add_grids(reg, layout, people):
    officers = {p["grid"]: p["id"] for p in people["people"] if p.get("duty_role") == "grid_officer"}
    for g in layout["grids"]:
        reg.add("grid", g["id"], {"number": g["id"], "name": g["name"], "name_en": g["name_en"],
                                  "officer": reg.id_of("person", officers[g["id"]])},
                plane.polygon(grid_ring(layout, g)), grid=g["id"])


def add_roads(reg, layout):
    for piece in streets.segments(layout):
        s = piece["street"]
        c = layout["classes"][s["class"]]
        a, b = piece["points"][0], piece["points"][-1]
        reg.add("road", f"{s['id']}/{piece['number']}",
                {"name": s["name"], "name_en": s["name_en"], "class": s["class"], "one_way": piece["one_way"],
                 "speed_km_h": c["speed_kmh"], "lanes": c["lanes"], "width_m": c["width_m"], "closed": False},
                plane.line(piece["points"]), at=((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))


def add_people(reg, people):
    for number, o in enumerate(people["organisations"], 1):
        reg.organisations.add(o["id"])
        reg.add("organisation", o["id"], {"name": o["name"], "name_en": o["name_en"], "type": o["type"],
                                          "phone": _phone(number)}, organisation=o["id"])
    for number, p in enumerate(people["people"], 101):
        organisation = p.get("organisation")
        reg.add("person", p["id"],
                {"name": p["name"], "name_en": p["name_en"], "title": p["title"], "title_en": p["title_en"],
                 "duty_role": p.get("duty_role"), "phone": _phone(number),
                 "organisation": reg.id_of("organisation", organisation) if organisation else None,
                 "account": p.get("account")},
                grid=p.get("grid"), enterprise=p.get("enterprise"), organisation=organisation)
        if p.get("shift"):
            shift = people["shift"]
            reg.add("shift", p["id"],
                    {"title": shift["title"], "title_en": shift["title_en"], "duty_role": p["duty_role"],
                     "person": reg.id_of("person", p["id"]), "starts_at": shift["starts_at"],
                     "ends_at": shift["ends_at"]}, grid=p.get("grid"), organisation=organisation)


def safety_manager(people, enterprise):
    """Key of the person who answers for an enterprise's safety."""
    for p in people["people"]:
        if p.get("enterprise") == enterprise and p.get("duty_role") == "enterprise_safety":
            return p["id"]
    return f"{enterprise}/safety"


def add_safety_managers(reg, places, people):
    """Those who are not in the table of people by name and account."""
    for number, e in enumerate(places["enterprises"], 1):
        key = safety_manager(people, e["id"])
        if key == f"{e['id']}/safety":
            reg.add("person", key,
                    {"name": e["manager"], "name_en": e["manager_en"], "title": "安全负责人",
                     "title_en": "Safety manager", "duty_role": "enterprise_safety", "phone": _phone(700 + number)},
                    grid=reg.grid_at(tuple(e["at"])), enterprise=e["id"])


def _site(at, part, found):
    """The block that holds the place, or a part of it in shares of its box."""
    block = next((b for b in found if plane.inside(b["ring"], at)), None)
    if block is None:
        raise ValueError(f"no block at {at}")
    ring = block["ring"]
    if not part:
        return ring
    s = sorted(p[0] for p in ring)
    t = sorted(p[1] for p in ring)
    box = plane.rectangle(s[0] + part[0] * (s[-1] - s[0]), t[0] + part[1] * (t[-1] - t[0]),
                          s[0] + part[2] * (s[-1] - s[0]), t[0] + part[3] * (t[-1] - t[0]))
    return plane.clip(ring, box)


def grounds(places, layout):
    """Enterprise -> its rings. Resolves the enterprises' places on the way."""
    found = blocks.blocks(layout)
    by_id = {e["id"]: e for e in places["enterprises"] if "at" in e}
    out = {}
    for e in places["enterprises"]:
        e["at"] = list(place_of(e, by_id))
        out[e["id"]] = [_site(tuple(at), e.get("part"), found) for at in e.get("ground", [e["at"]])]
    return out


def add_enterprises(reg, places, rings):
    """`rings`: what grounds() answers."""
    for number, e in enumerate(places["enterprises"], 1):
        reg.add("enterprise", e["id"],
                {"code": f"DJ-{number:03d}", "name": e["name"] + EXAMPLE, "name_en": e["name_en"] + EXAMPLE_EN,
                 "type": e["type"], "business": e["business"], "business_en": e["business_en"],
                 "floor_area_m2": e["floor_m2"], "address": e["address"], "address_en": e["address_en"],
                 "safety_manager": e["manager"], "phone": _phone(200 + number), "staff_day": e["day"],
                 "staff_night": e["night"], "stop_work": e["stop_work"]},
                plane.multipolygon(rings[e["id"]]), at=tuple(e["at"]), enterprise=e["id"])


def vessel_place(vessel, enterprises):
    at = enterprises[vessel["enterprise"]]["at"]
    return (at[0] + vessel["offset"][0], at[1] + vessel["offset"][1])


def add_vessels(reg, places):
    enterprises = {e["id"]: e for e in places["enterprises"]}
    for v in places["vessels"]:
        e, state = enterprises[v["enterprise"]], places["states"][v["state"]]
        at = vessel_place(v, enterprises)
        reg.add("vessel", v["id"],
                {"name": f"{e['name']} {v['name']} {v['id']}", "name_en": f"{e['name_en']} {v['name_en']}, {v['id']}",
                 "enterprise": reg.id_of("enterprise", e["id"]), "substance": reg.id_of("substance", AMMONIA),
                 "inventory_kg": v["inventory_kg"], "capacity_kg": v["capacity_kg"], **state,
                 "room": v["name"].removesuffix("贮氨器").removesuffix("循环桶") + "氨机房",
                 "room_en": ", ".join(["Ammonia machine room"] + v["name_en"].split(", ")[1:]),
                 "source": "示例台账；饱和氨压力 NIST Chemistry WebBook；孔径与高度为假定 / example ledger; "
                           "saturation pressure after NIST; hole and height assumed"},
                plane.point(at), at=at, enterprise=e["id"])


def add_targets(reg, places):
    enterprises = {e["id"]: e for e in places["enterprises"]}
    for t in places["targets"]:
        at = place_of(t, enterprises)
        profile = places["profiles"][t["type"]]
        hours = {day: [math.floor(share * t["people"] + 0.5) for share in profile[day]] for day in profile}
        if t.get("half"):
            w, d = t["half"]
            geometry = plane.polygon(plane.rectangle(at[0] - w, at[1] - d, at[0] + w, at[1] + d))
        else:
            geometry = plane.point(at)
        contact = t.get("contact")
        reg.add("protection_target", t["id"],
                {"name": t["name"], "name_en": t["name_en"], "type": t["type"], "class": t["class"],
                 "people_workday": hours["workday"], "people_restday": hours["restday"], "people_max": t["people"],
                 "advice_hint": t.get("hint"), "contact": contact,
                 "phone": _phone(300 + len(reg.records.get("protection_target", [])))},
                geometry, at=at, enterprise=t.get("enterprise"))


def add_forces(reg, places):
    for number, t in enumerate(places["teams"], 401):
        at = tuple(t["at"])
        reg.add("team", t["id"],
                {"name": t["name"], "name_en": t["name_en"], "type": t["type"],
                 "organisation": reg.id_of("organisation", t["organisation"]), "leader": t["leader"],
                 "phone": _phone(number), "people": t["people"],
                 "vehicles": [{"type": zh, "type_en": en, "count": n} for zh, en, n in t["vehicles"]],
                 "hazards": t["hazards"], "turnout_day_seconds": t["day_s"], "turnout_night_seconds": t["night_s"]},
                plane.point(at), at=at, organisation=t["organisation"])
    for s in places["stocks"]:
        at = tuple(s["at"])
        reg.add("stock", s["id"],
                {"name": s["name"], "name_en": s["name_en"], "store": s["store"], "store_en": s["store_en"],
                 "quantity": s["quantity"], "unit": s["unit"], "quantity_min": s.get("least"),
                 "delivery_hours": s.get("hours"), "mode": s["mode"],
                 "organisation": reg.id_of("organisation", s["organisation"])},
                plane.point(at), at=at, organisation=s["organisation"])
    for s in places["shelters"]:
        at = tuple(s["at"])
        reg.add("shelter", s["id"], {"name": s["name"], "name_en": s["name_en"], "capacity": s["capacity"],
                                     "indoor": s["indoor"]}, plane.point(at), at=at)


def _aside(a, b, share, aside):
    length = plane.distance(a, b)
    return (a[0] + share * (b[0] - a[0]) + (b[1] - a[1]) / length * aside,
            a[1] + share * (b[1] - a[1]) - (b[0] - a[0]) / length * aside)


def _clear_of_others(p, street, layout, ring):
    for other in layout["streets"]:
        if other is street:
            continue
        half = layout["classes"][other["class"]]["width_m"] / 2
        points = streets.line_of(other, ring)
        if any(plane.off_segment(p, a, b) < half + 1 for a, b in zip(points, points[1:])):
            return False
    return True


def add_hydrants(reg, layout, spacing_m=520.0):
    """Along every street but the feeder lines and the ways out, on the right-hand verge."""
    ring, number = streets.shore_ring(layout), 0
    for s in layout["streets"]:
        if s["run"] == "line" or "oneway" in s:
            continue
        aside = layout["classes"][s["class"]]["width_m"] / 2 + 2
        points, walked, due = streets.line_of(s, ring), 0.0, spacing_m / 2
        for (ax, ay), (bx, by) in zip(points, points[1:]):
            length = math.hypot(bx - ax, by - ay)
            while due < walked + length:
                at = _aside((ax, ay), (bx, by), (due - walked) / length, aside)
                for step in (25, -25, 50, -50, 75, -75):  # Never in a street that crosses.
                    if _clear_of_others(at, s, layout, ring):
                        break
                    at = _aside((ax, ay), (bx, by), (due + step - walked) / length, aside)
                number += 1
                reg.add("hydrant", number,
                        {"number": f"H-{number:03d}", "road": s["name"],
                         "pressure_pa": 250000 + 10000 * (number * 7 % 11)}, plane.point(at), at=at)
                due += spacing_m
            walked += length
