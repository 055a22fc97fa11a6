#!/usr/bin/python3
"""The guard itself: a house with an include that climbs must be refused."""
import pathlib
import subprocess
import sys
import tempfile

guard = pathlib.Path(__file__).with_name("floors_test.py")


def verdict(files):
    with tempfile.TemporaryDirectory() as folder:
        house = pathlib.Path(folder)
        (house / "floors.txt").write_text("core:\nmodels: core\napps: core models\n!apps/a: apps/b\n")
        for name, text in files.items():
            (house / name).parent.mkdir(parents=True, exist_ok=True)
            (house / name).write_text(text)
        run = subprocess.run([sys.executable, guard, house], capture_output=True, text=True)
        return run.returncode, run.stdout


good = {"core/x.h": "", "models/y.h": '#include "core/x.h"\n', "apps/a/z.cpp": '#include "models/y.h"\n'}
assert verdict(good)[0] == 0, verdict(good)
for extra, word in [
    ({"core/up.cpp": '#include "models/y.h"\n'}, "core may not include"),
    ({"apps/b/b.h": "", "apps/a/side.cpp": '#include "apps/b/b.h"\n'}, "meet in records"),
    ({"attic/x.h": ""}, "no floor"),
    ({"core/rel.cpp": '#include "x.h"\n'}, "not a path from src/"),
]:
    code, text = verdict(good | extra)
    assert code == 1 and word in text, (extra, code, text)
assert verdict({})[0] == 1
print("the guard refuses what climbs")
