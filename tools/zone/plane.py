"""The zone's own plane: metres across (s, to the east) and along (t, to the north) the peninsula.

The axis leans 12.45 degrees to the west of north, as the eastern and western shores do. Origin
117.80 E, 39.015 N. Flat within 10 cm over the zone against the ellipsoid: enough to draw with; the
program itself measures in EPSG:4548.
"""

import math

_LEAN = math.radians(12.45)
_COS, _SIN = math.cos(_LEAN), math.sin(_LEAN)
_LON0, _LAT0 = 117.80, 39.015
# Metres a degree at 39.015 N on GRS80.
_M_LON, _M_LAT = 86608.0, 111016.0


def to_lonlat(p):
    s, t = p
    x, y = s * _COS - t * _SIN, s * _SIN + t * _COS
    return [round(_LON0 + x / _M_LON, 6), round(_LAT0 + y / _M_LAT, 6)]


def from_lonlat(c):
    x, y = (c[0] - _LON0) * _M_LON, (c[1] - _LAT0) * _M_LAT
    return (x * _COS + y * _SIN, -x * _SIN + y * _COS)


def bearing_step(p, bearing_deg, distance_m):
    """The point at a true bearing and a distance."""
    x = distance_m * math.sin(math.radians(bearing_deg))
    y = distance_m * math.cos(math.radians(bearing_deg))
    return (p[0] + x * _COS + y * _SIN, p[1] - x * _SIN + y * _COS)


def axis_bearing_deg(dx_s, dy_t):
    """True bearing of a direction given in the plane."""
    return (math.degrees(math.atan2(dx_s, dy_t)) - 12.45) % 360


def distance(a, b):
    return math.hypot(a[0] - b[0], a[1] - b[1])


def inside(ring, p):
    """Even-odd rule; the ring may be open or closed."""
    hit, j = False, len(ring) - 1
    for i in range(len(ring)):
        (ax, ay), (bx, by) = ring[i], ring[j]
        if (ay > p[1]) != (by > p[1]) and p[0] < (bx - ax) * (p[1] - ay) / (by - ay) + ax:
            hit = not hit
        j = i
    return hit


def area(ring):
    """Positive when counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1])) / 2


def centre(ring):
    a = area(ring)
    x = y = 0.0
    for p, q in zip(ring, ring[1:] + ring[:1]):
        k = p[0] * q[1] - q[0] * p[1]
        x += (p[0] + q[0]) * k
        y += (p[1] + q[1]) * k
    return (x / (6 * a), y / (6 * a))


def clip(subject, convex):
    """Sutherland and Hodgman 1974: the part of `subject` inside a convex counter-clockwise ring."""
    out = list(subject)
    for a, b in zip(convex, convex[1:] + convex[:1]):
        side = [(b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) for p in out]
        kept = []
        for i, p in enumerate(out):
            q, f, g = out[i - 1], side[i], side[i - 1]
            if (f >= 0) != (g >= 0):
                k = g / (g - f)
                kept.append((q[0] + k * (p[0] - q[0]), q[1] + k * (p[1] - q[1])))
            if f >= 0:
                kept.append(p)
        out = kept
        if not out:
            return []
    return out


def inset(convex, distances):
    """A convex counter-clockwise ring with each edge moved inwards by its own distance."""
    lines = []
    for (a, b), d in zip(zip(convex, convex[1:] + convex[:1]), distances):
        length = distance(a, b)
        nx, ny = -(b[1] - a[1]) / length * d, (b[0] - a[0]) / length * d
        lines.append(((a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny)))
    return [meet(lines[i - 1], lines[i]) for i in range(len(lines))]


def meet(one, other):
    """Where two infinite lines meet."""
    (a, b), (c, d) = one, other
    r, q = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    k = ((c[0] - a[0]) * q[1] - (c[1] - a[1]) * q[0]) / (r[0] * q[1] - r[1] * q[0])
    return (a[0] + k * r[0], a[1] + k * r[1])


def crossing(a, b, c, d):
    """Where segments ab and cd meet: (share along ab, share along cd), or None."""
    r, q = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    k = r[0] * q[1] - r[1] * q[0]
    if abs(k) < 1e-9:
        return None
    u = ((c[0] - a[0]) * q[1] - (c[1] - a[1]) * q[0]) / k
    v = ((c[0] - a[0]) * r[1] - (c[1] - a[1]) * r[0]) / k
    return (u, v) if -1e-9 <= u <= 1 + 1e-9 and -1e-9 <= v <= 1 + 1e-9 else None


def off_segment(p, a, b):
    """Distance of a point from a segment."""
    k = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / distance(a, b) ** 2
    k = max(0.0, min(1.0, k))
    return distance(p, (a[0] + k * (b[0] - a[0]), a[1] + k * (b[1] - a[1])))


def rectangle(s0, t0, s1, t1):
    return [(s0, t0), (s1, t0), (s1, t1), (s0, t1)]


def polygon(ring):
    """GeoJSON, counter-clockwise as RFC 7946 asks."""
    c = [to_lonlat(p) for p in (ring if area(ring) > 0 else ring[::-1])]
    return {"type": "Polygon", "coordinates": [c + [c[0]]]}


def multipolygon(rings):
    """One ring a part; a single ring gives a Polygon."""
    parts = [polygon(ring)["coordinates"] for ring in rings]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def parallel(points, aside):
    """A line `aside` metres to the right of another, mitred at its corners."""
    sides = []
    for (ax, ay), (bx, by) in zip(points, points[1:]):
        length = distance((ax, ay), (bx, by))
        nx, ny = (by - ay) / length * aside, -(bx - ax) / length * aside
        sides.append(((ax + nx, ay + ny), (bx + nx, by + ny)))
    out = [sides[0][0]]
    for one, other in zip(sides, sides[1:]):
        (a, b), (c, d) = one, other
        turn = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
        out.append(b if abs(turn) < 1e-3 * distance(a, b) * distance(c, d) else meet(one, other))
    return out + [sides[-1][1]]


def line(points):
    return {"type": "LineString", "coordinates": [to_lonlat(p) for p in points]}


def point(p):
    return {"type": "Point", "coordinates": to_lonlat(p)}
