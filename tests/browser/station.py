"""A station that speaks HJ 212 for as long as a walk lasts: what it measures swings, so that a rule has something to raise."""
import math
import pathlib
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
from hj212_test import Station, k_mn  # noqa: E402

__all__ = ["Swinging", "k_mn"]


class Swinging:
    def __init__(self, port, every_s=1.0):
        self.port, self.every_s, self.over = port, every_s, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        station, n = None, 0
        while not self.over.wait(self.every_s):
            n += 1
            try:
                station = station or Station(self.port)
                station.send(f"a21001-Rtd={7 + 4 * math.sin(n / 4):.2f},a21001-Flag=N")
            except OSError:
                station = None  # the next turn connects again

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join(5)
