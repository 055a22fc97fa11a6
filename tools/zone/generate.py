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
import buildings  # noqa: E402
import city as city_records  # noqa: E402
import devices  # noqa: E402
import networks  # noqa: E402
import plane  # noqa: E402
import plans  # noqa: E402
import records  # noqa: E402
import risks  # noqa: E402
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


def _read(path):
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _tables():
    tables = {path.stem: _read(path) for path in sorted(HERE.glob("*.yaml"))}
    tables["places"]["enterprises"] = tables["enterprises"]["enterprises"]
    tables["risks"] = {}
    for path in sorted((HERE / "risks").glob("*.yaml")):
        tables["risks"].update(_read(path))
    return tables


def _register(tables, grounds):
    """The records, and every building as the base map draws it."""
    layout, places, people, city = tables["layout"], tables["places"], tables["people"], tables["city"]
    reg = Register(layout)
    records.add_grids(reg, layout, people)
    records.add_people(reg, people)
    records.add_safety_managers(reg, places, people)
    records.add_enterprises(reg, places, grounds)
    records.add_vessels(reg, places)
    records.add_targets(reg, places)
    records.add_forces(reg, places)
    records.add_hydrants(reg, layout)
    records.add_roads(reg, layout)
    shared = [grounds[e["id"]][0] for e in places["enterprises"] if "part" in e]
    made = buildings.drawn(layout, _sites(places) + buildings.works(places, grounds), shared)
    houses = buildings.Buildings(reg, layout, places, grounds, made)
    houses.add()
    networks.add_pipelines(reg, layout)
    city_records.add_berths(reg, layout)
    city_records.add_pumping_stations(reg, city)
    city_records.add_hospitals(reg, city)
    city_records.add_fire_stations(reg, city)
    city_records.add_cameras(reg, city, layout)
    city_records.add_vehicles(reg, places)
    city_records.add_experts(reg, city)
    risks.Risks(reg, tables["risks"], places, people, houses.rooms()).add(tables["risk_register"])
    plans.add_plans(reg, places, tables["plans"])
    plans.add_scenarios(reg, places, tables["scenarios"], tables["risk_register"])
    devices.add_devices(reg, tables["devices"], places, layout)
    return reg, made


def _sites(places):
    """What the base map draws as a building of its own: targets with a building, machine rooms."""
    enterprises = {e["id"]: e for e in places["enterprises"]}
    out = []
    for t in places["targets"]:
        t["resolved"] = records.place_of(t, enterprises)
        if "building" in t:
            (x, y), (w, d) = t["resolved"], t["half"]
            out.append({"at": (x, y), "kind": t["building"], "height_m": 18,
                        "ring": plane.rectangle(x - w, y - d, x + w, y + d), "name": t["name"],
                        "name_en": t["name_en"], "target": t["id"]})
    for v in places["vessels"]:
        x, y = records.vessel_place(v, enterprises)
        out.append({"at": (x, y), "kind": "machine_room", "height_m": 7,
                    "ring": plane.rectangle(x - 12, y - 9, x + 12, y + 9), "name": f"氨机房 {v['id']}",
                    "name_en": f"Ammonia machine room {v['id']}", "vessel": v["id"]})
    return out


def files():
    """Path under data/dongjiang -> text."""
    tables = _tables()
    source = shore.read(SHORELINE)
    grounds = records.grounds(tables["places"], tables["layout"])
    reg, made = _register(tables, grounds)
    out = {}
    for name, features in base_map.layers(tables["layout"], source, made).items():
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
