#!/usr/bin/python3
"""The floors of the house: an include may point down only, as src/floors.txt says."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parents[2]
source = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "src"
include = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def read_floors(path):
    allowed, refused = {}, {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        name, colon, rest = line.partition(":")
        if not colon:
            sys.exit(f"{path}:{number}: a line reads 'folder: folders it may include'")
        (refused if name.startswith("!") else allowed)[name.lstrip("!")] = rest.split()
    return allowed, refused


def under(path, folder):
    return path == folder or path.startswith(folder + "/")


def floor_of(path, floors):
    return max((f for f in floors if under(path, f)), key=len, default=None)


def problems(source):
    allowed, refused = read_floors(source / "floors.txt")
    files = 0
    for file in sorted(source.rglob("*")):
        if file.suffix not in (".h", ".cpp") or not file.is_file():
            continue
        files += 1
        here = file.relative_to(source).as_posix()
        floor = floor_of(here, allowed)
        if floor is None:
            yield f"src/{here}: stands on no floor of src/floors.txt"
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            match = include.match(line)
            if not match:
                continue
            target = match.group(1)
            where = f"src/{here}:{number}"
            if not (source / target).is_file():
                yield f'{where}: include "{target}" is not a path from src/'
                continue
            if not under(target, floor) and not any(under(target, f) for f in allowed[floor]):
                yield f"{where}: {floor} may not include {target}"
            for app, others in refused.items():
                if under(here, app) and any(under(target, o) for o in others):
                    yield f"{where}: {app} may not include {target}: applications meet in records and events"
    if files == 0:
        yield f"{source}: no sources found"


found = list(problems(source))
print("\n".join(found) if found else "floors: every include points down")
sys.exit(1 if found else 0)
