#!/usr/bin/python3
"""Where things stand in the shipped zone, found with geometry of its own: nothing overlaps, nothing swims,
lines lie along streets."""

import collections
import math
import unittest

from zone_data import BY_ID, OUTLINE, RECORDS, off_line, plane, positions, rings


def box(ring):
    s, t = [p[0] for p in ring], [p[1] for p in ring]
    return min(s), min(t), max(s), max(t)


def apart(one, other):
    """Whether two convex rings have no common ground: the separating-axis theorem."""
    for ring in (one, other):
        for a, b in zip(ring, ring[1:] + ring[:1]):
            nx, ny = b[1] - a[1], a[0] - b[0]
            length = math.hypot(nx, ny)
            f = [(p[0] * nx + p[1] * ny) / length for p in one]
            g = [(p[0] * nx + p[1] * ny) / length for p in other]
            if max(f) < min(g) + 0.2 or max(g) < min(f) + 0.2:
                return True
    return False


class Index:
    """Segments by the 200 m squares they pass, for looking only at what is near."""

    def __init__(self, segments, reach_m):
        self.cells = collections.defaultdict(list)
        for segment in segments:
            (ax, ay), (bx, by) = segment[:2]
            for i in range(math.floor((min(ax, bx) - reach_m) / 200), math.floor((max(ax, bx) + reach_m) / 200) + 1):
                for j in range(math.floor((min(ay, by) - reach_m) / 200), math.floor((max(ay, by) + reach_m) / 200) + 1):
                    self.cells[i, j].append(segment)

    def near(self, p):
        return self.cells[math.floor(p[0] / 200), math.floor(p[1] / 200)]


ROADS = [(plane.from_lonlat(a), plane.from_lonlat(b), r["fields"]["width_m"] / 2, r["fields"]["name"])
         for r in RECORDS["road"] for a, b in zip(r["geometry"]["coordinates"], r["geometry"]["coordinates"][1:])]
NEAR = Index(ROADS, 60)
COAST = [plane.from_lonlat(c) for c in OUTLINE]


def clear_of_roads(p):
    return min((off_line(p, a, b) - half for a, b, half, _ in NEAR.near(p)), default=60)


class Buildings(unittest.TestCase):
    def setUp(self):
        self.rows = [(r, rings(r["geometry"])[0]) for r in RECORDS["building"]]

    def test_they_stand_in_the_zone_and_never_on_a_street(self):
        self.assertGreater(len(self.rows), 900)
        for r, ring in self.rows:
            for p in ring:
                self.assertTrue(plane.inside(COAST, p), r["fields"]["name"])
                self.assertGreater(clear_of_roads(p), 0, r["fields"]["name"])

    def test_no_two_overlap(self):
        rows = sorted(((box(ring), r, ring) for r, ring in self.rows), key=lambda x: x[0])
        for i, (b, r, ring) in enumerate(rows):
            for c, s, other in rows[i + 1:]:
                if c[0] > b[2]:
                    break
                if c[1] < b[3] and c[3] > b[1]:
                    self.assertTrue(apart(ring, other), (r["fields"]["name"], s["fields"]["name"]))

    def test_an_enterprises_building_stands_on_its_ground(self):
        for r, ring in self.rows:
            if "enterprise" in r["fields"]:
                middle = (sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring))
                ground = rings(BY_ID[r["fields"]["enterprise"]]["geometry"])
                self.assertTrue(any(plane.inside(g, middle) for g in ground), r["fields"]["name"])

    def test_people_inside_add_up_to_the_staff_and_the_residents(self):
        by_day = collections.Counter()
        for r, _ in self.rows:
            for field in ("enterprise", "protection_target"):
                if field in r["fields"] and (field == "protection_target" or "protection_target" not in r["fields"]):
                    by_day[r["fields"][field]] += r["fields"]["people_day"]
        for kind, most in (("enterprise", lambda f: f["staff_day"]), ("protection_target", lambda f: f["people_workday"][10])):
            for record in RECORDS[kind]:
                if by_day[record["id"]] and record["fields"]["type"] != "construction":
                    wanted = most(record["fields"])
                    self.assertLessEqual(abs(by_day[record["id"]] - wanted), max(12, 0.2 * wanted), record["fields"]["name"])


class Grounds(unittest.TestCase):
    def test_no_two_enterprises_share_ground(self):
        grounds = [(e, ring) for e in RECORDS["enterprise"] for ring in rings(e["geometry"])]
        for i, (e, ring) in enumerate(grounds):
            for f, other in grounds[i + 1:]:
                if e is not f:
                    self.assertTrue(apart(ring, other), (e["fields"]["name"], f["fields"]["name"]))

    def test_grounds_lie_in_the_zone_beside_the_streets(self):
        for e in RECORDS["enterprise"]:
            for ring in rings(e["geometry"]):
                for p in ring:
                    self.assertTrue(plane.inside(COAST, p), e["fields"]["name"])
                    self.assertGreater(clear_of_roads(p), -0.5, e["fields"]["name"])

    def test_an_address_names_streets_beside_the_ground(self):
        by_name = collections.defaultdict(list)
        for a, b, _, name in ROADS:
            by_name[name].append((a, b))
        english = {r["fields"]["name"]: r["fields"]["name_en"] for r in RECORDS["road"]}
        for e in RECORDS["enterprise"]:
            named = [name for name in by_name if name in e["fields"]["address"]]
            self.assertTrue(named, e["fields"]["address"])
            corners = [p for ring in rings(e["geometry"]) for p in ring]
            for name in named:
                self.assertLess(min(off_line(p, a, b) for p in corners for a, b in by_name[name]), 130, e["fields"]["name"])
                self.assertIn(english[name], e["fields"]["address_en"])

    def test_a_risk_lies_on_its_enterprises_ground(self):
        for r in RECORDS["risk_source"]:
            p = plane.from_lonlat(r["geometry"]["coordinates"])
            ground = rings(BY_ID[r["fields"]["enterprise"]]["geometry"])
            self.assertTrue(any(plane.inside(g, p) for g in ground), r["fields"]["name"])

    def test_risks_do_not_hide_each_other(self):
        seen = collections.Counter(tuple(r["geometry"]["coordinates"]) for r in RECORDS["risk_source"])
        self.assertEqual(seen.most_common(1)[0][1], 1)


class Lines(unittest.TestCase):
    def test_pipelines_lie_along_the_street_that_they_name(self):
        for r in RECORDS["pipeline"]:
            points = [plane.from_lonlat(c) for c in r["geometry"]["coordinates"]]
            mine = [s for s in ROADS if s[3] == r["fields"]["road"]]
            for a, b in zip(points, points[1:]):
                for share in (0.02, 0.5, 0.98):
                    p = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
                    self.assertLess(min(off_line(p, c, d) - half for c, d, half, _ in mine), 6, r["fields"]["name"])

    def test_lines_of_two_kinds_never_lie_in_one_trench(self):
        beside = collections.defaultdict(list)
        for r in RECORDS["pipeline"]:
            a, b = [plane.from_lonlat(c) for c in r["geometry"]["coordinates"]][:2]
            beside[r["fields"]["name"][r["fields"]["name"].index("管（"):], r["fields"]["road"]].append((r, a, b))
        for rows in beside.values():
            for i, (r, a, b) in enumerate(rows):
                middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
                for s, c, d in rows[i + 1:]:
                    self.assertGreater(off_line(middle, c, d), 0.9, (r["fields"]["name"], s["fields"]["name"]))

    def test_hydrants_stand_beside_streets(self):
        for h in RECORDS["hydrant"]:
            p = plane.from_lonlat(h["geometry"]["coordinates"])
            self.assertLess(abs(clear_of_roads(p)), 6, h["fields"]["number"])

    def test_berths_lie_on_the_shore_and_do_not_overlap(self):
        shore = list(zip(COAST, COAST[1:] + COAST[:1]))
        for b in RECORDS["berth"]:
            for c in positions(b["geometry"]):
                p = plane.from_lonlat(c)
                self.assertLess(min(off_line(p, *segment) for segment in shore if segment[0] != segment[1]), 35, b["fields"]["name"])
            ends = [plane.from_lonlat(c) for c in b["geometry"]["coordinates"]]
            self.assertAlmostEqual(plane.distance(*ends), b["fields"]["length_m"], delta=2)

    def test_street_names_and_directions(self):
        self.assertGreaterEqual(len({r["fields"]["name"] for r in RECORDS["road"]}), 30)
        self.assertTrue(any(r["fields"]["one_way"] for r in RECORDS["road"]))


class Points(unittest.TestCase):
    def test_stations_and_cameras_do_not_stand_in_a_wall(self):
        houses = Index([(r[0], r[2]) for r in (rings(b["geometry"])[0] for b in RECORDS["building"])], 0)
        walls = [rings(b["geometry"])[0] for b in RECORDS["building"]]
        self.assertTrue(houses.cells)
        for kind in ("pumping_station", "camera"):
            for r in RECORDS[kind]:
                if r["fields"].get("type") == "panorama":
                    continue  # On a roof.
                p = plane.from_lonlat(r["geometry"]["coordinates"])
                self.assertFalse(any(plane.inside(w, p) for w in walls), r["fields"]["name"])


if __name__ == "__main__":
    unittest.main()
