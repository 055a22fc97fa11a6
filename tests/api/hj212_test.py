#!/usr/bin/python3
"""A station that speaks HJ 212 to the running program: quarantined, adopted, answered. From outside.

Standard library only; the CRC is computed here a second time, bit by bit, after annex A.
"""
import datetime
import pathlib
import shutil
import socket
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, free_port  # noqa: E402

k_mn = "TEST00000000000000000001"


def crc(text):
    r = 0xFFFF
    for byte in text.encode():
        r = (r >> 8) ^ byte
        for _ in range(8):
            r = (r >> 1) ^ 0xA001 if r & 1 else r >> 1
    return r


def pack(segment):
    return f"##{len(segment.encode()):04d}{segment}{crc(segment):04X}\r\n".encode()


def beijing(when):
    return when.astimezone(datetime.timezone(datetime.timedelta(hours=8))).strftime("%Y%m%d%H%M%S")


class Station:
    def __init__(self, port):
        self.socket, self.number = socket.create_connection(("127.0.0.1", port), timeout=10), 0

    def send(self, cp, cn="2011"):
        now, self.number = datetime.datetime.now(datetime.timezone.utc), self.number + 1
        self.qn = f"{beijing(now)}{self.number:03d}"
        self.socket.sendall(pack(f"QN={self.qn};ST=22;CN={cn};PW=123456;MN={k_mn};Flag=5;CP=&&"
                                 f"DataTime={beijing(now)};{cp}&&"))

    def heard(self, within_s=10):
        """The next packet's data segment; nothing when the time is up."""
        self.socket.settimeout(within_s)
        text = b""
        try:
            while not text.endswith(b"\r\n"):
                text += self.socket.recv(1)
        except socket.timeout:
            return None
        assert text.startswith(b"##") and int(text[2:6]) == len(text) - 12, text
        assert int(text[-6:-2], 16) == crc(text[6:-6].decode()), text
        return text[6:-6].decode()


def main():
    port = free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="anlan-hj212-"))
    config = folder / "anlan.toml"
    config.write_text(f"[hj212]\nport = {port}\nreal_time_interval_s = 60\n")
    with Server(extra=["--no-simulator", "--config", str(config)]) as server:
        duty, keeper = Person(server, "shenlan"), Person(server, "linyue")
        station = Station(port)
        station.send("a21001-Rtd=0.5,a21001-Flag=N")
        assert station.heard(0.5) is None, "a stranger was answered"
        listed = eventually(lambda: [q for q in duty.get(f"/records/quarantine?where=address:eq:{k_mn}").json["records"]])
        assert listed[0]["fields"]["protocol"] == "hj212" and "a21001" in listed[0]["fields"]["sample"], listed

        made = keeper.post("/records/device", {"fields": {"name": "空气站（测试）", "type": "environment_station", "protocol": "hj212",
                                                          "address": k_mn, "in_service": True}})
        assert made.status == 201, made.body
        stream = keeper.post("/records/datastream", {"fields": {"name": "氨（测试）", "device": made.json["id"],
                                                                "property": "nh3_ppm", "channel": "a21001", "unit": "ppm"}})
        assert stream.status == 201, stream.body

        def answered():
            station.send("a21001-Rtd=12.5,a21001-Flag=N")
            return station.heard(1)
        answer = eventually(answered)
        assert answer == f"QN={station.qn};ST=91;CN=9014;PW=123456;MN={k_mn};Flag=4;CP=&&&&", answer
        # Now that it is known: with one of its next words it is told its interval, and each word is answered.
        heard, words = [], []
        while not any(";CN=1062;" in each and "RtdInterval=60" in each for each in heard):
            assert len(words) < 10, heard
            station.send("a21001-Rtd=12.5,a21001-Flag=N")
            words.append(station.qn)
            while (each := station.heard(1)) is not None:
                heard.append(each)
        assert all(any(f"QN={word};ST=91;CN=9014;" in each for each in heard) for word in words), heard
        value = eventually(lambda: [v for v in duty.get("/observations/latest").json if v["datastream"] == stream.json["id"]])
        assert value[0]["value"] == 12.5 and value[0]["quality"] == "good", value
        # Rubbish and a broken check in between cost nothing but themselves.
        station.socket.sendall(b"##9x##0020rubbish" + pack("ST=22;MN=1")[:-3] + b"0\r\n")
        station.send("a21001-Rtd=13,a21001-Flag=N")
        answer = station.heard(20)
        assert answer and f"QN={station.qn};" in answer, answer
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(server.folder, ignore_errors=True)
    print("ok      a station is quarantined, adopted, answered and told its interval")
    return 0


if __name__ == "__main__":
    sys.exit(main())
