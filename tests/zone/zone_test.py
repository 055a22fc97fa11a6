#!/usr/bin/python3
"""The shipped zone: made by its generator to the byte, true to the catalog, whole in its references,
and on land where it must be."""

import json
import unittest

import yaml

from zone_data import (AMMONIA, BY_ID, CODES, KINDS, LAND, OUTLINE, RECORDS, ROOT, SUBSTANCES, ZONE, metres, middle,
                       named, off_line, plane, positions, uuid_of)

import generate
from sm3 import sm3


class Identifiers(unittest.TestCase):
    def test_sm3_gives_the_digests_of_the_standard(self):  # GB/T 32905-2016, annex A
        self.assertEqual(sm3(b"abc").hex(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        self.assertEqual(sm3(b"abcd" * 16).hex(), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732")

    def test_identifiers_need_no_library(self):
        for name in ("dongjiang/enterprise/haijing", "dongjiang/plan/ammonia/haijing", "海" * 40):
            self.assertEqual(uuid_of(name)[:6], sm3(name.encode("utf-8"))[:3].hex())

    def test_identifiers_are_those_of_the_program(self):  # Printed by anlan::Uuid::from_name
        self.assertEqual(uuid_of("dongjiang/enterprise/haijing"), "b6a5c49f-0b7d-845f-a35b-c72a15af7548")
        self.assertEqual(AMMONIA, "237acc99-090a-817b-98f2-8953b6374c04")

    def test_no_identifier_is_used_twice(self):
        self.assertEqual(len(BY_ID), sum(len(rows) for rows in RECORDS.values()))


class Generated(unittest.TestCase):
    def test_the_generator_gives_the_shipped_files_to_the_byte(self):
        made = generate.files()
        for name, text in made.items():
            self.assertEqual((ZONE / name).read_text(encoding="utf-8"), text, f"run tools/zone/generate.py: {name}")
        shipped = {str(p.relative_to(ZONE)) for p in ZONE.rglob("*.geojson")} | {
            str(p.relative_to(ZONE)) for p in ZONE.rglob("*.ndjson")}
        self.assertEqual(shipped - set(made), {"odbl/tianjin-port-coast.geojson"})

    def test_the_whole_stays_small(self):
        self.assertLess(sum(p.stat().st_size for p in ZONE.rglob("*") if p.is_file()), 4_500_000)


class Catalog(unittest.TestCase):
    def check_value(self, field, value):
        kind = field["type"]
        if kind in ("text", "long_text", "phone", "time", "person"):
            self.assertIsInstance(value, str)
            self.assertTrue(value)
        elif kind == "date":
            self.assertRegex(value, r"^\d{4}-\d{2}-\d{2}$")
        elif kind == "integer":
            self.assertIs(type(value), int)
        elif kind in ("number", "duration"):
            self.assertIn(type(value), (int, float))
        elif kind == "boolean":
            self.assertIs(type(value), bool)
        elif kind == "code":
            self.assertIn(value, CODES[field["table"]])
        elif kind == "reference":
            if field["kind"] == "substance":
                self.assertIn(value, SUBSTANCES)
            else:
                self.assertEqual(BY_ID[value]["kind"], field["kind"])
        else:
            self.assertEqual(kind, "json")
        if "min" in field:
            self.assertGreaterEqual(value, field["min"])
        if "max" in field:
            self.assertLessEqual(value, field["max"])

    def test_every_record_is_as_its_kind_declares(self):
        shapes = {"point": {"Point"}, "line": {"LineString"}, "area": {"Polygon"},
                  "any": {"Point", "LineString", "Polygon", "MultiPolygon"}, "none": set()}
        for kind, rows in RECORDS.items():
            fields = {f["name"]: f for f in KINDS[kind]["fields"]}
            for r in rows:
                with self.subTest(kind=kind, id=r["id"], name=r["fields"].get("name")):
                    self.assertLessEqual(set(r), {"id", "kind", "state", "scope", "geometry", "fields"})
                    self.assertEqual(r["kind"], kind)
                    self.assertEqual("geometry" in r, KINDS[kind]["geometry"] != "none")
                    if "geometry" in r:
                        self.assertIn(r["geometry"]["type"], shapes[KINDS[kind]["geometry"]])
                    self.assertLessEqual(set(r["fields"]), set(fields))
                    for name, f in fields.items():
                        if f.get("required"):
                            self.assertIn(name, r["fields"])
                        if name in r["fields"]:
                            self.check_value(f, r["fields"][name])

    def test_unique_fields_are_unique(self):
        for kind, rows in RECORDS.items():
            for f in KINDS[kind]["fields"]:
                if f.get("unique"):
                    values = [r["fields"][f["name"]] for r in rows if f["name"] in r["fields"]]
                    self.assertEqual(len(values), len(set(values)), f"{kind}.{f['name']}")

    def test_scopes_name_records(self):
        for r in BY_ID.values():
            for name, value in r["scope"].items():
                self.assertEqual(BY_ID[value]["kind"], name)

    def test_everything_invented_says_so_in_both_languages(self):
        for kind, rows in RECORDS.items():
            names = {f["name"] for f in KINDS[kind]["fields"]}
            for r in rows:
                if "illustrative" in names:
                    self.assertIs(r["fields"].get("illustrative"), True, r)
                if "name_en" in names:
                    self.assertTrue(r["fields"].get("name_en"), r)
        for e in RECORDS["enterprise"]:
            self.assertTrue(e["fields"]["name"].endswith("（示例）") and e["fields"]["name_en"].endswith(" (example)"))
        for r in BY_ID.values():
            if "phone" in r["fields"]:
                self.assertRegex(r["fields"]["phone"], r"^000-0000-\d{4}$")


class Shapes(unittest.TestCase):
    def test_people_by_hour(self):
        for t in RECORDS["protection_target"]:
            for day in ("people_workday", "people_restday"):
                hours = t["fields"][day]
                self.assertEqual(len(hours), 24)
                self.assertTrue(all(type(n) is int and 0 <= n <= t["fields"]["people_max"] for n in hours))
            self.assertEqual(max(t["fields"]["people_workday"] + t["fields"]["people_restday"]), t["fields"]["people_max"])

    def test_plans_can_be_run(self):
        on_duty = {p["fields"].get("duty_role") for p in RECORDS["person"]}
        for p in RECORDS["plan"]:
            keys = [s["key"] for s in p["fields"]["steps"]]
            self.assertEqual(len(keys), len(set(keys)))
            for k, s in enumerate(p["fields"]["steps"]):
                self.assertEqual(set(s), {"key", "section", "section_en", "title", "title_en", "role", "minutes", "kind", "after"})
                self.assertIn(s["role"], CODES["duty_role"] & on_duty)
                self.assertIn(s["kind"], ("task", "message"))
                self.assertLessEqual(set(s["after"]), set(keys[:k]))
                self.assertNotIn("{", s["title"] + s["title_en"])
            for f in p["fields"]["forces"]:
                self.assertTrue(any(t["fields"]["type"] == f["type"] and f["hazard"] in t["fields"]["hazards"]
                                    for t in RECORDS["team"]), f)
        stores = {v["fields"]["enterprise"] for v in RECORDS["vessel"]}
        planned = [p["fields"].get("enterprise") for p in RECORDS["plan"] if p["fields"]["hazard"] == "ammonia_leak"]
        self.assertEqual(set(planned), stores | {None})

    def test_rules_have_a_source_for_every_limit(self):
        for r in RECORDS["rule"]:
            self.assertTrue(r["fields"]["source"])
            for level in r["fields"]["levels"]:
                self.assertIn(level["level"], (1, 2, 3, 4))
                if r["fields"]["type"] == "threshold":
                    self.assertTrue(level["source"])
                    self.assertLess(level["clear"], level["value"])

    def test_vessels_hold_saturated_ammonia(self):
        substances = yaml.safe_load((ROOT / "data" / "substances.yaml").read_text(encoding="utf-8"))["records"]
        a = next(r for r in substances if uuid_of(f"substance/{r['cas']}") == AMMONIA)
        for v in RECORDS["vessel"]:
            f = v["fields"]
            self.assertLess(f["inventory_kg"], f["capacity_kg"])
            bar = 10 ** (a["antoine_a"] - a["antoine_b"] / (f["temperature_k"] + a["antoine_c"]))
            self.assertAlmostEqual(f["pressure_pa"] / (bar * 1e5), 1, delta=0.02)

    def test_every_vessel_is_watched_over_both_protocols(self):
        for v in RECORDS["vessel"]:
            around = [d for d in RECORDS["device"] if d["fields"].get("vessel") == v["id"]]
            self.assertEqual(sorted(d["fields"]["protocol"] for d in around), ["gb26875"] * 2 + ["http_json"] * 4)
            for d in around:
                self.assertLess(metres(middle(d), middle(v)), 90)
                self.assertEqual(d["scope"]["enterprise"], v["scope"]["enterprise"])

    def test_no_two_datastreams_share_an_address_and_channel(self):
        seen = set()
        for s in RECORDS["datastream"]:
            device = BY_ID[s["fields"]["device"]]["fields"]
            key = (device["protocol"], device["address"], s["fields"]["channel"])
            self.assertNotIn(key, seen)
            seen.add(key)
            if device["protocol"] == "gb26875":
                self.assertRegex(device["address"], r"^[0-9a-f]{12}$")


class Places(unittest.TestCase):
    def test_coordinates_have_at_most_six_decimals(self):
        for path in ZONE.rglob("*.geojson"):
            for f in json.loads(path.read_text(encoding="utf-8"))["features"]:
                stack = [f["geometry"]["coordinates"]]
                while stack:
                    c = stack.pop()
                    if isinstance(c, list):
                        stack += c
                    else:
                        self.assertEqual(c, round(c, 6))

    def test_things_on_land_are_on_land(self):
        for kind, rows in RECORDS.items():
            for r in rows:
                if "geometry" not in r or kind in ("grid", "berth", "geofence") or r["fields"].get("type") == "ship":
                    continue
                for p in positions(r["geometry"]) if kind not in ("road", "pipeline") else []:
                    outside = kind == "hospital" or r["fields"].get("name") == "环境监测车"
                    self.assertTrue(plane.inside(LAND if outside else OUTLINE, p), (kind, r["fields"], p))

    def test_roads_start_and_end_on_land_and_leave_the_zone_twice(self):
        ends = {}
        for r in RECORDS["road"]:
            for p in (r["geometry"]["coordinates"][0], r["geometry"]["coordinates"][-1]):
                self.assertTrue(plane.inside(LAND, p), r)
                ends.setdefault(tuple(p), []).append(r)
        outside = [p for p in ends if not plane.inside(OUTLINE, p)]
        self.assertEqual(len(outside), 2)

    def test_ships_are_on_water(self):
        for r in RECORDS["device"]:
            if r["fields"]["type"] == "ship":
                self.assertFalse(plane.inside(LAND, middle(r)), r)

    def test_vessels_stand_on_their_own_enterprises_ground(self):
        for v in RECORDS["vessel"]:
            ground = BY_ID[v["fields"]["enterprise"]]
            self.assertEqual(ground["geometry"]["type"], "Polygon")
            self.assertTrue(plane.inside(positions(ground["geometry"]), middle(v)), v["fields"]["name"])

    def test_every_grid_has_its_officer_and_its_own_ground(self):
        self.assertEqual(sorted(g["fields"]["number"] for g in RECORDS["grid"]), list(range(1, 9)))
        for kind in ("enterprise", "vessel", "protection_target", "hydrant", "building", "risk_source",
                     "pumping_station", "camera", "fire_station"):
            for r in RECORDS[kind]:
                holders = [g["id"] for g in RECORDS["grid"] if plane.inside(positions(g["geometry"]), middle(r))]
                self.assertEqual(holders, [r["scope"]["grid"]], r["fields"])

    def test_distances_of_the_ammonia_story(self):
        leak = middle(named("vessel", "V-203"))
        for name, distance in (("听涛公寓", 430), ("望潮小学", 820), ("贝壳花园小区", 1470), ("蓝港酒店", 2000), ("邮轮客运站", 2690)):
            at = middle(named("protection_target", name))
            self.assertAlmostEqual(metres(leak, at), distance, delta=2, msg=name)
            a, b = plane.from_lonlat(leak), plane.from_lonlat(at)
            self.assertAlmostEqual(plane.axis_bearing_deg(b[0] - a[0], b[1] - a[1]), 132, delta=0.3, msg=name)
        self.assertEqual(named("protection_target", "听涛公寓")["fields"]["people_max"], 612)
        self.assertEqual(named("protection_target", "望潮小学")["fields"]["people_max"], 486)


class Streets(unittest.TestCase):
    def arcs(self):
        for r in RECORDS["road"]:
            a, b = tuple(r["geometry"]["coordinates"][0]), tuple(r["geometry"]["coordinates"][-1])
            yield a, b
            if not r["fields"]["one_way"]:
                yield b, a

    def test_every_junction_can_be_reached_from_every_other(self):
        for arcs in (list(self.arcs()), [(b, a) for a, b in self.arcs()]):
            out = {}
            for a, b in arcs:
                out.setdefault(a, []).append(b)
            start = arcs[0][0]
            seen, stack = {start}, [start]
            while stack:
                for b in out.get(stack.pop(), []):
                    if b not in seen:
                        seen.add(b)
                        stack.append(b)
            self.assertEqual(seen, {p for arc in arcs for p in arc})

    def test_the_network_is_cut_at_its_junctions(self):
        self.assertTrue(250 <= len(RECORDS["road"]) <= 500)
        lines = [(r, [plane.from_lonlat(c) for c in r["geometry"]["coordinates"]]) for r in RECORDS["road"]]
        for i, (one, p) in enumerate(lines):
            self.assertGreater(plane.distance(p[0], p[-1]), 12)
            for other, q in lines[i + 1:]:
                for a, b in zip(p, p[1:]):
                    for c, d in zip(q, q[1:]):
                        hit = plane.crossing(a, b, c, d)
                        if hit:
                            at = (a[0] + hit[0] * (b[0] - a[0]), a[1] + hit[0] * (b[1] - a[1]))
                            self.assertLess(min(plane.distance(at, e) for e in (p[0], p[-1])), 13, (one, other))


if __name__ == "__main__":
    unittest.main()
