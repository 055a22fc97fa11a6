#!/usr/bin/python3
"""What the server itself does, from outside: TLS and its certificates, files, the live feed's
subscriptions, health, logs. One server with the demonstration; each test_* function is one promise.
"""
import http.client
import json
import pathlib
import socket
import ssl
import struct
import sys
import traceback
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "driver"))
from anlan import Person, Server, eventually  # noqa: E402


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def plain(server, path, method="GET", headers=(), host="127.0.0.1"):
    c = http.client.HTTPConnection(host, server.http_port, timeout=10)
    c.request(method, path, headers=dict(headers))
    r = c.getresponse()
    return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()


def trusting(server):
    """A client that has installed the root from /ca.crt and trusts nothing else."""
    status, headers, der = plain(server, "/ca.crt")
    assert status == 200 and headers["content-type"] == "application/x-x509-ca-cert", (status, headers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=der)
    return context


def secure(server, path, context, method="GET", body=None, headers=(), host="127.0.0.1"):
    c = http.client.HTTPSConnection(host, server.https_port, timeout=10, context=context)
    c.request(method, path, body, dict(headers))
    r = c.getresponse()
    return r.status, {k.lower(): v for k, v in r.getheaders()}, r.read()


def png(width, height, pixel=b"\x20\x60\xa0"):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + pixel * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"tEXt", b"Comment\0secret") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def upload(person, bytes_, name="a.png", more=""):
    return person.call("POST", f"/files?name={name}{more}", raw=bytes_, headers={"Content-Type": "text/html"})


def test_https_is_trusted_through_the_root_alone(server, people):
    context = trusting(server)
    for host in ("127.0.0.1", "localhost"):
        status, headers, _ = secure(server, "/healthz", context, host=host)
        assert status == 200, status
        assert "strict-transport-security" not in headers, "an address may be another machine's tomorrow"
    try:
        secure(server, "/healthz", ssl.create_default_context())
        raise AssertionError("trusted without the root")
    except ssl.SSLCertVerificationError:
        pass


def test_old_tls_is_refused(server, people):
    for version, works in ((ssl.TLSVersion.TLSv1_3, True), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_1, False)):
        context = trusting(server)
        context.minimum_version = context.maximum_version = version
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        try:
            with socket.create_connection(("127.0.0.1", server.https_port), timeout=10) as s:
                with context.wrap_socket(s, server_hostname="127.0.0.1") as t:
                    assert works, t.version()
        except (ssl.SSLError, ConnectionResetError, OSError):
            assert not works, version


def test_a_session_over_https_never_goes_in_the_open(server, people):
    body = json.dumps({"token": server.link("shenlan")})
    status, headers, _ = secure(server, "/api/v1/session/link", trusting(server), "POST", body, {"Content-Type": "application/json"})
    assert status == 200 and "; Secure" in headers["set-cookie"], headers
    assert "; Secure" not in Person(server, "shenlan").post("/session/link", {"token": server.link("shenlan")}).headers["set-cookie"]


def test_large_answers_and_silence_over_tls(server, people):
    context = trusting(server)
    status, _, body = secure(server, "/api/v1/openapi.json", context)
    assert status == 200 and len(body) > 20_000 and json.loads(body)["openapi"] == "3.1.0"
    with socket.create_connection(("127.0.0.1", server.https_port), timeout=5) as s:
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")  # in the open, at the wrong door
        try:
            assert b"HTTP" not in s.recv(1000)
        except ConnectionResetError:
            pass


def test_the_phone_page_brings_root_and_address(server, people):
    status, headers, body = plain(server, "/phone")
    text = body.decode()
    assert status == 200 and "<svg" in text and "/ca.crt" in text and f":{server.https_port}/" in text
    assert "<script" not in text and "default-src 'self'" in headers["content-security-policy"]
    shown = json.loads(server.run("certificate", "show", "--data", server.folder, "--json").stdout)
    assert shown["authority"]["sha256"] in text
    assert "127.0.0.1" in shown["server"]["names"]


def test_a_renewed_certificate_is_taken_over_while_serving(server, people):
    before = json.loads(server.run("certificate", "show", "--data", server.folder, "--json").stdout)
    after = json.loads(server.run("certificate", "renew", "--data", server.folder, "--json").stdout)
    assert after["server"]["sha256"] != before["server"]["sha256"]
    assert after["authority"] == before["authority"]
    refused = server.run("certificate", "init", "--data", server.folder, "--json", check=False)
    assert refused.returncode == 1 and json.loads(refused.stdout)["error"] == "authority_exists"
    for name in ("authority.key", "server.key"):
        assert (pathlib.Path(server.folder) / "secrets" / name).stat().st_mode & 0o777 == 0o600


def test_a_file_is_kept_found_and_answered_in_ranges(server, people):
    duty, picture = people["duty"], png(700, 500)
    made = upload(duty, picture, "%E4%BA%95%E7%9B%96.png")
    assert made.status == 201, made.body
    about = made.json
    assert about["media_type"] == "image/png" and about["name"] == "井盖.png" and about["size"] == len(picture)
    assert (about["width"], about["height"]) == (700, 500)
    path = f"/files/{about['hash']}"
    whole = duty.get(path)
    assert whole.body == picture and whole.headers["content-type"] == "image/png"
    assert whole.headers["x-content-type-options"] == "nosniff" and whole.headers["content-disposition"].startswith("inline")
    part = duty.call("GET", path, headers={"Range": "bytes=-12"})
    assert part.status == 206 and part.body == picture[-12:] and part.headers["content-range"].endswith(f"/{len(picture)}")
    assert duty.call("GET", path, headers={"Range": f"bytes={len(picture)}-"}).status == 416
    assert duty.call("GET", path, headers={"If-None-Match": whole.headers["etag"]}).status == 304
    assert duty.get(path + "/about").json == about
    thumbnail = duty.get(path + "/thumbnail")
    assert thumbnail.status == 200 and thumbnail.body[:2] == b"\xff\xd8" and len(thumbnail.body) < 20_000, thumbnail.body[:200]
    stripped = upload(duty, picture, more="&place=strip").json
    assert b"secret" not in duty.get(f"/files/{stripped['hash']}").body


def test_a_file_is_seen_with_its_record(server, people):
    duty, leader = people["duty"], people["leader"]
    hash_ = upload(duty, png(3, 3, b"abc")).json["hash"]
    assert error(leader.get(f"/files/{hash_}")) == (404, "no_such_file")
    made = duty.post("/records/log_entry", {"fields": {"text": "现场照片", "at": "2026-11-23T06:00:00Z", "picture": hash_}})
    assert made.status == 201, made.body
    if leader.get(f"/records/log_entry/{made.json['id']}").status == 200:
        eventually(lambda: leader.get(f"/files/{hash_}").status == 200)
    assert error(people["system"].get(f"/files/{hash_}")) == (404, "no_such_file")
    assert error(Person(server).get(f"/files/{hash_}")) == (401, "not_signed_in")


def test_what_a_browser_might_run_is_not_taken(server, people):
    for hostile in (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"<!doctype html><script>", b"MZ\x90\0", b"\x7fELF"):
        assert error(upload(people["duty"], hostile, "photo.jpg")) == (415, "file_type_refused"), hostile
    broken = upload(people["duty"], b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    assert broken.status == 201  # by its mark a PNG; no decoder has seen it
    assert error(people["duty"].get(f"/files/{broken.json['hash']}/thumbnail")) == (422, "picture_unreadable")


def test_a_large_upload_is_refused_before_it_is_sent(server, people):
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=10) as s:
        s.sendall(b"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\nExpect: 100-continue\r\n\r\n")
        assert b" 401 " in s.recv(65536).split(b"\r\n")[0]
    duty = people["duty"]
    with socket.create_connection(("127.0.0.1", server.http_port), timeout=10) as s:
        s.sendall((f"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nCookie: {duty.cookie}\r\nX-Anlan-Csrf: {duty.csrf}\r\n"
                   "Content-Length: 500000000\r\nExpect: 100-continue\r\n\r\n").encode())
        assert b" 413 " in s.recv(65536).split(b"\r\n")[0]
    note = b"x" * 3_000_000  # above what is kept in memory
    made = upload(duty, note, "long.txt")
    assert made.status == 201 and made.json["size"] == 3_000_000, made.body
    assert duty.get(f"/files/{made.json['hash']}").headers["content-disposition"].startswith("attachment")


def test_the_live_feed_tells_what_was_subscribed(server, people):
    duty = people["duty"]
    live = duty.live(duty.get("/journal/head").json["sequence"])
    live.until(lambda m: m["type"] == "hello")
    live.say({"type": "subscribe", "kinds": ["log_entry"], "observations": False})
    live.until(lambda m: m["type"] == "subscribed")
    vessel = duty.get("/records/vessel?limit=1").json["records"][0]
    duty.call("PATCH", f"/records/vessel/{vessel['id']}", {"fields": {"inventory_kg": 1234}}, {"If-Match": f'"{vessel["revision"]}"'})
    made = duty.post("/records/log_entry", {"fields": {"text": "x", "at": "2026-11-23T06:00:00Z"}}).json
    told = live.until(lambda m: m["type"] == "entry")
    assert told["record"]["id"] == made["id"], told["record"]["kind"]
    live.say({"type": "subscribe", "kinds": ["nonsense"]})
    refused = live.until(lambda m: m["type"] == "error")
    assert refused["id"] == "bad_subscription" and refused["zh"] and refused["en"]
    live.close()


def test_health_figures_and_request_ids(server, people):
    assert plain(server, "/healthz")[0] == 200 and plain(server, "/readyz")[0] == 200
    status, headers, body = plain(server, "/metrics")
    text = body.decode()
    assert status == 200 and headers["x-request-id"]
    for name in ("anlan_http_requests_total", "anlan_certificate_seconds_left", "anlan_files_bytes", "anlan_live_clients",
                 'anlan_http_request_seconds_bucket{le="0.005"}', 'le="+Inf"'):
        assert name in text, name
    left = float(next(l for l in text.splitlines() if l.startswith("anlan_certificate_seconds_left")).split()[1])
    assert 390 * 86400 < left < 397 * 86400, left
    assert "camera=(self)" in headers["permissions-policy"] and "frame-ancestors 'none'" in headers["content-security-policy"]
    for path in ("/api", "/api/docs"):
        status, headers, body = plain(server, path)
        assert status == 200 and b"/api/v1/files" in body and b"<script" not in body


def test_the_log_is_json_and_keeps_secrets(server, people):
    people["duty"].get("/records/nonsense?where=name:eq:secretname")
    lines = [json.loads(line) for line in list(server.output) if line.startswith("{")]
    mine = eventually(lambda: [json.loads(l) for l in list(server.output) if '"/api/v1/records/nonsense"' in l])
    assert mine[0]["status"] == 404 and mine[0]["account"] == "shenlan" and mine[0]["request"], mine
    assert lines, "no line of JSON"
    text = "".join(server.output)
    assert "secretname" not in text and people["duty"].cookie.split("=")[1] not in text and people["duty"].csrf not in text


def main():
    tests = [(n, f) for n, f in sorted(globals().items(), key=lambda e: getattr(e[1], "__code__", None) and e[1].__code__.co_firstlineno or 0)
             if n.startswith("test_") and (len(sys.argv) < 2 or sys.argv[1] in n)]
    failed = 0
    with Server(extra=["--no-simulator", "--log-json", "--verbose"]) as server:
        people = {"duty": Person(server, "shenlan"), "leader": Person(server, "zhouqiming"), "system": Person(server, "sysadmin")}
        for name, test in tests:
            try:
                test(server, people)
                print("ok    ", name)
            except Exception:
                failed += 1
                print("FAILED", name)
                traceback.print_exc()
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
