"""Seven kinds of pipeline along the streets, in sections from junction to junction."""

import math

import plane
import streets

# medium: metres to the right of the street's axis as a share of half its width plus an offset, and what
# the line is, by class of street: (diameter mm, material, in English), pressure Pa or voltage V, cover m.
_PVC, _IRON, _PE = ("HDPE 双壁波纹管", "Corrugated HDPE"), ("球墨铸铁管", "Ductile iron"), ("PE100 管", "PE100")
_STEEL, _CONCRETE = ("3PE 防腐钢管", "Coated steel"), ("钢筋混凝土管", "Reinforced concrete")
_HEAT, _DUCT = ("预制直埋保温钢管", "Pre-insulated steel"), ("CPVC 排管", "CPVC ducts")
MEDIA = {
    "water": {"name": "给水", "en": "Water", "aside": (1, 2.5), "depth": 1.2, "pressure_pa": 600000,
              "trunk": (800, _IRON), "primary": (600, _IRON), "secondary": (300, _IRON), "service": (200, _PE)},
    "gas": {"name": "燃气", "en": "Gas", "aside": (1, 4.5), "depth": 1.1, "pressure_pa": 400000,
            "trunk": (400, _STEEL), "primary": (315, _PE), "secondary": (250, _PE)},
    "communications": {"name": "通信", "en": "Telecom", "aside": (1, 0.8), "depth": 0.8,
                       "trunk": (110, _DUCT), "primary": (110, _DUCT), "secondary": (110, _DUCT),
                       "service": (110, _DUCT)},
    "rain": {"name": "雨水", "en": "Storm", "aside": (0.35, 0), "depth": 2.2,
             "trunk": (2000, _CONCRETE), "primary": (1600, _CONCRETE), "secondary": (1200, _CONCRETE),
             "service": (800, _PVC)},
    "sewage": {"name": "污水", "en": "Sewer", "aside": (-0.35, 0), "depth": 3.0,
               "trunk": (800, _CONCRETE), "primary": (600, _PVC), "secondary": (500, _PVC), "service": (400, _PVC)},
    "power": {"name": "电力", "en": "Power", "aside": (-1, -0.8), "depth": 1.0, "voltage_v": 10000,
              "trunk": (200, _DUCT), "primary": (200, _DUCT), "secondary": (175, _DUCT), "service": (150, _DUCT)},
    "heat": {"name": "热力", "en": "Heat", "aside": (-1, -3.5), "depth": 1.4, "pressure_pa": 1600000,
             "trunk": (900, _HEAT), "primary": (700, _HEAT), "secondary": (400, _HEAT)},
}
_OWNERS = {"water": "waterworks", "gas": "gasworks", "communications": "telecom", "rain": "municipal",
           "sewage": "municipal", "power": "grid", "heat": "heatworks"}
# Gas and heat go where people live and work; the ways out of the zone and the feeder lines carry none.
_SERVED = {"gas": (-600, -4600, 1200, 3000), "heat": (-600, -4600, 1000, 2800)}
_SECTION_M = 760.0


def sections(layout):
    """Runs of a street's pieces, about _SECTION_M long: (street, number, points, names at both ends)."""
    every = streets.segments(layout)
    crossing = {}
    for piece in every:
        for p in (piece["points"][0], piece["points"][-1]):
            crossing.setdefault(p, []).append(piece["street"])
    out = []
    for street in layout["streets"]:
        run, number = [], 0
        pieces = [p for p in every if p["street"]["id"] == street["id"]]
        if street.get("oneway") == "south":
            pieces = [dict(p, points=p["points"][::-1]) for p in pieces]
        for k, piece in enumerate(pieces):
            run = run[:-1] + piece["points"] if run and run[-1] == piece["points"][0] else list(piece["points"])
            length = sum(plane.distance(a, b) for a, b in zip(run, run[1:]))
            last = k + 1 == len(pieces) or pieces[k + 1]["points"][0] != run[-1]
            if length < _SECTION_M and not last:
                continue
            number += 1
            ends = [next((s for s in crossing[p] if s["id"] != street["id"]), None) for p in (run[0], run[-1])]
            out.append((street, number, run, ends))
            run = []
    return out


def _carried(medium, street, points):
    if street["class"] not in MEDIA[medium] or (street["run"] == "line" and medium not in ("water", "power",
                                                                                          "communications")):
        return False
    if "oneway" in street and medium not in ("rain", "power"):
        return False
    if medium in _SERVED:
        s0, t0, s1, t1 = _SERVED[medium]
        x, y = points[len(points) // 2] if len(points) > 2 else (
            (points[0][0] + points[-1][0]) / 2, (points[0][1] + points[-1][1]) / 2)
        return s0 <= x <= s1 and t0 <= y <= t1
    return True


def add_pipelines(reg, layout):
    counts = {}
    for street, number, points, ends in sections(layout):
        half = layout["classes"][street["class"]]["width_m"] / 2
        span = [(e["name"], e["name_en"]) if e else ("端点", "end") for e in ends]
        for medium, m in MEDIA.items():
            if not _carried(medium, street, points):
                continue
            share, more = m["aside"]
            placed = plane.parallel(points, share * half + more)
            diameter, material = m[street["class"]]
            counts[medium] = counts.get(medium, 0) + 1
            middle = placed[len(placed) // 2]
            # Older in the south, where the zone was filled first.
            year = 2009 + int((middle[1] + 4800) / 1150) + number % 3
            reg.add("pipeline", f"{medium}/{street['id']}/{number}", {
                "code": f"{_LETTER[medium]}-{counts[medium]:03d}",
                "name": f"{street['name']}{m['name']}管（{span[0][0]}至{span[1][0]}）",
                "name_en": f"{m['en']} line, {street['name_en']} ({span[0][1]} to {span[1][1]})",
                "medium": medium, "road": street["name"], "road_en": street["name_en"],
                "owner": reg.id_of("organisation", _OWNERS[medium]), "diameter_mm": diameter, "material": material[0],
                "material_en": material[1], "pressure_pa": m.get("pressure_pa"), "voltage_v": m.get("voltage_v"),
                "depth_m": m["depth"],
                "length_m": math.floor(sum(plane.distance(a, b) for a, b in zip(placed, placed[1:]))),
                "laid_year": year}, plane.line(placed), at=middle)


_LETTER = {"water": "JS", "rain": "YS", "sewage": "WS", "gas": "RQ", "heat": "RL", "power": "DL",
           "communications": "TX"}
