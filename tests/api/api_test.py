#!/usr/bin/python3
"""The HTTP API and the live feed of the running program, from outside.

One server with the demonstration, without simulated devices. Each test_* function is one promise.
"""
import gzip
import json
import pathlib
import socket
import sqlite3
import sys
import time
import traceback
from urllib.parse import quote

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually  # noqa: E402


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def raw(server, text, within_s=5, close=False):
    """Sends bytes, answers what comes until the server closes or `within_s` have passed."""
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=within_s) as s:
        s.sendall(text if isinstance(text, bytes) else text.encode())
        out = b""
        try:
            while True:
                got = s.recv(65536)
                if not got:
                    return out
                out += got
                if not close and b"\r\n\r\n" in out:
                    return out
        except (socket.timeout, ConnectionResetError):
            return out


def log_entry(person, text="到岗", **more):
    return person.post("/records/log_entry", {"fields": {"text": text, "at": "2026-11-23T06:00:00Z"}, **more})


def test_a_link_signs_in_once(server, people):
    secret = server.link("shenlan")
    first = Person(server).post("/session/link", {"token": secret})
    assert first.status == 200, first.body
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie, cookie
    assert error(Person(server).post("/session/link", {"token": secret})) == (401, "bad_link")
    assert error(Person(server).get("/session")) == (401, "not_signed_in")


def test_wrong_passwords_are_counted_and_locked_out(server, people):
    answers = [error(Person(server).post("/session", {"account": "auditadmin", "password": "wrong"})) for _ in range(7)]
    assert answers[0] == (401, "bad_sign_in") and answers[-1] == (429, "locked_out"), answers


def test_a_change_needs_the_csrf_token(server, people):
    duty = people["duty"]
    was, duty.csrf = duty.csrf, ""
    try:
        assert error(log_entry(duty)) == (403, "csrf")
    finally:
        duty.csrf = was
    body = {"fields": {"text": "x", "at": "2026-11-23T06:00:00Z"}}
    assert error(duty.post("/records/log_entry", body, headers={"Origin": "http://evil.example"})) == (403, "foreign_origin")
    assert log_entry(duty).status == 201


def test_a_stale_revision_is_refused_with_both(server, people):
    duty = people["duty"]
    made = log_entry(duty).json
    path = f"/records/log_entry/{made['id']}"
    assert error(duty.call("PATCH", path, {"fields": {"text": "y"}})) == (428, "revision_needed")
    changed = duty.call("PATCH", path, {"fields": {"text": "y"}}, {"If-Match": '"1"'})
    assert changed.status == 200 and changed.headers["etag"] == '"2"', changed.body
    stale = duty.call("PATCH", path, {"fields": {"text": "z"}}, {"If-Match": '"1"'})
    assert error(stale) == (412, "stale_revision") and stale.json["current"] == 2 and stale.json["given"] == 1


def test_a_repeated_write_is_the_same_write(server, people):
    duty = people["duty"]
    body = {"fields": {"text": "once", "at": "2026-11-23T06:00:00Z"}}
    first = duty.post("/records/log_entry", body, headers={"Idempotency-Key": "key-1"})
    again = duty.post("/records/log_entry", body, headers={"Idempotency-Key": "key-1"})
    assert first.status == again.status == 201 and first.json["id"] == again.json["id"]


def test_wrong_fields_are_named_by_path_in_the_callers_language(server, people):
    answer = people["duty"].post("/records/log_entry", {"fields": {"txet": "x", "at": "yesterday"}})
    assert error(answer) == (422, "bad_request"), answer.body
    where = {each["where"] for each in answer.json["errors"]}
    assert {"/fields/txet", "/fields/at", "/fields/text"} <= where, where
    chinese = people["duty"].post("/records/log_entry", {"fields": {"txet": "x"}}, headers={"Accept-Language": "zh-CN"})
    assert "请求" in chinese.json["detail"], chinese.json


def test_another_grids_record_does_not_exist(server, people):
    duty, grid = people["duty"], people["grid"]
    mine = grid.session
    assert mine["roles"] == ["grid_officer"]
    vessels = duty.get("/records/vessel?limit=100").json["records"]
    seen = {v["id"] for v in grid.get("/records/vessel?limit=100").json["records"]}
    hidden = [v["id"] for v in vessels if v["id"] not in seen]
    assert hidden, "every vessel is in grid 1"
    assert error(grid.get(f"/records/vessel/{hidden[0]}")) == (404, "no_such_record")
    assert error(grid.get(f"/records/vessel/{hidden[0]}/history")) == (404, "no_such_record")
    journal = grid.get("/journal?limit=1000").json["entries"]
    assert not any(e["record"]["id"] in hidden for e in journal)


def test_sensitive_fields_are_masked(server, people):
    whole = people["duty"].get("/records/person?where=account:eq:handong").json["records"][0]
    masked = people["leader"].get(f"/records/person/{whole['id']}").json
    assert isinstance(whole["fields"]["phone"], str) and masked["fields"]["phone"] == {"masked": True}
    assert error(people["leader"].get("/records/person?where=phone:has:000")) == (403, "forbidden")


def test_lists_are_paged_filtered_sorted(server, people):
    duty, ids, after = people["duty"], [], ""
    while True:
        page = duty.get(f"/records/hydrant?limit=50&sort=number&after={after}").json
        ids += [r["id"] for r in page["records"]]
        after = page["next"]
        if not after:
            break
    assert len(ids) == len(set(ids)) == page["count"]["value"] > 100
    few = duty.get("/records/vessel?where=inventory_kg:ge:9000;pressure_pa:gt:100000&sort=-inventory_kg").json["records"]
    sizes = [r["fields"]["inventory_kg"] for r in few]
    assert few and sizes == sorted(sizes, reverse=True) and min(sizes) >= 9000
    assert duty.get("/records/vessel?bbox=0,0,1,1").json["records"] == []
    assert error(duty.get("/records/vessel?where=inventory_kg")) == (422, "bad_query")
    assert error(duty.get("/records/vessel?limit=0")) == (422, "bad_query")
    assert error(duty.get("/records/vessel?after=rubbish")) == (400, "bad_cursor")


def test_search_finds_over_all_kinds_what_the_caller_may_read(server, people):
    duty = people["duty"]
    team = duty.get("/records/team?limit=1").json["records"][0]
    hits = duty.get("/search?text=" + quote(team["fields"]["name"])).json["hits"]
    assert hits and hits[0]["id"] == team["id"] and hits[0]["kind"] == "team", hits
    assert duty.get("/search?kinds=hydrant&text=" + quote(team["fields"]["name"])).json["hits"] == []
    ammonia = [hit["title"] for hit in duty.get("/search?kinds=substance&text=an").json["hits"]]
    assert "氨" in ammonia, ammonia
    assert Person(server).get("/search?text=a").status == 401
    grid = people["grid"]
    seen = {hit["id"] for hit in grid.get("/search?kinds=enterprise&limit=100&text=" + quote("示例")).json["hits"]}
    may = {r["id"] for r in grid.get("/records/enterprise?limit=1000").json["records"]}
    assert len(may) < duty.get("/records/enterprise").json["count"]["value"]
    assert seen and seen <= may
    assert error(duty.get("/search?text=a&kinds=nosuch")) == (404, "unknown_kind")


def test_records_read_as_of_a_past_moment(server, people):
    duty = people["duty"]
    made = log_entry(duty, "原样").json
    path, then = f"/records/log_entry/{made['id']}", made["sequence"]
    duty.call("PATCH", path, {"fields": {"text": "改过"}}, {"If-Match": '"1"'})
    assert duty.get(path).json["fields"]["text"] == "改过"
    assert duty.get(f"{path}?as_of={then}").json["fields"]["text"] == "原样"
    listed = duty.get(f"/records/log_entry?as_of={then}&where=text:eq:{quote('原样')}").json
    assert made["id"] in [r["id"] for r in listed["records"]] and listed["as_of"] == then
    assert error(duty.get(f"{path}?as_of={then - 1}")) == (404, "no_such_record")
    assert error(duty.get(f"{path}?as_of=yesterday"))[1] == "bad_query"


def test_the_right_to_erase_is_its_own(server, people):
    duty = people["duty"]
    made = log_entry(duty, "王某").json
    answer = duty.post(f"/records/log_entry/{made['id']}/erase", {"reason": "x", "fields": ["text"]})
    assert error(answer) == (403, "forbidden"), answer.body
    assert error(duty.get("/journal/heads")) == (403, "forbidden")
    heads = json.loads(server.run("journal", "heads", "--data", server.folder, "--json").stdout)["heads"]
    assert heads[-1]["sequence"] == duty.get("/journal/head").json["sequence"]


def test_hostile_bodies_and_paths(server, people):
    duty = people["duty"]
    deep = duty.call("POST", "/records/log_entry", raw="[" * 100_000, headers={"Content-Type": "application/json"})
    assert error(deep) == (400, "bad_json"), deep.body
    big = raw(server, "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
    assert b" 413 " in big.split(b"\r\n")[0] and b"body_too_large" in big, big[:200]
    chunked = raw(server, b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 20)
    assert b" 413 " in chunked.split(b"\r\n")[0], chunked[:200]
    header = raw(server, "GET / HTTP/1.1\r\nHost: x\r\nX: " + "y" * 40_000 + "\r\n\r\n")
    assert b" 431 " in header.split(b"\r\n")[0], header[:200]
    rubbish = raw(server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert b" 400 " in rubbish.split(b"\r\n")[0], rubbish[:200]
    for trick in ("/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%5c..%5cx", "/api/v1/records/..%2fx", "/%00"):
        answer = raw(server, f"GET {trick} HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"root:" not in answer and b" 40" in answer.split(b"\r\n")[0], (trick, answer[:200])


def test_half_a_request_then_silence_holds_nobody_up(server, people):
    half = [socket.create_connection(("127.0.0.1", server.http_port)) for _ in range(100)]
    for s in half:
        s.sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    began = time.monotonic()
    assert people["duty"].get("/session").status == 200
    assert time.monotonic() - began < 2
    for s in half:
        s.close()


def test_methods_and_their_answers(server, people):
    duty = people["duty"]
    options = duty.call("OPTIONS", "/records/team")
    assert options.status == 204 and options.headers["allow"] == "OPTIONS, GET, HEAD, POST"
    wrong = duty.call("PUT", "/records/team", {})
    assert error(wrong) == (405, "method_not_allowed") and "POST" in wrong.headers["allow"]
    head = duty.call("HEAD", "/catalog")
    assert head.status == 200 and head.body == b"" and int(head.headers["content-length"]) > 1000
    assert error(duty.get("/nothing")) == (404, "no_such_route")
    assert error(duty.get("/live")) == (426, "not_websocket")


def test_etags_gzip_and_headers(server, people):
    duty = people["duty"]
    plain = duty.get("/catalog")
    packed = duty.call("GET", "/catalog", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and gzip.decompress(packed.body) == plain.body
    same = duty.call("GET", "/catalog", headers={"If-None-Match": plain.headers["etag"]})
    assert same.status == 304 and same.body == b""
    page = raw(server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    for header in (b"Content-Security-Policy: default-src 'self'", b"X-Content-Type-Options: nosniff", b"frame-ancestors 'none'"):
        assert header in page, page[:600]


def test_openapi_describes_what_is_there(server, people):
    text = Person(server).get("/openapi.json").json
    assert text["openapi"] == "3.1.0" and "/api/v1/records/{kind}/{id}/moves/{move}" in text["paths"]
    printed = json.loads(server.run("openapi").stdout)
    assert printed["paths"].keys() == text["paths"].keys()
    docs = raw(server, "GET /api/docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", close=True)
    assert b" 200 " in docs.split(b"\r\n")[0] and b"<script" not in docs


def test_the_live_feed_replays_then_follows(server, people):
    duty = people["duty"]
    since = duty.get("/journal/head").json["sequence"]
    first = log_entry(duty, "前").json
    live = duty.live(since)
    assert live.next()["type"] == "hello"
    assert live.until(lambda m: m["type"] == "entry", 5)["record"]["id"] == first["id"]
    second = log_entry(duty, "后").json
    got = live.until(lambda m: m["type"] == "entry", 5)
    assert got["record"]["id"] == second["id"] and got["sequence"] == second["sequence"]
    live.close()


def test_the_live_feed_asks_who_comes(server, people):
    stranger = Person(server)
    assert stranger.live().status == 401
    request = ("GET /api/v1/live HTTP/1.1\r\nHost: desk\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               f"Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r\nSec-WebSocket-Version: 13\r\nCookie: {people['duty'].cookie}\r\n\r\n")
    assert b" 403 " in raw(server, request).split(b"\r\n")[0]
    nowhere = Person(server, "gaoyuan")
    nowhere.space = "01890000-0000-7000-8000-000000000000"
    assert nowhere.live().status == 404


def test_sign_out_and_disabling_cut_the_live_feed(server, people):
    someone = Person(server, "handong")
    live = someone.live()
    assert live.next()["type"] == "hello"
    assert someone.call("DELETE", "/session").status == 204
    assert live.until(lambda m: m["type"] == "bye", 3)["reason"] == "revoked"
    assert live.next(3) is None
    assert error(someone.get("/session")) == (401, "not_signed_in")
    other = Person(server, "haijing")
    live = other.live()
    assert live.next()["type"] == "hello"
    server.run("user", "disable", "haijing", "--data", server.folder)
    assert live.until(lambda m: m["type"] == "bye", 5)["reason"] == "revoked"
    server.run("user", "enable", "haijing", "--data", server.folder)


def test_a_reading_is_there_after_its_answer(server, people):
    duty = people["duty"]
    device = duty.get("/records/device?where=protocol:eq:http_json;type:eq:weather_mast").json["records"][0]
    token = {"Authorization": f"Bearer demo-{device['fields']['address']}", "Content-Type": "application/json"}
    sent = Person(server).post("/observations", {"readings": [{"channel": "wind_speed", "value": 6.5}]}, headers=token)
    assert sent.status == 200, sent.body
    latest = eventually(lambda: [o for o in duty.get("/observations/latest?property=wind_speed").json if o["value"] == 6.5], 3)
    series = duty.get(f"/datastreams/{latest[0]['datastream']}/series?buckets=10").json["buckets"]
    assert series[-1]["max"] == 6.5
    bad = Person(server).post("/observations", {"readings": []}, headers={"Authorization": "Bearer nothing"})
    assert error(bad) == (401, "bad_device_token")


def test_a_rule_is_tried_before_it_is_switched_on(server, people):
    keeper = Person(server, "linyue")
    mast = keeper.get("/records/device?where=protocol:eq:http_json;type:eq:weather_mast").json["records"][0]
    token = {"Authorization": f"Bearer demo-{mast['fields']['address']}", "Content-Type": "application/json"}
    for speed in (3.0, 27.5, 4.0):
        sent = Person(server).post("/observations", {"readings": [{"channel": "wind_speed", "value": speed}]}, headers=token)
        assert sent.status == 200, sent.body
        time.sleep(0.01)
    ask = {"fields": {"name": "大风", "type": "threshold", "property": "wind_speed",
                      "levels": [{"level": 2, "op": ">=", "value": 25}]}}
    tried = keeper.post("/rules/trial", ask).json
    assert tried["complete"] and tried["readings"] >= 3, tried
    assert [(a["device"], a["level"], a["worst"], a["cleared_at"] is None) for a in tried["alarms"]] == [(mast["id"], 2, 27.5, False)]
    assert keeper.get("/records/alarm?where=property:eq:wind_speed").json["records"] == [], "a trial writes nothing"
    assert error(people["duty"].post("/rules/trial", ask)) == (403, "forbidden")
    backwards = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    assert error(keeper.post("/rules/trial", ask | backwards)) == (422, "bad_period")
    wrong = keeper.post("/rules/trial", {"fields": ask["fields"] | {"levels": [{"level": 9}]}})
    assert error(wrong) == (422, "bad_rule") and "levels/0" in wrong.json["detail"], wrong.json


def test_commands_answer_machines(server, people):
    users = json.loads(server.run("user", "list", "--data", server.folder, "--json").stdout)
    assert {"shenlan", "sysadmin", "secadmin", "auditadmin"} <= {u["account"] for u in users}
    verdict = json.loads(server.run("journal", "verify", "--data", server.folder, "--json").stdout)
    assert verdict["whole"] and verdict["entries"] == people["duty"].get("/journal/head").json["sequence"]
    assert server.run("check").returncode == 0
    assert server.run("nonsense", check=False).returncode == 2
    assert server.run("user", "link", "nobody", "--data", server.folder, check=False).returncode == 1
    twice = server.run("serve", "--data", server.folder, "--http-port", "0", check=False)
    assert twice.returncode == 1 and "另一个程序" in twice.stderr, twice.stderr


def test_administrators_see_no_business(server, people):
    links = server.link("sysadmin")
    admin = Person(server)
    answer = admin.post("/session/link", {"token": links})
    admin.cookie = answer.headers["set-cookie"].split(";")[0]
    assert error(admin.get("/records/vessel")) == (403, "forbidden")
    assert admin.get("/journal").json["entries"] == []


def test_system_health_is_for_those_who_keep_it_running(server, people):
    assert error(people["duty"].get("/system/health")) == (403, "forbidden")
    health = Person(server, "sysadmin").get("/system/health").json
    assert health["version"] and health["uptime_s"] >= 0 and health["memory_bytes"] > 10_000_000, health
    assert 0 < health["disk"]["free_bytes"] <= health["disk"]["total_bytes"], health["disk"]
    sizes = {one["name"]: one["bytes"] for one in health["stores"]}
    assert sizes["register"] > 100_000 and "secrets" not in sizes, sizes
    figures = {one["name"]: one["value"] for one in health["figures"]}
    assert figures["anlan_journal_sequence"] >= 1, figures


def proof(auditor):
    answer = auditor.post("/journal/verify")
    assert answer.status == 202, (answer.status, answer.body)
    return eventually(lambda: (lambda said: said if said["state"] != "running" else None)(auditor.get("/journal/verify").json))


def test_the_journal_proves_itself_on_screen(server, people):
    assert error(people["duty"].post("/journal/verify")) == (403, "forbidden")
    auditor = Person(server, "auditadmin")
    said = proof(auditor)
    assert said["state"] == "sound" and said["checked"] >= 1 and len(said["head"]) == 64, said
    with sqlite3.connect(pathlib.Path(server.folder) / "register.db", timeout=10) as db:
        was, = db.execute("SELECT payload FROM journal WHERE sequence = 7").fetchone()
        db.execute("UPDATE journal SET payload = replace(payload, '\"fields\"', '\"fieldS\"') WHERE sequence = 7")
    try:
        said = proof(auditor)
        assert (said["state"], said["broken_at"]) == ("broken", 7) and said["what"]["en"], said
    finally:
        with sqlite3.connect(pathlib.Path(server.folder) / "register.db", timeout=10) as db:
            db.execute("UPDATE journal SET payload = ? WHERE sequence = 7", (was,))
    assert proof(auditor)["state"] == "sound"


def main():
    wanted = sys.argv[1:]
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (not wanted or n in wanted)]
    failed = 0
    with Server(extra=["--no-simulator"]) as server:
        people = {"duty": Person(server, "shenlan"), "leader": Person(server, "handong"), "grid": Person(server, "gaoyuan")}
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
