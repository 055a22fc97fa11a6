#!/usr/bin/python3
"""Files in and out of the running program: exports, templates, imports as jobs.

One server with the demonstration, without simulated devices. Each test_* function is one promise.
"""
import csv
import io
import json
import pathlib
import random
import sys
import time
import traceback
import urllib.parse
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server  # noqa: E402


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def rows_of(answer):
    assert answer.status == 200, answer.body
    assert answer.body.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for the local code page"
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def send(person, kind, name, body, **query):
    query = urllib.parse.urlencode({"kind": kind, "name": name, **query})
    return person.call("POST", f"/imports?{query}", raw=body if isinstance(body, bytes) else body.encode(),
                       headers={"Content-Type": "application/octet-stream"})


def finished(person, answer, within_s=120):
    assert answer.status == 202, answer.body
    until = time.monotonic() + within_s
    while True:
        job = person.get(f"/imports/{answer.json['id']}").json
        if job["state"] not in ("waiting", "checking", "applying"):
            return job
        assert time.monotonic() < until, job
        time.sleep(0.02)


def checked(person, kind, name, body, **query):
    return finished(person, send(person, kind, name, body, **query))


def give_up(person, job):
    assert person.call("DELETE", f"/imports/{job['id']}").status == 204


def take_in(person, kind, name, body):
    job = checked(person, kind, name, body)
    assert job["state"] == "checked" and job["counts"]["problems"] == 0, (job, problems(person, job))
    done = finished(person, person.post(f"/imports/{job['id']}/apply"))
    assert done["state"] == "done", done
    give_up(person, job)
    return done["counts"]


def problems(person, job, **query):
    answer = person.get(f"/imports/{job['id']}/problems?{urllib.parse.urlencode(query)}").json
    return [(p["row"], p["column"], p["value"], p["id"]) for p in answer["problems"]]


def test_every_export_reads_back_as_unchanged(server, people):
    keeper = people["keeper"]
    for kind in ("enterprise", "vessel", "team", "road", "person", "hydrant"):
        total = keeper.get(f"/records/{kind}?limit=1").json["count"]["value"]
        for format in ("csv", "xlsx", "geojson"):
            for language in ("zh", "en") if kind == "enterprise" else ("zh",):
                file = keeper.get(f"/records/{kind}/export?format={format}&language={language}")
                assert file.status == 200, file.body
                job = checked(keeper, kind, f"x.{format}", file.body)
                counts = job["counts"]
                assert job["state"] == "checked", job
                said = (kind, format, counts, problems(keeper, job)[:5])
                assert counts["problems"] == 0 and counts["unchanged"] == counts["rows"] == total, said
                give_up(keeper, job)


def test_an_export_is_the_list(server, people):
    duty = people["duty"]
    where = "where=type:eq:cold_store&sort=-code"
    listed = duty.get(f"/records/enterprise?{where}&limit=1000").json["records"]
    rows = rows_of(duty.get(f"/records/enterprise/export?{where}&columns=code,name,type&style=names"))
    assert rows[0] == ["code", "name", "type"]
    assert [r[0] for r in rows[1:]] == [r["fields"]["code"] for r in listed] and len(rows) > 2
    worded = rows_of(duty.get(f"/records/enterprise/export?{where}&columns=code,type&language=en"))
    assert worded[0] == ["Code", "Type"] and "cold" in worded[1][1].lower() and worded[1][1] != "cold_store", worded[:2]
    file = duty.get("/records/enterprise/export?language=zh")
    assert "filename*=utf-8''%e4%bc%81%e4%b8%9a" in file.headers["content-disposition"].lower(), file.headers
    assert error(duty.get("/records/enterprise/export?format=pdf")) == (422, "bad_query")
    assert error(duty.get("/records/enterprise/export?columns=nothing")) == (422, "column_unknown")
    assert error(duty.get("/records/enterprise/export?where=nothing:eq:1"))[0] == 422
    assert error(duty.get("/records/nothing/export")) == (404, "unknown_kind")


def test_an_export_keeps_rows_and_values_from_those_who_may_not_see_them(server, people):
    duty, grid, leader = people["duty"], people["grid"], people["leader"]
    codes = lambda who: {r[0] for r in rows_of(who.get("/records/enterprise/export?columns=code&style=names"))[1:]}
    seen = {r["fields"]["code"] for r in grid.get("/records/enterprise?limit=1000").json["records"]}
    assert codes(grid) == seen and codes(grid) < codes(duty)
    phones = lambda who: {r[0] for r in rows_of(who.get("/records/person/export?columns=phone&style=names"))[1:]} - {""}
    assert phones(leader) == {"***"} and any("000" in p for p in phones(duty))
    assert error(leader.get("/records/person/export?where=phone:has:000")) == (403, "forbidden")
    assert error(people["security"].get("/records/enterprise/export")) == (403, "forbidden")
    geo = leader.get("/records/team/export?format=geojson").json
    assert {f["properties"].get("phone") for f in geo["features"]} <= {"***", None}


def test_a_workbook_is_typed_and_has_lists(server, people):
    file = people["keeper"].get("/records/enterprise/export?format=xlsx&language=zh").body
    book = zipfile.ZipFile(io.BytesIO(file))
    assert 'name="企业"' in book.read("xl/workbook.xml").decode()
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<dataValidation " in sheet and 'state="frozen"' in sheet
    template = people["keeper"].get("/records/enterprise/template?language=en").body
    book = zipfile.ZipFile(io.BytesIO(template))
    assert "dataValidation" in book.read("xl/worksheets/sheet1.xml").decode()
    job = checked(people["keeper"], "enterprise", "t.xlsx", template)
    assert (job["state"], job["error"]["id"]) == ("failed", "file_empty"), job
    give_up(people["keeper"], job)


def test_new_changed_and_unchanged_rows(server, people):
    keeper = people["keeper"]
    head = "编号,名称,类型,地址,白班人数,停工可行\r\n"
    body = head + "XX-1,甲（示例）,冷库冷链,=HYPERLINK(1),\"1,200\",是\r\nXX-2,乙（示例）,cold_store,,５０,否\r\n"
    counts = take_in(keeper, "enterprise", "企业.csv", body.encode("gb18030"))
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (2, 0, 0), counts
    one = keeper.get("/records/enterprise?where=code:eq:XX-1").json["records"][0]
    assert one["fields"]["staff_day"] == 1200 and one["fields"]["stop_work"] is True and one["fields"]["type"] == "cold_store"
    rows = rows_of(keeper.get("/records/enterprise/export?where=code:eq:XX-1&columns=address"))
    assert rows[1] == ["'=HYPERLINK(1)"], rows
    body = body.replace("５０", "60")
    counts = take_in(keeper, "enterprise", "企业.csv", body)
    assert (counts["new"], counts["changed"], counts["unchanged"]) == (0, 1, 1), counts
    history = keeper.get(f"/records/enterprise/{one['id']}/history").json["entries"]
    assert [e["action"] for e in history] == ["create"], "what does not change leaves no entry"
    features = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [117.8, 39.0]},
         "properties": {"code": "XX-2", "address": "码头"}}]}
    counts = take_in(keeper, "enterprise", "x.geojson", json.dumps(features))
    assert counts["changed"] == 1, counts
    two = keeper.get("/records/enterprise?where=code:eq:XX-2").json["records"][0]
    assert two["geometry"]["coordinates"] == [117.8, 39.0] and two["fields"]["staff_day"] == 60


def test_every_bad_cell_is_named_and_nothing_is_written(server, people):
    keeper = people["keeper"]
    before = keeper.get("/journal/head").json["sequence"]
    body = ("编号,名称,类型,白班人数,停工可行\n"
            "YY-1,甲,冷库冷链,many,是\nYY-2,,飞船,-1,maybe\nYY-1,丙,冷库冷链,1,是\nYY-4,丁,冷库冷链,1,是\n")
    job = checked(keeper, "enterprise", "y.csv", body)
    assert job["state"] == "checked" and job["counts"]["problems"] >= 4, job
    found = problems(keeper, job)
    for wanted in ((2, "白班人数", "many", "cell_number"), (3, "类型", "飞船", "cell_code"), (3, "白班人数", "-1", "below_min"),
                   (3, "停工可行", "maybe", "cell_boolean")):
        assert wanted in found, (wanted, found)
    assert [p[0] for p in found] == sorted(p[0] for p in found)
    assert {p[1] for p in problems(keeper, job, text="飞船")} == {"类型"}
    chinese = keeper.call("GET", f"/imports/{job['id']}/problems", headers={"Accept-Language": "zh-CN"}).json["problems"]
    assert any("可用：" in p["text"] for p in chinese), chinese
    table = rows_of(keeper.get(f"/imports/{job['id']}/problems.csv?language=en"))
    assert table[0] == ["Row", "Column", "Value", "Problem"] and len(table) == len(found) + 1
    assert error(keeper.post(f"/imports/{job['id']}/apply")) == (422, "import_problems")
    # The same file, with other columns: what is left out can do no harm.
    again = keeper.post(f"/imports/{job['id']}/check", {"columns": {"白班人数": "", "停工可行": ""}})
    assert {p[1] for p in problems(keeper, finished(keeper, again))} <= {"类型", "编号", "名称", ""}
    assert keeper.get("/journal/head").json["sequence"] == before
    give_up(keeper, job)


def test_files_that_cannot_be_meant(server, people):
    keeper = people["keeper"]
    for name, body, wanted in (("x.csv", b"\x00\x01\x02,\x00\n1,2\n", {"file_nul", "file_encoding", "no_header"}),
                               ("x.csv", '编号,名称\n1,"open\n', {"quote_open"}),
                               ("x.csv", "foo,bar\n1,2\n", {"no_header"}),
                               ("x.csv", "编号,code\n1,2\n", {"column_twice"}),
                               ("x.csv", "编号,名称\n", {"file_empty"}),
                               ("x.csv", "编号" + ",x" * 600 + "\n", {"columns_too_many"}),
                               ("x.csv", "编号,名称\n1," + "x" * (2 << 20) + "\n", {"cell_too_large"}),
                               ("x.geojson", '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":NaN}}]}', {"bad_geojson"}),
                               ("x.geojson", "[" * 100_000, {"bad_geojson"}),
                               ("x.geojson", '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4548"}},"features":[]}', {"other_crs"}),
                               ("x.xlsx", "PK not a workbook", {"bad_workbook"})):
        job = checked(keeper, "enterprise", name, body)
        assert job["state"] == "failed" and job["error"]["id"] in wanted, (name, body[:40], job)
        give_up(keeper, job)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
        z.writestr("xl/workbook.xml", "<workbook/>")
        z.writestr("xl/worksheets/sheet1.xml", "<worksheet>" + " " * (64 << 20) + "</worksheet>")
    job = checked(keeper, "enterprise", "bomb.xlsx", bomb.getvalue())
    assert job["error"]["id"] == "workbook_bomb", job
    give_up(keeper, job)
    entities = io.BytesIO()
    with zipfile.ZipFile(entities, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/_rels/workbook.xml.rels", '<!DOCTYPE x [<!ENTITY a "b">]><Relationships>&a;</Relationships>')
        z.writestr("xl/workbook.xml", "<workbook/>")
    job = checked(keeper, "enterprise", "entities.xlsx", entities.getvalue())
    assert job["error"]["id"] == "bad_workbook", job
    give_up(keeper, job)
    assert error(send(keeper, "enterprise", "x.exe", "MZ")) == (422, "file_format")
    assert error(send(keeper, "enterprise", "x.csv", "")) == (422, "file_empty")
    assert error(send(keeper, "nothing", "x.csv", "a")) == (404, "unknown_kind")


def test_an_import_is_its_owners_and_needs_the_right(server, people):
    keeper, duty, grid = people["keeper"], people["duty"], people["grid"]
    for who in (duty, grid, people["security"]):
        assert error(send(who, "enterprise", "x.csv", "编号,名称\n1,2\n")) == (403, "forbidden")
    job = checked(keeper, "enterprise", "x.csv", "编号,名称,类型\nZZ-1,甲,冷库冷链\n")
    for method, path in (("GET", ""), ("GET", "/problems"), ("POST", "/apply"), ("POST", "/check"), ("DELETE", "")):
        answer = duty.call(method, f"/imports/{job['id']}{path}", {} if method == "POST" else None)
        assert error(answer) == (404, "no_such_import"), (method, path, answer.body)
    assert duty.get("/imports").json["imports"] == []
    assert job["id"] in [i["id"] for i in keeper.get("/imports").json["imports"]]
    give_up(keeper, job)
    assert error(keeper.get(f"/imports/{job['id']}")) == (404, "no_such_import")


def test_a_restart_keeps_the_file_and_writes_nothing_by_itself(server, people):
    keeper = people["keeper"]
    random.seed(7)
    body = "编号,名称,类型\n" + "".join(f"KK-{i},企业{i}（示例）,冷库冷链\n" for i in range(3000))
    job = checked(keeper, "enterprise", "many.csv", body)
    assert job["state"] == "checked" and job["counts"]["new"] == 3000, job
    server.kill()
    server.start()
    keeper.__init__(server, "linyue")
    assert keeper.get("/records/enterprise?where=code:has:KK-").json["count"]["value"] == 0
    job = keeper.get(f"/imports/{job['id']}").json
    assert job["state"] in ("checked", "failed"), job
    if job["state"] == "failed":
        assert job["error"]["id"] == "import_interrupted", job
        job = finished(keeper, keeper.post(f"/imports/{job['id']}/check"))
    assert job["counts"]["new"] == 3000, job
    # Killed while it is applied: all of it is there afterwards, or none of it, never a part.
    keeper.post(f"/imports/{job['id']}/apply")
    time.sleep(random.random() * 0.3)
    server.kill()
    server.start()
    keeper.__init__(server, "linyue")
    until = time.monotonic() + 60
    while True:
        there = keeper.get("/records/enterprise?where=code:has:KK-").json["count"]["value"]
        assert there in (0, 3000), f"a part of an import is seen: {there}"
        job = keeper.get(f"/imports/{job['id']}").json
        if job["state"] not in ("applying", "waiting"):
            break
        assert time.monotonic() < until, job
        time.sleep(0.02)
    there = keeper.get("/records/enterprise?where=code:has:KK-").json["count"]["value"]
    assert there == (3000 if job["state"] == "done" else 0), (job, there)


def main():
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (len(sys.argv) < 2 or sys.argv[1] in n)]
    failed = 0
    with Server(extra=["--no-simulator"]) as server:
        people = {"duty": Person(server, "shenlan"), "grid": Person(server, "gaoyuan"), "leader": Person(server, "handong"),
                  "keeper": Person(server, "linyue"), "security": Person(server, "secadmin")}
        for name, test in tests:
            try:
                test(server, people)
                print(f"ok {name}", flush=True)
            except Exception:
                failed += 1
                print(f"FAILED {name}", flush=True)
                traceback.print_exc()
                if server.process.poll() is not None:
                    print("".join(server.output[-30:]))
                    break
    print(f"{len(tests) - failed} of {len(tests)} promises held")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
