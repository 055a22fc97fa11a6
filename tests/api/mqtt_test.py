#!/usr/bin/python3
"""A gas sensor that speaks MQTT with Mosquitto's own tools to the running program: quarantined, adopted,
answered at QoS 0, 1 and 2, in 3.1.1 and 5.0, over TLS; its alarm; what a crash leaves; somebody else's
broker read as a client.
"""
import hashlib
import http.client
import pathlib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, free_port  # noqa: E402

k_address, k_token = "GAS-MQTT-1", "illustrative-token"


def sm3(text):
    return hashlib.new("sm3", text.encode()).hexdigest()


def publish(port, message, *more, topic=f"anlan/{k_address}/nh3", token=k_token, within_s=15):
    """Exit code and output of mosquitto_pub: with QoS 1 and 2 it waits for its acknowledgement."""
    command = ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(port), "-i", k_address, "-u", k_address, "-P", token,
               "-t", topic, "-m", message, *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=within_s)
    return done.returncode, done.stdout + done.stderr


def connect_bytes(address=k_address, token=k_token):
    text = b"".join(len(each).to_bytes(2, "big") + each.encode() for each in (address, address, token))
    body = b"\x00\x04MQTT\x04\xc2\x00\x3c" + text
    return bytes([0x10, len(body)]) + body


def root_of(server):
    c = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=10)
    c.request("GET", "/ca.crt")
    return c.getresponse().read()


def latest(person, stream):
    return [v for v in person.get("/observations/latest").json if v["datastream"] == stream]


def reads(person, stream, value):
    return eventually(lambda: [v for v in latest(person, stream) if v["value"] == value])


class Broker:
    """Mosquitto as somebody else's."""

    def __init__(self, folder):
        self.port = free_port()
        config = pathlib.Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\n")
        self.process = subprocess.Popen(["/usr/sbin/mosquitto", "-c", str(config)], stderr=subprocess.DEVNULL)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def adopt(keeper, address=k_address, channels=(("nh3", "nh3_ppm", "ppm"), ("temperature", "temperature", "℃"))):
    made = keeper.post("/records/device", {"fields": {
        "name": f"氨探测器（测试）{address}", "type": "gas_detector", "protocol": "mqtt", "address": address,
        "credential_hash": sm3(k_token + ("" if address == k_address else address)), "in_service": True}})
    assert made.status == 201, made.body
    streams = {}
    for channel, of, unit in channels:
        stream = keeper.post("/records/datastream", {"fields": {
            "name": f"{channel}（测试）", "device": made.json["id"], "property": of, "channel": channel, "unit": unit}})
        assert stream.status == 201, stream.body
        streams[channel] = stream.json["id"]
    return made.json["id"], streams


def test_from_stranger_to_reading(world):
    """Refused and listed; adopted with its token's SM3; then every QoS of both versions is answered."""
    code, said = publish(world.port, "1", "-q", "1")
    assert code != 0 and "not authori" in said.lower(), (code, said)
    listed = eventually(lambda: world.duty.get(f"/records/quarantine?where=address:eq:{k_address}").json["records"])
    assert listed[0]["fields"]["protocol"] == "mqtt", listed
    world.device, world.streams = adopt(world.keeper)
    eventually(lambda: publish(world.port, "1", "-q", "1")[0] == 0)
    for number, (version, qos) in enumerate((v, q) for v in ("mqttv311", "mqttv5") for q in "012"):
        value = 10.5 + number
        code, said = publish(world.port, str(value), "-q", qos, "-V", version)
        assert code == 0, (version, qos, said)
        reads(world.duty, world.streams["nh3"], value)
    assert publish(world.port, "1", "-q", "1", token="wrong")[0] != 0


def test_json_with_its_own_time(world):
    hour_ago = int(time.time()) - 3600
    code, said = publish(world.port, f'{{"nh3":3.5,"temperature":-18.5,"at":{hour_ago}}}', "-q", "1",
                         topic=f"anlan/{k_address}/up")
    assert code == 0, said
    value = reads(world.duty, world.streams["temperature"], -18.5)
    assert value[0]["at"].startswith(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(hour_ago))), value


def test_tls(world):
    """The program's own authority is what the sensor trusts; a stranger's is refused by the sensor."""
    authority = pathlib.Path(world.folder) / "ca.crt"
    der = root_of(world.server)
    authority.write_text(ssl.DER_cert_to_PEM_cert(der))
    code, said = publish(world.tls_port, "21.25", "-q", "2", "--cafile", str(authority), "--insecure")
    assert code == 0, said
    reads(world.duty, world.streams["nh3"], 21.25)
    code, said = publish(world.tls_port, "1", "-q", "1", "--capath", "/etc/ssl/certs", "--insecure")
    assert code != 0, "an unknown authority was trusted"
    # Rubbish and half a handshake at the TLS port cost nothing but themselves.
    for rubbish in (b"\x10\x00", b"\x16\x03\x01\x02\x00\x01\x00", bytes(range(256)) * 40):
        with socket.create_connection(("127.0.0.1", world.tls_port), timeout=5) as s:
            s.sendall(rubbish)
    code, said = publish(world.tls_port, "21.5", "-q", "1", "--cafile", str(authority), "--insecure")
    assert code == 0, said


def test_a_reading_raises_an_alarm(world):
    """By the zone's own rule for gas detectors."""
    code, said = publish(world.port, "412", "-q", "1")
    assert code == 0, said
    raised = eventually(lambda: world.duty.get(f"/records/alarm?where=datastream:eq:{world.streams['nh3']}").json["records"])
    assert any(each["value"] == 412 for each in raised[0]["fields"]["readings"]), raised[0]["fields"]


def test_one_byte_at_a_time_and_cut_at_every_byte(world):
    message = f"anlan/{k_address}/nh3".encode()
    body = len(message).to_bytes(2, "big") + message + b"\x00\x07" + b"33.5"
    whole = connect_bytes() + bytes([0x32, len(body)]) + body
    with socket.create_connection(("127.0.0.1", world.port), timeout=10) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in whole:
            s.sendall(bytes([byte]))
        heard = b""
        while len(heard) < 8:
            heard += s.recv(100)
        assert heard == b"\x20\x02\x00\x00\x40\x02\x00\x07", heard.hex()
    for cut in range(1, len(whole)):
        with socket.create_connection(("127.0.0.1", world.port), timeout=10) as s:
            s.sendall(whole[:cut])
    reads(world.duty, world.streams["nh3"], 33.5)
    code, said = publish(world.port, "34.5", "-q", "1")
    assert code == 0, said


def test_what_was_acknowledged_survives_a_crash(world):
    sent = 0
    for i in range(20):
        code, _ = publish(world.port, str(100 + i), "-q", str(1 + i % 2))
        assert code == 0
        sent = 100 + i
    world.server.kill()
    world.server.start()
    world.duty = Person(world.server, "shenlan")
    reads(world.duty, world.streams["nh3"], sent)


def test_somebody_elses_broker(world):
    _, streams = adopt(world.keeper_again(), "VENDOR-1")
    def passed():
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(world.broker.port), "-q", "1", "-t", "vendor/VENDOR-1/up",
                        "-m", '{"data":{"nh3_ppb":1500}}'], check=True, timeout=10)
        time.sleep(0.5)
        return [v for v in latest(world.duty, streams["nh3"]) if v["value"] == 1.5]
    assert eventually(passed), "nothing came through the broker"


class World:
    def __init__(self, folder):
        self.folder = folder
        self.port, exercise, self.tls_port = free_port(), free_port(), free_port()
        self.broker = Broker(folder)
        config = pathlib.Path(folder) / "anlan.toml"
        config.write_text(f"""[mqtt]
port = {self.port}
exercise_port = {exercise}
tls_port = {self.tls_port}
[[mqtt.topics]]
filter = "vendor/+/up"
address = "topic:1"
values = {{ nh3 = {{ at = "/data/nh3_ppb", scale = 0.001 }} }}
[[mqtt.brokers]]
host = "127.0.0.1"
port = {self.broker.port}
topics = ["vendor/+/up"]
""")
        self.server = Server(extra=["--no-simulator", "--config", str(config)])

    def keeper_again(self):
        self.keeper = Person(self.server, "linyue")
        return self.keeper


def main():
    folder = tempfile.mkdtemp(prefix="anlan-mqtt-")
    world, failed = World(folder), 0
    try:
        with world.server:
            world.duty, world.keeper = Person(world.server, "shenlan"), Person(world.server, "linyue")
            for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
                try:
                    test(world)
                    print(f"ok      {name}")
                except AssertionError as e:
                    failed += 1
                    print(f"FAILED  {name}: {e}")
            assert world.server.process.poll() is None, "the server ended"
    finally:
        world.broker.stop()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(world.server.folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
