#!/usr/bin/python3
"""docs/cookbook.md, followed by a stranger: its own words make a ledger that works."""
import pathlib
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, root  # noqa: E402

page = (root / "docs/cookbook.md").read_text(encoding="utf-8")
declared = re.search(r"```yaml\n(kind: lifebuoy\n.*?)```", page, re.S).group(1)
right = re.search(r'add `("lifebuoy\.\*")` to a role', page).group(1)

with tempfile.TemporaryDirectory(prefix="anlan-") as folder:
    catalog = pathlib.Path(folder) / "catalog"
    shutil.copytree(root / "catalog", catalog)
    (catalog / "kinds/lifebuoy.yaml").write_text(declared, encoding="utf-8")
    roles = (catalog / "roles.yaml").read_text(encoding="utf-8")
    begins = roles.index('rights: ["*.read", "grid.*"', roles.index("role: data_keeper")) + len('rights: [')
    (catalog / "roles.yaml").write_text(roles[:begins] + right + ", " + roles[begins:], encoding="utf-8")
    with Server(extra=["--no-simulator", "--catalog", str(catalog)]) as server:
        keeper, duty = Person(server, "linyue"), Person(server, "shenlan")
        kind = next(k for k in duty.get("/catalog").json["kinds"] if k["name"] == "lifebuoy")
        assert kind["label"]["en"] == "Lifebuoy" and kind["key"] == ["code"], kind
        assert "LifebuoyFields" in duty.get("/openapi.json").json["components"]["schemas"]
        made = keeper.post("/records/lifebuoy", {"fields": {"code": "L-1", "place": "东沙滩", "rope_m": 30},
                                                 "geometry": {"type": "Point", "coordinates": [117.82, 38.99]}})
        assert made.status == 201 and made.json["state"] == "in_place", made.body
        assert keeper.post("/records/lifebuoy", {"fields": {"code": "L-1", "place": "x"}}).status == 409
        too_long = keeper.post("/records/lifebuoy", {"fields": {"code": "L-2", "place": "x", "rope_m": 101}})
        assert too_long.json["errors"][0]["where"] == "/fields/rope_m", too_long.json
        path = f"/records/lifebuoy/{made.json['id']}/moves/report_missing"
        assert keeper.post(path, {}).status >= 400, "the reason is required"
        moved = keeper.post(path, {"fields": {"missing_reason": "大风"}})
        assert moved.status == 200 and moved.json["state"] == "missing", moved.body
        assert duty.get("/records/lifebuoy?text=" + "L-1").json["count"]["value"] == 1
        assert duty.post("/records/lifebuoy", {"fields": {"code": "L-3", "place": "x"}}).status == 403
        assert duty.get("/records/lifebuoy/template?format=csv").status == 200
        x, y = 13551, 6254  # the tile of the beach at zoom 14
        assert duty.get(f"/tiles/lifebuoy/14/{x}/{y}").status in (200, 204)
print("the cookbook's ledger works")
