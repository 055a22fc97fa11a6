#!/usr/bin/python3
"""How long the list and the map of 10,000 live alarms take to answer, through the whole server.

The alarms are written through the API, all of them live, spread over the zone. Client and server share the
machine.

    bench/center/alarm_list.py [alarms]
"""
import http.client
import json
import pathlib
import statistics
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/driver"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/access"))
from anlan import Person, Server  # noqa: E402
from matrix_test import tile_of  # noqa: E402

count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000


def write(server, person, bodies):
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port)
    for body in bodies:
        connection.request("POST", "/api/v1/records/alarm", json.dumps(body),
                           {"Cookie": person.cookie, "X-Anlan-Csrf": person.csrf, "Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 201:
            raise SystemExit(said)


def measure(person, name, path, rounds=15):
    took, size = [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        answer = person.get(path)
        took.append((time.perf_counter() - began) * 1000)
        if answer.status != 200:
            raise SystemExit((path, answer.status, answer.body[:200]))
        size = len(answer.body)
    took.sort()
    print(f"{name}: {statistics.median(took):.1f} ms at the median, {took[-1]:.1f} ms at worst, {size / 1e3:,.0f} kB")


with tempfile.NamedTemporaryFile("w", suffix=".toml") as configuration:
    configuration.write("requests_per_second_max = 1e9\n")
    configuration.flush()
    with Server(extra=["--no-simulator", "--config", configuration.name]) as server:
        duty = Person(server, "shenlan")
        rule = duty.get("/records/rule?limit=1").json["records"][0]["id"]
        stream = duty.get("/records/datastream?limit=1").json["records"][0]
        bodies = [{"fields": {"title": f"报警 {i}", "title_en": f"Alarm {i}", "level": 1 + i % 4, "rule": rule, "datastream": stream["id"],
                              "device": stream["fields"]["device"], "value": i, "raised_at": "2026-11-23T06:00:00Z"},
                   "geometry": {"type": "Point", "coordinates": [117.77 + 0.06 * (i % 100) / 100, 38.97 + 0.08 * (i // 100) / 100]}}
                  for i in range(count)]
        began = time.perf_counter()
        writers = [threading.Thread(target=write, args=(server, duty, bodies[k::8])) for k in range(8)]
        for each in writers:
            each.start()
        for each in writers:
            each.join()
        print(f"{count:,} alarms written in {time.perf_counter() - began:.1f} s")
        live = "where=state:in:active|active_acknowledged|cleared"
        measure(duty, "list, first 200, worst first", f"/records/alarm?{live}&sort=level&limit=200&count=false")
        measure(duty, "list, first 200 with the count", f"/records/alarm?{live}&sort=level&limit=200")
        measure(duty, "list of all", f"/records/alarm?{live}&limit=10000&count=false", 5)
        x, y = tile_of((117.80, 39.01), 11)
        measure(duty, "map tile with all of them", f"/tiles/alarm/11/{x}/{y}")
        measure(duty, "devices", "/devices?limit=2000")
        measure(duty, "rules/state", "/rules/state")
