#!/usr/bin/python3
"""Files out of the running program: exports and import templates.

One server with the demonstration, without simulated devices. Each test_* function is one promise.
"""
import csv
import io
import pathlib
import sys
import traceback
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server  # noqa: E402


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def rows_of(answer):
    assert answer.status == 200, answer.body
    assert answer.body.startswith(b"\xef\xbb\xbf"), "a spreadsheet takes it for the local code page"
    return list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


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
