"""Buildings as records: whose they are, what they are called, and how many are inside by day and night."""

import math

import blocks
import plane

_USE = {"shed": "warehouse", "terminal": "terminal", "cold_store": "cold_store", "office": "office",
        "dwelling": "dwelling", "dormitory": "dormitory", "school": "school", "hotel": "hotel", "station": "station",
        "building_site": "building_site", "pavilion": "pavilion", "tank": "tank", "machine_room": "machine_room",
        "works": "workshop"}
_STOREY_M = {"dwelling": 3.0, "dormitory": 3.2, "office": 3.8, "hotel": 3.4, "school": 3.8, "building_site": 3.6,
             "cold_store": 9.0, "warehouse": 12.0, "workshop": 12.0, "terminal": 8.0, "station": 4.0}
_NAME = {"warehouse": ("号库", "store"), "workshop": ("号厂房", "workshop"), "cold_store": ("号冷库", "cold store"),
         "office": ("号楼", "building"), "dwelling": ("号楼", "building"), "dormitory": ("号公寓楼", "residence"),
         "school": ("号教学楼", "school building"), "hotel": ("号客房楼", "guest house"),
         "terminal": ("号航站楼", "terminal"), "station": ("号营房", "barracks"),
         "building_site": ("号在建楼", "building under construction"), "pavilion": ("号服务亭", "pavilion"),
         "tank": ("号储罐", "tank")}
# People for each square metre of floor, by day and by night, where no enterprise or target says how many.
_DENSITY = {"dwelling": (1 / 700, 1 / 300), "dormitory": (1 / 260, 1 / 110), "office": (1 / 90, 1 / 2500),
            "school": (1 / 60, 0), "hotel": (1 / 260, 1 / 120), "warehouse": (1 / 900, 1 / 4500),
            "station": (1 / 150, 1 / 200), "terminal": (1 / 70, 1 / 2000), "building_site": (1 / 120, 1 / 1500),
            "pavilion": (1 / 40, 0), "cold_store": (1 / 900, 1 / 4500), "workshop": (1 / 250, 1 / 1200)}


def works(places, grounds):
    """The buildings of filling stations and utilities, which share a block with others: what they work
    in, by their floor area, and a house for those on duty."""
    out = []
    for e in places["enterprises"]:
        if "part" not in e or e["type"] not in ("filling_station", "utility"):
            continue
        ring = grounds[e["id"]][0]
        (s0, t0), (s1, t1) = (min(p[0] for p in ring), min(p[1] for p in ring)), (max(p[0] for p in ring),
                                                                                 max(p[1] for p in ring))
        filling = e["type"] == "filling_station"
        length = min(0.62 * (t1 - t0), math.sqrt(1.6 * e["floor_m2"]))
        width = min(0.5 * (s1 - s0), 0.8 * e["floor_m2"] / length)
        x, y = (s0 + s1) / 2, t0 + 0.42 * (t1 - t0)
        out.append({"at": (x, y), "kind": "works", "height_m": 6 if filling else 11,
                    "ring": plane.rectangle(x - width / 2, y - length / 2, x + width / 2, y + length / 2),
                    "name": f"{e['name']}{'罩棚' if filling else '主厂房'}",
                    "name_en": f"{e['name_en']}, {'canopy' if filling else 'main building'}"})
        y = y + length / 2 + 16
        out.append({"at": (x, y), "kind": "works", "height_m": 5,
                    "ring": plane.rectangle(x - width / 2, y - 5, x + width / 2, y + 5),
                    "name": f"{e['name']}{'站房' if filling else '值班楼'}",
                    "name_en": f"{e['name_en']}, {'station house' if filling else 'duty house'}"})
    return out


def drawn(layout, sites, shared):
    """Every building of the base map with its block: generated ones, then those of named places.
    `shared`: grounds that are a part of a block; nothing is generated on them."""
    found = blocks.blocks(layout)
    taken = [s["ring"] for s in sites] + shared
    out = []
    for block in found:
        for b in blocks.buildings(block, taken):
            out.append({"kind": b["kind"], "ring": b["ring"], "height_m": b["height"], "block": block})
    for s in sites:
        block = next((b for b in found if plane.inside(b["ring"], s["at"])), None)
        out.append({"kind": s["kind"], "ring": s["ring"], "height_m": s["height_m"], "block": block,
                    "name": s["name"], "name_en": s["name_en"], "target": s.get("target"),
                    "vessel": s.get("vessel")})
    return out


def _address(layout, block):
    """A street beside the block and a house number: even on its northern side, as the streets run
    from west to east."""
    low = min(p[1] for p in block["ring"])
    s = plane.centre(block["ring"])[0]
    ew = [x for x in layout["streets"] if x["run"] == "ew" and x["at"] < low + 1 and x.get("from", -1e9) <= s
          and s <= x.get("to", 1e9)]
    street = max(ew, key=lambda x: x["at"]) if ew else next(x for x in layout["streets"] if x["id"] == "nandi")
    number = 2 * max(1, round((s + 1400) / 60))
    return street, number


class Buildings:
    def __init__(self, reg, layout, places, grounds, made):
        self.reg, self.layout, self.places, self.grounds = reg, layout, places, grounds
        self.counts, self.people = {}, {}
        self.rows = [self._row(b) for b in made if b["kind"] != "container_stack"]

    def _row(self, b):
        at = plane.centre(b["ring"])
        owner = next((key for key, rings in self.grounds.items() if any(plane.inside(r, at) for r in rings)), None)
        use = _USE[b["kind"]]
        e = next((x for x in self.places["enterprises"] if x["id"] == owner), None)
        if use == "warehouse" and e and e["type"] in ("manufacture", "utility", "filling_station"):
            use = "workshop"
        storeys = max(1, round(b["height_m"] / _STOREY_M[use])) if use in _STOREY_M else 1
        floor = abs(plane.area(b["ring"])) * (storeys if use != "tank" else 1)
        target = b.get("target") or self._home(b, use)
        return {**b, "at": at, "owner": e, "use": use, "storeys": storeys, "floor": floor, "target": target}

    def _home(self, b, use):
        """A block of dwellings bears the name of the target that lies in it."""
        if use not in ("dwelling", "dormitory") or b["block"] is None:
            return None
        for t in self.places["targets"]:
            if t["type"] == "residence" and "half" in t and plane.inside(b["block"]["ring"], t["resolved"]):
                return t["id"]
        return None

    def _named(self, row):
        if "name" in row:
            e = row["owner"]
            return (f"{e['name']}{row['name']}", f"{e['name_en']}, {row['name_en'][0].lower()}{row['name_en'][1:]}") \
                if row.get("vessel") else (row["name"], row["name_en"])
        zh, en = _NAME[row["use"]]
        if row["owner"]:
            whose, of = row["owner"]["name"], row["owner"]["name_en"]
        elif row["target"]:
            t = next(t for t in self.places["targets"] if t["id"] == row["target"])
            whose, of = t["name"], t["name_en"]
        else:
            street, number = _address(self.layout, row["block"])
            whose, of = f"{street['name']} {number} 号", f"{number} {street['name_en']}"
        n = self.counts[(whose, row["use"])] = self.counts.get((whose, row["use"]), 0) + 1
        return (f"{whose} {n} {zh}", f"{of}, {en} {n}")

    def _shares(self):
        """Whose people a building shares: the enterprise's staff, the target's people, by floor."""
        floors = {}
        for row in self.rows:
            if row["use"] == "tank":
                continue
            key = ("target", row["target"]) if row["target"] else ("owner", row["owner"] and row["owner"]["id"])
            floors[key] = floors.get(key, 0) + row["floor"]
        return floors

    def _inside(self, row, floors):
        if row["use"] in ("tank", "machine_room"):
            return (0, 0)
        if row["target"]:
            t = next(t for t in self.places["targets"] if t["id"] == row["target"])
            share = row["floor"] / floors[("target", t["id"])]
            profile = self.places["profiles"][t["type"]]["workday"]
            return tuple(math.floor(t["people"] * profile[hour] * share + 0.5) for hour in (10, 2))
        if row["owner"] and row["use"] not in ("building_site",):
            e = row["owner"]
            share = row["floor"] / floors[("owner", e["id"])]
            return (math.floor(e["day"] * share + 0.5), math.floor(e["night"] * share + 0.5))
        by_day, by_night = _DENSITY[row["use"]]
        return (math.floor(row["floor"] * by_day), math.floor(row["floor"] * by_night))

    def add(self):
        floors = self._shares()
        for number, row in enumerate(self.rows, 1):
            name, name_en = self._named(row)
            day, night = self._inside(row, floors)
            x, y = row["at"]
            owner = row["owner"]["id"] if row["owner"] else None
            self.reg.add("building", f"{row['use']}/{round(x)}/{round(y)}", {
                "name": name, "name_en": name_en, "use": row["use"],
                "enterprise": self.reg.id_of("enterprise", owner) if owner else None,
                "protection_target": self.reg.id_of("protection_target", row["target"]) if row["target"] else None,
                "storeys": row["storeys"], "height_m": row["height_m"], "floor_area_m2": round(row["floor"]),
                "people_day": day, "people_night": night}, plane.polygon(row["ring"]), at=row["at"], enterprise=owner)

    def rooms(self):
        """Enterprise -> where on its ground a risk can be put: its buildings, else its ground's middle."""
        out = {}
        for e in self.places["enterprises"]:
            mine = [r["at"] for r in self.rows if r["owner"] is e and r["use"] != "machine_room"]
            middles = [plane.centre(r) for r in self.grounds[e["id"]]]
            out[e["id"]] = mine[:8] or [(x + 12 * (k % 3) - 12, y + 12 * (k // 3)) for x, y in middles
                                        for k in range(6)]
        return out
