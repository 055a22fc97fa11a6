"""The layers that are drawn from the real shoreline, and so stay under the ODbL.

The source file holds coast lines with the land on their right (westward) side, inland water and the
outline of the zone; it was clipped to 117.55-117.955 E, 38.80-39.20 N.
"""

import json

import plane
import streets

_WEST, _SOUTH, _NORTH = 117.55, 38.80, 39.20


def read(path):
    with open(path, encoding="utf-8") as file:
        features = json.load(file)["features"]
    found = {}
    for f in features:
        found.setdefault(f["properties"]["kind"], []).append(f["geometry"]["coordinates"])
    return found


def _feature(kind, geometry, **more):
    return {"type": "Feature", "properties": {"kind": kind, **more}, "geometry": geometry}


def _round(points):
    return [[round(p[0], 6), round(p[1], 6)] for p in points]


def land(source):
    """The mainland with the zone as its peninsula: the two coast lines, joined along the southern
    edge of the port, and closed along the edge of the clipping."""
    first, second = source["coastline"]
    ring = first + second + [[_WEST, _SOUTH], [_WEST, _NORTH], [first[0][0], _NORTH]]
    geometry = {"type": "Polygon", "coordinates": [_round(ring + ring[:1])]}
    return [_feature("land", geometry)]


def water(source):
    return [_feature("water", {"type": "Polygon", "coordinates": [_round(r) for r in rings]})
            for rings in source["water"]]


def coast(source):
    return [_feature("coast", {"type": "LineString", "coordinates": _round(line)})
            for line in source["coastline"]]


def zone(source):
    rings = [_round(r) for r in source["zone"][0]]
    return [_feature("zone", {"type": "Polygon", "coordinates": rings}, name="东疆", name_en="Dongjiang")]


def zone_ring(source):
    """The outline in the plane, open."""
    return [plane.from_lonlat(c) for c in source["zone"][0][0][:-1]]


def sand(source):
    """The beach: between the straight eastern side of the body and the shore of the lagoon."""
    by_t = sorted((plane.from_lonlat(c) for c in
                   ([117.81769, 39.0134], [117.82091, 39.0107], [117.82351, 38.99706], [117.82266, 38.99678])),
                  key=lambda p: -p[1])
    known = {tuple(c) for c in source["zone"][0][0]}
    assert (117.82091, 39.0107) in known and (117.82351, 38.99706) in known
    ring = [(1440, by_t[0][1])] + by_t + [(1440, by_t[-1][1])]
    return [_feature("sand", plane.polygon(ring), name="东沙滩", name_en="East Beach")]


def quays(layout):
    """Quay aprons and the quay line, along the western, south-western and southern shore."""
    corners = streets.body()
    west_south_west, south, _, _, north_west = corners
    ring = streets.shore_ring(layout)
    half = layout["classes"]["primary"]["width_m"] / 2 + 6
    inner = plane.inset(ring, [-half] * 5)
    apron = [north_west, west_south_west, south, inner[1], inner[0], inner[4]]
    out = [_feature("apron", plane.polygon(apron))]
    for berth, points in zip(layout["berths"], berth_lines(layout)):
        out.append(_feature("quay", plane.line(points), name=berth["name"], name_en=berth["name_en"]))
    return out


def berth_lines(layout):
    """The two ends of each berth, on the shore."""
    corners = streets.body()
    west_south_west, south, south_east, north_east, north_west = corners
    sides = {"west": (west_south_west, north_west), "south_west": (west_south_west, south),
             "east": (south_east, north_east)}
    out = []
    for berth in layout["berths"]:
        if "points" in berth:
            out.append([tuple(p) for p in berth["points"]])
            continue
        a, b = sides[berth["side"]]
        length = plane.distance(a, b)
        out.append([(a[0] + (b[0] - a[0]) * m / length, a[1] + (b[1] - a[1]) * m / length)
                    for m in (berth["from"], berth["to"])])
    return out
