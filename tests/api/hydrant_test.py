#!/usr/bin/python3
"""A hydrant's pressure terminal to the running program: quarantined, adopted, read, alarmed. From outside.

The CRC is computed here a second time, bit by bit.
"""
import pathlib
import shutil
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, free_port  # noqa: E402

k_number = b"SHTEST000001"


def crc(data):
    r = 0xFFFF
    for byte in data:
        r ^= byte
        for _ in range(8):
            r = (r >> 1) ^ 0xA001 if r & 1 else r >> 1
    return r


def frame(now, alarms=0, records=()):
    body = (b"\xA5\x5A\x00" + struct.pack(">H", 39 + 2 * len(records)) + k_number + bytes([0x34, 0xC8])
            + struct.pack(">HHBBhhhI", 60, len(records), 1, alarms, 100, 500, now, int(time.time()))
            + b"".join(struct.pack(">h", r) for r in records))
    return body + struct.pack(">H", crc(body)) + b"\x55\xAA"


def main():
    port, exercise_port = free_port(), free_port()
    with Server(extra=["--no-simulator", "--port", f"hydrant={port}/{exercise_port}"]) as server:
        duty, keeper = Person(server, "shenlan"), Person(server, "linyue")
        terminal = socket.create_connection(("127.0.0.1", port), timeout=10)
        terminal.sendall(frame(538))
        address = k_number.decode()
        listed = eventually(lambda: duty.get(f"/records/quarantine?where=address:eq:{address}").json["records"])
        assert listed[0]["fields"]["protocol"] == "hydrant", listed
        assert listed[0]["fields"]["sample"].startswith("a55a00"), listed

        def made(kind, **fields):
            answer = keeper.post(f"/records/{kind}", {"fields": fields})
            assert answer.status == 201, answer.body
            return answer.json["id"]
        device = made("device", name="消火栓（测试）", type="hydrant_terminal", protocol="hydrant", address=address, in_service=True)
        streams = {c: made("datastream", name=c, device=device, property=p, channel=c, unit=u)
                   for c, p, u in (("pressure", "water_pressure", "Pa"), ("alarm", "terminal_alarm", ""), ("battery", "battery", "%"))}
        made("rule", name="消火栓低压（测试）", type="threshold", property="water_pressure", enabled=True, source="测试 test",
             levels=[{"level": 3, "op": "<", "value": 100000, "clear": 120000, "for_s": 0, "source": "测试 test"}])

        def value(channel):
            return [v["value"] for v in duty.get("/observations/latest").json if v["datastream"] == streams[channel]]

        def sent():
            # Half a frame, then its rest with rubbish and another frame behind.
            whole = frame(420, records=(421, 422)) + b"\x00\xA5" + frame(430)
            terminal.sendall(whole[:11])
            time.sleep(0.05)
            terminal.sendall(whole[11:])
            time.sleep(0.3)
            return value("pressure")
        assert eventually(sent)[0] in (420000, 430000)
        assert value("battery") == [100] and value("alarm") == [0]
        time.sleep(1.1)  # another second, another reading
        terminal.sendall(frame(50, alarms=1))
        eventually(lambda: value("pressure") == [50000])
        alarm = eventually(lambda: duty.get(f"/records/alarm?where=datastream:eq:{streams['pressure']}").json["records"])
        assert alarm[0]["fields"]["level"] == 3, alarm
        decoded = server.run("decode", "--protocol", "hydrant",
                             str(pathlib.Path(__file__).resolve().parents[2]
                                 / "src/foundations/sensing/gateways/hydrant/captures/pressure_ten_records.hex"))
        assert '"value":538,"unit":"0.001 MPa"' in decoded.stdout, decoded.stdout
    shutil.rmtree(server.folder, ignore_errors=True)
    print("ok      a pressure terminal is quarantined, adopted, read and alarmed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
