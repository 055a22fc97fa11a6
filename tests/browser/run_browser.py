#!/usr/bin/python3
"""Starts the real program once; browsers walk every screen, then the loop. Pictures go to build/pictures/."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Server, root  # noqa: E402

pictures = str(root / "build/pictures")
wanted = sys.argv[1:] or ["screens", "first_light"]
people = {"screens": ["shenlan", "linyue", "auditadmin", "sysadmin"], "first_light": ["shenlan", "zhouqiming"]}
code = 0
with Server() as server:
    base = f"http://127.0.0.1:{server.http_port}"
    for walk in wanted:
        links = [server.link(account) for account in people[walk]]
        order = [pictures, *links] if walk == "screens" else [*links, pictures]
        walked = subprocess.run(["node", str(root / f"tests/browser/{walk}.mjs"), base, *order], cwd=root, timeout=900)
        if walked.returncode != 0:
            code = walked.returncode
            print("".join(server.output[-20:]))
sys.exit(code)
