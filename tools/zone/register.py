"""Collects records of every kind, and knows in which grid a place lies."""

import json

import plane
import streets
from sm3 import uuid_of

EXAMPLE, EXAMPLE_EN = "（示例）", " (example)"


class Register:
    def __init__(self, layout):
        self.records = {}
        self.organisations = set()  # Keys; what is run by another is an enterprise.
        self.layout = layout
        self._grids = [(g, grid_ring(layout, g)) for g in layout["grids"]]

    @staticmethod
    def id_of(kind, key):
        if kind == "substance":
            return uuid_of(f"substance/{key}")
        return uuid_of(f"dongjiang/{kind}/{key}")

    def grid_at(self, p):
        """The number of the grid that holds the place; None outside the zone."""
        for grid, ring in self._grids:
            if plane.inside(ring, p):
                return grid["id"]
        return None

    def add(self, kind, key, fields, geometry=None, at=None, grid=None, enterprise=None, organisation=None,
            illustrative=True, state=None):
        """`at` is the place by which the grid is found. Fields without a value are left out."""
        grid = grid if grid is not None else (self.grid_at(at) if at is not None else None)
        scope = {}
        if grid is not None:
            scope["grid"] = self.id_of("grid", grid)
        if enterprise:
            scope["enterprise"] = self.id_of("enterprise", enterprise)
        if organisation:
            scope["organisation"] = self.id_of("organisation", organisation)
        record = {"id": self.id_of(kind, key), "kind": kind, "scope": scope}
        if state:
            record["state"] = state
        if geometry is not None:
            record["geometry"] = geometry
        record["fields"] = {k: v for k, v in fields.items() if v is not None}
        if illustrative:
            record["fields"]["illustrative"] = True
        self.records.setdefault(kind, []).append(record)
        return record["id"]

    def lines(self):
        """Kind -> NDJSON text."""
        return {kind: "".join(json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in rows)
                for kind, rows in self.records.items()}


def grid_ring(layout, grid):
    """West or east of Anlan Avenue, between two streets; the outer sides run along the body of the
    zone, and in the east out to the beach."""
    middle = next(s["at"] for s in layout["streets"] if s["id"] == "anlan")
    west, east = (-3000, middle) if grid["side"] == "west" else (middle, 3000)
    box = plane.rectangle(west, grid["south"], east, grid["north"])
    if grid.get("beach"):
        return plane.clip(box, plane.rectangle(-2000, -6000, layout["beach_s_m"], 6000))
    return plane.clip(box, streets.body())
