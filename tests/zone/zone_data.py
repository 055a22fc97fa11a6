"""What the tests of the shipped zone share: its records, the catalog, and a few measures."""

import json
import math
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
ZONE = ROOT / "data" / "dongjiang"
sys.path.insert(0, str(ROOT / "tools" / "zone"))

import plane  # noqa: E402
from sm3 import uuid_of  # noqa: E402


def read_catalog():
    kinds, codes = {}, {}
    for path in sorted((ROOT / "catalog" / "kinds").glob("*.yaml")):
        kind = yaml.safe_load(path.read_text(encoding="utf-8"))
        kinds[kind["kind"]] = kind
    for path in sorted((ROOT / "catalog" / "codes").glob("*.yaml")):
        for table in yaml.safe_load(path.read_text(encoding="utf-8"))["tables"]:
            codes[table["table"]] = {c["value"] for c in table["codes"]}
    return kinds, codes


KINDS, CODES = read_catalog()
RECORDS = {p.stem: [json.loads(line) for line in p.read_text(encoding="utf-8").splitlines()]
           for p in sorted((ZONE / "records").glob("*.ndjson"))}
BY_ID = {r["id"]: r for rows in RECORDS.values() for r in rows}
AMMONIA = uuid_of("substance/7664-41-7")
SUBSTANCES = {uuid_of(f"substance/{r['cas']}")
              for r in yaml.safe_load((ROOT / "data" / "substances.yaml").read_text(encoding="utf-8"))["records"]}
OUTLINE = json.loads((ZONE / "odbl" / "zone.geojson").read_text(encoding="utf-8"))["features"][0]["geometry"]["coordinates"][0]
LAND = json.loads((ZONE / "odbl" / "land.geojson").read_text(encoding="utf-8"))["features"][0]["geometry"]["coordinates"][0]


def positions(geometry):
    """Of a polygon its outer ring; of a polygon in parts the outer rings, one after the other."""
    c = geometry["coordinates"]
    if geometry["type"] == "Point":
        return [c]
    if geometry["type"] == "MultiPolygon":
        return [p for part in c for p in part[0]]
    return c[0] if geometry["type"] == "Polygon" else c


def rings(geometry):
    """The outer rings in the plane, open."""
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[plane.from_lonlat(c) for c in part[0][:-1]] for part in parts]


def middle(record):
    p = positions(record["geometry"])
    if record["geometry"]["type"] == "Polygon":
        p = p[:-1]
    elif record["geometry"]["type"] == "MultiPolygon":
        p = record["geometry"]["coordinates"][0][0][:-1]
    return [sum(c[0] for c in p) / len(p), sum(c[1] for c in p) / len(p)]


def metres(a, b):
    return plane.distance(plane.from_lonlat(a), plane.from_lonlat(b))


def named(kind, name):
    found = [r for r in RECORDS[kind] if name in r["fields"].get("name", "")]
    assert found, f"no {kind} called {name}"
    return found[0]


def off_line(p, a, b):
    k = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / (plane.distance(a, b) ** 2)
    k = max(0.0, min(1.0, k))
    return math.hypot(p[0] - a[0] - k * (b[0] - a[0]), p[1] - a[1] - k * (b[1] - a[1]))
