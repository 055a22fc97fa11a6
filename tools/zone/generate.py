#!/usr/bin/python3
"""Makes data/dongjiang from its tables: the same input, the same bytes.

    tools/zone/generate.py [--out FOLDER]
"""

import argparse
import json
import pathlib
import sys

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import base_map  # noqa: E402
import devices  # noqa: E402
import plane  # noqa: E402
import records  # noqa: E402
import shore  # noqa: E402
from register import Register  # noqa: E402

ROOT = HERE.parent.parent
SHIPPED = ROOT / "data" / "dongjiang"
SHORELINE = SHIPPED / "odbl" / "tianjin-port-coast.geojson"


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _collection(name, features):
    odbl = name.startswith("odbl/")
    head = {"type": "FeatureCollection", "name": pathlib.PurePath(name).stem}
    if odbl:
        head["attribution"] = "© OpenStreetMap contributors, ODbL 1.0"
    else:
        head["illustrative"] = True
    body = ",\n".join(_json(f) for f in features)
    return _json(head)[:-1] + ',"features":[\n' + body + "\n]}\n"


def _tables():
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))}


def _register(tables):
    layout, places, people = tables["layout"], tables["places"], tables["people"]
    reg = Register(layout)
    records.add_grids(reg, layout, people)
    records.add_people(reg, people)
    records.add_enterprises(reg, places, layout)
    records.add_vessels(reg, places)
    records.add_targets(reg, places)
    records.add_forces(reg, places)
    records.add_hydrants(reg, layout)
    records.add_roads(reg, layout)
    records.add_plans(reg, places, tables["plans"])
    devices.add_devices(reg, tables["devices"], places, layout)
    return reg


def _sites(places):
    """What the base map draws as a building of its own: targets with a building, machine rooms."""
    enterprises = {e["id"]: e for e in places["enterprises"]}
    out = []
    for t in places["targets"]:
        if "building" in t:
            (x, y), (w, d) = records.place_of(t, enterprises), t["half"]
            out.append({"at": (x, y), "clear_m": max(w, d) + 6, "kind": t["building"], "height_m": 18,
                        "ring": plane.rectangle(x - w, y - d, x + w, y + d), "name": t["name"],
                        "name_en": t["name_en"]})
    for v in places["vessels"]:
        x, y = records.vessel_place(v, enterprises)
        out.append({"at": (x, y), "clear_m": 22, "kind": "machine_room", "height_m": 7,
                    "ring": plane.rectangle(x - 12, y - 9, x + 12, y + 9), "name": f"氨机房 {v['id']}",
                    "name_en": f"Ammonia machine room {v['id']}"})
    return out


def files():
    """Path under data/dongjiang -> text."""
    tables = _tables()
    source = shore.read(SHORELINE)
    reg = _register(tables)  # Resolves the enterprises' places, which _sites needs.
    out = {}
    for name, features in base_map.layers(tables["layout"], source, _sites(tables["places"])).items():
        out[name] = _collection(name, features)
    for kind, text in reg.lines().items():
        out[f"records/{kind}.ndjson"] = text
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=SHIPPED)
    out = parser.parse_args().out
    for name, text in files().items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
