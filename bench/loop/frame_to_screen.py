#!/usr/bin/python3
"""From the frame that crosses a limit to the second screen, over the real ports.

A detector's HTTP JSON reading goes to a running server; a second desk's live feed is watched until it
has brought the alarm, the incident (with its plan) and the threat zone with the affected list. Then
the incident is rejected, the reading falls, and the next vessel follows. Prints milliseconds from
sending the frame, as percentiles, and the server's own stopwatch beside them.

    bench/loop/frame_to_screen.py [rounds]
"""
import http.client
import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/driver"))
from anlan import Person, Server  # noqa: E402

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
records = pathlib.Path(__file__).resolve().parents[2] / "data/dongjiang/records"


def load(kind):
    return [json.loads(line) for line in (records / f"{kind}.ndjson").read_text(encoding="utf-8").splitlines()]


def detectors():
    """One HTTP gas detector of each enterprise with ammonia: (address, channel)."""
    channel = {d["fields"]["device"]: d["fields"]["channel"] for d in load("datastream") if d["fields"]["property"] == "nh3_ppm"}
    seen, out = set(), []
    for device in load("device"):
        f = device["fields"]
        if f["type"] == "gas_detector" and f["protocol"] == "http_json" and f.get("vessel") and f["enterprise"] not in seen:
            seen.add(f["enterprise"])
            out.append((f["address"], channel[device["id"]]))
    return out


class Device:
    def __init__(self, server, address, channel):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.http_port)
        self.address, self.channel = address, channel

    def report(self, ppm):
        body = json.dumps({"readings": [{"channel": self.channel, "value": ppm}]})
        self.connection.request("POST", "/api/v1/observations", body,
                                {"Authorization": f"Bearer demo-{self.address}", "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status


def wind(server):
    mast = next(d for d in load("device") if d["fields"]["type"] == "weather_mast")
    connection = http.client.HTTPConnection("127.0.0.1", server.http_port)
    body = json.dumps({"readings": [{"channel": "wind_speed", "value": 4.0}, {"channel": "wind_direction", "value": 312.0}]})
    connection.request("POST", "/api/v1/observations", body, {"Authorization": f"Bearer demo-{mast['fields']['address']}"})
    assert connection.getresponse().status == 200


def percentile(values, p):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(p / 100 * (len(ordered) - 1)))]


def main():
    times = {"alarm": [], "incident": [], "impact": [], "acknowledged": []}
    with Server(extra=["--no-simulator"]) as server:
        wind(server)
        duty, second = Person(server, "shenlan"), Person(server, "zhouqiming")
        feed = second.live(since=duty.get("/journal/head").json["sequence"])
        devices = [Device(server, *d) for d in detectors()]
        for device in devices * rounds:
            began = time.perf_counter()
            device.report(500.0)
            times["acknowledged"].append((time.perf_counter() - began) * 1000)
            alarm = incident = None
            for kind in ("alarm", "incident", "impact"):
                entry = feed.until(lambda m: m["type"] == "entry" and m["record"]["kind"] == kind and m["action"] == "create"
                                   and (kind != "impact" or m["record"]["fields"]["affected"] is not None))
                times[kind].append((time.perf_counter() - began) * 1000)
                alarm = entry["record"]["id"] if kind == "alarm" else alarm
                incident = entry["record"]["id"] if kind == "incident" else incident
            for kind, record, move in (("incident", incident, "reject"), ("alarm", alarm, "false")):
                answer = duty.post(f"/records/{kind}/{record}/moves/{move}", {"fields": {"reason_text": "bench"}})
                assert answer.status == 200, (kind, move, answer.status, answer.body)
            device.report(1.0)
            time.sleep(0.3)
    print(f"{len(times['impact'])} frames")
    for name, values in times.items():
        print(f"{name:13} p50 {percentile(values, 50):7.1f} ms   p99 {percentile(values, 99):7.1f} ms   max {max(values):7.1f} ms")


if __name__ == "__main__":
    main()
