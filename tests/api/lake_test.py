#!/usr/bin/python3
"""The lake of the running program, from outside: what is acknowledged, exported, judged, and kept.

Bad days: killed while batches come in, a device that lives in 1970 or 2099, NaN and infinity, a disk
that is full, a clock that steps. Each test_* function is one promise.
"""
import csv
import datetime
import io
import json
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time
import traceback
import http.client
import hashlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually  # noqa: E402


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Device:
    """A detector of our own, speaking HTTP JSON."""

    def __init__(self, server, keeper, name, interval_s=10, channels=("c0",), prop="humidity", unit="%", scope=None):
        self.server, self.token = server, f"token-{name}"
        made = keeper.post("/records/device", {"fields": {
            "name": name, "name_en": name, "type": "other", "protocol": "http_json", "address": name, "in_service": True,
            "expected_interval_s": interval_s, "credential_hash": hashlib.new("sm3", self.token.encode()).hexdigest()}, "scope": scope or {}})
        assert made.status == 201, made.body
        self.id, self.streams = made.json["id"], {}
        for channel in channels:
            stream = keeper.post("/records/datastream", {"fields": {
                "name": f"{name} {channel}", "device": self.id, "property": prop, "channel": channel, "unit": unit}, "scope": scope or {}})
            assert stream.status == 201, stream.body
            self.streams[channel] = stream.json["id"]
        eventually(lambda: self.report([])[0] == 200)

    def raw(self, body, connection=None):
        c = connection or http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=20)
        c.request("POST", "/api/v1/observations", body, {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        answer = c.getresponse()
        return answer.status, json.loads(answer.read() or b"null")

    def report(self, readings, connection=None):
        """Readings are (seconds since 1970, value) or (channel, seconds, value)."""
        rows = [r if len(r) == 3 else ("c0", *r) for r in readings]
        return self.raw(json.dumps({"readings": [{"channel": c, "value": v, "at": iso(at)} for c, at, v in rows]}), connection)


def exported(person, **query):
    text = "&".join(f"{name}={value}" for name, value in query.items())
    answer = person.get(f"/observations/export?{text}")
    assert answer.status == 200, answer.body
    return answer


def stored(person, device, since=0, until=None):
    rows = exported(person, device=device.id, format="ndjson", **{"from": iso(since), "until": iso(until or time.time() + 120)})
    return [json.loads(line) for line in rows.body.decode().splitlines()]


def test_export_says_what_was_reported_and_only_to_those_who_may_see_it(server, people):
    strangers = [e["id"] for e in people["keeper"].get("/records/enterprise?limit=50").json["records"] if e["fields"]["code"] != "DJ-001"]
    device = Device(server, people["keeper"], "export", channels=("c0", "c1"), scope={"enterprise": strangers[0]})
    now = time.time()
    values = [(c, now - 100 + i / 1000, i + 0.25) for c in ("c0", "c1") for i in range(3000)]
    assert device.report(values) == (200, {"stored": 6000})
    rows = stored(people["duty"], device)
    assert len(rows) == 6000 and [r["value"] for r in rows[:3000]] == [i + 0.25 for i in range(3000)]
    assert {r["datastream"] for r in rows} == set(device.streams.values())
    one = exported(people["duty"], datastream=device.streams["c1"], **{"from": iso(now - 100), "until": iso(now - 99)})
    lines = list(csv.DictReader(io.StringIO(one.body.decode("utf-8-sig"))))
    assert len(lines) == 1000 and lines[7]["value"] == "7.25" and lines[7]["quality"] == "good", lines[7]
    assert lines[7]["name"] == "export" and lines[7]["unit"] == "%" and lines[7]["property"] == "humidity"
    for query, status in (("datastream=1", 422), (f"datastream={device.id}", 404), ("format=xlsx", 422), ("from=yesterday", 422),
                          (f"from={iso(now)}&until={iso(now - 1)}", 422)):
        assert people["duty"].get(f"/observations/export?{query}").status == status, query
    # The safety manager of another enterprise sees neither this device's rows nor that it exists.
    other = people["enterprise"].get(f"/observations/export?device={device.id}")
    own = exported(people["enterprise"], format="ndjson", **{"from": iso(now - 200)})
    assert other.status == 404 and device.id not in own.body.decode(), other.status
    assert Person(server).get("/observations/export").status == 401


def test_quality_counts_what_came_against_what_ought_to(server, people):
    began = time.time()
    device = Device(server, people["keeper"], "quality", interval_s=1)
    readings = [(began - 50 + i, 40 + i % 7) for i in range(40)] + [(began - 5, 140), (began - 4, -1)]
    eventually(lambda: device.report(readings)[0] == 200)  # Its channels are known a moment after they are registered.
    assert device.report(readings)[0] == 200  # again: counted once
    now = time.time()

    def row(by, key):
        answer = people["duty"].get(f"/quality?by={by}&from={iso(began - 60)}&until={iso(now + 60)}")
        assert answer.status == 200, answer.body
        return next((r for r in answer.json["rows"] if r["key"] == key), None)

    mine = row("device", device.id)
    assert mine["received"] == 42 and mine["out_of_range"] == 2 and mine["devices"] == mine["online"] == 1, mine
    # Owed since it was registered, a few seconds ago; what came before that does not make it more than all.
    assert 0 <= mine["expected"] <= now - began + 5 and mine["completeness"] in (None, 1.0), mine
    assert 1 < mine["delay_p50_s"] < 60 and mine["delay_p50_s"] <= mine["delay_p99_s"] < 70, mine
    assert mine["stuck"] == 0 and mine["name"] == "quality" and mine["last_at"].startswith(iso(began - 4)[:16]), mine
    kind = row("type", "other")
    assert kind["name_en"] == "Other" and kind["devices"] >= 1 and kind["received"] >= 42, kind
    for by in ("grid", "enterprise"):
        rows = people["duty"].get(f"/quality?by={by}").json["rows"]
        assert rows and sum(r["devices"] for r in rows) == sum(r["devices"] for r in people["duty"].get("/quality").json["rows"])
    assert people["duty"].get("/quality?by=colour").status == 422
    assert people["duty"].get("/quality?from=2026-01-01T00:00:00Z&until=2026-03-01T00:00:00Z").status == 422
    seen = {r["key"] for r in people["enterprise"].get("/quality?by=enterprise").json["rows"]}
    assert len(seen) <= 2, seen  # its own, and what belongs to nobody
    assert Person(server).get("/quality").status == 401


def test_a_device_from_1970_or_2099_is_kept_and_flagged(server, people):
    device = Device(server, people["keeper"], "clock")
    assert device.report([(3600, 1)])[0] == 200
    far = datetime.datetime(2099, 1, 1, tzinfo=datetime.timezone.utc).timestamp()
    before = time.time()
    assert device.report([(far, 2)])[0] == 200
    assert device.report([(time.time(), 3)])[0] == 200
    rows = stored(people["duty"], device)
    assert [(r["value"], r["quality"]) for r in rows] == [(1, "uncertain"), (2, "uncertain"), (3, "good")], rows
    assert rows[0]["at"] == "1970-01-01T01:00:00.000Z" and abs(datetime.datetime.fromisoformat(
        rows[1]["at"].replace("Z", "+00:00")).timestamp() - before) < 5, rows  # receipt counts
    assert stored(people["duty"], device, since=far - 1, until=far + 1) == []


def test_what_is_no_number_is_refused_and_nothing_of_it_stored(server, people):
    device = Device(server, people["keeper"], "finite")
    for value in ("NaN", "Infinity", "-Infinity", "1e999", '"12"', "null", "true"):
        body = '{"readings":[{"channel":"c0","value":1},{"channel":"c0","value":%s}]}' % value
        status, told = device.raw(body)
        assert status in (400, 422) and told["detail"], (value, status, told)
    assert stored(people["duty"], device) == []
    assert device.report([(time.time(), 1)])[0] == 200


def test_many_batches_wait_for_the_disk_and_the_screens_do_not(server, people):
    """More batches at once than the program has workers: a page is answered all the same."""
    device = Device(server, people["keeper"], "flood")
    stop, answers = threading.Event(), []

    def send(n):
        c, i = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=20), 0
        while not stop.is_set() and i < 400:
            i += 1
            answers.append(device.report([(time.time() - n - 1e-3 * i, i)], c)[0])

    threads = [threading.Thread(target=send, args=(n,)) for n in range(32)]
    for t in threads:
        t.start()
    took = []
    for _ in range(20):
        began = time.monotonic()
        assert people["duty"].get("/session").status == 200
        took.append(time.monotonic() - began)
    stop.set()
    for t in threads:
        t.join()
    assert set(answers) <= {200, 429} and 200 in answers, set(answers)
    assert sorted(took)[10] < 2, took


def test_killed_while_batches_come_in_everything_acknowledged_is_there_once(server, people):
    device = Device(server, people["keeper"], "kill", channels=tuple(f"c{i}" for i in range(8)))
    random.seed(8259)
    acknowledged, start = [set() for _ in range(8)], time.time() - 5000
    for round_ in range(3):
        def send(n):
            c, i = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=20), 0
            try:
                while True:
                    base = round_ * 100_000 + i * 10
                    rows = [(f"c{n}", start + (base + k) / 1000, base + k) for k in range(10)]
                    status, _ = device.report(rows, c)
                    if status == 200:
                        acknowledged[n].update(base + k for k in range(10))
                    if random.random() < 0.2:  # as a device does that has not seen the answer
                        device.report(rows, c)
                    i += 1
            except (OSError, http.client.HTTPException):
                return

        threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
        for t in threads:
            t.start()
        time.sleep(0.5 + random.random())
        server.kill()
        for t in threads:
            t.join()
        server.start()
        people["duty"] = Person(server, "shenlan")
    rows = stored(people["duty"], device)
    for n in range(8):
        values = [r["value"] for r in rows if r["datastream"] == device.streams[f"c{n}"]]
        assert len(values) == len(set(values)), f"c{n}: a reading is there twice"
        assert acknowledged[n] <= set(values), f"c{n}: {len(acknowledged[n] - set(values))} acknowledged readings are gone"
    assert sum(map(len, acknowledged)) > 1000


def test_start_with_bad_settings_is_refused_with_their_place(server, people):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anlan-lake-"))
    try:
        root = pathlib.Path(__file__).resolve().parents[2]
        shutil.copytree(root / "catalog", folder / "catalog")
        for name, text, what in (("lake.yaml", "source: a\nkeep_days: {readings: 0}\n", "lake.yaml:2"),
                                 ("lake.yaml", "keep_days: {pictures: 1}\n", "pictures"),
                                 ("quality.yaml", "properties: []\n", "quality.yaml")):
            kept = (folder / "catalog/settings" / name).read_text(encoding="utf-8")
            (folder / "catalog/settings" / name).write_text(text, encoding="utf-8")
            done = server.run("check", "--catalog", str(folder / "catalog"), check=False)
            assert done.returncode == 1 and what in done.stdout + done.stderr, (name, done.stdout, done.stderr)
            (folder / "catalog/settings" / name).write_text(kept, encoding="utf-8")
    finally:
        shutil.rmtree(folder)


def main():
    failed = 0
    with Server(extra=["--no-simulator"]) as server:
        people = {"duty": Person(server, "shenlan"), "keeper": Person(server, "linyue"), "enterprise": Person(server, "haijing")}
        for name, test in list(globals().items()):
            if not name.startswith("test_"):
                continue
            try:
                test(server, people)
                print("ok  ", name)
            except Exception:
                failed += 1
                print("FAIL", name)
                traceback.print_exc()
    shutil.rmtree(server.folder, ignore_errors=True)
    return 1 if failed else 0


sys.exit(main())
