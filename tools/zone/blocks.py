"""Blocks between the streets, and on them buildings, by what the block is used for."""

import random

import plane
import streets

VERGE_M = 6.0


def _lines(layout, run):
    """(position, half width, from, to) of the straight streets of one direction."""
    out = []
    for s in layout["streets"]:
        if s["run"] == run:
            half = layout["classes"][s["class"]]["width_m"] / 2
            out.append((s["at"], half, s.get("from", -1e9), s.get("to", 1e9)))
    return sorted(out)


def _gaps(lines, low, high, spans):
    """The clear ranges between the lines that run all through `spans`."""
    edge = low
    for at, half, start, end in lines:
        if start <= spans[0] + 1 and end >= spans[1] - 1 and low < at < high:
            yield edge, at - half - VERGE_M
            edge = at + half + VERGE_M
    yield edge, high


def blocks(layout):
    """Each {ring, use, id}, from south to north, west to east."""
    corners = streets.shore_ring(layout)
    half = layout["classes"]["primary"]["width_m"] / 2 + VERGE_M
    core = plane.inset(corners, [half] * 5)
    strip = plane.clip(plane.rectangle(corners[2][0] + half, -6000, 1435, 6000),
                       plane.inset(streets.body(), [40] * 5))
    ns, ew = _lines(layout, "ns"), _lines(layout, "ew")
    full_ew = [l for l in ew if l[2] < -1e8]
    out = []
    for t0, t1 in _gaps(full_ew, -6000, 6000, (-1e9, 1e9)):
        for s0, s1 in _gaps(ns, -2000, 1128, (max(t0, -4800), min(t1, 3700))):
            for u0, u1 in _gaps(ew, t0, t1, (max(s0, -1330), s1)):
                _add(out, layout, plane.clip(plane.rectangle(s0, u0, s1, u1), core))
        _add(out, layout, plane.clip(strip, plane.rectangle(0, t0, 2000, t1)))
    return out


def _add(out, layout, ring):
    if len(ring) < 3 or abs(plane.area(ring)) < 2500:
        return
    c = plane.centre(ring)
    for row in layout["land_use"]:
        s0, t0, s1, t1 = row["box"]
        if s0 <= c[0] < s1 and t0 <= c[1] < t1:
            out.append({"ring": ring, "use": row["use"], "id": len(out) + 1})
            return
    raise ValueError(f"no land use for the block at {c}")


# use: (kind, along s m, along t m, gap s m, gap t m, chance of a building, height m)
_FILL = {
    "container": ("container_stack", 75, 13, 16, 9, 0.9, 10),
    "shed": ("shed", 70, 110, 24, 30, 0.93, 11),
    "cold_store": ("cold_store", 62, 92, 30, 34, 0.72, 16),
    "office": ("office", 38, 26, 34, 40, 0.7, 36),
    "dwelling": ("dwelling", 52, 15, 22, 34, 0.8, 33),
    "dormitory": ("dormitory", 48, 16, 30, 40, 0.74, 20),
    "school": ("school", 60, 18, 40, 42, 0.45, 15),
    "hotel": ("hotel", 64, 30, 44, 60, 0.4, 60),
    "cruise": ("terminal", 70, 180, 40, 120, 0.9, 24),
    "station": ("station", 60, 24, 60, 60, 0.35, 12),
    "building_site": ("building_site", 50, 30, 60, 60, 0.4, 18),
    "promenade": ("pavilion", 18, 12, 90, 110, 0.45, 6),
}


# Built as one: houses alike, round a court or garden; elsewhere plots stay empty here and there.
_ROUND_A_COURT = {"dwelling", "dormitory", "office", "hotel"}


def _court(rng, chance, across, along):
    """The cells left free: about 1 - chance of all, together, somewhere near the middle."""
    k = (1 - chance) ** 0.5
    wide, deep = round(k * across), round(k * along)
    i0 = round((across - wide) * (0.3 + 0.4 * rng.random()))
    j0 = round((along - deep) * (0.3 + 0.4 * rng.random()))
    return {(i, j) for i in range(i0, i0 + wide) for j in range(j0, j0 + deep)}


def buildings(block, taken):
    """Rectangles that stand wholly inside the block and clear of the rings in `taken`."""
    if block["use"] == "oil":
        return _tanks(block, taken)
    if block["use"] not in _FILL:
        return []
    kind, w, d, gap_s, gap_t, chance, height = _FILL[block["use"]]
    rng = random.Random(f"dongjiang/block/{block['id']}")
    s0, s1 = min(p[0] for p in block["ring"]) + 10, max(p[0] for p in block["ring"]) - 10
    t0, t1 = min(p[1] for p in block["ring"]) + 10, max(p[1] for p in block["ring"]) - 10
    across = max(1, int((s1 - s0 + gap_s) // (w + gap_s)))
    along = max(1, int((t1 - t0 + gap_t) // (d + gap_t)))
    court = _court(rng, chance, across, along) if block["use"] in _ROUND_A_COURT else None
    wide, deep = rng.random(), rng.random()
    out = []
    for i in range(across):
        for j in range(along):
            draw, tall = rng.random(), rng.random()
            if (i, j) in court if court is not None else draw > chance:
                continue
            fixed = kind == "container_stack"
            width, depth = (w, d) if fixed else (w * (0.8 + 0.2 * wide), d * (0.8 + 0.2 * deep))
            cs = s0 + (i + 0.5) * (s1 - s0) / across
            ct = t0 + (j + 0.5) * (t1 - t0) / along
            ring = plane.rectangle(cs - width / 2, ct - depth / 2, cs + width / 2, ct + depth / 2)
            if not all(plane.inside(block["ring"], p) for p in ring):
                continue
            if any(_near(ring, other) for other in taken):
                continue
            out.append({"kind": kind, "ring": ring, "height": round(height * (0.7 + 0.5 * tall))})
    return out


def _tanks(block, taken):
    s0, s1 = min(p[0] for p in block["ring"]) + 40, max(p[0] for p in block["ring"]) - 40
    t0, t1 = min(p[1] for p in block["ring"]) + 40, max(p[1] for p in block["ring"]) - 40
    out, columns, rows = [], max(1, int((s1 - s0) // 70)), max(1, int((t1 - t0) // 70))
    for i in range(columns):
        for j in range(rows):
            c = (s0 + (i + 0.5) * (s1 - s0) / columns, t0 + (j + 0.5) * (t1 - t0) / rows)
            ring = octagon(c, 19 if (i + j) % 3 else 14)
            if not any(_near(ring, other) for other in taken) and all(plane.inside(block["ring"], p) for p in ring):
                out.append({"kind": "tank", "ring": ring, "height": 15})
    return out


def _near(ring, other, gap_m=8.0):
    """Whether the boxes of two rings come nearer than the gap: what is built here stands square."""
    return (min(p[0] for p in ring) < max(p[0] for p in other) + gap_m
            and max(p[0] for p in ring) > min(p[0] for p in other) - gap_m
            and min(p[1] for p in ring) < max(p[1] for p in other) + gap_m
            and max(p[1] for p in ring) > min(p[1] for p in other) - gap_m)


def octagon(c, r):
    k = 0.70710678
    return [(c[0] + r * x, c[1] + r * y) for x, y in
            [(1, 0), (k, k), (0, 1), (-k, k), (-1, 0), (-k, -k), (0, -1), (k, -k)]]
