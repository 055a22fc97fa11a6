#!/usr/bin/python3
"""Ships that are heard by the running program: over TCP, over UDP, and called. From outside.

Standard library only; sentences are made here a second time, bit by bit, after ITU-R M.1371-5.
"""
import datetime
import pathlib
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, free_port  # noqa: E402

k_mmsi, k_tug = 413999001, 413999002  # illustrative


def bits(value, count):
    return format(value & (1 << count) - 1, f"0{count}b")


def text(words, count):
    return "".join(bits(ord(c) - 64 if ord(c) >= 64 else ord(c), 6) for c in words.ljust(count, "@"))


def armour(message):
    fill = -len(message) % 6
    message += "0" * fill
    values = [int(message[i:i + 6], 2) for i in range(0, len(message), 6)]
    return "".join(chr(v + 48 if v < 40 else v + 56) for v in values), fill


def sentence(total, number, sequence, payload, fill):
    body = f"AIVDM,{total},{number},{sequence},A,{payload},{fill}"
    check = 0
    for c in body:
        check ^= ord(c)
    return f"!{body}*{check:02X}\r\n".encode()


def position(mmsi, status, latitude):
    second = datetime.datetime.now(datetime.timezone.utc).second
    message = (bits(1, 6) + bits(0, 2) + bits(mmsi, 30) + bits(status, 4) + bits(-128, 8) + bits(100, 10) + "1" +
               bits(round(117.81 * 600000), 28) + bits(round(latitude * 600000), 27) + bits(450, 12) + bits(511, 9) +
               bits(second, 6) + bits(0, 2) + bits(0, 3) + "0" + bits(0, 19))
    return sentence(1, 1, "", *armour(message))


def static(mmsi, name):
    message = (bits(5, 6) + bits(0, 2) + bits(mmsi, 30) + bits(0, 2) + bits(9074729, 30) + text("BTEST", 7) + text(name, 20) +
               bits(81, 8) + bits(100, 9) + bits(20, 9) + bits(8, 6) + bits(8, 6) + bits(1, 4) + bits(0, 20) + bits(65, 8) +
               text("TIANJIN", 20) + "0" + "0")
    payload, fill = armour(message)
    return sentence(2, 1, 3, payload[:56], 0) + sentence(2, 2, 3, payload[56:], fill)


def adopt(keeper, mmsi):
    made = keeper.post("/records/device", {"fields": {"name": "示例船（测试）", "type": "ship", "protocol": "ais",
                                                      "address": str(mmsi), "in_service": True}})
    assert made.status == 201, made.body
    streams = {}
    for channel in ("longitude", "latitude", "speed", "course", "navigation_status", "draught"):
        stream = keeper.post("/records/datastream", {"fields": {"name": channel, "device": made.json["id"],
                                                                "property": channel, "channel": channel}})
        assert stream.status == 201, stream.body
        streams[channel] = stream.json["id"]
    return made.json["id"], streams


def main():
    port, exercise_port = free_port(), free_port()
    receiver = socket.create_server(("127.0.0.1", 0))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anlan-ais-"))
    config = folder / "anlan.toml"
    config.write_text(f'[ais]\nfeeds = ["127.0.0.1:{receiver.getsockname()[1]}"]\n')
    with Server(extra=["--no-simulator", "--config", str(config), "--port", f"ais={port}/{exercise_port}"]) as server:
        duty, keeper = Person(server, "shenlan"), Person(server, "linyue")
        feeder = socket.create_connection(("127.0.0.1", port), timeout=10)

        def latest(stream):
            return [v for v in duty.get("/observations/latest").json if v["datastream"] == stream]

        feeder.sendall(position(k_mmsi, 0, 38.97))
        listed = eventually(lambda: duty.get(f"/records/quarantine?where=address:eq:{k_mmsi}").json["records"])
        assert listed[0]["fields"]["protocol"] == "ais" and "!AIVDM" in listed[0]["fields"]["sample"], listed
        device, streams = adopt(keeper, k_mmsi)

        def heard_over_tcp():
            feeder.sendall(position(k_mmsi, 0, 38.97))
            return latest(streams["latitude"])
        value = eventually(heard_over_tcp)
        assert abs(value[0]["value"] - 38.97) < 1e-6 and value[0]["quality"] == "good", value
        assert abs(latest(streams["speed"])[0]["value"] - 10 * 1852 / 3600) < 1e-6
        assert abs(latest(streams["course"])[0]["value"] - 45) < 1e-9

        # The name of the ship, its sentences in two datagrams; from then on its record shows it.
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for part in static(k_mmsi, "SHI LI YI HAO").split(b"\r\n")[:2]:
            udp.sendto(part, ("127.0.0.1", port))
        identity = eventually(lambda: duty.get(f"/records/device/{device}").json["fields"].get("identity"))
        assert identity["name"] == "SHI LI YI HAO" and identity["imo"] == 9074729, identity
        assert identity["ship_type_name"]["en"] == "Tanker, hazardous category X", identity
        assert eventually(lambda: latest(streams["draught"]))[0]["value"] == 6.5

        # A receiver that waited to be called.
        called, _ = receiver.accept()
        _, tug = adopt(keeper, k_tug)

        def heard_by_call():
            called.sendall(b"rubbish\r\n" + position(k_tug, 5, 38.98))
            return latest(tug["latitude"])
        eventually(heard_by_call)

        # Somebody in the water: a rule on the status becomes an alarm.
        rule = keeper.post("/records/rule", {"fields": {"name": "求救（测试）", "type": "threshold", "enabled": True,
                                                        "property": "navigation_status",
                                                        "levels": [{"level": 1, "op": ">=", "value": 14, "clear": 13,
                                                                    "for_s": 0, "source": "ITU-R M.1371-5"}]}})
        assert rule.status == 201, rule.body

        def alarmed():
            feeder.sendall(position(k_mmsi, 14, 38.97))
            return [a for a in duty.get("/records/alarm?limit=50").json["records"]
                    if a["fields"].get("datastream") == streams["navigation_status"]]
        assert eventually(alarmed)[0]["fields"]["level"] == 1
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(server.folder, ignore_errors=True)
    print("ok      ships are quarantined, adopted, heard over TCP, UDP and by calling; they have names and raise alarms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
