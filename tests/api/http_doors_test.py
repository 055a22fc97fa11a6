#!/usr/bin/python3
"""Devices that report over HTTP, in every form: JSON, NDJSON, InfluxDB line protocol, SensorThings; and
what people then read by SensorThings. From outside, standard library only."""
import base64
import gzip
import hashlib
import http.client
import json
import pathlib
import shutil
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Answer, Person, Server, eventually  # noqa: E402

k_token = "a-token-of-a-test"


def ask(server, method, path, body=None, **headers):
    c = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=30)
    c.request(method, path, body, {"Accept-Language": "en"} | {k.replace("_", "-"): v for k, v in headers.items()})
    r = c.getresponse()
    return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())


def bearer(kind):
    return {"Authorization": f"Bearer {k_token}", "Content-Type": kind}


def instant(seconds_ago):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds_ago))


def main():
    with Server(extra=["--no-simulator"]) as server:
        duty, keeper = Person(server, "shenlan"), Person(server, "linyue")

        def made(kind, **fields):
            answer = keeper.post(f"/records/{kind}", {"fields": fields, "geometry": {"type": "Point", "coordinates": [117.83, 38.99]}}
                                 if kind == "device" else {"fields": fields})
            assert answer.status == 201, answer.body
            return answer.json["id"]
        device = made("device", name="试验探测器", name_en="Test detector", type="gas_detector", protocol="line_protocol",
                      address="HT-1", in_service=True, credential_hash=hashlib.new("sm3", k_token.encode()).hexdigest(),
                      manufacturer="Example Instruments", model="T-1", calibration_due="2027-01-31")
        stream = made("datastream", name="氨", name_en="Ammonia", device=device, property="nh3_ppm", channel="nh3_ppm", unit="ppm")
        posted = made("datastream", name="气温", name_en="Air", device=device, property="air_temperature", channel="air", unit="K")

        def newest(value, of=stream):
            return eventually(lambda: [v for v in duty.get("/observations/latest").json
                                       if v["datastream"] == of and v["value"] == value])

        door = "/api/v1/observations"
        answer = ask(server, "POST", door, json.dumps({"readings": [{"channel": "nh3_ppm", "value": 1, "at": instant(60)}]}),
                     **bearer("application/json"))
        assert (answer.status, answer.json) == (200, {"stored": 1}), answer.body
        lines = "".join(json.dumps({"channel": "nh3_ppm", "value": v, "at": instant(50 - v)}) + "\n" for v in (2, 3))
        answer = ask(server, "POST", door, gzip.compress(lines.encode()), Content_Encoding="gzip", **bearer("application/x-ndjson"))
        assert (answer.status, answer.json) == (200, {"stored": 2}), answer.body
        newest(3)
        answer = ask(server, "POST", door, lines + "rubbish\n", **bearer("application/x-ndjson"))
        assert answer.status == 400 and answer.json["errors"][0]["where"] == "line 3", answer.body
        assert ask(server, "POST", door, "x", **bearer("text/xml")).status == 415
        assert ask(server, "POST", door, "x", Content_Encoding="br", **bearer("application/json")).status == 415
        bomb = gzip.compress(b"\n" * (5 << 20))
        assert ask(server, "POST", door, bomb, Content_Encoding="gzip", **bearer("application/x-ndjson")).status == 413
        assert ask(server, "POST", door, lines, Authorization="Bearer wrong", Content_Type="application/x-ndjson").status == 401

        # As Telegraf sends it: ping, then write with a password, packed; the alarm follows.
        assert ask(server, "GET", "/ping").status == 204 and ask(server, "GET", "/api/v1/ping").headers["x-influxdb-version"]
        password = base64.b64encode(f"telegraf:{k_token}".encode()).decode()
        body = f"nh3_ppm value=412.5 {int(time.time())}\nnh3_ppm note=\"a text\" {int(time.time())}\n"
        answer = ask(server, "POST", "/api/v1/write?db=anlan&precision=s", gzip.compress(body.encode()), Content_Encoding="gzip",
                     Authorization=f"Basic {password}")
        assert answer.status == 204 and not answer.body, (answer.status, answer.body)
        newest(412.5)
        eventually(lambda: [a for a in duty.get(f"/records/alarm?where=datastream:eq:{stream}").json["records"]])
        answer = ask(server, "POST", "/write?precision=s", "nh3_ppm value=\n", Authorization=f"Token {k_token}")
        assert answer.status == 400 and "byte 14" in answer.json["errors"][0]["text"].lower(), answer.body
        # A channel nobody registered is set aside and listed; what it measures follows from its name.
        answer = ask(server, "POST", "/api/v2/write", "weather,mast=2 wind_speed=5\n", Authorization=f"Token {k_token}")
        assert answer.status == 422, answer.body
        eventually(lambda: [q for q in duty.get("/records/quarantine").json["records"]
                            if q["fields"]["address"] == "HT-1#weather,mast=2.wind_speed"])

        # SensorThings, posting and reading.
        when = instant(5)
        answer = ask(server, "POST", "/v1.1/Observations",
                     json.dumps({"result": 300.5, "phenomenonTime": when, "Datastream": {"@iot.id": posted}}),
                     **bearer("application/json"))
        assert answer.status == 201, answer.body
        where = answer.headers["location"]
        assert where.startswith(f"http://127.0.0.1:{server.http_port}/v1.1/Observations("), where
        arrays = [{"Datastream": {"@iot.id": posted}, "components": ["phenomenonTime", "result"],
                   "dataArray": [[instant(4), 301], [instant(3), "warm"], [instant(2), 302]]}]
        answer = ask(server, "POST", "/v1.1/CreateObservations", json.dumps(arrays), **bearer("application/json"))
        assert answer.status == 201 and [a.startswith("error") for a in answer.json] == [False, True, False], answer.body

        def read(path, who=duty):
            base = f"http://127.0.0.1:{server.http_port}"
            path = path.removeprefix(base)
            if "%" not in path:
                path = urllib.parse.quote(path, safe="/?$&=(),;':@")
            return ask(server, "GET", path, Cookie=who.cookie)
        assert ask(server, "GET", "/v1.1/Things").status == 401
        root = read("/v1.1")
        assert root.status == 200 and len(root.json["value"]) == 8, root.body
        one = read(where)
        assert one.status == 200 and one.json["result"] == 300.5, one.body
        thing = read(f"/v1.1/Things('{device}')?$expand=Datastreams($orderby=name;$expand=Observations($top=2;$select=result))")
        assert thing.status == 200 and thing.json["name"] == "Test detector", thing.body
        assert "credential" not in thing.body.decode()
        assert thing.json["properties"]["calibration_due"] == "2027-01-31"
        by_name = {d["name"]: d for d in thing.json["Datastreams"]}
        assert [o["result"] for o in by_name["Air"]["Observations"]] == [302, 301], thing.body
        found = read(f"/v1.1/Datastreams('{stream}')/Observations?$filter=result gt 2 and result lt 400&$count=true")
        assert found.json["@iot.count"] == 1 and found.json["value"][0]["result"] == 3, found.body
        page, pages, seen = read(f"/v1.1/Datastreams('{stream}')/Observations?$top=1&$orderby=phenomenonTime"), 0, []
        while True:
            seen += [o["result"] for o in page.json["value"]]
            pages += 1
            if "@iot.nextLink" not in page.json:
                break
            page = read(page.json["@iot.nextLink"])
        assert seen == [1, 2, 3, 412.5] and pages <= 5, seen
        near = read("/v1.1/Things?$filter=st_within(Locations/location,geography'POLYGON ((117.829 38.989, 117.831 38.989, "
                    "117.831 38.991, 117.829 38.991, 117.829 38.989))')&$select=name,id")
        assert device in [t["@iot.id"] for t in near.json["value"]], near.body
        arrays = read(f"/v1.1/Datastreams('{posted}')/Observations?$resultFormat=dataArray")
        assert arrays.json["value"][0]["dataArray@iot.count"] == 3, arrays.body
        wrong = read("/v1.1/Things?$filter=name eq 'x")
        assert wrong.status == 400 and "byte 10" in wrong.json["detail"], wrong.body
        began = time.monotonic()
        all_things = read("/v1.1/Things?$top=1000&$count=true")
        assert all_things.status == 200 and all_things.json["@iot.count"] >= 40, all_things.body[:300]
        print(f"        {all_things.json['@iot.count']} things in {time.monotonic() - began:.3f} s")

        # Killed and started again, everything acknowledged is there.
        server.kill()
        server.start()
        duty = Person(server, "shenlan")
        again = read(f"/v1.1/Datastreams('{stream}')/Observations?$count=true", duty)
        assert again.json["@iot.count"] == 4, again.body
    shutil.rmtree(server.folder, ignore_errors=True)
    print("ok      HTTP doors: JSON, NDJSON, line protocol, SensorThings in and out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
