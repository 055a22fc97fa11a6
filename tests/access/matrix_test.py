#!/usr/bin/env python3
"""Roles × kinds × doors through the running program, against a second opinion (people.py).

A door is one row of DOORS: which path the server must offer, and which of a kind's rows it shows a person.
What each shows is compared with what people.py works out from catalog/*.yaml and the rows of register.db."""
import json
import math
import pathlib
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(root / "tests/driver"), str(root / "tests/access")]
from anlan import Person, Server  # noqa: E402
from people import Catalog, Who, rows_of  # noqa: E402

OTHER = "beijiang"
ZOOM = 16


def tile_of(point, zoom=ZOOM):
    x, y = point
    n = 2**zoom
    lat = math.radians(y)
    return int((x + 180) / 360 * n), int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * n)


def sample(rows, who, most=3):
    seen = [r for r in rows if who.sees(r)][:most]
    return seen + [r for r in rows if not who.sees(r)][:most]


# Every door answers the ids among `rows` that it shows; `None` for rows it cannot show to anybody.
def by_list(person, kind, rows, who):
    answer = person.get(f"/records/{kind}?limit=10000")
    if answer.status == 403:
        return set()
    assert answer.status == 200, answer.body
    shown, count = {r["id"] for r in answer.json["records"]}, answer.json["count"]
    assert count["more"] or count["value"] == len(shown), (count, len(shown))
    return shown


def by_get(person, kind, rows, who):
    return {r.id for r in rows if person.get(f"/records/{kind}/{r.id}").status == 200}


def by_history(person, kind, rows, who):
    return {r.id for r in rows if person.get(f"/records/{kind}/{r.id}/history").status == 200}


def by_moves(person, kind, rows, who):
    return {r.id for r in rows if person.get(f"/records/{kind}/{r.id}/moves").status == 200}


def by_text(person, kind, rows, who):
    answer = person.get(f"/records/{kind}?limit=10000&text=0")
    return {r["id"] for r in answer.json["records"]} if answer.status == 200 else set()


def by_journal(person, kind, rows, who):
    if not hasattr(person, "journal"):
        person.journal, since, more = {}, 0, True
        while more:
            page = person.get(f"/journal?since={since}&limit=1000").json
            for entry in page["entries"]:
                person.journal.setdefault(entry["record"]["kind"], set()).add(entry["record"]["id"])
            since, more = page["next"], page["more"]
    return person.journal.get(kind, set())


def by_live(person, kind, rows, who):
    if not hasattr(person, "fed"):
        person.fed, live = {}, person.live(0)
        last = live.next()["sequence"]
        person.get("/journal/head")
        # The program's own principal writes one row that everybody who reads log entries of nobody sees; those who
        # do not are told nothing, so the end is a silence.
        while True:
            try:
                message = live.next(1.5)
            except (TimeoutError, OSError):
                break
            if message is None or message.get("sequence", 0) > last:
                break
            if message["type"] == "entry":
                person.fed.setdefault(message["record"]["kind"], set()).add(message["record"]["id"])
                if message["sequence"] == last:
                    break
        live.close()
    return person.fed.get(kind, set())


def by_tile(person, kind, rows, who):
    out = set()
    for row in rows:
        x, y = tile_of(row.point)
        answer = person.get(f"/tiles/{kind}/{ZOOM}/{x}/{y}")
        assert answer.status in (200, 204, 403, 404), (answer.status, answer.body)
        if answer.status == 200 and row.id.encode() in answer.body:
            out.add(row.id)
    return out


def by_export(format_name):
    def door(person, kind, rows, who):
        answer = person.get(f"/records/{kind}/export?format={format_name}")
        if answer.status in (403, 404, 422):
            return set()
        assert answer.status == 200, answer.body[:300]
        return {r.id for r in rows if r.id.encode() in answer.body}
    return door


def by_bytes(path):
    """A door whose answer is looked through for the ids, whatever its shape."""
    def door(person, kind, rows, who):
        answer = person.get(path.format(kind=kind))
        return {r.id for r in rows if r.id.encode() in answer.body} if answer.status == 200 else set()
    return door


def by_latest(person, kind, rows, who):
    answer = person.get("/observations/latest")
    return {each["datastream"] for each in answer.json} if answer.status == 200 else set()


def by_series(person, kind, rows, who):
    return {r.id for r in rows if person.get(f"/datastreams/{r.id}/series?buckets=1").status == 200}


def by_thing(set_name):
    def door(person, kind, rows, who):
        return {r.id for r in rows if person.get(f"/v1.1/{set_name}('{r.id}')").status == 200}
    return door


def everything(kind):
    return True


def on_the_map(kind):
    return kind.get("geometry", "none") == "point"


def only(name):
    return lambda kind: kind["kind"] == name


# name, path of the API that must be there, kinds, all rows or a sample of seen and unseen ones, what is shown
DOORS = [
    ("list", "/api/v1/records/{kind}", everything, "all", by_list),
    ("get", "/api/v1/records/{kind}/{id}", everything, "sample", by_get),
    ("history", "/api/v1/records/{kind}/{id}/history", everything, "sample", by_history),
    ("journal", "/api/v1/journal", everything, "all", by_journal),
    ("live", "/api/v1/journal", everything, "all", by_live),
    ("tile", "/api/v1/tiles/{layer}/{z}/{x}/{y}", on_the_map, "sample", by_tile),
    ("series", "/api/v1/datastreams/{id}/series", only("datastream"), "sample", by_series),
    ("thing", "/v1.1/{s0}", only("device"), "sample", by_thing("Things")),
    ("stream", "/v1.1/{s0}", only("datastream"), "sample", by_thing("Datastreams")),
]
# Doors that are open to fewer than may read, or show fewer: nothing unseen may come out of them.
NARROW = [
    ("text", "/api/v1/records/{kind}", everything, by_text),
    ("moves", "/api/v1/records/{kind}/{id}/moves", everything, by_moves),
    ("search", "/api/v1/search", everything, by_bytes("/search?text=0&kinds={kind}&limit=50")),
    ("as of", "/api/v1/records/{kind}", everything, by_bytes("/records/{kind}?limit=1000&as_of=2030-01-01T00:00:00Z")),
    ("csv", "/api/v1/records/{kind}/export", everything, by_export("csv")),
    ("geojson", "/api/v1/records/{kind}/export", everything, by_export("geojson")),
    ("latest", "/api/v1/observations/latest", only("datastream"), by_latest),
    ("observations", "/api/v1/observations/export", only("datastream"), by_bytes("/observations/export?format=ndjson&from=2020-01-01T00:00:00Z")),
    ("things", "/v1.1/{s0}", only("device"), by_bytes("/v1.1/Things?$top=1000&$expand=Locations,Datastreams($top=3)")),
    ("features", "/v1.1/{s0}", only("device"), by_bytes("/v1.1/FeaturesOfInterest?$top=1000&$select=id")),
    ("streams", "/v1.1/{s0}", only("datastream"), by_bytes("/v1.1/Datastreams?$top=1000")),
    ("streams of ammonia", "/v1.1/{s0}/{s1}", only("datastream"),
     by_bytes("/v1.1/ObservedProperties('nh3_ppm')/Datastreams?$top=1000")),
    ("st observations", "/v1.1/Observations", only("datastream"), by_bytes("/v1.1/Observations?$top=1000&$resultFormat=dataArray")),
    ("devices", "/api/v1/devices", only("device"), by_bytes("/devices?limit=2000")),
    ("positions", "/api/v1/positions", only("device"), by_bytes("/positions")),
    ("quality", "/api/v1/quality", only("device"), by_bytes("/quality?by=device")),
    ("quality of grids", "/api/v1/quality", only("device"), by_bytes("/quality?by=grid")),
]


def make_people(server, catalog, rows, config):
    grid = rows["grid"][0].id
    enterprise = next(r.enterprise for r in rows["vessel"] if r.enterprise)
    wanted = {role: [role] for role in catalog.roles if catalog.roles[role]["rights"]}
    wanted["two_roles"] = ["grid_officer", "enterprise_safety"]
    wanted["no_role"] = []
    out = {}
    for name, roles in wanted.items():
        account = "m-" + name.replace("_", "-")
        server.run("user", "create", account, "--data", server.folder, "--generate", "--role", (roles or ["grid_officer"])[0])
        more = [x for role in roles for x in ("--role", role)]
        server.run("user", "roles", account, "--data", server.folder, *more, "--grid", grid, "--enterprise", enterprise)
        out[name] = (Person(server, account), Who(catalog, "dongjiang", roles, grid, enterprise))
    server.run("user", "create", "m-stranger", "--config", config, "--data", server.folder, "--generate", "--role", "duty_officer")
    out["stranger"] = (Person(server, "m-stranger"), Who(catalog, OTHER, ["duty_officer"]))
    officer = out["duty_officer"][0]
    made = officer.post("/session/tokens", {"name": "matrix", "rights": ["vessel.read", "hydrant.read"], "days": 1})
    if made.status == 422:  # a pattern is the owner's, its parts are too
        raise AssertionError(made.body)
    token = Person(server)
    token.bearer = made.json["secret"]
    model = Who(catalog, "dongjiang", ["duty_officer"])
    model.sees_before, model.sees = model.sees, lambda row: row.kind in ("vessel", "hydrant") and model.sees_before(row)
    out["token"] = (token, model)
    return out


def other_zone(folder):
    """Rows of another zone, and the configuration that names it."""
    config = pathlib.Path(folder) / "other.toml"
    config.write_text(f'zone = "{OTHER}"\n')
    files = []
    for kind in ("grid", "hydrant"):
        first = json.loads((root / f"data/dongjiang/records/{kind}.ndjson").read_text().splitlines()[0])
        first.pop("scope", None)
        first["id"] = {"grid": "01890000-0000-7000-8000-00000000aa01", "hydrant": "01890000-0000-7000-8000-00000000aa02"}[kind]
        first["fields"] = {k: v for k, v in first["fields"].items() if not isinstance(v, str) or len(v) != 36}
        file = pathlib.Path(folder) / f"{kind}.ndjson"
        file.write_text(json.dumps(first) + "\n")
        files.append(str(file))
    return str(config), files


def check_doors(people, catalog, rows, offered):
    wrong, checked = [], 0
    for name, (person, who) in people.items():
        for kind, declared in catalog.kinds.items():
            expected_all = {r.id for r in rows[kind] if who.sees(r)}
            for door, path, fits, which, show in DOORS:
                if path not in offered:
                    raise AssertionError(f"the door '{door}' is gone: {path}")
                if not fits(declared):
                    continue
                these = rows[kind] if which == "all" else sample([r for r in rows[kind] if door != "tile" or r.point], who)
                shown = show(person, kind, these, who)
                expected = expected_all if which == "all" else {r.id for r in these if who.sees(r)}
                checked += 1
                # Maps and devices of this server are wired for one zone: another's people get none of them.
                if door in ("tile", "series", "thing", "stream") and who.zone == OTHER:
                    expected = set()
                if shown != expected:
                    wrong.append(f"{name} {kind} {door}: {len(shown - expected)} too many, {len(expected - shown)} missing")
            for door, path, fits, show in NARROW:
                if path not in offered or not fits(declared):
                    continue
                these = rows[kind] if door not in ("moves",) else sample(rows[kind], who)
                shown = show(person, kind, these, who) & {r.id for r in rows[kind]}
                checked += 1
                if not shown <= expected_all:
                    wrong.append(f"{name} {kind} {door}: {len(shown - expected_all)} too many")
    return wrong, checked


def check_sensitive(people, catalog, rows):
    """Who may not read a sensitive field never gets its value, by no door, and cannot ask by it."""
    wrong, checked = [], 0
    keeper = people["duty_officer"][0]
    for kind in catalog.kinds:
        for field in catalog.sensitive(kind):
            whole = keeper.get(f"/records/{kind}?limit=50").json["records"]
            values = [r["fields"][field] for r in whole if isinstance(r["fields"].get(field), str) and len(r["fields"][field]) > 5]
            for name, (person, who) in people.items():
                if who.zone != "dongjiang" or not who.may(f"{kind}.read") or name == "token":
                    continue
                allowed = who.may(f"{kind}.sensitive")
                bodies = [person.get(path).body for path in (
                    f"/records/{kind}?limit=1000", f"/records/{kind}/{whole[0]['id']}", f"/records/{kind}/{whole[0]['id']}/history",
                    f"/records/{kind}/export?format=csv", "/journal?limit=1000")] if whole else []
                leaked = [v for v in values if any(v.encode() in b for b in bodies)]
                asked = person.get(f"/records/{kind}?where={field}:has:0").status, person.get(f"/records/{kind}?sort={field}").status
                found = {r["id"] for v in values[:3] for r in (person.get(f"/records/{kind}?text={v}").json.get("records") or [])}
                checked += 4
                if not allowed and (leaked or asked != (403, 403) or found):
                    wrong.append(f"{name} {kind}.{field}: {len(leaked)} values leaked, where/sort {asked}, {len(found)} found by text")
                if allowed and values and (not leaked or 403 in asked):
                    wrong.append(f"{name} {kind}.{field}: should be seen, and is not")
    return wrong, checked


def call_as_token(person):
    """A program's calls: no cookie, no CSRF token."""
    plain = person.call

    def call(method, path, body=None, headers=(), raw=None):
        return plain(method, path, body, {**dict(headers), "Authorization": "Bearer " + person.bearer}, raw)
    person.call = call
    person.live = lambda since=0: type("Silent", (), {"next": lambda self, s=0: None, "close": lambda self: None})()


def main():
    catalog = Catalog()
    folder = tempfile.mkdtemp(prefix="anlan-matrix-")
    first = Server(data=folder, extra=["--no-simulator"])
    first.start(60)
    first.stop()
    config, files = other_zone(folder)
    first.run("import", *files, "--config", config, "--data", folder)
    with Server(data=folder, extra=["--no-simulator"]) as server:
        rows = rows_of(folder, catalog.kinds)
        people = make_people(server, catalog, rows, config)
        officer, keeper = people["duty_officer"][0], people["data_keeper"][0]
        # No device speaks here: alarms of their silence would come in the middle of the checks.
        for rule in keeper.get("/records/rule?where=type:eq:silence&limit=100").json["records"]:
            off = keeper.call("PATCH", f"/records/rule/{rule['id']}", {"fields": {"enabled": False}},
                              headers={"If-Match": f'"{rule["revision"]}"'})
            assert off.status == 200, off.body
        # Rows of kinds that a fresh zone does not have, in a grid, in another, and of nobody.
        for scope in ({"grid": rows["grid"][0].id}, {"grid": rows["grid"][1].id}, {}):
            made = officer.post("/records/log_entry", {"fields": {"text": "巡查 0", "at": "2026-11-23T06:00:00Z"}, "scope": scope})
            assert made.status == 201, made.body
        call_as_token(people["token"][0])
        rows = rows_of(folder, catalog.kinds)
        offered = set(Person(server).get("/openapi.json").json["paths"])
        filled = sum(1 for kind in rows if rows[kind])
        assert filled >= 15 and any(r.zone == OTHER for kind in rows for r in rows[kind]), filled
        doors = {k: v for k, v in people.items() if k != "token"}
        wrong, checked = check_doors(doors, catalog, rows, offered)
        del_live = [d for d in DOORS if d[0] != "live"]
        DOORS[:] = del_live
        more_wrong, more = check_doors({"token": people["token"]}, catalog, rows, offered)
        hidden_wrong, hidden = check_sensitive(people, catalog, rows)
        assert keeper.get("/records/grid").status == 200
    wrong += more_wrong + hidden_wrong
    print(f"{checked + more + hidden} checks: {len(people)} people, {len(catalog.kinds)} kinds ({filled} with rows), {len(del_live) + 1} doors and {len(NARROW)} narrow ones")
    for line in wrong[:60]:
        print("WRONG ", line)
    print(f"{len(wrong)} wrong")
    return 1 if wrong or checked < 500 else 0


if __name__ == "__main__":
    sys.exit(main())
