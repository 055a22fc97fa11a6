"""The real program, driven from outside: starts it, speaks HTTP and WebSocket, kills it.

Standard library only, so that a driver cannot share a mistake with the program.
"""
import base64
import hashlib
import http.client
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

root = pathlib.Path(__file__).resolve().parents[2]
program = pathlib.Path(os.environ.get("ANLAN", root / "build/release/src/center/anlan"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    """One `anlan serve` on its own folder and ports."""

    def __init__(self, demonstration=True, data=None, extra=(), environment=None):
        self.folder = data or tempfile.mkdtemp(prefix="anlan-")
        self.http_port, self.https_port = free_port(), free_port()
        self.gb_port, self.gb_exercise_port = free_port(), free_port()
        self.demonstration, self.extra = demonstration, list(extra)
        self.environment = {**os.environ, **(environment or {})}
        self.process, self.output = None, []

    def start(self, within_s=30):
        command = [str(program), "serve", "--data", self.folder, "--http-port", str(self.http_port),
                   "--https-port", str(self.https_port),
                   "--port", f"gb26875={self.gb_port}/{self.gb_exercise_port}", "--any-ports"]
        if self.demonstration:
            command.append("--demonstration")
        began = time.monotonic()
        self.process = subprocess.Popen(command + self.extra, cwd=root, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env=self.environment)
        threading.Thread(target=self._collect, args=(self.process,), daemon=True).start()
        while time.monotonic() - began < within_s:
            if self.process.poll() is not None:
                time.sleep(0.2)
                raise AssertionError("the server ended at start:\n" + "".join(self.output[-40:]))
            try:
                c = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=2)
                c.request("GET", "/readyz")
                if c.getresponse().status == 200:
                    return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.01)
        raise AssertionError("the server is not ready:\n" + "".join(self.output[-40:]))

    def _collect(self, process):
        for line in process.stdout:
            self.output.append(line)

    def run(self, *arguments, check=True, wait_s=60):
        done = subprocess.run([str(program), *arguments], cwd=root, capture_output=True, text=True, timeout=wait_s)
        if check and done.returncode != 0:
            raise AssertionError(f"anlan {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def link(self, account):
        """The secret of a fresh one-time link."""
        done = self.run("user", "link", account, "--data", self.folder, "--json")
        return json.loads(done.stdout)["token"]

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError("the server did not stop within 15 s of SIGTERM") from None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body) if self.body else None


class Person:
    """Somebody signed in: a cookie, a CSRF token, a space."""

    def __init__(self, server, account=None):
        self.server, self.space, self.cookie, self.csrf = server, "live", "", ""
        if account:
            answer = self.post("/session/link", {"token": server.link(account)})
            assert answer.status == 200, (answer.status, answer.body)
            self.cookie = answer.headers["set-cookie"].split(";")[0]
            self.csrf = answer.json["csrf"]
            self.session = answer.json

    def call(self, method, path, body=None, headers=(), raw=None):
        c = http.client.HTTPConnection("127.0.0.1", self.server.http_port, timeout=30)
        sent = {"X-Anlan-Space": self.space, "Accept-Language": "en", "X-Anlan-Csrf": self.csrf, "Cookie": self.cookie}
        if body is not None:
            raw, sent["Content-Type"] = json.dumps(body), "application/json"
        sent.update(dict(headers))
        c.request(method, path if path.startswith(("/api/", "/v1.1")) or not path.startswith("/") else "/api/v1" + path, raw,
                  {k: v for k, v in sent.items() if v})
        r = c.getresponse()
        return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body if body is not None else {}, **more)

    def live(self, since=0):
        return Live(self, since)


class Live:
    """A live feed: a WebSocket client in forty lines."""

    def __init__(self, person, since):
        self.socket = socket.create_connection(("127.0.0.1", person.server.http_port), timeout=30)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /api/v1/live?since={since}&space={person.space} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                             f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             f"Sec-WebSocket-Version: 13\r\nCookie: {person.cookie}\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])
        if self.status == 101:
            accept = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest())
            assert accept in head, head

    def _more(self):
        got = self.socket.recv(65536)
        if not got:
            raise EOFError
        self.buffer += got

    def _take(self, n):
        while len(self.buffer) < n:
            self._more()
        out, self.buffer = self.buffer[:n], self.buffer[n:]
        return out

    def next(self, within_s=30):
        """The next JSON message; None when the server closed."""
        self.socket.settimeout(within_s)
        text = b""
        while True:
            try:
                first, second = self._take(2)
            except (EOFError, ConnectionResetError):
                return None
            size = second & 127
            if size == 126:
                size, = struct.unpack(">H", self._take(2))
            elif size == 127:
                size, = struct.unpack(">Q", self._take(8))
            payload, code = self._take(size), first & 15
            if code == 8:
                return None
            if code == 9:
                self.socket.sendall(b"\x8a" + bytes([0x80 | len(payload)]) + b"\0\0\0\0" + payload)
                continue
            if code in (0, 1):
                text += payload
                if first & 128:
                    return json.loads(text)

    def say(self, message):
        """One JSON message to the server, masked as a client must."""
        text = json.dumps(message).encode()
        size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + struct.pack(">H", len(text))
        mask = os.urandom(4)
        self.socket.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(text)))

    def until(self, wanted, within_s=30):
        """The first message for which wanted(message) holds."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            message = self.next(max(0.05, end - time.monotonic()))
            if message is None:
                raise AssertionError("the live feed closed")
            if wanted(message):
                return message
        raise AssertionError("nothing of the kind came over the live feed")

    def close(self):
        self.socket.close()


def eventually(ask, within_s=20, every_s=0.1):
    """Asks until the answer is true; returns it. The last answer is told when time is up."""
    end, answer = time.monotonic() + within_s, None
    while time.monotonic() < end:
        answer = ask()
        if answer:
            return answer
        time.sleep(every_s)
    raise AssertionError(f"did not come true within {within_s} s; last: {answer!r}")
