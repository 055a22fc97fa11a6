#!/usr/bin/python3
"""Procedures, the catalog's check and migrations through the running program."""
import datetime
import json
import pathlib
import shutil
import sys
import tempfile
import traceback
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, root  # noqa: E402

BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def day(offset):
    return (datetime.datetime.now(BEIJING) + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def first(person, kind):
    return person.get(f"/records/{kind}?limit=1").json["records"][0]


def new_danger(duty, code):
    measure = first(duty, "control_measure")
    answer = duty.post("/records/hidden_danger", {
        "scope": {"enterprise": measure["fields"]["enterprise"]},
        "fields": {"code": code, "name": "高压贮氨器安全阀校验超期", "level": "0", "description": "铭牌校验日期已过",
                   "found_at": "2026-11-23T06:00:00Z", "enterprise": measure["fields"]["enterprise"],
                   "control_measure": measure["id"], "responsible_text": "张德海", "deadline": day(3)}})
    assert answer.status == 201, answer.body
    return answer.json


def move(person, record, name, **fields):
    return person.post(f"/records/hidden_danger/{record['id']}/moves/{name}", {"fields": fields})


def moves(person, record):
    return {m["move"]: m for m in person.get(f"/records/hidden_danger/{record['id']}/moves").json}


def test_the_open_moves_say_who_may_and_why_not(server, people):
    duty = people["duty"]
    record = new_danger(duty, "T-1")
    open_now = moves(duty, record)
    assert set(open_now) == {"assign", "mend_now", "cancel"}, open_now
    assert open_now["assign"]["allowed"] and open_now["assign"]["missing"] == []
    assert open_now["mend_now"]["missing"] == ["measures"]
    leader = moves(people["leader"], record)["assign"]
    assert not leader["allowed"] and leader["reason"]["id"] == "forbidden" and leader["reason"]["zh"], leader
    assert error(move(people["leader"], record, "assign")) == (403, "forbidden")

    late = move(duty, record, "assign", deadline=day(-1))
    assert error(late) == (409, "guard_past"), late.body
    assert move(duty, record, "assign").status == 200
    assert error(move(duty, record, "assign")) == (409, "move_not_open")
    assert move(duty, record, "submit", measures="已更换并重新校验").status == 200
    mine = moves(duty, record)["accept"]
    assert not mine["allowed"] and mine["reason"]["id"] == "guard_same_person", mine
    assert error(move(duty, record, "accept", accept_comment="合格")) == (409, "guard_same_person")
    done = move(people["commander"], record, "accept", accept_comment="合格")
    assert done.status == 200, done.body
    fields = done.json["fields"]
    assert fields["rectified_by"] == "沈岚" and fields["accepted_by"] == "周启明", fields
    assert fields["rectify_state"] == "met" and fields["manage_type"] == "1", fields
    assert moves(duty, record) == {}


def test_a_clock_runs_out_and_the_duty_officer_is_told(server, people):
    duty = people["duty"]
    record = new_danger(duty, "T-2")
    running = move(duty, record, "assign").json
    assert running["fields"]["rectify_state"] == "running"
    assert running["fields"]["rectify_due_at"].endswith("T15:59:59.000Z"), running["fields"]
    forged = duty.call("PATCH", f"/records/hidden_danger/{record['id']}", {"fields": {"rectify_state": "met"}},
                       {"If-Match": '"2"'})
    assert forged.status == 422 and forged.json["errors"][0]["id"] == "field_read_only", forged.body
    path = f"/records/hidden_danger/{record['id']}"
    assert duty.call("PATCH", path, {"fields": {"deadline": day(-2)}}, {"If-Match": '"2"'}).status == 200

    def overdue():
        return duty.get("/records/hidden_danger?where=rectify_state:eq:overdue;code:eq:T-2").json["records"]
    eventually(overdue, 20)
    eventually(lambda: "rectify_escalated_at" in overdue()[0]["fields"], 20)
    told = duty.get("/records/message?where=to_role:eq:duty_officer&text=" + quote("整改逾期")).json["records"]
    assert len(told) == 1 and "高压贮氨器" in told[0]["fields"]["title"], told
    history = duty.get(path + "/history").json["entries"]
    assert [e["origin"] for e in history][-2:] == ["clock", "clock"], history


def test_the_catalog_serves_what_is_declared(server, people):
    catalog = people["duty"].get("/catalog").json
    kind = next(k for k in catalog["kinds"] if k["name"] == "hidden_danger")
    assert kind["key"] == ["code"] and kind["form"][0]["fields"][0] == "code"
    assert kind["clocks"][0]["due"] == {"field": "deadline"} and kind["clocks"][0]["source"]
    accept = next(m for m in kind["moves"] if m["name"] == "accept")
    assert accept["guards"] == [{"name": "not_by", "fields": ["rectified_by_id"]}]
    assert {y["year"] for y in catalog["calendar"]["published"]} >= {2025, 2026}
    schemas = people["duty"].get("/openapi.json").json["components"]["schemas"]
    fields = schemas["HiddenDangerFields"]
    assert fields["properties"]["rectify_due_at"]["readOnly"] and "code" in fields["required"]


def test_check_names_every_fault_and_says_what_a_start_would_do(server, people):
    with tempfile.TemporaryDirectory(prefix="anlan-") as folder:
        catalog = pathlib.Path(folder) / "catalog"
        shutil.copytree(root / "catalog", catalog)
        good = json.loads(server.run("check", "--catalog", str(catalog), "--json").stdout)
        assert good["good"] and good["records"] > 1000 and "migrations" not in good, good

        kind = catalog / "kinds/hydrant.yaml"
        declared = kind.read_text()
        kind.write_text(declared.replace("type: number,", "type: nmber,"))
        duty_yaml = catalog / "settings/duty.yaml"
        settings = duty_yaml.read_text()
        duty_yaml.write_text(settings.replace("gust_window_s: 600", "gust_window_s: many"))
        bad = server.run("check", "--catalog", str(catalog), "--json", check=False)
        said = json.loads(bad.stdout)
        assert bad.returncode == 1 and len(said["problems"]) == 2, said
        where = [e["where"] for e in said["problems"][0]["errors"]]
        assert any(w.startswith("catalog/kinds/hydrant.yaml:") for w in where), said
        duty_yaml.write_text(settings)

        # A store of the release before, under a catalog that renames a field.
        data = pathlib.Path(folder) / "data"
        shipped = ["--data", str(data), "--catalog", str(root / "catalog")]
        server.run("import", *shipped, str(root / "data/dongjiang/records/hydrant.ndjson"))
        kind.write_text(declared.replace("pressure_pa", "pressure"))
        asked = ["check", "--data", str(data), "--catalog", str(catalog), "--json"]
        (catalog / "migrations").mkdir()
        unfit = json.loads(server.run(*asked, check=False).stdout)
        assert "store_unfit" in [p["error"] for p in unfit["problems"]], unfit
        (catalog / "migrations/0001-pressure.yaml").write_text(
            "number: 1\ntitle: {zh: 改名, en: Rename}\nsteps:\n  - {rename: hydrant.pressure_pa, to: pressure}\n")
        trial = json.loads(server.run(*asked, check=False).stdout)
        assert trial["migrations"][0]["number"] == 1 and trial["migrations"][0]["rows"] > 0, trial
        again = json.loads(server.run(*asked, check=False).stdout)
        assert again["migrations"] == trial["migrations"], "a check changes nothing"


def main():
    wanted = sys.argv[1:]
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (not wanted or n in wanted)]
    failed = 0
    with Server(extra=["--no-simulator"]) as server:
        people = {"duty": Person(server, "shenlan"), "leader": Person(server, "handong"),
                  "commander": Person(server, "zhouqiming")}
        for name, test in tests:
            try:
                test(server, people)
                print("ok    ", name, flush=True)
            except Exception:
                failed += 1
                print("FAILED", name, flush=True)
                traceback.print_exc()
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
