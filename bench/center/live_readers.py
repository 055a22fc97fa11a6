#!/usr/bin/python3
"""Updates a second through the whole server, each followed by every reader of the live feed: how late are they told?

One process changes hydrants at a steady pace over eight keep-alive connections, another reads all the live feeds; both
share the machine with the server. Late is: from the moment the request was sent until the entry had been received, so
the write itself with its sync is in it. Every reader must be told every change, in order.

    bench/center/live_readers.py [updates a second] [readers] [seconds]
"""
import bisect
import json
import multiprocessing
import pathlib
import re
import selectors
import socket
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/driver"))
from anlan import Person, Server  # noqa: E402

rate = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
readers = int(sys.argv[2]) if len(sys.argv) > 2 else 100
seconds = float(sys.argv[3]) if len(sys.argv) > 3 else 10
writers, records_each = 8, 16
mark, number = b'{"type":"entry"', re.compile(rb'\d+')


def read_all(port, cookies, space, since, ready, stop, answer):
    """Follows every feed; answers, for each, when which sequence had come, and how many entries."""
    selector, feeds = selectors.DefaultSelector(), []
    for i in range(readers):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall((f"GET /api/v1/live?since={since}&space={space} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
                   "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
                   f"Cookie: {cookies[i % len(cookies)]}\r\n\r\n").encode())
        feeds.append({"at": [], "last": [], "entries": 0, "rest": b""})
        selector.register(s, selectors.EVENT_READ, feeds[-1])
    ready.set()
    quiet_at = None
    while quiet_at is None or time.monotonic() < quiet_at:
        if stop.is_set() and quiet_at is None:
            quiet_at = time.monotonic() + 3
        for key, _ in selector.select(0.2):
            got = key.fileobj.recv(1 << 20)
            now, feed = time.monotonic(), key.data
            if not got:
                raise SystemExit("the server closed a live feed")
            # The start of an entry may be cut in two; its sequence stands right behind it.
            text = feed["rest"] + got
            found = text.count(mark)
            at = text.rfind(mark)
            begins = at + len(mark) + len(b',"sequence":')
            if at < 0:
                feed["rest"] = text[1 - len(mark):]
            elif len(text) < begins + 20:
                feed["rest"] = text
            else:
                feed["entries"] += found
                feed["at"].append(now)
                feed["last"].append(int(number.match(text, begins).group()))
                feed["rest"] = text[max(begins, len(text) - len(mark) + 1):]
    answer.put([(f["at"], f["last"], f["entries"]) for f in feeds])


def write_all(server, keeper, ids):
    """Sends changes at the pace asked for, each connection its own records; {sequence: when it was sent}."""
    selector, connections = selectors.DefaultSelector(), []
    for w in range(writers):
        s = socket.create_connection(("127.0.0.1", server.http_port))
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        c = {"socket": s, "sent": [], "buffer": b"", "ids": ids[w::writers], "revisions": {}, "next": 0}
        for i in c["ids"]:
            c["revisions"][i] = keeper.get(f"/records/hydrant/{i}").json["revision"]
        connections.append(c)
        selector.register(s, selectors.EVENT_READ, c)
    sequences, sent, began = {}, 0, time.monotonic()
    length = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
    while True:
        now = time.monotonic()
        due = min(int((now - began) * rate), int(seconds * rate))
        while sent < due:
            c = connections[sent % writers]
            record = c["ids"][c["next"] % len(c["ids"])]
            c["next"] += 1
            body = json.dumps({"fields": {"pressure_pa": 300000 + sent}}).encode()
            c["socket"].sendall((f"PATCH /api/v1/records/hydrant/{record} HTTP/1.1\r\nHost: x\r\nCookie: {keeper.cookie}\r\n"
                                 f"X-Anlan-Csrf: {keeper.csrf}\r\nIf-Match: \"{c['revisions'][record]}\"\r\n"
                                 f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
            c["revisions"][record] += 1
            c["sent"].append(time.monotonic())
            sent += 1
        for key, _ in selector.select(0.001):
            c = key.data
            c["buffer"] += key.fileobj.recv(1 << 20)
            while b"\r\n\r\n" in c["buffer"]:
                head, rest = c["buffer"].split(b"\r\n\r\n", 1)
                size = int(length.search(head).group(1))
                if len(rest) < size:
                    break
                if b" 200 " not in head.split(b"\r\n")[0]:
                    raise SystemExit(head + rest[:size])
                sequences[json.loads(rest[:size])["sequence"]] = c["sent"].pop(0)
                c["buffer"] = rest[size:]
        if len(sequences) == int(seconds * rate):
            return sequences, time.monotonic() - began
        if now - began > seconds + 60:
            raise SystemExit(f"only {len(sequences)} of {int(seconds * rate)} changes were answered")


def main():
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as configuration:
        configuration.write("requests_per_second_max = 1e9\n")
        configuration.flush()
        with Server(extra=["--no-simulator", "--config", configuration.name]) as server:
            keeper, duty = Person(server, "linyue"), Person(server, "shenlan")
            ids = [r["id"] for r in keeper.get(f"/records/hydrant?limit={writers * records_each}").json["records"]]
            since = keeper.get("/journal/head").json["sequence"]
            ready, stop, answer = multiprocessing.Event(), multiprocessing.Event(), multiprocessing.Queue()
            reader = multiprocessing.Process(target=read_all, args=(
                server.http_port, [keeper.cookie, duty.cookie], "live", since, ready, stop, answer))
            reader.start()
            ready.wait()
            time.sleep(1)
            sequences, took = write_all(server, keeper, ids)
            stop.set()
            feeds = answer.get()
            reader.join()
    late, missing = [], 0
    for at, last, entries in feeds:
        if last != sorted(last):
            raise SystemExit("a reader was told out of order")
        missing += max(0, len(sequences) - entries)
        for sequence, sent in sequences.items():
            i = bisect.bisect_left(last, sequence)
            if i < len(at):
                late.append((at[i] - sent) * 1000)
    late.sort()
    print(f"{len(sequences) / took:,.0f} updates/s, {readers} readers: {len(late):,} told of {len(sequences) * readers:,}, "
          f"{missing} missing; p50 {late[len(late) // 2]:.1f} ms, p99 {late[int(len(late) * 0.99)]:.1f} ms, "
          f"worst {late[-1]:.1f} ms")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
