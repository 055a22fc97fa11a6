"""The street network: street lines from layout.yaml, cut wherever two of them meet."""

import plane

# The buildable body of the zone: five corners of the real outline. East of its eastern side lie
# only the beach, the lagoon and its arms.
BODY_CORNERS = [[117.79075, 38.98799], [117.80855, 38.975], [117.82897, 38.97376],
                [117.80528, 39.05777], [117.77414, 39.04604]]


def body():
    return [plane.from_lonlat(c) for c in BODY_CORNERS]


def shore_ring(layout):
    """The shore road's axis: the body, inset. Corners: west-south-west, south, south-east,
    north-east, north-west."""
    d = layout["shore_inset_m"]
    return plane.inset(body(), [d["south_west"], d["south"], d["east"], d["north"], d["west"]])


def _cut(ring, along_s, at):
    """Where the line s = at (or t = at) crosses the ring: the two crossings, low first."""
    found = []
    for a, b in zip(ring, ring[1:] + ring[:1]):
        u, v = (a[0], b[0]) if along_s else (a[1], b[1])
        if (u > at) != (v > at):
            k = (at - u) / (v - u)
            found.append((a[0] + k * (b[0] - a[0]), a[1] + k * (b[1] - a[1])))
    return sorted(found, key=lambda p: p[1] if along_s else p[0])


def line_of(street, ring):
    run = street["run"]
    if run == "line":
        return [tuple(p) for p in street["points"]]
    if run.startswith("shore_"):
        sw, south, se, ne, nw = ring
        return {"shore_west": [nw, sw, south], "shore_south": [south, se],
                "shore_east": [se, ne], "shore_north": [nw, ne]}[run]
    low, high = _cut(ring, run == "ns", street["at"])
    if run == "ns":
        return [(street["at"], max(low[1], street.get("from", -1e9))),
                (street["at"], min(high[1], street.get("to", 1e9)))]
    return [(max(low[0], street.get("from", -1e9)), street["at"]),
            (min(high[0], street.get("to", 1e9)), street["at"])]


def _positions(points):
    out = [0.0]
    for a, b in zip(points, points[1:]):
        out.append(out[-1] + plane.distance(a, b))
    return out


def _crossings(lines):
    """For each street, the sorted (position, point) where any other street meets it."""
    cuts = [[] for _ in lines]
    for i, one in enumerate(lines):
        for j in range(i + 1, len(lines)):
            other = lines[j]
            at_i, at_j = _positions(one), _positions(other)
            for k, (a, b) in enumerate(zip(one, one[1:])):
                for m, (c, d) in enumerate(zip(other, other[1:])):
                    hit = plane.crossing(a, b, c, d)
                    if hit is None:
                        continue
                    p = (a[0] + hit[0] * (b[0] - a[0]), a[1] + hit[0] * (b[1] - a[1]))
                    cuts[i].append((at_i[k] + hit[0] * plane.distance(a, b), p))
                    cuts[j].append((at_j[m] + hit[1] * plane.distance(c, d), p))
    return cuts


def _between(points, start, end):
    """The part of a line between two (position, point) cuts."""
    at = _positions(points)
    middle = [p for p, d in zip(points, at) if start[0] + 1 < d < end[0] - 1]
    return [start[1]] + middle + [end[1]]


def _joined(pieces, reach_m):
    """Junctions closer than `reach_m` become one (the first met); pieces within one go."""
    nodes = []

    def node(p):
        for q in nodes:
            if plane.distance(p, q) < reach_m:
                return q
        nodes.append(p)
        return p

    out = []
    for piece in pieces:
        a, b = node(piece["points"][0]), node(piece["points"][-1])
        if a is not b:
            out.append(dict(piece, points=[a] + piece["points"][1:-1] + [b]))
    return out


def segments(layout):
    """Pieces between junctions, in street order: {street, number, points, one_way}."""
    ring = shore_ring(layout)
    lines = [line_of(s, ring) for s in layout["streets"]]
    out = []
    for street, points, cuts in zip(layout["streets"], lines, _crossings(lines)):
        length = _positions(points)[-1]
        stops = sorted(cuts)
        if street["run"] == "line":  # A way out of the zone ends in the open.
            stops += [(length, points[-1])]
        merged = []
        for stop in stops:
            if not merged or stop[0] - merged[-1][0] > 2:
                merged.append(stop)
        for number, (a, b) in enumerate(zip(merged, merged[1:]), 1):
            piece = _between(points, a, b)
            if street.get("oneway") == "south":
                piece = piece[::-1]
            out.append({"street": street, "number": number, "points": piece,
                        "one_way": "oneway" in street})
    return _joined(out, 12)
