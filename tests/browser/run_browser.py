#!/usr/bin/python3
"""Starts the real program once; browsers walk every screen, then the loop. Pictures go to build/pictures/."""
import contextlib
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Server, free_port, root  # noqa: E402
from station import Swinging, k_mn  # noqa: E402

pictures = str(root / "build/pictures")
wanted = sys.argv[1:] or ["screens", "sensing", "first_light"]
people = {"screens": ["shenlan", "linyue", "auditadmin", "sysadmin"], "sensing": ["linyue", "shenlan"],
          "first_light": ["shenlan", "zhouqiming"]}
code = 0
hj212_port = free_port()
config = pathlib.Path(tempfile.mkdtemp(prefix="anlan-browser-")) / "anlan.toml"
config.write_text(f"[hj212]\nport = {hj212_port}\n")
with Server(extra=["--config", str(config)]) as server:
    base = f"http://127.0.0.1:{server.http_port}"
    for walk in wanted:
        links = [server.link(account) for account in people[walk]]
        order = {"screens": [pictures, *links], "sensing": [pictures, *links, k_mn]}.get(walk, [*links, pictures])
        with Swinging(hj212_port) if walk == "sensing" else contextlib.nullcontext():
            walked = subprocess.run(["node", str(root / f"tests/browser/{walk}.mjs"), base, *order], cwd=root, timeout=900)
        if walked.returncode != 0:
            code = walked.returncode
            print("".join(server.output[-20:]))
sys.exit(code)
