"""The base map: layers that are drawn and are no records."""

import blocks
import plane
import shore
import streets

_LAND_USE = {
    "oil": ("油品储运", "Oil storage"), "cold_store": ("冷链", "Cold chain"),
    "container": ("集装箱堆场", "Container yard"), "shed": ("仓储", "Warehousing"),
    "office": ("办公商业", "Offices and trade"), "dwelling": ("居住", "Dwellings"),
    "dormitory": ("职工宿舍", "Staff dwellings"), "school": ("学校", "School"),
    "hotel": ("酒店", "Hotel"), "cruise": ("邮轮母港", "Cruise port"),
    "station": ("应急站点", "Emergency services"), "building_site": ("在建", "Building site"),
    "promenade": ("滨海休闲", "Seafront"), "park": ("绿地", "Park"),
}


def _feature(kind, geometry, **more):
    return {"type": "Feature", "properties": {"kind": kind, **more}, "geometry": geometry}


def block_features(found):
    return [_feature(b["use"], plane.polygon(b["ring"]), name=_LAND_USE[b["use"]][0],
                     name_en=_LAND_USE[b["use"]][1]) for b in found if b["use"] != "park"]


def building_features(made):
    """Generated buildings, then the ones that stand for a named place (drawn where it says)."""
    return [_feature(b["kind"], plane.polygon(b["ring"]), height_m=b["height_m"],
                     **({"name": b["name"], "name_en": b["name_en"]} if "name" in b else {})) for b in made]


def green_features(layout, found):
    out = [_feature("park", plane.polygon(b["ring"])) for b in found if b["use"] == "park"]
    ring = streets.shore_ring(layout)
    body = streets.body()
    half = layout["classes"]["primary"]["width_m"] / 2 + 6
    outer, inner = plane.inset(body, [12] * 5), plane.inset(ring, [-half] * 5)
    out.append(_feature("embankment", plane.polygon([outer[3], outer[4], inner[4], inner[3]])))
    for s0, t0, s1, t1 in layout["green_strips"]:
        for a, b in _strip_gaps(layout, t0, t1):
            out.append(_feature("verge", plane.polygon(plane.rectangle(min(s0, s1), a, max(s0, s1), b))))
    return out


def _strip_gaps(layout, low, high):
    """A strip is cut where a street crosses it."""
    stops = sorted((s["at"], layout["classes"][s["class"]]["width_m"] / 2 + 8)
                   for s in layout["streets"] if s["run"] == "ew")
    edge = low
    for at, half in stops:
        if low < at < high:
            yield edge, at - half
            edge = at + half
    yield edge, high


def road_features(layout, pieces):
    """The streets as a base map wants them: one line a street, with what it takes to draw it."""
    ring = streets.shore_ring(layout)
    out = []
    for s in layout["streets"]:
        c = layout["classes"][s["class"]]
        out.append(_feature(s["class"], plane.line(streets.line_of(s, ring)), name=s["name"],
                            name_en=s["name_en"], width_m=c["width_m"], one_way="oneway" in s))
    return out


def label_features(layout):
    out = []
    for row in layout["labels"]:
        more = {"turn_deg": round(plane.axis_bearing_deg(0, -1) - 180, 2)} if row.get("turn") else {}
        out.append(_feature(row["kind"], plane.point(tuple(row["at"])), name=row["name"],
                            name_en=row["name_en"], **more))
    return out


def layers(layout, source, made):
    """File under data/dongjiang -> (features, drawn from the shoreline)."""
    found = blocks.blocks(layout)
    pieces = streets.segments(layout)
    return {
        "odbl/land.geojson": shore.land(source),
        "odbl/water.geojson": shore.water(source),
        "odbl/coast.geojson": shore.coast(source),
        "odbl/zone.geojson": shore.zone(source),
        "odbl/sand.geojson": shore.sand(source),
        "odbl/quays.geojson": shore.quays(layout),
        "blocks.geojson": block_features(found),
        "green.geojson": green_features(layout, found),
        "buildings.geojson": building_features(made),
        "streets.geojson": road_features(layout, pieces),
        "labels.geojson": label_features(layout),
    }
