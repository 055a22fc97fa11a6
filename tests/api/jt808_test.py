#!/usr/bin/python3
"""A truck that speaks JT/T 808 to the running program: quarantined, adopted, registered, answered. From outside.

Standard library only; frames are made here a second time, after the standard.
"""
import datetime
import pathlib
import shutil
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, free_port  # noqa: E402

k_phone = "13999000001"  # illustrative


def frame(message, body, number, new):
    digits = k_phone.rjust(20 if new else 12, "0")
    head = message.to_bytes(2, "big") + (len(body) | (0x4000 if new else 0)).to_bytes(2, "big")
    plain = head + (b"\x01" if new else b"") + bytes.fromhex(digits) + number.to_bytes(2, "big") + body
    check = 0
    for byte in plain:
        check ^= byte
    plain += bytes([check])
    return b"\x7e" + plain.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


class Truck:
    def __init__(self, port, new=False):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.number, self.new, self.buffer = 0, new, b""

    def say(self, message, body=b""):
        self.number += 1
        self.socket.sendall(frame(message, body, self.number, self.new))

    def heard(self, within_s=10):
        """(message, sequence, body) of the next one; nothing when the time is up."""
        self.socket.settimeout(within_s)
        try:
            while self.buffer.count(b"\x7e") < 2:
                self.buffer += self.socket.recv(4096)
        except socket.timeout:
            return None
        _, raw, self.buffer = self.buffer.split(b"\x7e", 2)
        plain = raw.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
        check = 0
        for byte in plain:
            check ^= byte
        assert check == 0, raw
        at = 17 if self.new else 12
        assert plain[at - 2 - (10 if self.new else 6):at - 2].hex().lstrip("0") == k_phone, plain
        return int.from_bytes(plain[:2], "big"), int.from_bytes(plain[at - 2:at], "big"), plain[at:-1]


def position(alarms=0, speed=360):
    now = datetime.datetime.now(datetime.timezone.utc).astimezone(datetime.timezone(datetime.timedelta(hours=8)))
    return (alarms.to_bytes(4, "big") + (0x00080303).to_bytes(4, "big") + (38_990_000).to_bytes(4, "big") +
            (117_800_000).to_bytes(4, "big") + (5).to_bytes(2, "big") + speed.to_bytes(2, "big") + (90).to_bytes(2, "big") +
            bytes.fromhex(now.strftime("%y%m%d%H%M%S")) + b"\x01\x04\x00\x00\x03\xe8")


def registration():
    return ((12).to_bytes(2, "big") + (116).to_bytes(2, "big") + b"MAKER" + b"MODEL".ljust(20, b"\0") + b"T000001" + b"\x02" +
            "津A00001挂".encode("gb18030"))


def main():
    port, exercise_port = free_port(), free_port()
    with Server(extra=["--no-simulator", "--port", f"jt808={port}/{exercise_port}"]) as server:
        duty, keeper = Person(server, "shenlan"), Person(server, "linyue")
        truck = Truck(port)
        truck.say(0x0100, registration())
        assert truck.heard() == (0x8100, 1, b"\x00\x01\x02"), "a stranger was registered"
        listed = eventually(lambda: duty.get(f"/records/quarantine?where=address:eq:{k_phone}").json["records"])
        assert listed[0]["fields"]["protocol"] == "jt808" and listed[0]["fields"]["sample"].startswith("7e0100"), listed

        made = keeper.post("/records/device", {"fields": {"name": "危货车（测试）", "type": "vehicle", "protocol": "jt808",
                                                          "address": k_phone, "in_service": True}})
        assert made.status == 201, made.body
        streams = {}
        for channel in ("longitude", "latitude", "height", "speed", "course", "alarm_word", "status_word", "mileage"):
            stream = keeper.post("/records/datastream", {"fields": {"name": channel, "device": made.json["id"],
                                                                    "property": channel, "channel": channel}})
            assert stream.status == 201, stream.body
            streams[channel] = stream.json["id"]

        def registered():
            truck.say(0x0100, registration())
            answer = truck.heard()
            return answer[2][3:] if answer[2][2] == 0 else None
        code = eventually(registered)
        identity = eventually(lambda: duty.get(f"/records/device/{made.json['id']}").json["fields"].get("identity"))
        assert identity["plate"] == "津A00001挂" and identity["region"] == "120116", identity

        # Without its code it is not believed; with it, it is, in the version it speaks and after a restart of its line.
        truck.say(0x0200, position())
        assert truck.heard()[2] == truck.number.to_bytes(2, "big") + b"\x02\x00\x01"
        for truck in (truck, Truck(port, new=True)):
            truck.say(0x0102, bytes([len(code)]) + code + b"1" * 15 + b"v1".ljust(20, b"\0") if truck.new else code)
            assert truck.heard()[2] == truck.number.to_bytes(2, "big") + b"\x01\x02\x00"
            truck.say(0x0200, position())
            assert truck.heard()[2] == truck.number.to_bytes(2, "big") + b"\x02\x00\x00"

        def latest(channel):
            return [v for v in duty.get("/observations/latest").json if v["datastream"] == streams[channel]]
        assert abs(eventually(lambda: latest("latitude"))[0]["value"] - 38.99) < 1e-9
        assert latest("speed")[0]["value"] == 10 and latest("mileage")[0]["value"] == 100_000

        # The driver presses the button.
        rule = keeper.post("/records/rule", {"fields": {"name": "紧急报警（测试）", "type": "state_bits", "enabled": True,
                                                        "property": "alarm_word",
                                                        "levels": [{"level": 1, "bit": 0, "name": "紧急报警",
                                                                    "name_en": "Emergency button"}]}})
        assert rule.status == 201, rule.body

        def alarmed():
            truck.say(0x0200, position(alarms=1))
            truck.heard()
            return [a for a in duty.get("/records/alarm?limit=50").json["records"]
                    if a["fields"].get("datastream") == streams["alarm_word"]]
        assert eventually(alarmed)[0]["fields"]["level"] == 1

        # Rubbish, half a message and a wrong check cost nothing but themselves.
        truck.socket.sendall(b"GET / HTTP/1.1\r\n\r\n" + frame(0x0002, b"", 999, True)[:-2] + b"\x00\x7e")
        truck.say(0x0002)
        answer = truck.heard(20)
        assert answer and answer[2] == truck.number.to_bytes(2, "big") + b"\x00\x02\x00", answer
    shutil.rmtree(server.folder, ignore_errors=True)
    print("ok      a truck is quarantined, adopted, registered, believed by its code, answered, and raises an alarm")
    return 0


if __name__ == "__main__":
    sys.exit(main())
