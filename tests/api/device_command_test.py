#!/usr/bin/python3
"""Commands to a fire transmission unit over the running program: a roll call answered, refused, unanswered, and one that
waits until the unit connects; a restart in between. Then a station that is asked for its history. From outside.

Standard library only; frames are made here a second time.
"""
import datetime
import pathlib
import shutil
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, free_port  # noqa: E402

k_unit, k_mn = 0x0A0B0C, "TEST00000000000000000002"


def wire_time():
    t = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
    return bytes([t.second, t.minute, t.hour, t.day, t.month, t.year - 2000])


def frame(sequence, command, data=b""):
    body = (struct.pack("<H", sequence) + b"\1\1" + wire_time() + k_unit.to_bytes(6, "little") + bytes(6)
            + struct.pack("<HB", len(data), command) + data)
    return b"@@" + body + bytes([sum(body) & 255]) + b"##"


class Unit:
    """A transmission unit: says what it is told to say, and keeps what it was told."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.settimeout(None)  # It listens for as long as the center keeps silent.
        self.buffer, self.number, self.told = b"", 0, []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            try:
                got = self.socket.recv(4096)
            except OSError:
                return
            if not got:
                return
            self.buffer += got
            while len(self.buffer) >= 30:
                size = 30 + struct.unpack("<H", self.buffer[24:26])[0]
                if len(self.buffer) < size:
                    break
                one, self.buffer = self.buffer[:size], self.buffer[size:]
                assert one[:2] == b"@@" and one[-2:] == b"##" and sum(one[2:-3]) & 255 == one[-3], one
                self.told.append((one[26], struct.unpack("<H", one[2:4])[0], one[27:-3]))

    def say(self, command, data=b"", sequence=None):
        self.number += 1
        self.socket.sendall(frame(self.number if sequence is None else sequence, command, data))

    def heartbeat(self):
        self.say(2)

    def order(self, type_flag, within_s=15):
        """(sequence, data) of the first order of that type; confirmations are passed over."""
        return eventually(lambda: next(((s, d) for c, s, d in self.told if c in (1, 4) and d[:1] == bytes([type_flag])), None),
                          within_s)

    def close(self):
        self.socket.close()


def crc(text):
    r = 0xFFFF
    for byte in text.encode():
        r = (r >> 8) ^ byte
        for _ in range(8):
            r = (r >> 1) ^ 0xA001 if r & 1 else r >> 1
    return r


def pack(segment):
    return f"##{len(segment.encode()):04d}{segment}{crc(segment):04X}\r\n".encode()


def ask(person, device, command, parameters, valid_s=600):
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=valid_s)
    made = person.post("/records/device_command", {"fields": {"device": device, "command": command, "parameters": parameters,
                                                              "valid_until": until.strftime("%Y-%m-%dT%H:%M:%SZ")}})
    assert made.status == 201, made.body
    return made.json["id"]


def of(person, command):
    return person.get(f"/records/device_command/{command}").json


def becomes(person, command, state, within_s=15):
    return eventually(lambda: (r := of(person, command))["state"] == state and r, within_s)


def unit_part(server, duty, device):
    # Nobody is connected: it waits, and somebody may think better of it.
    waiting = ask(duty, device, "roll_call", {"minutes": 5})
    time.sleep(1.5)
    assert of(duty, waiting)["state"] == "queued"
    dropped = ask(duty, device, "read_state", {})
    assert duty.post(f"/records/device_command/{dropped}/moves/cancel").status == 200
    assert duty.post(f"/records/device_command/{waiting}/moves/complete").status == 403, "people do not write outcomes"

    unit = Unit(server.gb_port)
    unit.heartbeat()
    sequence, data = unit.order(91)
    assert data == b"\x5b\x01\x05", data
    unit.say(3, sequence=sequence)
    time.sleep(0.5)
    assert of(duty, waiting)["state"] == "sent", "a unit's confirmation is nobody's presence"
    unit.say(2, bytes([24, 1, 0x20, 7]) + wire_time())
    done = becomes(duty, waiting, "done")
    assert done["fields"]["reply"]["person"] == 7 and "7" in done["fields"]["outcome_en"], done
    assert of(duty, dropped)["state"] == "cancelled"

    # Refused, and wrong ones.
    unit.told.clear()
    refused = ask(duty, device, "initialise", {})
    sequence, _ = unit.order(89)
    unit.say(6, sequence=sequence)
    becomes(duty, refused, "refused")
    wrong = becomes(duty, ask(duty, device, "roll_call", {"minutes": 0}), "refused")
    assert "minutes" in wrong["fields"]["outcome_en"], wrong

    # Read: what the unit says is in the record, and is a reading.
    unit.told.clear()
    read = ask(duty, device, "read_state", {})
    sequence, data = unit.order(81)
    unit.say(5, bytes([21, 1, 0x09]) + wire_time(), sequence=sequence)
    reply = becomes(duty, read, "done")["fields"]["reply"]
    assert [b["bit"] for b in reply["objects"][0]["state"]["bits"]] == [0, 3], reply

    # Unanswered: sent three times under one number, then uncertain.
    unit.told.clear()
    lost = ask(duty, device, "set_clock", {})
    unit.order(90)
    lost_record = becomes(duty, lost, "uncertain", 45)
    times = [s for c, s, d in unit.told if c == 1 and d[:1] == b"\x5a"]
    assert len(times) == 3 and len(set(times)) == 1, times
    assert lost_record["fields"]["outcome_en"], lost_record
    return unit


def restart_part(server, device, unit):
    duty = Person(server, "shenlan")
    unit.told.clear()
    open_one = ask(duty, device, "roll_call", {"minutes": 30})
    unit.order(91)
    becomes(duty, open_one, "sent")
    server.kill()
    unit.close()
    server.start()
    duty = Person(server, "shenlan")
    becomes(duty, open_one, "uncertain")
    again = Unit(server.gb_port)
    again.heartbeat()
    time.sleep(2)
    assert not [d for c, s, d in again.told if c in (1, 4)], "sent a second time, unseen"
    again.close()


def station_part(duty, keeper, port):
    made = keeper.post("/records/device", {"fields": {"name": "空气站（测试）", "type": "environment_station",
                                                      "protocol": "hj212", "address": k_mn, "in_service": True}})
    assert made.status == 201, made.body
    station = socket.create_connection(("127.0.0.1", port), timeout=20)
    head = f"ST=22;CN=%s;PW=123456;MN={k_mn};Flag=%d;CP=&&%s&&"
    station.sendall(pack("QN=20261119120000001;" + head % ("9015", 9, "")))
    call = ask(duty, made.json["id"], "call_minutes", {"from": "2026-11-19T00:00:00Z", "to": "2026-11-19T00:10:00Z"})
    lines = station.makefile("rb")
    order = next(text for text in (lines.readline().decode() for _ in range(5)) if ";CN=2051;" in text)
    assert "BeginTime=20261119080000,EndTime=20261119081000" in order and ";Flag=9;" in order, order
    qn = order[6:].split(";")[0]
    for cn, cp in (("9011", "QnRtn=1"), ("2051", "DataTime=20261119080000;a21001-Avg=7,a21001-Flag=N"), ("9012", "ExeRtn=1")):
        station.sendall(pack(qn + ";" + head % (cn, 8, cp)))
    reply = becomes(duty, call, "done")["fields"]["reply"]
    assert reply["count"] == 1 and reply["parts"][0]["values"]["a21001-Avg"] == 7, reply
    station.close()


def main():
    port = free_port()
    with Server(extra=["--no-simulator", "--port", f"hj212={port}/{free_port()}"]) as server:
        duty, keeper = Person(server, "shenlan"), Person(server, "linyue")
        made = keeper.post("/records/device", {"fields": {"name": "装置（测试）", "type": "fire_unit", "protocol": "gb26875",
                                                          "address": f"{k_unit:012x}", "in_service": True}})
        assert made.status == 201, made.body
        unit = unit_part(server, duty, made.json["id"])
        station_part(duty, keeper, port)
        restart_part(server, made.json["id"], unit)
    shutil.rmtree(server.folder, ignore_errors=True)
    print("ok      commands are answered, refused, uncertain, kept until the device connects, and never sent twice")
    return 0


if __name__ == "__main__":
    sys.exit(main())
