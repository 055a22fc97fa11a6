#!/usr/bin/python3
"""Starts the real program and lets two browsers walk the loop. Pictures go to build/pictures/."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Server, root  # noqa: E402

with Server() as server:
    walked = subprocess.run(["node", str(root / "tests/browser/first_light.mjs"), f"http://127.0.0.1:{server.http_port}",
                             server.link("shenlan"), server.link("zhouqiming"), str(root / "build/pictures")], cwd=root, timeout=600)
    if walked.returncode != 0:
        print("".join(server.output[-20:]))
sys.exit(walked.returncode)
