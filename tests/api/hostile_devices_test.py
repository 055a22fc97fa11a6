#!/usr/bin/python3
"""Devices that mean ill, or are broken, at every protocol's port: silent ones by the thousand, one that
sends a byte a second, rubbish, half frames. Whatever they do, a good device beside them is answered,
people are served, and what they took is given back.
"""
import os
import pathlib
import random
import resource
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually  # noqa: E402

k_silent = int(os.environ.get("ANLAN_SILENT", "10000"))
# GB/T 26875.3: a heartbeat (command 2 without data) of a device that nobody knows is denied at once.
k_frame = bytes.fromhex("404001000101203a091a090c790300000000385b010000000900") + bytes.fromhex(
    "02150108023a091a090c422323")


def connect(port):
    s = socket.create_connection(("127.0.0.1", port), timeout=10)
    s.settimeout(10)
    return s


def memory_kb(server):
    for line in open(f"/proc/{server.process.pid}/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


def good_device_is_answered(server):
    """Within a second, whatever goes on beside."""
    began = time.monotonic()
    with connect(server.gb_port) as s:
        s.sendall(k_frame)
        answer = s.recv(100)
    assert answer.startswith(b"@@") and answer.endswith(b"##"), answer.hex()
    assert time.monotonic() - began < 1, "a good device waited for the bad ones"


def served(person):
    began = time.monotonic()
    assert person.get("/records/enterprise?limit=1").status == 200
    assert time.monotonic() - began < 1, "a person waited for the bad devices"


def closed(s, within_s):
    s.settimeout(within_s)
    try:
        while s.recv(4096):
            pass
        return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


def test_silent_connections_by_the_thousand(server, person, ports):
    before = memory_kb(server)
    share = k_silent // len(ports)
    held = []
    for port in ports.values():
        for _ in range(share):
            try:
                held.append(connect(port))
            except OSError:
                break  # refused: as good an answer as any
        good_device_is_answered(server)
    served(person)
    per_connection_kb = (memory_kb(server) - before) / max(1, len(held))
    assert per_connection_kb < 20, f"{per_connection_kb:.1f} kB for a silent connection"
    for s in held:
        s.close()
    good_device_is_answered(server)
    print(f"        {len(held)} silent connections, {per_connection_kb:.1f} kB each")


def test_a_byte_a_second_holds_nobody_up(server, person, ports):
    slow = {protocol: connect(port) for protocol, port in ports.items()}
    for byte in k_frame[:6]:
        for s in slow.values():
            try:
                s.sendall(bytes([byte]))
            except OSError:
                pass  # not this protocol's byte: let go
        good_device_is_answered(server)
        served(person)
        time.sleep(1)
    for s in slow.values():
        s.close()


def test_rubbish_is_survived_at_every_port(server, person, ports):
    seed = int(os.environ.get("ANLAN_SEED", random.randrange(1 << 30)))
    print(f"        seed {seed}")
    source = random.Random(seed)
    for protocol, port in ports.items():
        for size in (1, 100, 100_000, 3_000_000):
            with connect(port) as s:
                try:
                    s.sendall(source.randbytes(size))
                    s.shutdown(socket.SHUT_WR)
                except OSError:
                    pass
                closed(s, 5)
        good_device_is_answered(server)
    served(person)


def test_half_a_frame_and_gone(server, person, ports):
    for port in ports.values():
        for length in range(1, len(k_frame), 3):
            with connect(port) as s:
                s.sendall(k_frame[:length])
    good_device_is_answered(server)
    served(person)


def main():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    failed = 0
    with Server(extra=["--no-simulator"]) as server:
        person = Person(server, "shenlan")
        listed = eventually(lambda: person.get("/gateways").json["gateways"])
        ports = {each["protocol"]: each["port"] for each in listed if "port" in each}
        assert ports["gb26875"] == server.gb_port and len(ports) > 1, listed
        for name, test in [(n, t) for n, t in globals().items() if n.startswith("test_")]:
            try:
                test(server, person, ports)
                print(f"ok      {name}")
            except AssertionError as e:
                failed += 1
                print(f"FAILED  {name}: {e}")
        assert server.process.poll() is None, "the server ended"
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
