#!/usr/bin/python3
"""Observations a second, stored durably and once, through the real doors of the real program.

10,000 datastreams, each under one rule at least and a tenth of them under a stateful one (rate of
change over a window). 2,000 devices report five channels each by HTTP JSON, then 455 fire units 22
parts each by GB/T 26875.3 over TCP. A request in fifty is sent twice. Afterwards the server is stopped,
and the lake must hold exactly what was acknowledged, once. Beside it, in the same run and where they
are installed (apt install influxdb postgresql): InfluxDB's line protocol and PostgreSQL's COPY, each
synced at every batch as it is here, without rules and without looking for repetitions.

Prints one JSON object a contender: observations a second, processor time of server and sender.

    bench/ingest/ingest.py [--seconds 15] [--rows 200] [--connections 64] [--only http,gb26875,influxdb,postgresql]
"""
import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import uuid

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/driver"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from anlan import Server  # noqa: E402

sender = root / "build/release/bench/ingest/bench_ingest"
k_devices, k_channels, k_units, k_parts = 2000, 5, 455, 22
k_stateful_each = 10  # every tenth device
namespace = uuid.UUID("6f0d7e52-0a53-4c39-9a3c-6a6f0e7d3f10")


def identity(name):
    return str(uuid.uuid5(namespace, name))


def rule(name, **fields):
    return {"id": identity(name), "kind": "rule",
            "fields": {"name": name, "name_en": name, "enabled": True, "source": "bench", **fields}}


def zone(file):
    """The bench's devices, as `anlan import` takes them."""
    lines = [
        rule("limit", type="threshold", property="humidity", levels=[{"level": 3, "op": ">=", "value": 95, "clear": 90, "for_s": 0}]),
        rule("rate", type="rate", property="temperature", window_s=60, levels=[{"level": 3, "op": ">=", "value": 1e6, "clear": 9e5, "for_s": 0}]),
        rule("smoke", type="state_bits", property="fire_state", device_type="other", levels=[{"level": 1, "bit": 1, "name": "x", "name_en": "x"}]),
    ]
    for n in range(k_devices):
        device = identity(f"device {n}")
        lines.append({"id": device, "kind": "device", "fields": {
            "name": f"ingest {n}", "type": "other", "protocol": "http_json", "address": f"ingest-{n:05}", "in_service": True,
            "credential_hash": hashlib.new("sm3", f"ingest-{n:05}".encode()).hexdigest(), "illustrative": True}})
        for c in range(k_channels):
            stateful = n % k_stateful_each == 0
            lines.append({"id": identity(f"stream {n} {c}"), "kind": "datastream", "fields": {
                "name": f"ingest {n} {c}", "device": device, "channel": f"c{c}",
                "property": "temperature" if stateful else "humidity"}})
    for n in range(k_units):
        device = identity(f"unit {n}")
        lines.append({"id": device, "kind": "device", "fields": {
            "name": f"unit {n}", "type": "other", "protocol": "gb26875", "address": f"9{n:011}", "in_service": True, "illustrative": True}})
        for part in range(k_parts):
            lines.append({"id": identity(f"part {n} {part}"), "kind": "datastream", "fields": {
                "name": f"part {n} {part}", "device": device, "channel": f"part:1/1/40/{part + 1}.0.1.0", "property": "fire_state"}})
    with open(file, "w", encoding="utf-8") as out:
        for line in lines:
            out.write(json.dumps(line) + "\n")


def cpu_s(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def say(contender, done, server_cpu_s, **more):
    count = done["observations"]
    print(json.dumps({"contender": contender, **done, "server_cpu_us_each": round(server_cpu_s * 1e6 / count, 3),
                      "sender_cpu_us_each": round(done["sender_cpu_s"] * 1e6 / count, 3), "load": os.getloadavg()[0], **more}), flush=True)


def run_sender(*arguments):
    return json.loads(subprocess.run([sender, *map(str, arguments)], check=True, capture_output=True, text=True).stdout)


def stored(folder):
    return int(subprocess.run([sender, "count", str(pathlib.Path(folder) / "lake")], check=True, capture_output=True, text=True).stdout)


def anlan(folder, contender, arguments):
    server = Server(demonstration=False, data=folder)
    before = stored(folder) if (pathlib.Path(folder) / "lake").exists() else 0
    with server:
        port = server.http_port if contender == "http" else server.gb_port
        began = cpu_s(server.process.pid)
        done = run_sender(contender, port, *arguments)
        used = cpu_s(server.process.pid) - began
        if hook := os.environ.get("ANLAN_BENCH_HOLD"):
            subprocess.run([hook, str(server.process.pid)], check=False)
    held = stored(folder) - before
    if held != done["observations"]:
        raise SystemExit(f"{contender}: {done['observations']} acknowledged, the lake has {held}")
    say(f"anlan {contender}", done, used, stored=held)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rows", type=int, default=200, help="instants a request")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--only", default="http,gb26875,influxdb,postgresql")
    ask = parser.parse_args()
    wanted = ask.only.split(",")
    folder = tempfile.mkdtemp(prefix="anlan-ingest-")
    try:
        if "http" in wanted or "gb26875" in wanted:
            data = pathlib.Path(folder) / "data"
            with Server(demonstration=False, data=str(data)) as server:  # makes the folder and loads the zone
                pass
            zone(f"{folder}/zone.ndjson")
            server.run("import", f"{folder}/zone.ndjson", "--data", str(data), wait_s=600)
            if "http" in wanted:
                anlan(str(data), "http", [ask.seconds, ask.connections, k_devices, k_channels, ask.rows])
            if "gb26875" in wanted:
                anlan(str(data), "gb26875", [ask.seconds, k_units, k_parts])
        if "influxdb" in wanted or "postgresql" in wanted:
            import others
            for name, contender in (("influxdb", others.influxdb), ("postgresql", others.postgresql)):
                if name in wanted:
                    contender(ask, folder, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
