#!/usr/bin/python3
"""From a detector's frame to a second desk's live feed while 100,000 observations a second come in.

The devices of ingest.py report by HTTP JSON at the pace asked; beside them one detector crosses its limit
and comes back, again and again, and a WebSocket waits for its alarm. Every alarm must come, and the
lake must hold every observation that was acknowledged. Prints milliseconds from sending the frame.

    bench/ingest/alarm_under_load.py [--per-s 100000] [--seconds 30]
"""
import argparse
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/driver"))
from anlan import Person, Server  # noqa: E402
from ingest import identity, k_channels, k_devices, sender, stored, zone  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--per-s", type=float, default=100_000)
parser.add_argument("--seconds", type=float, default=30)
ask = parser.parse_args()
folder = tempfile.mkdtemp(prefix="anlan-alarm-")


def detector():
    """Adds a gas detector with a token of its own to the bench's zone."""
    device = {"id": identity("detector"), "kind": "device", "fields": {
        "name": "detector", "type": "gas_detector", "protocol": "http_json", "address": "detector", "in_service": True,
        "expected_interval_s": 600, "credential_hash": hashlib.new("sm3", b"detector").hexdigest(), "illustrative": True}}
    stream = {"id": identity("detector gas"), "kind": "datastream", "fields": {
        "name": "detector gas", "device": device["id"], "channel": "gas", "property": "gas_lel", "unit": "%LEL"}}
    with open(f"{folder}/zone.ndjson", "a", encoding="utf-8") as out:
        out.write(json.dumps(device) + "\n" + json.dumps(stream) + "\n")


try:
    data = f"{folder}/data"
    with Server(data=data, extra=["--no-simulator"]) as server:
        pass
    zone(f"{folder}/zone.ndjson")
    detector()
    server.run("import", f"{folder}/zone.ndjson", "--data", data, wait_s=600)
    before = stored(data)
    took = []
    with server:
        live = Person(server, "shenlan").live()
        live.say({"type": "subscribe", "kinds": ["alarm"]})
        live.until(lambda m: m["type"] == "subscribed")
        load = subprocess.Popen([sender, "http", str(server.http_port), str(ask.seconds), "64", str(k_devices), str(k_channels), "20",
                                 str(ask.per_s)], stdout=subprocess.PIPE, text=True)
        connection, sent, end = http.client.HTTPConnection("127.0.0.1", server.http_port), 0, time.monotonic() + ask.seconds - 1

        def report(value):
            global sent
            connection.request("POST", "/api/v1/observations", json.dumps({"readings": [{"channel": "gas", "value": value}]}),
                               {"Authorization": "Bearer detector", "Content-Type": "application/json"})
            if connection.getresponse().read() != b'{"stored":1}':
                raise SystemExit("a reading was refused")
            sent += 1

        def alarm(states):
            return live.until(lambda m: m["type"] == "entry" and m["record"]["kind"] == "alarm" and m["record"]["state"] in states
                              and m["record"]["fields"].get("device") == identity("detector"))

        while time.monotonic() < end:
            began = time.monotonic()
            report(60)
            alarm({"active"})  # waits at most 30 s, then fails: an alarm was lost
            took.append((time.monotonic() - began) * 1000)
            report(1)
            alarm({"cleared"})
            time.sleep(0.05)
        done = json.loads(load.communicate()[0])
    held = stored(data) - before
    if held != done["observations"] + sent:
        raise SystemExit(f"{done['observations'] + sent} acknowledged, the lake has {held}")
    took.sort()
    print(json.dumps({"alarms": len(took), "p50_ms": round(took[len(took) // 2], 1), "p99_ms": round(took[int(len(took) * 0.99)], 1),
                      "max_ms": round(took[-1], 1), "per_s": done["per_s"], "ack_p99_ms": done["p99_ms"], "load": os.getloadavg()[0]}))
finally:
    shutil.rmtree(folder, ignore_errors=True)
