"""InfluxDB and PostgreSQL beside the program: the same 10,000 datastreams, as each likes them best.

InfluxDB: line protocol, 5,000 lines a request, its log synced at every request. PostgreSQL: COPY into a
table without any key, 10,000 rows a transaction, synchronous. Neither looks for repetitions, judges
a rule, or keeps a last value. What they are sent is made beforehand.
"""
import http.client
import os
import pathlib
import pwd
import resource
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/driver"))
from anlan import free_port  # noqa: E402

k_streams, k_connections, k_rows = 10_000, 4, 2_000_000
k_start_ms = 1_795_000_000_000
ticks = os.sysconf("SC_CLK_TCK")


def tree_cpu_s(parent):
    """Of a process and those below it; PostgreSQL's work is done by its children."""
    total, found, children = 0, set(), {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.name))
        # With those of children that have ended and been waited for.
        found.add((int(entry.name), sum(map(int, fields[11:15]))))
    times, waiting = dict(found), [parent]
    while waiting:
        pid = waiting.pop()
        total += times.get(pid, 0)
        waiting += children.get(pid, [])
    return total / ticks


def observations(first, count):
    """(stream, time in ms, value), each stream ten milliseconds apart."""
    for n in range(first, first + count):
        yield n % k_streams, k_start_ms + n // k_streams * 10, 20 + n % 997 / 100


def in_parallel(pieces, send):
    """Each connection sends its share in turn; how long it took, and what this process used."""
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    threads = [threading.Thread(target=send, args=(pieces[i::k_connections],)) for i in range(k_connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - began, used


def told(seconds, sender_cpu_s):
    return {"observations": k_rows, "seconds": round(seconds, 3), "per_s": round(k_rows / seconds), "sender_cpu_s": round(sender_cpu_s, 2)}


def influxdb(_, folder, say):
    if not shutil.which("influxd"):
        return print('{"contender": "influxdb", "missing": "apt install influxdb"}')
    place, port = pathlib.Path(folder) / "influx", free_port()
    place.mkdir()
    (place / "influx.conf").write_text(
        f'reporting-disabled = true\nbind-address = "127.0.0.1:{free_port()}"\n[meta]\n  dir = "{place}/meta"\n'
        f'[data]\n  dir = "{place}/data"\n  wal-dir = "{place}/wal"\n  wal-fsync-delay = "0s"\n  cache-max-memory-size = "2g"\n'
        f'[http]\n  bind-address = "127.0.0.1:{port}"\n  log-enabled = false\n  max-body-size = 0\n[monitor]\n  store-enabled = false\n')
    server = subprocess.Popen(["influxd", "-config", str(place / "influx.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        def post(connection, target, body):
            connection.request("POST", target, body, {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise SystemExit(f"influxdb: {answer.status} {text[:200]}")

        for _attempt in range(200):
            try:
                post(http.client.HTTPConnection("127.0.0.1", port), "/query", "q=CREATE DATABASE bench")
                break
            except OSError:
                time.sleep(0.1)
        lines = [f"r,d={s // 5},c={s % 5} v={v:.2f} {at}" for s, at, v in observations(0, k_rows)]
        bodies = ["\n".join(lines[i:i + 5000]).encode() for i in range(0, k_rows, 5000)]
        del lines
        began = tree_cpu_s(server.pid)

        def send(share):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            for body in share:
                post(connection, "/write?db=bench&precision=ms", body)

        seconds, used = in_parallel(bodies, send)
        say("influxdb", told(seconds, used), tree_cpu_s(server.pid) - began)
    finally:
        server.terminate()
        server.wait()


def postgresql(_, folder, say):
    programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs:
        return print('{"contender": "postgresql", "missing": "apt install postgresql"}')
    place, port = pathlib.Path(folder) / "postgres", free_port()
    place.mkdir()
    # It refuses to run as root.
    other = pwd.getpwnam("postgres") if os.getuid() == 0 else None
    if other:
        os.chmod(folder, 0o755)
        os.chown(place, other.pw_uid, other.pw_gid)
    user = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []} if other else {}
    subprocess.run([programs[-1] / "initdb", "-D", place / "data", "-A", "trust", "-U", "bench"], check=True, stdout=subprocess.DEVNULL, **user)
    server = subprocess.Popen([programs[-1] / "postgres", "-D", place / "data", "-p", str(port), "-k", str(place), "-c", "listen_addresses=",
                               "-c", "max_wal_size=4GB", "-c", "shared_buffers=512MB"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
    psql = ["psql", "-q", "-h", str(place), "-p", str(port), "-U", "bench", "-d", "postgres", "-v", "ON_ERROR_STOP=1"]
    try:
        table = "CREATE TABLE observation(stream int, at_ms bigint, received_ms bigint, value float8, quality smallint)"
        for _attempt in range(200):
            if subprocess.run([*psql, "-c", table], stderr=subprocess.DEVNULL).returncode == 0:
                break
            time.sleep(0.1)
        rows = [f"{s}\t{at}\t{at}\t{v:.2f}\t0" for s, at, v in observations(0, k_rows)]
        pieces = ["COPY observation FROM stdin;\n" + "\n".join(rows[i:i + 10_000]) + "\n\\.\n" for i in range(0, k_rows, 10_000)]
        del rows
        began, clients = tree_cpu_s(server.pid), resource.getrusage(resource.RUSAGE_CHILDREN)

        def send(share):
            subprocess.run(psql, input="".join(share), text=True, check=True)

        seconds, used = in_parallel(pieces, send)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used += after.ru_utime + after.ru_stime - clients.ru_utime - clients.ru_stime
        say("postgresql copy", told(seconds, used), tree_cpu_s(server.pid) - began)
    finally:
        server.terminate()
        server.wait()
