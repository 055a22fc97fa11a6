#!/usr/bin/python3
"""Backups of the running program, and what is left of them on bad days, from outside.

Each test_* function is one promise. One server, without simulated devices, whose folder the tests share.
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually, program, root  # noqa: E402


def anlan(*arguments, code=0, **more):
    """Runs the program; its JSON."""
    done = subprocess.run([str(program), *map(str, arguments), "--json"], cwd=root, capture_output=True, text=True,
                          timeout=120, **more)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return json.loads(done.stdout) if done.stdout else None


def log_entry(person, text):
    return person.post("/records/log_entry", {"fields": {"text": text, "at": "2026-11-23T06:00:00Z"}})


def names(shelf):
    """All that is on the shelf but its lock, unfinished things too."""
    return sorted(p.name for p in pathlib.Path(shelf).iterdir() if p.name != ".lock") if shelf.exists() else []


class Writers:
    """Two people who write without a pause; remembers every acknowledged sequence and how long each write took."""

    def __init__(self, person):
        self.person, self.acknowledged, self.took_s, self.stop = person, [], [], threading.Event()
        self.threads = [threading.Thread(target=self._write, daemon=True) for _ in range(2)]

    def _write(self):
        while not self.stop.is_set():
            began = time.monotonic()
            answer = log_entry(self.person, "备份期间")
            assert answer.status == 201, answer.body
            self.took_s.append(time.monotonic() - began)
            self.acknowledged.append(answer.json["id"])

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        eventually(lambda: len(self.acknowledged) > 20)
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def test_a_backup_under_load_restores_to_the_same_heads(server, duty, work):
    shelf = work / "load"
    with Writers(duty) as writers:
        before = list(writers.acknowledged)
        made = anlan("backup", "--data", server.folder, "--to", shelf)
        eventually(lambda: len(writers.acknowledged) > len(before) + 20)
    assert anlan("backup", "verify", shelf)[0]["good"]
    fresh = work / "fresh"
    restored = anlan("restore", shelf, "--data", fresh)
    assert (restored["sequence"], restored["head"]) == (made["sequence"], made["head"])
    verified = anlan("journal", "verify", "--data", fresh)
    assert verified == {"entries": made["sequence"], "head": made["head"], "whole": True}, verified
    with Server(data=str(fresh), extra=["--no-simulator"]) as again:
        person = Person(again, "shenlan")
        for identity in before:
            assert person.get(f"/records/log_entry/{identity}").status == 200, identity
        # Everything goes on from there: the shipped zone is not loaded a second time, and writing works.
        assert log_entry(person, "恢复之后").status == 201
    after = anlan("journal", "verify", "--data", fresh)
    assert after["whole"] and after["entries"] > made["sequence"]


def test_sessions_end_with_a_restore(server, duty, work):
    anlan("backup", "--data", server.folder, "--to", work / "sessions")
    fresh = work / "sessions-again"
    anlan("restore", work / "sessions", "--data", fresh)
    with Server(data=str(fresh), extra=["--no-simulator"]) as again:
        stranger = Person(again)
        stranger.cookie, stranger.csrf = duty.cookie, duty.csrf
        assert stranger.get("/session").status == 401
        Person(again, "shenlan")
    assert duty.get("/session").status == 200


def test_kill_in_the_middle_leaves_the_backup_before(server, duty, work):
    """The server dies while it makes one: the one before is whole, nothing looks whole that is not."""
    shelf = work / "killed"
    first = anlan("backup", "--data", server.folder, "--to", shelf)
    asking = subprocess.Popen([str(program), "backup", "--data", server.folder, "--to", str(shelf), "--pace", "1"],
                              cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    eventually(lambda: any(n.startswith(".making-") for n in names(shelf)))
    server.kill()
    out, err = asking.communicate(timeout=20)
    assert asking.returncode == 1 and "went away" in err, (asking.returncode, out, err)
    assert len(names(shelf)) == 2
    assert [b["name"] for b in anlan("backup", "list", shelf)] == [first["name"]]
    server.start()
    second = anlan("backup", "--data", server.folder, "--to", shelf)
    assert names(shelf) == [first["name"], second["name"]]
    assert all(b["good"] for b in anlan("backup", "verify", "--all", shelf))


def test_who_asked_may_go_away(server, duty, work):
    """Ctrl-C of `anlan backup` ends the backup that the server makes for it."""
    shelf = work / "left"
    asking = subprocess.Popen([str(program), "backup", "--data", server.folder, "--to", str(shelf), "--pace", "1"],
                              cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    eventually(lambda: any(n.startswith(".making-") for n in names(shelf)))
    asking.send_signal(signal.SIGINT)
    asking.wait()
    eventually(lambda: names(shelf) == [])
    assert log_entry(duty, "照常").status == 201


def small_files_only():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


def test_a_full_disk_says_so_and_leaves_the_backup_before(server, duty, work):
    """Directly, nobody serving: a limit on files' size is to a program what a full disk is."""
    shelf, data = work / "full", work / "full-data"
    anlan("backup", "--data", server.folder, "--to", shelf)
    anlan("restore", shelf, "--data", data)
    before = names(shelf)
    refused = anlan("backup", "--data", data, "--to", shelf, code=1, preexec_fn=small_files_only)
    assert refused["error"] == "backup_no_room", refused
    assert names(shelf) == before
    refused = anlan("restore", shelf, "--data", work / "full-restore", code=1, preexec_fn=small_files_only)
    assert refused["error"] == "backup_no_room", refused
    # Cut off: it is no data folder, until the same command has been run to its end.
    served = subprocess.run([str(program), "serve", "--data", str(work / "full-restore")], cwd=root,
                            capture_output=True, text=True, timeout=20)
    assert served.returncode == 1 and "restore" in served.stderr, served
    anlan("restore", shelf, "--data", work / "full-restore")
    assert anlan("journal", "verify", "--data", work / "full-restore")["whole"]


def test_damage_is_found_and_named(server, duty, work):
    shelf = work / "damaged"
    made = anlan("backup", "--data", server.folder, "--to", shelf)
    file = shelf / made["name"] / "register.db"
    with file.open("r+b") as f:
        f.seek(file.stat().st_size // 2)
        byte = f.read(1)
        f.seek(-1, os.SEEK_CUR)
        f.write(bytes([byte[0] ^ 1]))
    told = anlan("backup", "verify", shelf, code=1)
    assert told[0]["faults"] == [{"where": "register.db", "id": "backup_file_hash"}], told
    refused = anlan("restore", shelf, "--data", work / "damaged-restore", code=1)
    assert refused["error"] == "backup_damaged" and refused["errors"][0]["where"] == "register.db", refused
    assert not (work / "damaged-restore").exists()
    assert anlan("backup", "list", shelf)[0]["faults"] == 1


def test_a_restore_overwrites_nothing(server, duty, work):
    shelf = work / "careful"
    anlan("backup", "--data", server.folder, "--to", shelf)
    assert anlan("restore", shelf, "--data", server.folder, code=1)["error"] == "folder_not_empty"
    assert anlan("restore", work / "nothing", "--data", work / "x", code=1)["error"] == "no_backup"
    assert duty.get("/session").status == 200


def test_secrets_are_sealed_or_left_out(server, duty, work):
    secret = pathlib.Path(server.folder) / "secrets" / "probe.key"
    secret.write_text("a secret of nine words that nobody may read")
    phrase = work / "phrase"
    phrase.write_text("correct horse battery staple\n")
    shelf = work / "sealed"
    assert anlan("backup", "--data", server.folder, "--to", shelf)["secrets"] == "left_out"
    made = anlan("backup", "--data", server.folder, "--to", shelf, "--passphrase-file", phrase)
    assert made["secrets"] == "sealed"
    for path in shelf.rglob("*"):
        assert not path.is_file() or b"nine words" not in path.read_bytes(), path
    assert anlan("restore", shelf, "--data", work / "sealed-a", code=1)["error"] == "passphrase_needed"
    anlan("restore", shelf, "--data", work / "sealed-a", "--passphrase-file", phrase)
    assert (work / "sealed-a/secrets/probe.key").read_text() == secret.read_text()
    secret.unlink()


def test_the_clock_makes_verifies_and_rotates(work):
    shelf, config = work / "nightly", work / "anlan.toml"
    config.write_text(f'[backup]\nfolder = "{shelf}"\nat = "02:30"\nkeep_daily = 1\nkeep_weekly = 1\nkeep_monthly = 1\n'
                      "pace_mb_s = 0\n")
    with Server(extra=["--no-simulator", "--config", str(config)]) as nightly:
        keeper = Person(nightly, "sysadmin")
        # None yet: the first one is made at once.
        state = eventually(lambda: (s := keeper.get("/system/backup").json)["state"] == "good" and "running" not in s and s)
        assert state["newest"]["faults"] == 0 and state["newest"]["sequence"] > 0, state
        first = state["newest"]["name"]
        told = urllib.request.urlopen(f"http://127.0.0.1:{nightly.http_port}/metrics", timeout=10).read().decode()
        assert "anlan_backup_verified_timestamp_seconds 1" in told and "anlan_backup_failures_total 0" in told, told
        # On a person's word; then the earlier one of the same day is superfluous.
        assert keeper.post("/system/backup").status == 202
        state = eventually(lambda: (s := keeper.get("/system/backup").json)["newest"]["name"] != first
                           and "running" not in s and len(s["kept"]) == 1 and s)
        assert names(shelf) == [state["newest"]["name"]]
        assert Person(nightly, "shenlan").get("/system/backup").status == 403
        # The share is gone: it is said, and serving goes on.
        shutil.rmtree(shelf)
        shelf.write_text("not a folder")
        assert keeper.post("/system/backup").status == 202
        state = eventually(lambda: (s := keeper.get("/system/backup").json)["state"] == "failed" and s)
        assert str(shelf) in state["failure"]["en"], state
        assert Person(nightly, "shenlan").get("/session").status == 200


def test_without_a_folder_it_is_off(server, duty, work):
    keeper = Person(server, "sysadmin")
    assert keeper.get("/system/backup").json == {"state": "off"}
    refused = keeper.post("/system/backup")
    assert refused.status == 409 and refused.json["type"].endswith("backup_off"), refused.body


def main():
    wanted = sys.argv[1:]
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (not wanted or n in wanted)]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="anlan-backup-") as folder, Server(extra=["--no-simulator"]) as server:
        duty = Person(server, "shenlan")
        for name, test in tests:
            began = time.monotonic()
            arguments = {"server": server, "duty": duty, "work": pathlib.Path(folder)}
            try:
                test(**{k: arguments[k] for k in test.__code__.co_varnames[:test.__code__.co_argcount]})
                print(f"ok      {name} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception:
                failed += 1
                print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
                print("".join(server.output[-15:]))
    shutil.rmtree(server.folder, ignore_errors=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
