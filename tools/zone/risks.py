"""Risk sources and control measures: the register of who has which risk, and the library of risks."""

import plane
import records

# Likelihood, exposure and severity of the LEC method (Graham and Kinney 1976) for each level, worst
# first. D = L·E·C: red from 320, orange from 160, yellow from 70, blue below.
_LEC = {
    1: [(1, 6, 100), (3, 3, 40), (3, 6, 40)],
    2: [(1, 6, 40), (3, 6, 15), (1, 3, 100), (3, 2, 40)],
    3: [(1, 6, 15), (3, 6, 7), (1, 3, 40), (3, 3, 15), (0.5, 6, 40)],
    4: [(1, 6, 7), (3, 6, 3), (0.5, 6, 15), (1, 3, 15), (1, 6, 3), (3, 3, 7)],
}
_MEASURES = {1: 5, 2: 4, 3: 3, 4: 3}
_CATEGORY = {"1": "engineering", "2": "management", "3": "management", "3-1": "training", "4": "emergency",
             "4-2": "protection"}
_CYCLE = {"h": "hour", "d": "day", "m": "month", "y": "year"}
_METHOD = "LEC（D = L·E·C）"
_SOURCE = "示例：按工艺与同类事故归纳；分类按双重预防机制数据交换规范 / illustrative; classes after the dual-prevention exchange"


def _category(measure_class):
    return _CATEGORY.get(measure_class) or _CATEGORY[measure_class[0]]


def check_total(library, uses):
    """How many risks and measures there will be, and of which level."""
    levels = {1: 0, 2: 0, 3: 0, 4: 0}
    measures = 0
    for rows in uses.values():
        for row in rows:
            level = _level(library[row[0]], row)
            levels[level] += 1
            measures += len(_measures(library[row[0]], level))
    return levels, measures


def _level(risk, row):
    return row[3] if len(row) > 3 else risk["level"]


def _measures(risk, level):
    """As many as the level wants, or the risk itself, in the library's order."""
    wanted = risk.get("measures_wanted", _MEASURES[level])
    return risk["measures"][:max(wanted, _MEASURES[level])]


class Risks:
    def __init__(self, reg, library, places, people, rooms):
        """`rooms`: enterprise -> places on its ground where a risk can be put, in order."""
        self.reg, self.library, self.places, self.people, self.rooms = reg, library, places, people, rooms
        self.vessels = {v["id"]: v for v in places["vessels"]}
        self.enterprises = {e["id"]: e for e in places["enterprises"]}
        self.number = 0

    def add(self, uses):
        for number, (key, e) in enumerate(self.enterprises.items(), 1):
            for k, row in enumerate(uses[key], 1):
                self._risk(e, f"DJ-{number:03d}-R{k:02d}", row, k)

    def _vessel(self, part):
        return next((v for v in self.vessels.values() if v["id"] in part), None)

    def _risk(self, e, code, row, k):
        risk, part, part_en = self.library[row[0]], row[1], row[2]
        level, vessel = _level(risk, row), self._vessel(part)
        if vessel:
            x, y = records.vessel_place(vessel, self.enterprises)
            at = (x + 34, y)  # Beside it, so that both marks are seen.
        else:
            rooms = self.rooms[e["id"]]
            x, y = rooms[(k - 1) % len(rooms)]
            at = (x + 9 * ((k - 1) // len(rooms)), y)
        lec = _LEC[level][self.number % len(_LEC[level])]
        self.number += 1
        answers = self.reg.id_of("person", records.safety_manager(self.people, e["id"]))
        enterprise = self.reg.id_of("enterprise", e["id"])
        key = f"{e['id']}/{k}"
        self.reg.add("risk_source", key, {
            "code": code, "name": f"{e['name']} {part}：{risk['event'][0]}",
            "name_en": f"{e['name_en']}, {part_en}: {risk['event'][1]}", "enterprise": enterprise, "level": level,
            "unit": part, "unit_en": part_en[0].upper() + part_en[1:], "event": risk["event"][0],
            "event_en": risk["event"][1][0].upper() + risk["event"][1][1:], "accidents": risk["accidents"],
            "consequence": risk["consequence"][0], "consequence_en": risk["consequence"][1], "method": _METHOD,
            "likelihood": lec[0], "exposure": lec[1], "severity": lec[2], "department": risk["department"][0],
            "department_en": risk["department"][1], "responsible": answers,
            "vessel": self.reg.id_of("vessel", vessel["id"]) if vessel else None,
            "substance": self.reg.id_of("substance", records.AMMONIA) if row[0].startswith("nh3_") else None,
            "assessed_on": f"2026-{3 + self.number % 4:02d}-{1 + self.number * 7 % 28:02d}", "source": _SOURCE,
        }, plane.point(at), at=at, enterprise=e["id"])
        for m, (measure_class, cycle, zh, en) in enumerate(_measures(risk, level), 1):
            self.reg.add("control_measure", f"{key}/{m}", {
                "code": f"{code}-M{m}", "risk_source": self.reg.id_of("risk_source", key), "enterprise": enterprise,
                "description": zh, "description_en": en, "class": measure_class, "category": _category(measure_class),
                "data_source": "1" if measure_class == "1-4" else "2", "check_cycle": int(cycle[:-1]),
                "check_cycle_unit": _CYCLE[cycle[-1]], "responsible": answers, "source": _SOURCE,
            }, grid=self.reg.grid_at(at), enterprise=e["id"])
