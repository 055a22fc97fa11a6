#!/usr/bin/python3
"""Small reads a second through the whole server: socket, session, access rule, handler, problem-free.

Requests are pipelined, so that the client (one Python thread) costs little. The peer's rate limit is
raised for the measurement. Client and server share the machine.

    bench/center/http_reads.py [connections] [seconds]
"""
import pathlib
import selectors
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/driver"))
from anlan import Person, Server  # noqa: E402

connections = int(sys.argv[1]) if len(sys.argv) > 1 else 32
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
pipelined = 20


def measure(server, cookie, path):
    request = (f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n").encode() * pipelined
    selector, state = selectors.DefaultSelector(), {}
    for _ in range(connections):
        s = socket.create_connection(("127.0.0.1", server.http_port))
        state[s] = [0, time.perf_counter()]
        s.sendall(request)
        selector.register(s, selectors.EVENT_READ)
    done, batches, began = 0, [], time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(1):
            s = key.fileobj
            got = s.recv(1 << 20)
            if not got:
                raise SystemExit("the server closed a connection")
            answered = got.count(b"HTTP/1.1 200")
            if got.count(b"HTTP/1.1 ") != answered:
                raise SystemExit(got[:300])
            state[s][0] += answered
            done += answered
            if state[s][0] >= pipelined:
                now = time.perf_counter()
                batches.append((now - state[s][1]) / pipelined * 1000)
                state[s] = [state[s][0] - pipelined, now]
                s.sendall(request)
    took = time.perf_counter() - began
    for s in state:
        s.close()
    batches.sort()
    print(f"{path}: {done / took:,.0f} requests/s on {connections} connections, "
          f"{batches[len(batches) // 2]:.2f} ms each at the median, p99 {batches[int(len(batches) * 0.99)]:.2f} ms")


with tempfile.NamedTemporaryFile("w", suffix=".toml") as configuration:
    configuration.write("requests_per_second_max = 1e9\n")
    configuration.flush()
    with Server(extra=["--no-simulator", "--config", configuration.name]) as server:
        duty = Person(server, "shenlan")
        vessel = duty.get("/records/vessel?limit=1").json["records"][0]["id"]
        for path in ("/healthz", "/api/v1/journal/head", f"/api/v1/records/vessel/{vessel}",
                     "/api/v1/records/vessel?limit=20&count=false", "/"):
            measure(server, duty.cookie, path)
