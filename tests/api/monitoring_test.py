#!/usr/bin/python3
"""Adoption, positions, geofences and the life of alarms, through the running program. From outside."""
import datetime
import pathlib
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from anlan import Person, Server, eventually, free_port  # noqa: E402
from hj212_test import beijing, pack  # noqa: E402

k_mn = "TEST00000000000000000007"
k_outside, k_inside = (117.8000, 39.0042), (117.8214, 39.0042)  # of the illustrative beach front


def now(after_s=0):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=after_s)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Truck:
    """A truck of the demonstration, by HTTP JSON."""

    def __init__(self, person, address):
        self.person, self.address = person, address

    def say(self, place, speed, at):
        values = zip(("longitude", "latitude", "speed", "course"), (*place, speed, 90))
        answer = self.person.call("POST", "/observations", {"readings": [{"channel": c, "value": v, "at": at} for c, v in values]},
                                  headers={"Authorization": f"Bearer demo-{self.address}", "Cookie": "", "X-Anlan-Csrf": ""}.items())
        assert answer.status == 200, (answer.status, answer.body)


def adoption(server, port, keeper, duty, officer):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as station:
        def send(values):
            t = beijing(datetime.datetime.now(datetime.timezone.utc))
            station.sendall(pack(f"QN={t}001;ST=22;CN=2011;PW=123456;MN={k_mn};Flag=4;CP=&&DataTime={t};{values}&&"))
        send("a21001-Rtd=0.5,a21001-Flag=N")
        listed = eventually(lambda: keeper.get(f"/records/quarantine?where=address:eq:{k_mn}").json["records"])
        path = f"/quarantine/{listed[0]['id']}"
        proposal = keeper.get(path + "/proposal")
        assert proposal.status == 200, proposal.body
        device, streams = proposal.json["device"], proposal.json["datastreams"]
        assert device["protocol"] == "hj212" and device["type"] == "environment_station" and not proposal.json["needs_token"], proposal.json
        channel = next(s for s in streams if s["channel"].startswith("a21001"))
        assert channel["value"] == 0.5, streams
        body = {"device": {**device, "name": "空气站（接纳测试）", "name_en": "Air station (adoption)", "expected_interval_s": 60},
                "geometry": {"type": "Point", "coordinates": [117.79, 39.0]},
                "datastreams": [{"channel": channel["channel"], "property": "nh3_ppm", "unit": "ppm", "name": "氨", "name_en": "Ammonia"}]}
        assert duty.post(path + "/adopt", body).status == 403, "who may not create devices adopted one"
        wrong = keeper.post(path + "/adopt", {**body, "datastreams": [{**body["datastreams"][0], "property": "no_such"}]})
        assert wrong.status == 422, wrong.body
        done = keeper.post(path + "/adopt", body)
        assert done.status == 201 and "token" not in done.json, done.body
        assert keeper.get(path + "/proposal").status == 404 and keeper.post(path + "/adopt", body).status == 404
        made = done.json["device"]
        send("a21001-Rtd=12.5,a21001-Flag=N")

        def spoken():
            rows = duty.get("/devices?text=adoption&limit=10").json["devices"]
            return [r for r in rows if r["id"] == made["id"] and r["state"] == "online" and r["streams"] == 1]
        eventually(spoken)
        # A channel that nobody registered, of a device that is known: one more datastream.
        send("a34004-Rtd=35,a34004-Flag=N")
        listed = eventually(lambda: [q for q in keeper.get("/records/quarantine?limit=1000").json["records"]
                                     if q["fields"]["address"].startswith(k_mn + "#")])
        path = f"/quarantine/{listed[0]['id']}"
        proposal = keeper.get(path + "/proposal").json
        assert proposal["device"]["id"] == made["id"], proposal
        name = proposal["datastreams"][0]["channel"]
        done = keeper.post(path + "/adopt", {"device": {}, "datastreams": [{"channel": name, "property": "temperature", "name": "颗粒物"}]})
        assert done.status == 201 and done.json["device"]["id"] == made["id"], done.body
        eventually(lambda: [r for r in duty.get("/devices?text=adoption").json["devices"] if r["streams"] == 2])
    # Whoever sees one grid sees no other's.
    rows = officer.get("/devices?limit=2000").json
    everything = duty.get("/devices?limit=2000").json
    assert 0 < len(rows["devices"]) < len(everything["devices"]), (len(rows["devices"]), len(everything["devices"]))
    assert sum(everything["counts"].values()) == len(everything["devices"]) and everything["next"] is None
    first = duty.get("/devices?limit=5").json
    second = duty.get(f"/devices?limit=5&after={first['next']}").json
    assert [r["id"] for r in first["devices"] + second["devices"]] == [r["id"] for r in everything["devices"][:10]]
    assert duty.get("/devices?state=nonsense").status == 422 and duty.get("/devices?limit=0").status == 422
    print("ok      a stranger is proposed, adopted with its datastreams and seen online; so is a channel")


def positions(keeper, duty):
    truck = Truck(duty, "TRUCK-001")
    begun = now(-400)
    for i in range(30):
        truck.say((k_outside[0] + 0.0001 * i, k_outside[1]), 8, now(-390 + 10 * i))
    truck.say((118.9, 39.0), 8, now(-80))  # a spike far out at sea
    mine = [p for p in duty.get("/positions").json["positions"] if abs(p["longitude"] - k_outside[0] - 0.0029) < 1e-9]
    assert len(mine) == 1 and mine[0]["doubtful"] and mine[0]["dangerous"] and not mine[0]["stale"] and mine[0]["speed"] == 8, mine
    device = mine[0]["device"]
    track = eventually(lambda: [t for t in [duty.get(f"/positions/{device}/track?from={begun}").json] if len(t["points"]) == 30])[0]
    assert track["device"] == device and not track["thinned"] and all(p[0] < 118 for p in track["points"]), track
    thin = duty.get(f"/positions/{device}/track?from={begun}&max=5").json
    assert len(thin["points"]) <= 5 and thin["thinned"] and thin["points"][0] == track["points"][0], thin
    assert duty.get(f"/positions/{device}/track?from=yesterday").status == 422
    assert duty.get("/positions/3df5b239-91a8-8a95-8d12-05ba39a5a8ef/track").status == 404
    print("ok      positions: fresh, dangerous goods named, a spike flagged; the track is whole and thinned")

    truck.say((k_inside[0] - 0.002, k_inside[1]), 20, now(-40))
    truck.say(k_inside, 8, now(-30))
    alarm = eventually(lambda: [a for a in duty.get("/records/alarm?limit=1000").json["records"] if a["fields"].get("geofence")])[0]
    assert alarm["fields"]["device"] == device and alarm["fields"]["level"] == 2, alarm
    assert abs(alarm["geometry"]["coordinates"][0] - k_inside[0]) < 0.01, alarm["geometry"]
    return alarm, truck


def life_of_the_alarm(duty, officer, alarm, truck):
    path = f"/records/alarm/{alarm['id']}"
    until = now(3)
    assert duty.post(path + "/moves/shelve", {"fields": {"shelved_until": until}}).status == 422, "shelved without a reason"
    assert duty.post(path + "/moves/shelve", {"fields": {"shelved_until": now(-60), "shelve_reason": "x"}}).status >= 400
    shelved = duty.post(path + "/moves/shelve", {"fields": {"shelved_until": until, "shelve_reason": "已电话核实"}})
    assert shelved.status == 200 and shelved.json["state"] == "active" and shelved.json["fields"]["shelved_by"], shelved.body
    comment = duty.post(f"/alarms/{alarm['id']}/comments", {"text": "司机已联系"})
    assert comment.status == 201, comment.body
    assert duty.post(f"/alarms/{alarm['id']}/comments", {"text": " "}).status == 422
    listed = duty.get(f"/alarms/{alarm['id']}/comments").json["comments"]
    assert [c["text"] for c in listed] == ["司机已联系"] and listed[0]["by"], listed
    assert duty.get(path).json["fields"]["comment"] == "司机已联系"
    eventually(lambda: "shelved_until" not in duty.get(path).json["fields"], within_s=15)
    moves = [e.get("move") for e in duty.get(path + "/history").json["entries"]]
    assert moves.count("shelve") == 1 and moves.count("unshelve") == 1, moves
    truck.say((k_inside[0] - 0.02, k_inside[1]), 8, now(30))
    eventually(lambda: duty.get(path).json["state"] == "cleared")
    print("ok      an alarm is shelved, comes back by itself, is commented on, and clears when the truck has left")

    rules = {r["rule"]: r for r in duty.get("/rules/state").json["rules"]}
    mine = rules[alarm["fields"]["rule"]]
    assert mine["raised"] >= 1 and mine["evaluated"] >= 30 and mine["problem"] is None and mine["streams"] >= 1, mine
    print("ok      every rule tells how it fares")


def main():
    port = free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anlan-monitoring-"))
    config = folder / "anlan.toml"
    config.write_text(f"[hj212]\nport = {port}\n")
    with Server(extra=["--no-simulator", "--config", str(config)]) as server:
        duty, keeper, officer = Person(server, "shenlan"), Person(server, "linyue"), Person(server, "gaoyuan")
        adoption(server, port, keeper, duty, officer)
        alarm, truck = positions(keeper, duty)
        life_of_the_alarm(duty, officer, alarm, truck)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(server.folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
