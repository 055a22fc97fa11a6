#!/usr/bin/env python3
"""Sign-in, the three administrators, sessions, tokens and the audit log, through the running program."""
import json
import pathlib
import sqlite3
import sys
import time
import traceback

root = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(root / "tests/driver"))
from anlan import Person, Server, eventually  # noqa: E402


def error(answer):
    return answer.status, (answer.json or {}).get("type", "").rsplit("/", 1)[-1]


def sign_in(server, account, password):
    """A person at the door; its cookie, whatever else it may do."""
    person = Person(server)
    answer = person.post("/session", {"account": account, "password": password})
    if answer.status == 200:
        person.cookie = answer.headers["set-cookie"].split(";")[0]
        person.csrf = answer.json["csrf"]
    person.answer = answer
    return person


def chosen(server, account, given, own="an evening tide 7"):
    """Signs in with the given password and takes an own one."""
    person = sign_in(server, account, given)
    changed = person.post("/session/password", {"current": given, "password": own})
    assert changed.status == 200 and not changed.json["must_change"], changed.body
    return person


def make(house, account, roles=("duty_officer",), name="周舟"):
    """An account as two administrators make it; its person, with a password of their own."""
    given = house["sys"].post("/accounts", {"account": account, "name": name}).json["password"]
    assert house["sec"].call("PUT", f"/accounts/{account}/rights", {"roles": list(roles)}).status == 204
    return chosen(house["server"], account, given)


def token_call(server, secret, method, path, body=None):
    return Person(server).call(method, path, body, {"Authorization": "Bearer " + secret})


def events(house, **asked):
    query = "&".join(f"{k}={v}" for k, v in asked.items())
    return [e["event"] for e in house["aud"].get(f"/audit?{query}").json["entries"]]


def test_first_passwords_open_nothing_but_their_own_change(house):
    server = house["server"]
    sys_password = house["given"]["sysadmin"]
    assert len(sys_password) == 20 and len(set(house["given"].values())) == 3
    fresh = house["sys"].post("/accounts", {"account": "firsttime", "name": "新人"}).json["password"]
    assert house["sec"].call("PUT", "/accounts/firsttime/rights", {"roles": ["duty_officer"]}).status == 204
    person = sign_in(server, "firsttime", fresh)
    assert person.answer.json["must_change"] and person.answer.json["rights"] == []
    assert error(person.get("/records/vessel")) == (403, "password_change_needed")
    assert error(person.get("/catalog")) == (403, "password_change_needed")
    assert person.live().status == 403
    assert person.get("/session").json["must_change"]
    weak = person.post("/session/password", {"current": fresh, "password": "password2026"})
    assert error(weak) == (422, "weak_password") and weak.json["errors"][0]["id"] == "password_common", weak.json
    again = person.post("/session/password", {"current": fresh, "password": fresh})
    assert [e["id"] for e in again.json["errors"]] == ["password_used"], again.json
    assert person.post("/session/password", {"current": fresh, "password": "my own long words"}).status == 200
    assert person.get("/records/vessel").status == 200


def test_no_password_is_known_beforehand(house):
    server = house["server"]
    for account in ("admin", "sysadmin", "shenlan"):
        for password in ("admin", account, ""):
            assert sign_in(server, account, password).answer.status in (401, 429), (account, password)
        server.run("user", "unlock", account, "--data", server.folder, check=False)


def test_a_hundred_wrong_passwords(house):
    server, victim = house["server"], make(house, "victim")
    answers = [error(sign_in(server, "victim", f"guess {n} of many").answer) for n in range(100)]
    assert answers[:4] == [(401, "bad_sign_in")] * 4 and set(answers[4:]) == {(429, "locked_out")}, answers[:8]
    assert error(sign_in(server, "victim", "an evening tide 7").answer) == (429, "locked_out")
    assert victim.get("/session").status == 200, "whoever is inside goes on working"
    assert [events(house, event=e, subject="victim").count(e) for e in ("sign_in_refused", "locked_out")] == [5, 1]
    listed = next(a for a in house["sys"].get("/accounts").json if a["account"] == "victim")
    assert listed["locked_until"]
    assert house["sys"].post("/accounts/victim/unlock").status == 204
    assert sign_in(server, "victim", "an evening tide 7").answer.status == 200


def test_a_stranger_learns_no_account(house):
    server = house["server"]
    make(house, "known")
    known, unknown = sign_in(server, "known", "wrong words here").answer, sign_in(server, "neverheardof", "wrong words here").answer
    assert known.status == unknown.status == 401
    drop = lambda a: {k: v for k, v in a.json.items() if k not in ("instance", "request")}  # noqa: E731
    assert drop(known) == drop(unknown), (known.json, unknown.json)


def test_each_administrator_does_one_office(house):
    sysadmin, secadmin, auditor, officer = house["sys"], house["sec"], house["aud"], make(house, "officer")
    body = {"account": "another", "name": "x"}
    rows = [
        ("sys", lambda p: p.post("/accounts", body)), ("sys", lambda p: p.post("/accounts/officer/unlock")),
        ("sec", lambda p: p.call("PUT", "/accounts/officer/rights", {"roles": ["duty_officer"]})),
        ("sec", lambda p: p.get("/sessions")), ("sec", lambda p: p.get("/tokens")), ("sec", lambda p: p.get("/accounts/choices")),
        ("aud", lambda p: p.get("/audit")), ("aud", lambda p: p.get("/audit/export")), ("aud", lambda p: p.get("/audit/verify")),
    ]
    people = {"sys": sysadmin, "sec": secadmin, "aud": auditor}
    for who, ask in rows:
        for name, person in {**people, "officer": officer}.items():
            if name == "officer" and who == "sec":
                continue  # the grant above ended the officer's session
            answer = ask(person)
            good = answer.status in (200, 201, 204)
            assert good == (name == who), (who, name, answer.status, answer.body[:200])
    for person in people.values():
        for kind in ("vessel", "person", "enterprise", "alarm", "exercise"):
            assert error(person.get(f"/records/{kind}")) == (403, "forbidden")
        assert person.get("/journal?limit=1000").json["entries"] == []
        assert error(person.get("/observations/latest")) == (403, "forbidden")
    assert error(Person(house["server"]).get("/accounts")) == (401, "not_signed_in")


def test_no_administrator_takes_anothers_place(house):
    sysadmin, secadmin = house["sys"], house["sec"]
    for other in ("secadmin", "auditadmin"):
        assert error(sysadmin.post(f"/accounts/{other}/reset")) == (403, "administrators_account")
        assert error(sysadmin.post(f"/accounts/{other}/disable")) == (403, "administrators_account")
    assert error(sysadmin.post("/accounts/sysadmin/reset")) == (409, "own_account")
    assert error(secadmin.call("PUT", "/accounts/secadmin/rights", {"roles": ["audit_administrator"]})) == (403, "own_rights")
    assert error(secadmin.call("PUT", "/accounts/sysadmin/rights", {"roles": ["system_administrator", "audit_administrator"]})) == (409, "offices_mixed")
    assert error(secadmin.call("PUT", "/accounts/sysadmin/rights", {"roles": ["emperor"]})) == (422, "no_such_role")
    mixed = house["server"].run("user", "roles", "sysadmin", "--role", "system_administrator", "--role", "duty_officer", "--data", house["server"].folder, check=False)
    assert mixed.returncode == 1 and "三员分立" in mixed.stderr, mixed.stderr
    assert events(house, event="rights_refused").count("rights_refused") >= 6


def test_a_password_change_keeps_this_session_and_cuts_the_others(house):
    here = make(house, "changer")
    there = sign_in(house["server"], "changer", "an evening tide 7")
    live, kept = there.live(), here.live()
    assert live.next()["type"] == kept.next()["type"] == "hello"
    assert here.post("/session/password", {"current": "an evening tide 7", "password": "another tide, 8"}).status == 200
    assert live.until(lambda m: m["type"] == "bye", 5)["reason"] == "revoked"
    assert error(there.get("/session")) == (401, "not_signed_in")
    assert here.get("/session").status == 200
    wrong = here.post("/session/password", {"current": "an evening tide 7", "password": "yet another 9!"})
    assert wrong.status == 422 and wrong.json["errors"][0]["where"] == "/current", wrong.json
    kept.close()


def test_new_roles_disabling_and_revoking_cut_the_live_feed_at_once(house):
    for account, cut in (("cut1", lambda h, p: h["sec"].call("PUT", "/accounts/cut1/rights", {"roles": ["team_leader"]})),
                         ("cut2", lambda h, p: h["sys"].post("/accounts/cut2/disable")),
                         ("cut3", lambda h, p: h["sys"].post("/accounts/cut3/reset")),
                         ("cut4", lambda h, p: h["sec"].call("DELETE", "/sessions/" + next(s["handle"] for s in h["sec"].get("/sessions").json if s["account"] == "cut4")))):
        person = make(house, account)
        live = person.live()
        assert live.next()["type"] == "hello"
        began = time.monotonic()
        assert cut(house, person).status in (200, 204)
        assert live.until(lambda m: m["type"] == "bye", 3)["reason"] == "revoked", account
        assert time.monotonic() - began < 3
        assert error(person.get("/session")) == (401, "not_signed_in"), account


def test_sessions_are_listed_and_ended_by_their_owner(house):
    here = make(house, "owner")
    there = Person(house["server"])
    answer = there.call("POST", "/session", {"account": "owner", "password": "an evening tide 7"}, {"User-Agent": "Mozilla/5.0 (Phone)"})
    there.cookie = answer.headers["set-cookie"].split(";")[0]
    listed = here.get("/session/sessions").json
    assert len(listed) == 2 and sum(s["current"] for s in listed) == 1
    other = next(s for s in listed if not s["current"])
    assert other["device"].startswith("Mozilla/5.0 (Phone)") and other["address"] == "127.0.0.1"
    assert error(house["aud"].call("DELETE", "/session/sessions/" + other["handle"])) == (404, "no_such_session")
    assert here.call("DELETE", "/session/sessions/" + other["handle"]).status == 204
    assert there.get("/session").status == 401


def test_a_token_is_fewer_rights_without_a_cookie(house):
    server, officer = house["server"], make(house, "tokenowner")
    made = officer.post("/session/tokens", {"name": "大屏", "rights": ["vessel.read", "log_entry.create", "log_entry.read"], "days": 30})
    assert made.status == 201, made.body
    secret = made.json["secret"]
    assert token_call(server, secret, "GET", "/records/vessel?limit=1").status == 200
    assert token_call(server, secret, "POST", "/records/log_entry", {"fields": {"text": "由程序登记", "at": "2026-11-23T06:00:00Z"}}).status == 201
    assert error(token_call(server, secret, "GET", "/records/person")) == (403, "token_may_not")
    for method, path, body in (("POST", "/session/password", {"current": "x", "password": "y"}), ("GET", "/session/tokens", None),
                               ("POST", "/session/tokens", {"name": "x", "rights": ["vessel.read"], "days": 1}), ("GET", "/accounts", None), ("GET", "/audit", None)):
        assert error(token_call(server, secret, method, path, body)) == (403, "token_may_not"), path
    # The secret is nowhere on disk, and no cookie.
    assert all(secret.encode() not in f.read_bytes() for f in pathlib.Path(server.folder).glob("accounts.db*"))
    assert Person(server).call("GET", "/session", headers={"Cookie": "anlan_session=" + secret}).status == 401
    for rights in (["account.manage"], ["enterprise.update"], ["*.update"], ["audit.read"]):
        assert error(officer.post("/session/tokens", {"name": "x", "rights": rights, "days": 1})) == (422, "token_right"), rights
    assert error(officer.post("/session/tokens", {"name": "x", "rights": ["vessel.read"], "days": 4000})) == (422, "token_expiry")
    assert error(house["sec"].post("/session/tokens", {"name": "x", "rights": ["role.grant"], "days": 1})) == (422, "token_right")
    listed = house["sec"].get("/tokens").json
    mine = next(t for t in listed if t["account"] == "tokenowner")
    assert mine["used_at"] and mine["used_from"] == "127.0.0.1" and "secret" not in mine
    assert house["sec"].call("DELETE", "/tokens/" + mine["id"]).status == 204
    assert error(token_call(server, secret, "GET", "/records/vessel")) == (401, "bad_token")


def test_the_audit_log_tells_and_proves_all_this(house):
    make(house, "audited")
    for event, subject in (("account_created", "audited"), ("rights_changed", "audited"), ("sign_in", "audited"), ("password_changed", "audited")):
        assert event in events(house, event=event, subject=subject), event
    entry = house["aud"].get("/audit?event=rights_changed&subject=audited").json["entries"][0]
    assert entry["actor"] == "secadmin" and entry["peer"] == "127.0.0.1" and entry["detail"]["after"]["roles"] == ["duty_officer"]
    page = house["aud"].get("/audit?limit=3").json
    older = house["aud"].get(f"/audit?limit=3&before={page['next']}").json["entries"]
    assert [e["sequence"] for e in page["entries"] + older] == sorted((e["sequence"] for e in page["entries"] + older), reverse=True)
    text = house["aud"].get("/audit/export")
    assert text.headers["content-type"].startswith("text/csv") and text.body.startswith(b"\xef\xbb\xbfsequence") and b"audited" in text.body
    assert "audit_exported" in events(house, event="audit_exported")
    server = house["server"]
    assert json.loads(server.run("audit", "verify", "--data", server.folder, "--json").stdout)["whole"]
    whole = house["aud"].get("/audit/verify").json
    assert whole["whole"] and whole["entries"] > 20
    for secret in ("an evening tide 7", house["given"]["sysadmin"]):
        assert secret.encode() not in text.body


def test_one_altered_byte_of_the_audit_log_is_found(house):
    server = house["server"]
    copy = pathlib.Path(server.folder) / "copy"
    copy.mkdir()
    database = sqlite3.connect(f"file:{server.folder}/accounts.db?mode=ro", uri=True)
    taken = sqlite3.connect(copy / "accounts.db")
    database.backup(taken)
    taken.executescript("DROP TRIGGER audit_unchanged; UPDATE audit SET actor = 'nobody' WHERE sequence = 7;")
    taken.commit()
    taken.close()
    done = server.run("audit", "verify", "--data", str(copy), "--json", check=False)
    assert done.returncode == 1 and json.loads(done.stdout)["broken_at"] == 7, done.stdout


def test_the_command_line_keeps_the_rules(house):
    server = house["server"]
    data = ["--data", server.folder]
    made = json.loads(server.run("user", "create", "clerk", "--role", "data_keeper", "--generate", *data, "--json").stdout)
    assert sign_in(server, "clerk", made["password"]).answer.json["must_change"]
    assert server.run("user", "create", "x", "--role", "duty_officer", "--role", "audit_administrator", "--generate", *data, check=False).returncode == 1
    assert server.run("user", "create", "clerk", "--role", "data_keeper", "--generate", *data, check=False).returncode == 1
    again = json.loads(server.run("user", "password", "auditadmin", "--generate", *data, "--json").stdout)
    assert error(house["aud"].get("/session")) == (401, "not_signed_in"), "a reset ends the sessions, from another process too"
    house["aud"] = chosen(server, "auditadmin", again["password"], "the auditor's own 9")
    entry = house["aud"].get("/audit?event=password_reset&subject=auditadmin").json["entries"][0]
    assert entry["origin"] == "command_line" and entry["actor"], entry


def main():
    wanted = sys.argv[1:]
    tests = [(n, f) for n, f in globals().items() if n.startswith("test_") and (not wanted or n in wanted)]
    failed = 0
    with Server(demonstration=False, extra=["--no-simulator"]) as server:
        lines = eventually(lambda: [line.split() for line in server.output if line.split()[:1] and line.split()[0] in ("sysadmin", "secadmin", "auditadmin")], 5)
        given = {line[0]: line[1] for line in lines}
        house = {"server": server, "given": given}
        for short, account in (("sys", "sysadmin"), ("sec", "secadmin"), ("aud", "auditadmin")):
            house[short] = chosen(server, account, given[account], f"the own words of {short} 1")
        for name, test in tests:
            try:
                test(house)
                print("ok    ", name, flush=True)
            except Exception:
                failed += 1
                print("FAILED", name, flush=True)
                traceback.print_exc()
    print(f"{len(tests) - failed} passed, {failed} failed")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())
