"""Invites over HTTP: whoever uses one is a member, by the word of who made it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from syncproof_products.bundled.tests.relay_process.relay_process import RelayProcess

INVITE = "/invites/ABCDEFGH"
TICKET = {"ticket": "t1", "proof": "k" * 64}
WANTED = {
    "room": "room",
    "sealed": "c2VhbGVk",
    "token_hash": hashlib.sha256(b"code").hexdigest(),
    "ticket_hash": hashlib.sha256(b"t1").hexdigest(),
    "valid_s": 60,
}


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay", {}) as there:
        yield there


def said(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json().get("code", "")


def test_whoever_uses_it_is_a_member(relay: RelayProcess) -> None:
    alice, bob, carol = (relay.device(name).client for name in ("alice", "bob", "carol"))
    assert alice.put("/rooms/room", json={"members": ["alice"]}).status_code == 200
    assert alice.put(INVITE, json=WANTED).status_code == 201
    assert said(alice.put(INVITE, json=WANTED)) == (409, "taken")
    assert said(bob.get("/rooms/room/events?after=0&limit=1"))[0] == 403
    opening = f"{INVITE}/open"
    assert bob.post(opening, json={"token": "code"}).json() == {"sealed": "c2VhbGVk"}
    assert said(bob.post(opening, json={"token": "cod"})) == (404, "unknown_invite")
    assert said(bob.post(INVITE, json={**TICKET, "ticket": "t2"})) == (404, "unknown_invite")
    for wrong in (b"", b"{}", b'{"ticket": 1}', b'{"ticket": "t1", "proof": "short"}'):
        assert said(bob.post(INVITE, content=wrong)) == (400, "invalid")
    assert bob.post(INVITE, json=TICKET).json() == {"room": "room"}
    assert bob.get("/rooms/room/events?after=0&limit=1").status_code == 200
    for path, shown in ((INVITE, TICKET), (opening, {"token": "code"})):
        assert said(carol.post(path, json=shown)) == (409, "invite_used")
        unknown = path.replace("ABCDEFGH", "HGFEDCBA")
        assert said(carol.post(unknown, json=shown)) == (404, "unknown_invite")
    assert bob.post(INVITE, json=TICKET).json() == {"room": "room"}, "he may not have heard it"
    assert said(bob.post(INVITE, json={**TICKET, "proof": "x" * 64})) == (409, "invite_used")
    assert said(carol.get("/rooms/room/events?after=0&limit=1"))[0] == 403


def test_what_it_said_of_invites_holds_behind_its_end(relay: RelayProcess) -> None:
    alice = relay.room("alice")[0].client
    invites = ("/invites/ABCDEFGH", "/invites/HGFEDCBA")
    for invite in invites:
        assert alice.put(invite, json=WANTED).status_code == 201
    assert relay.device("bob").client.post(invites[0], json=TICKET).status_code == 200
    relay.kill()
    relay.restart()
    bob, carol = (relay.device(name).client for name in ("bob", "carol"))
    assert said(carol.post(invites[0], json=TICKET)) == (409, "invite_used")
    assert bob.post(invites[0], json=TICKET).json() == {"room": "room"}, "he may not have heard it"
    assert carol.post(invites[1], json=TICKET).json() == {"room": "room"}


def test_nobody_invites_where_he_is_no_member(relay: RelayProcess) -> None:
    alice, mallory, bob = (relay.device(name).client for name in ("alice", "mallory", "bob"))
    alice.put("/rooms/room", json={"members": ["alice"]})
    assert mallory.put(INVITE, json=WANTED).status_code == 201
    assert said(bob.post(INVITE, json=TICKET)) == (403, "not_member")
    assert said(bob.get("/rooms/room/events?after=0&limit=1"))[0] == 403


def test_what_is_wrong_is_told_and_strangers_are_refused(relay: RelayProcess) -> None:
    alice = relay.device("alice").client
    for change in (
        {"valid_s": 0},
        {"valid_s": 90_000},
        {"sealed": ""},
        {"room": "a\nb"},
        {"ticket_hash": "x"},
        {"token_hash": "x"},
        {"more": 1},
    ):
        assert said(alice.put(INVITE, json={**WANTED, **change})) == (400, "invalid"), change
    for lookup in ("abcdefgh", "ABCDEFG", "ABCDEFG1"):
        assert said(alice.put(f"/invites/{lookup}", json=WANTED)) == (400, "invalid")
    assert said(alice.put(INVITE, json={**WANTED, "sealed": "x" * 40_000})) == (413, "too_large")
    for method, path in (("PUT", INVITE), ("POST", INVITE), ("POST", f"{INVITE}/open")):
        assert relay.http.request(method, path).status_code == 401


def test_whoever_guesses_has_to_wait_and_nobody_else(relay: RelayProcess) -> None:
    alice, bob, mallory = (relay.device(name).client for name in ("alice", "bob", "mallory"))
    alice.put("/rooms/room", json={"members": ["alice"]})
    assert alice.put(INVITE, json=WANTED).status_code == 201
    opening = f"{INVITE}/open"
    guesses = [mallory.post(opening, json={"token": f"guess {number}"}) for number in range(11)]
    assert [said(each) for each in guesses] == [(404, "unknown_invite")] * 10 + [(429, "too_many_guesses")]
    assert 0 < int(guesses[-1].headers["retry-after"]) <= 10
    for path, shown in ((opening, {"token": "code"}), (INVITE, TICKET)):
        assert said(mallory.post(path, json=shown)) == (429, "too_many_guesses")
    assert said(mallory.put(INVITE, json=WANTED)) == (429, "too_many_guesses")
    assert bob.post(INVITE, json=TICKET).json() == {"room": "room"}
