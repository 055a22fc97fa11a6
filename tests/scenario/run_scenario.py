#!/usr/bin/python3
"""Plays a scripted emergency (scenarios/*.yaml) against the real program and asserts each step.

Usage: run_scenario.py <scenario.yaml> [--keep] [--verbose]
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server  # noqa: E402


def at(value, path):
    """A dotted path into objects and lists; None where there is nothing."""
    for part in path.split(".") if path else []:
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            return None
    return value


def holds(found, wanted):
    if not isinstance(wanted, dict):
        return found == wanted
    for op, value in wanted.items():
        ok = {
            "at_least": lambda: found is not None and len(found) >= value,
            "exactly": lambda: found is not None and len(found) == value,
            "above": lambda: found is not None and found > float(value),
            "below": lambda: found is not None and found < float(value),
            "present": lambda: (found is not None) == value,
            "none_with": lambda: found is not None and not any(
                all(at(each, p) == v for p, v in value.items()) for each in found),
        }[op]()
        if not ok:
            return False
    return True


class Scenario:
    def __init__(self, script, server):
        self.script, self.server, self.saved = script, server, {}
        self.people, self.listeners = {}, {}

    def filled(self, value):
        if isinstance(value, str):
            whole = re.fullmatch(r"\$\{(\w+)\}", value)
            if whole:
                return self.saved[whole.group(1)]
            return re.sub(r"\$\{(\w+)\}", lambda m: str(self.saved[m.group(1)]), value)
        if isinstance(value, dict):
            return {self.filled(k): self.filled(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.filled(v) for v in value]
        return value

    def request(self, step):
        person = self.people[step.get("as", "duty")]
        method = next(m for m in ("get", "post", "patch") if m in step)
        was, person.space = person.space, step.get("space", person.space)
        headers = {"If-Match": f'"{self.filled(step["if_match"])}"'} if "if_match" in step else {}
        try:
            return person.call(method.upper(), self.filled(step[method]), self.filled(step.get("body")), headers)
        finally:
            person.space = was

    def ask(self, step):
        end = time.monotonic() + step.get("within_s", 0)
        while True:
            answer = self.request(step)
            seen = {"status": answer.status, "json": answer.json}
            wrong = [f"{path}: wanted {wanted!r}, found {str(at(seen, path))[:300]}"
                     for path, wanted in self.filled(step.get("expect", {})).items() if not holds(at(seen, path), wanted)]
            if not wrong:
                for name, path in step.get("save", {}).items():
                    self.saved[name] = at(seen, path)
                return
            if time.monotonic() >= end:
                raise AssertionError("; ".join(wrong) + f" (answer {answer.status}: {answer.body[:600]!r})")
            time.sleep(0.1)

    def listen(self, who):
        heard = self.listeners[who] = {}
        feed = self.people[who].live()
        assert feed.status == 101, feed.status

        def collect():
            while (message := feed.next(600)) is not None:
                if message["type"] == "entry":
                    heard.setdefault(message["record"]["kind"], []).append(message["sequence"])

        threading.Thread(target=collect, daemon=True).start()

    def report(self, step):
        answer = self.people[step.get("as", "duty")].get(self.filled(step["report"]))
        assert answer.status == 200 and answer.headers["content-type"] == "application/pdf", (answer.status, answer.body[:300])
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(answer.body)
            file.flush()
            text = subprocess.run(["pdftotext", "-layout", file.name, "-"], capture_output=True, text=True, check=True).stdout
        missing = [word for word in step["contains"] if word not in text]
        assert not missing, f"the report lacks {missing}; it reads: {text[:500]}"

    def play(self, step):
        if "before" in step:
            self.ask({"as": step.get("as", "duty"), **step["before"]})
        if "enter" in step:
            for person in self.people.values():
                person.space = self.filled(step["enter"])
        elif "listen" in step:
            self.listen(step["listen"])
        elif "heard" in step:
            heard = self.listeners[step["heard"]]
            end = time.monotonic() + 5
            while time.monotonic() < end and not all(kind in heard for kind in step["kinds"]):
                time.sleep(0.05)
            missing = [kind for kind in step["kinds"] if kind not in heard]
            assert not missing, f"not heard: {missing}; heard {list(heard)}"
            for kind, sequences in heard.items():
                assert sequences == sorted(set(sequences)), f"{kind}: out of order or twice: {sequences}"
        elif "kill" in step:
            self.server.kill()
            took = self.server.start()
            assert took < 10, f"the start after the crash took {took:.1f} s"
        elif "verify" in step:
            self.server.run("journal", "verify", "--data", self.server.folder)
        elif "report" in step:
            self.report(step)
        else:
            self.ask(step)

    def run(self):
        for name, account in self.script["people"].items():
            self.people[name] = Person(self.server, account)
        for number, step in enumerate(self.script["steps"], 1):
            began = time.monotonic()
            try:
                self.play(step)
            except AssertionError as problem:
                print(f"FAILED {number:2} {step['name']}: {problem}", flush=True)
                print("".join(self.server.output[-30:]))
                return False
            print(f"ok     {number:2} {step['name']} ({time.monotonic() - began:.2f} s)", flush=True)
        return True


def main():
    script = yaml.safe_load(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    with Server() as server:
        done = Scenario(script, server).run()
    print(f"scenario {script['scenario']}: {'passed' if done else 'FAILED'}")
    sys.exit(0 if done else 1)


if __name__ == "__main__":
    main()
