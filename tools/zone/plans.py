"""Plans and key scenarios."""

import plane
import records

_AMMONIA_SOURCE = "示例预案；步骤与时限为示意 / example plan; steps and minutes are illustrative"


def add_plans(reg, places, tables):
    enterprises = {e["id"]: e for e in places["enterprises"]}
    for e in enterprises.values():
        vessels = [v["id"] for v in places["vessels"] if v["enterprise"] == e["id"]]
        if vessels:
            fill = {"vessel": "、".join(vessels), "road": e["address"].split("与")[0]}
            fill_en = {"vessel": ", ".join(vessels), "road": e["address_en"].split(" at ")[0]}
            _general(reg, tables, "ammonia", e, fill, fill_en)
    _general(reg, tables, "ammonia", None, {"vessel": "泄漏容器", "road": "事发地周边道路"},
             {"vessel": "the leaking vessel", "road": "the roads around"})
    _general(reg, tables, "fire", None, {}, {})
    for plan in tables["others"]:
        e = enterprises.get(plan.get("enterprise"))
        _add(reg, tables, plan, plan["key"], plan["name"], plan["name_en"], plan["category"], plan["hazard"], e, None,
             plan["organisation"], {}, {})


def _general(reg, tables, hazard, e, fill, fill_en):
    zh, en = {"ammonia": ("液氨泄漏", "ammonia leak"), "fire": ("火灾", "fire")}[hazard]
    _add(reg, tables, tables[hazard], f"{hazard}/{e['id'] if e else 'zone'}",
         f"一企一案·{e['name']}{zh}" if e else f"东疆{zh}通用预案",
         f"{e['name_en']}: {en} plan" if e else f"Dongjiang general {en} plan", "site" if e else "special",
         "ammonia_leak" if hazard == "ammonia" else hazard, e,
         reg.id_of("substance", records.AMMONIA) if hazard == "ammonia" else None, "bureau", fill, fill_en)


def _add(reg, tables, plan, key, name, name_en, category, hazard, e, substance, organisation, fill, fill_en):
    sections = tables["sections"]
    steps = [{"key": s["key"], "section": sections[s["section"]]["zh"], "section_en": sections[s["section"]]["en"],
              "title": s["title"].format(**fill), "title_en": s["title_en"].format(**fill_en), "role": s["role"],
              "minutes": s["minutes"], "kind": s["kind"], "after": s.get("after", [])} for s in plan["steps"]]
    forces = [{**f, "hazard": f.get("hazard", hazard)} for f in plan["forces"]]
    letters = key.split("/")[0].replace("_", "")[:2].upper()
    reg.add("plan", key,
            {"name": name, "name_en": name_en, "code": f"YA-{letters}-{len(reg.records.get('plan', [])) + 1:02d}",
             "category": category, "organisation": reg.id_of("organisation", organisation), "hazard": hazard,
             "enterprise": reg.id_of("enterprise", e["id"]) if e else None, "substance": substance,
             "trigger_level": plan["trigger_level"], "response_level": plan["response_level"], "version": "2026",
             "steps": steps, "forces": forces, "source": _AMMONIA_SOURCE}, enterprise=e["id"] if e else None)


def add_scenarios(reg, places, table, uses):
    enterprises = {e["id"]: e for e in places["enterprises"]}
    for number, s in enumerate(table["scenarios"], 1):
        e = enterprises[s["enterprise"]]
        at = tuple(e["at"])
        risk = next((k for k, row in enumerate(uses[e["id"]], 1) if row[0] == s["risk"] and s.get("at", "") in row[1]),
                    None)
        if risk is None:
            raise ValueError(f"scenario {number}: no risk {s['risk']} at {e['id']}")
        reg.add("scenario", f"{e['id']}/{s['key']}", {
            "code": f"QJ-{number:02d}", "name": f"{e['name']}：{s['name']}", "name_en": f"{e['name_en']}: {s['name_en']}",
            "class": s["class"], "hazard": s["hazard"], "enterprise": reg.id_of("enterprise", e["id"]),
            "risk_source": reg.id_of("risk_source", f"{e['id']}/{risk}"), "plan": reg.id_of("plan", s["plan"]),
            "level": s["level"], "situation": s["situation"], "situation_en": s["situation_en"],
            "consequence": s["consequence"], "consequence_en": s["consequence_en"],
            "tasks": [{"title": zh, "title_en": en, "minutes": minutes} for zh, en, minutes in s["tasks"]],
            "capabilities": [{"title": zh, "title_en": en} for zh, en in s["needs"]],
            "source": "示例情景 / illustrative scenario"}, plane.point(at), at=at, enterprise=e["id"])
