#!/usr/bin/python3
"""Bad days of the running program: killed again and again while it writes, a full disk, a clock that steps back.

Each test_* function is one promise. ANLAN_KILL_ROUNDS says how often it is killed: five times here, a hundred by hand
before a release.
"""
import datetime
import http.client
import json
import mmap
import os
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, program, root  # noqa: E402

rounds = int(os.environ.get("ANLAN_KILL_ROUNDS", "5"))


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def log_entry(person, text):
    return person.post("/records/log_entry", {"fields": {"text": text, "at": "2026-11-23T06:00:00Z"}})


def verify(server):
    done = subprocess.run([str(program), "journal", "verify", "--data", server.folder, "--json"], cwd=root,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


class Writer(threading.Thread):
    """Writes on one connection as fast as it is answered, until the server is gone; what it was told is in."""

    def __init__(self, person, name):
        super().__init__(daemon=True)
        self.person, self.name_, self.told, self.odd = person, name, {}, []
        self.headers = {"Content-Type": "application/json", "X-Anlan-Csrf": person.csrf, "Cookie": person.cookie}

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.person.server.http_port, timeout=30)
        number = 0
        try:
            while True:
                number += 1
                text = f"{self.name_}-{number}"
                connection.request("POST", "/api/v1/records/log_entry", json.dumps(
                    {"fields": {"text": text, "at": "2026-11-23T06:00:00Z"}}), self.headers)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 201:
                    self.odd.append((answer.status, body))
                    return
                self.told[json.loads(body)["id"]] = text
        except (OSError, http.client.HTTPException):
            return  # Killed: whether this last one is in, nobody was told.


def all_texts(person):
    texts, after = {}, ""
    while True:
        page = person.get(f"/records/log_entry?sort=created_at&limit=1000&count=false{after}").json
        for record in page["records"]:
            assert record["id"] not in texts, "a record twice in one list"
            texts[record["id"]] = record["fields"]["text"]
        if not page.get("next"):
            return texts
        after = "&after=" + page["next"]


def test_killed_again_and_again_it_has_lost_nothing(server):
    told, starts, heads = {}, [], []
    for number in range(rounds):
        person = Person(server, "shenlan")
        writers = [Writer(person, f"{number}-{w}") for w in range(4)]
        for writer in writers:
            writer.start()
        eventually(lambda: all(w.told for w in writers) or any(w.odd for w in writers))
        time.sleep(random.random() * 0.7)
        server.kill()
        for writer in writers:
            writer.join()
            assert not writer.odd, writer.odd[0]
            told.update(writer.told)
        starts.append(server.start())
        there = all_texts(Person(server, "shenlan"))
        lost = {i: t for i, t in told.items() if there.get(i) != t}
        assert not lost, f"round {number}: {len(lost)} of {len(told)} acknowledged writes lost: {list(lost.items())[:3]}"
        heads.append(verify(server)["entries"])
    assert heads == sorted(heads), heads
    print(f"       {rounds} kills, {len(told)} acknowledged writes, all there; the slowest start {max(starts):.2f} s")


def test_a_full_disk_refuses_writes_reads_on_and_heals_by_itself(server):
    """A limit on files' size is to a program what a full disk is."""
    person = Person(server, "shenlan")
    told, refused = {}, None
    whole = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (300_000, whole[1]))
    try:
        for number in range(3000):
            answer = log_entry(person, f"满-{number}")
            if answer.status != 201:
                refused = answer
                break
            told[answer.json["id"]] = f"满-{number}"
        assert refused is not None, "nothing was refused"
        assert error(refused) == (507, "disk_full"), refused.body
        assert refused.json["title"] and "disk" in (refused.json["title"] + refused.json["detail"]).lower(), refused.body
        # Reading goes on, and the refusal is no accident.
        there = all_texts(person)
        assert all(there.get(i) == t for i, t in told.items())
        assert person.get("/search?text=" + "a").status == 200
        assert error(log_entry(person, "满-again")) == (507, "disk_full")
        assert server.process.poll() is None
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, whole)
    healed = eventually(lambda: (lambda a: a if a.status == 201 else None)(log_entry(person, "又通")))
    told[healed.json["id"]] = "又通"
    there = all_texts(person)
    assert all(there.get(i) == t for i, t in told.items())
    assert not any(t == "满-again" for t in there.values()), "a refused write is there"
    verify(server)
    server.kill()
    server.start()
    there = all_texts(Person(server, "shenlan"))
    assert all(there.get(i) == t for i, t in told.items())


class SteppedClock:
    """The server's wall clock, off by `step()` seconds from now on; its steady clock runs on."""

    def __init__(self, folder):
        self.library, self.file = folder / "clock_step.so", folder / "step"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(self.library), str(root / "tests/driver/clock_step.c")],
                       check=True)
        self.file.write_bytes(struct.pack("<q", 0))
        self.environment = {"LD_PRELOAD": str(self.library), "ANLAN_CLOCK_STEP": str(self.file)}

    def step(self, seconds):
        with self.file.open("r+b") as f, mmap.mmap(f.fileno(), 8) as memory:
            memory[:] = struct.pack("<q", int(seconds * 1000))


def test_a_clock_that_steps_back_an_hour_changes_no_order_and_no_deadline(_):
    with tempfile.TemporaryDirectory(prefix="anlan-clock-") as folder:
        clock = SteppedClock(pathlib.Path(folder))
        clock.step(0)
        with Server(extra=["--no-simulator"], environment=clock.environment) as server:
            duty = Person(server, "shenlan")
            measure = duty.get("/records/control_measure?limit=1").json["records"][0]
            beijing = datetime.timezone(datetime.timedelta(hours=8))

            def day(offset):
                return (datetime.datetime.now(beijing) + datetime.timedelta(days=offset)).strftime("%Y-%m-%d")
            danger = duty.post("/records/hidden_danger", {
                "scope": {"enterprise": measure["fields"]["enterprise"]},
                "fields": {"code": "C-1", "name": "安全阀超期", "level": "0", "description": "铭牌校验日期已过",
                           "found_at": "2026-11-23T06:00:00Z", "enterprise": measure["fields"]["enterprise"],
                           "control_measure": measure["id"], "responsible_text": "张德海", "deadline": day(3)}}).json
            path = f"/records/hidden_danger/{danger['id']}"
            assert duty.post(path + "/moves/assign", {"fields": {}}).status == 200
            assert duty.call("PATCH", path, {"fields": {"deadline": day(-2)}}, {"If-Match": '"2"'}).status == 200

            def now():
                return duty.get(path).json["fields"]
            eventually(lambda: now()["rectify_state"] == "overdue")
            due = now()["rectify_due_at"]
            before = [log_entry(duty, f"前{i}").json for i in range(5)]
            since = duty.get("/journal/head").json["sequence"]
            feed = duty.live(since)
            clock.step(-3600)
            after = [log_entry(duty, f"后{i}").json for i in range(5)]
            assert after[0]["created_at"] < before[0]["created_at"], "the clock did not step back"
            # The order is the journal's: of entries, of ids, and of what the live feed tells.
            ids = [r["id"] for r in before + after]
            assert ids == sorted(ids), ids
            sequences = [r["sequence"] for r in before + after]
            assert sequences == sorted(sequences), sequences
            heard = []
            while len(heard) < 5:
                message = feed.next()
                assert message is not None, "the live feed closed"
                if message["type"] == "entry" and message["record"]["kind"] == "log_entry":
                    heard.append(message["record"]["fields"]["text"])
            assert heard == [f"后{i}" for i in range(5)], heard
            # A deadline that has passed stays passed, and nobody is told of it twice.
            time.sleep(3)
            assert now()["rectify_state"] == "overdue" and now()["rectify_due_at"] == due, now()
            history = duty.get(path + "/history").json["entries"]
            assert len([e for e in history if e["origin"] == "clock"]) <= 2, history
            # One that is set now still runs out.
            second = duty.call("PATCH", path, {"fields": {"deadline": day(3)}},
                               {"If-Match": f'"{duty.get(path).json["revision"]}"'})
            assert second.status == 200, second.body
            assert duty.get(path).json["fields"]["rectify_state"] == "running"
            assert duty.call("PATCH", path, {"fields": {"deadline": day(-2)}},
                             {"If-Match": f'"{duty.get(path).json["revision"]}"'}).status == 200
            eventually(lambda: now()["rectify_state"] == "overdue")
            server.kill()
            server.start()
            duty.__init__(server, "shenlan")
            assert all_texts(duty).items() >= {r["id"]: r["fields"]["text"] for r in before + after}.items()
            assert now()["rectify_state"] == "overdue"
            verify(server)


def main():
    wanted = sys.argv[1:]
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (not wanted or n in wanted)]
    failed = 0
    with Server(extra=["--no-simulator"]) as server:
        for name, test in tests:
            try:
                test(server)
                print("ok    ", name, flush=True)
            except Exception:
                failed += 1
                print("FAILED", name, flush=True)
                traceback.print_exc()
                if server.process.poll() is not None:
                    server.start()
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
