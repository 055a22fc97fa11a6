#!/usr/bin/python3
"""What the shipped zone holds: the counts of the plan, risks with their measures, plans, scenarios, forces;
everything named in both languages and tied to what it speaks of."""

import collections
import re
import unittest

from zone_data import BY_ID, CODES, KINDS, RECORDS, ZONE


def fields(kind):
    return [r["fields"] for r in RECORDS[kind]]


def count(kind, field):
    return collections.Counter(f[field] for f in fields(kind))


class Counts(unittest.TestCase):
    def test_the_counts_of_the_plan(self):  # The plan of the zone, part 2 (一) 2 to 4.
        self.assertEqual({k: len(RECORDS[k]) for k in ("grid", "enterprise", "risk_source", "control_measure", "plan",
                                                       "scenario")},
                         {"grid": 8, "enterprise": 64, "risk_source": 293, "control_measure": 920, "plan": 26,
                          "scenario": 29})
        self.assertEqual(count("risk_source", "level"), {1: 4, 2: 31, 3: 97, 4: 161})
        self.assertEqual(len({s["enterprise"] for s in fields("scenario")}), 10)

    def test_the_readme_counts_what_is_there(self):
        seen = set()
        for line in (ZONE / "README.md").read_text(encoding="utf-8").splitlines():
            cells = [c.strip() for c in line.strip("|").split("|")]
            kinds = cells[0].split(", ")
            if len(cells) == 3 and all(k in RECORDS for k in kinds):
                said = [int(n.replace(",", "")) for n in re.sub(r"\([^)]*\)", "", cells[1]).replace(" of ten enterprises", "").split(", ")]
                self.assertEqual(said, [len(RECORDS[k]) for k in kinds], line)
                seen.update(kinds)
        self.assertEqual(seen, set(RECORDS))

    def test_every_kind_of_enterprise_place_and_line_is_there(self):
        for kind, field, table in (("enterprise", "type", "enterprise_type"), ("plan", "category", "plan_category"),
                                   ("pipeline", "medium", "pipeline_medium"), ("building", "use", "building_use"),
                                   ("berth", "use", "berth_use"), ("expert", "field", "expert_field"),
                                   ("camera", "type", "camera_type"), ("stock", "mode", "stock_mode"),
                                   ("protection_target", "class", "target_class"),
                                   ("control_measure", "category", "measure_category"),
                                   ("scenario", "class", "scenario_class")):
            missing = CODES[table] - set(count(kind, field))
            self.assertFalse(missing, (kind, missing))

    def test_warehouses_are_those_the_plan_speaks_of(self):  # Above 300 m2: task 11 (2).
        for e in fields("enterprise"):
            if e["type"] in ("warehouse", "cold_store", "logistics"):
                self.assertGreater(e["floor_area_m2"], 300)


class Names(unittest.TestCase):
    def test_names_are_unique_within_their_kind_in_both_languages(self):
        for kind in ("enterprise", "protection_target", "building", "risk_source", "plan", "scenario", "pipeline",
                     "camera", "team", "vehicle", "berth", "pumping_station", "hospital", "fire_station", "expert",
                     "grid", "shelter", "organisation", "stock"):
            for name in ("name", "name_en"):
                twice = [n for n, k in collections.Counter(f[name] for f in fields(kind)).items() if k > 1]
                self.assertFalse(twice, (kind, name))

    def test_what_is_written_in_chinese_is_written_in_english(self):
        for kind, rows in RECORDS.items():
            declared = {f["name"] for f in KINDS[kind]["fields"]}
            for r in rows:
                for name in declared:
                    if f"{name}_en" in declared and name in r["fields"]:
                        self.assertTrue(r["fields"].get(f"{name}_en"), (kind, name, r["fields"]))
                        self.assertFalse(any("\u4e00" <= c <= "\u9fff" for c in r["fields"][f"{name}_en"]),
                                         (kind, name, r["fields"][f"{name}_en"]))

    def test_new_kinds_say_that_they_are_illustrative(self):
        for kind in ("risk_source", "control_measure", "building", "pipeline", "scenario", "expert", "hospital"):
            self.assertTrue(all(f["illustrative"] for f in fields(kind)))


class Risks(unittest.TestCase):
    def setUp(self):
        self.measures = collections.defaultdict(list)
        for m in RECORDS["control_measure"]:
            self.measures[m["fields"]["risk_source"]].append(m)

    def test_every_enterprise_has_risks_and_every_risk_has_the_measures_its_level_wants(self):
        self.assertEqual({r["enterprise"] for r in fields("risk_source")}, {e["id"] for e in RECORDS["enterprise"]})
        for r in RECORDS["risk_source"]:
            least = {1: 5, 2: 4}.get(r["fields"]["level"], 3)
            self.assertGreaterEqual(len(self.measures[r["id"]]), least, r["fields"]["name"])

    def test_the_level_is_what_the_scores_say(self):  # LEC: 320, 160 and 70 part the levels.
        for r in fields("risk_source"):
            score = r["likelihood"] * r["exposure"] * r["severity"]
            level = 1 if score >= 320 else 2 if score >= 160 else 3 if score >= 70 else 4
            self.assertEqual(level, r["level"], (r["name"], score))

    def test_accidents_are_of_the_standard(self):
        for r in fields("risk_source"):
            self.assertTrue(r["accidents"])
            self.assertLessEqual(set(r["accidents"]), CODES["accident_type"], r["name"])

    def test_a_measure_belongs_to_the_enterprise_of_its_risk_and_to_somebody_there(self):
        for m in RECORDS["control_measure"]:
            risk = BY_ID[m["fields"]["risk_source"]]
            self.assertEqual(m["fields"]["enterprise"], risk["fields"]["enterprise"])
            self.assertEqual(m["scope"], risk["scope"])
            self.assertEqual(BY_ID[m["fields"]["responsible"]]["scope"]["enterprise"], risk["fields"]["enterprise"])
            self.assertIn("-", m["fields"]["class"])  # A class of the second level.

    def test_the_texts_are_written_for_their_hazard(self):
        """No text serves more than a handful of places, and those within one trade."""
        said = collections.Counter(m["description"] for m in fields("control_measure"))
        self.assertGreater(len(said), 350)
        self.assertLessEqual(said.most_common(1)[0][1], 10)
        self.assertGreater(len({r["event"] for r in fields("risk_source")}), 100)
        for m in fields("control_measure"):
            self.assertGreaterEqual(len(m["description"]), 8, m["description"])

    def test_ammonia_risks_name_their_substance(self):
        for r in fields("risk_source"):
            if "V-" in r["unit"]:
                self.assertIn("vessel", r)
                self.assertIn(BY_ID[r["vessel"]]["fields"]["name"].rsplit(" ", 1)[-1], r["unit"])
            self.assertEqual("substance" in r, "氨" in r["event"].replace("聚氨酯", ""), r["name"])


class Plans(unittest.TestCase):
    def test_one_overall_plan_and_each_hazard_has_one_that_fits_everywhere(self):
        self.assertEqual(count("plan", "category")["overall"], 1)
        general = [p["hazard"] for p in fields("plan") if "enterprise" not in p]
        self.assertEqual(len(general), len(set(general)))

    def test_scenarios_rest_on_a_risk_and_a_plan_of_their_enterprise(self):
        for s in fields("scenario"):
            self.assertEqual(BY_ID[s["risk_source"]]["fields"]["enterprise"], s["enterprise"])
            self.assertIn(BY_ID[s["plan"]]["fields"].get("enterprise"), (None, s["enterprise"]))
            self.assertGreaterEqual(len(s["tasks"]), 3)
            for t in s["tasks"]:
                self.assertEqual(set(t), {"title", "title_en", "minutes"})
                self.assertGreater(t["minutes"], 0)
            self.assertGreaterEqual(len(s["capabilities"]), 2)


class Forces(unittest.TestCase):
    def test_the_vehicles_are_those_of_the_teams(self):
        mine = collections.Counter(v["team"] for v in fields("vehicle"))
        for t in RECORDS["team"]:
            self.assertEqual(mine[t["id"]], sum(v["count"] for v in t["fields"]["vehicles"]), t["fields"]["name"])

    def test_hazards_of_teams_and_experts_are_hazards(self):
        for kind in ("team", "expert"):
            for f in fields(kind):
                self.assertLessEqual(set(f["hazards"]), CODES["hazard"])

    def test_contracted_stock_says_how_fast_it_comes(self):
        for s in fields("stock"):
            if s["mode"] == "contracted" and "quantity_min" in s:
                self.assertIn("delivery_hours", s)
            self.assertLessEqual(s.get("quantity_min", 0), s["quantity"])

    def test_every_grid_has_an_officer_on_a_shift(self):
        on_duty = {s["person"] for s in fields("shift") if s["duty_role"] == "grid_officer"}
        self.assertEqual({g["officer"] for g in fields("grid")}, on_duty)


if __name__ == "__main__":
    unittest.main()
