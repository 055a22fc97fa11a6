"""Who may do what, worked out anew from catalog/*.yaml and the rows of register.db: a second opinion that
shares no code with the program."""
import json
import pathlib
import sqlite3

import yaml

root = pathlib.Path(__file__).resolve().parents[2]


class Catalog:
    def __init__(self):
        self.roles = {r["role"]: r for r in yaml.safe_load((root / "catalog/roles.yaml").read_text())["roles"]}
        self.kinds = {}
        for file in sorted((root / "catalog/kinds").glob("*.yaml")):
            text = yaml.safe_load(file.read_text())
            for kind in text if isinstance(text, list) else text.get("kinds", [text]):
                self.kinds[kind["kind"] if "kind" in kind else kind["name"]] = kind

    def may(self, role, right):
        """One role's right, '*' standing for the kinds and for nothing else."""
        kind, _, action = right.partition(".")
        for held in self.roles[role]["rights"]:
            held_kind, _, held_action = held.partition(".")
            if (held_kind == kind or (held_kind == "*" and kind in self.kinds)) and held_action in (action, "*"):
                return True
        return False

    def sensitive(self, kind):
        return [f["name"] for f in self.kinds[kind]["fields"] if f.get("sensitive")]


class Row:
    def __init__(self, kind, zone, id, grid, enterprise, organisation, point):
        self.kind, self.zone, self.id, self.point = kind, zone, id, point
        self.grid, self.enterprise, self.organisation = grid, enterprise, organisation


def rows_of(folder, kinds):
    """Every live row, as the file holds it."""
    out = {}
    database = sqlite3.connect(f"file:{folder}/register.db?mode=ro", uri=True)
    for kind in kinds:
        found = database.execute(
            f"SELECT zone, id, grid, enterprise, organisation, (west+east)/2, (south+north)/2 FROM r_{kind} "
            "WHERE space = 'live' AND deleted = 0")
        out[kind] = [Row(kind, z, i, g, e, o, (x, y) if x is not None else None) for z, i, g, e, o, x, y in found]
    database.close()
    return out


class Who:
    """An account as the model sees it."""

    def __init__(self, catalog, zone, roles, grid=None, enterprise=None, organisation=None, rights=None):
        self.catalog, self.zone, self.roles, self.rights = catalog, zone, roles, rights
        self.own = {"own_grid": ("grid", grid), "own_enterprise": ("enterprise", enterprise),
                    "own_organisation": ("organisation", organisation)}

    def may(self, right):
        return any(self.catalog.may(role, right) for role in self.roles)

    def sees(self, row):
        if row.zone != self.zone:
            return False
        for role in self.roles:
            if not self.catalog.may(role, row.kind + ".read"):
                continue
            scope = self.catalog.roles[role]["scope"]
            if scope == "all" or not (row.grid or row.enterprise or row.organisation):
                return True
            what, mine = self.own[scope]
            if mine and getattr(row, what) == mine:
                return True
        return False


def entries_in(text):
    return json.loads(text)
