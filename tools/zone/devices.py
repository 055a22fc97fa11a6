"""Devices, their datastreams, and the rules on them."""

import plane
import records
import streets


def _stream(reg, device_key, device, property_name, channel=None, interval_s=None, scope=None, tables=None):
    p = tables["properties"][property_name]
    reg.add("datastream", f"{device_key}/{property_name}",
            {"name": f"{device['name']} {p['name']}", "name_en": f"{device['name_en']}, {p['name_en'].lower()}",
             "device": reg.id_of("device", device_key), "property": property_name,
             "channel": channel or p["channel"], "unit": p["unit"] or None, "expected_interval_s": interval_s},
            illustrative=False, **scope)


class Devices:
    def __init__(self, reg, tables, places, layout):
        self.reg, self.tables, self.places, self.layout = reg, tables, places, layout
        self.enterprises = {e["id"]: e for e in places["enterprises"]}
        self.targets = {t["id"]: t for t in places["targets"]}
        self.units = 0

    def _device(self, key, fields, at, streams, interval_s, enterprise=None, target=None):
        scope = {"enterprise": enterprise} if enterprise else {}
        self.reg.add("device", key,
                     {**fields, "enterprise": self.reg.id_of("enterprise", enterprise) if enterprise else None,
                      "expected_interval_s": interval_s, "in_service": True},
                     plane.point(at), at=at, **scope)
        grid = self.reg.grid_at(at)
        for property_name, channel in streams:
            _stream(self.reg, key, fields, property_name, channel, interval_s,
                    {**scope, **({"grid": grid} if grid else {})}, self.tables)

    def _unit(self, key, name, name_en, at, enterprise=None):
        """A user transmission unit; returns its protocol address."""
        self.units += 1
        address = f"{5000 + self.units:012d}"
        self._device(f"unit/{key}",
                     {"name": f"{name} 传输装置", "name_en": f"{name_en} transmission unit", "type": "fire_unit",
                      "protocol": "gb26875", "address": address}, at, [("unit_state", "unit")], 30, enterprise)
        return address

    def add_gas(self):
        units, parts, number = {}, {}, 500
        for v in self.places["vessels"]:
            e = self.enterprises[v["enterprise"]]
            if e["id"] not in units:
                units[e["id"]] = self._unit(e["id"], e["name"], e["name_en"], tuple(e["at"]), e["id"])
                parts[e["id"]] = 0
            x, y = records.vessel_place(v, self.enterprises)
            for d in self.tables["gas_detectors"]:
                at = (x + d["offset"][0], y + d["offset"][1])
                code = f"GD-{number:04d}"
                number += 1
                fields = {"name": f"{code} {d['where']}", "name_en": f"{code} {d['where_en']}", "type": "gas_detector",
                          "protocol": d["protocol"], "vessel": self.reg.id_of("vessel", v["id"]),
                          "zone_text": f"{e['name']} {v['id']} {d['where']}",
                          "zone_text_en": f"{e['name_en']} {v['id']}, {d['where_en'].lower()}"}
                if d["protocol"] == "http_json":
                    fields["address"] = code
                    self._device(code, fields, at, [("nh3_ppm", None)], 10, e["id"])
                    continue
                parts[e["id"]] += 1
                fields.update(address=units[e["id"]], parent=self.reg.id_of("device", f"unit/{e['id']}"))
                g = self.tables["gas_part"]
                tail = f"{g['system']}/{g['system_address']}/{g['part']}/{parts[e['id']]}.0.1.0"
                self._device(code, fields, at, [("fire_state", f"part:{tail}"),
                                                ("gas_lel", f"analog:{tail}/{g['analog']}")], 30, e["id"])

    def add_smoke(self):
        number = 1
        for u in self.tables["fire_units"]:
            owner = self.enterprises[u["enterprise"]] if "enterprise" in u else self.targets[u["target"]]
            x, y = records.place_of(owner, self.enterprises)
            address = self._unit(u["id"], owner["name"], owner["name_en"], (x, y), u.get("enterprise"))
            s = self.tables["smoke_part"]
            for k in range(1, u["detectors"] + 1):
                code = f"SD-{number:04d}"
                number += 1
                tail = f"{s['system']}/{s['system_address']}/{s['part']}/{k}.0.1.0"
                fields = {"name": f"{code} {u['where']}", "name_en": f"{code} {u['where_en']}",
                          "type": "smoke_detector", "protocol": "gb26875", "address": address,
                          "parent": self.reg.id_of("device", f"unit/{u['id']}"),
                          "zone_text": f"{owner['name']} {u['where']} {k} 号",
                          "zone_text_en": f"{owner['name_en']}, {u['where_en'].lower()}, no. {k}"}
                at = (x - 15 + 10 * ((k - 1) % 4), y - 5 + 10 * ((k - 1) // 4))
                self._device(code, fields, at, [("fire_state", f"part:{tail}")], 30, u.get("enterprise"))

    def add_stations(self):
        for s in self.tables["stations"]:
            fields = {"name": s["name"], "name_en": s["name_en"], "type": s["type"], "protocol": "http_json",
                      "address": s["id"]}
            self._device(s["id"], fields, tuple(s["at"]), [(p, None) for p in s["streams"]], s["interval_s"])

    def add_movers(self):
        moving = [(p, None) for p in ("longitude", "latitude", "speed", "course")]
        pieces = {(p["street"]["id"], p["number"]): p["points"] for p in streets.segments(self.layout)}
        trucks = self.tables["trucks"]
        for k in range(1, trucks["count"] + 1):
            a, b = pieces[tuple(trucks["starts"][k - 1])][:2]
            fields = {"name": trucks["plate"].format(k), "name_en": f"Truck {k:04d} (example)", "type": "vehicle",
                      "protocol": "http_json", "address": f"TRUCK-{k:03d}",
                      "dangerous_goods": trucks["dangerous_goods"].get(k)}
            self._device(fields["address"], fields, ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2), moving, 10)
        for s in self.tables["ships"]:
            fields = {"name": s["name"], "name_en": s["name_en"], "type": "ship", "protocol": "http_json",
                      "address": s["id"]}
            self._device(s["id"], fields, tuple(s["at"]), moving, 10)

    def add_geofences(self):
        for f in self.tables["geofences"]:
            fields = {k: v for k, v in f.items() if k not in ("id", "area")}
            self.reg.add("geofence", f["id"], fields, plane.polygon(plane.rectangle(*f["area"])))

    def add_rules(self):
        for r in self.tables["rules"]:
            fields = {k: v for k, v in r.items() if k != "id"}
            if "geofence" in fields:
                fields["geofence"] = self.reg.id_of("geofence", fields["geofence"])
            self.reg.add("rule", r["id"], fields, illustrative=False)


def add_devices(reg, tables, places, layout):
    devices = Devices(reg, tables, places, layout)
    devices.add_gas()
    devices.add_smoke()
    devices.add_stations()
    devices.add_movers()
    devices.add_geofences()
    devices.add_rules()
