"""Invites at the relay: used once, for their time, and bounded."""

from __future__ import annotations

import hashlib

import pytest

from syncproof_products.bundled.relay import invites
from syncproof_products.bundled.relay.invites import InviteGoneError, Invites

HASH = hashlib.sha256(b"t1").hexdigest()


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def kept(clock: Clock, lookup: str = "ABCDEFGH", valid_s: float = 10.0) -> Invites:
    there = Invites(clock)
    assert there.put(lookup, "alice", "room", "sealed", HASH, valid_s)
    return there


def why(there: Invites, lookup: str = "ABCDEFGH", ticket: str = "t1") -> str:
    with pytest.raises(InviteGoneError) as gone:
        there.use(lookup, ticket)
    return gone.value.why


def test_it_is_looked_at_as_often_as_anybody_likes_and_used_once() -> None:
    there = kept(Clock())
    assert there.look("ABCDEFGH") is there.look("ABCDEFGH")
    used = there.use("ABCDEFGH", "t1")
    assert (used.inviter, used.room, used.sealed) == ("alice", "room", "sealed")
    assert why(there) == "used"
    with pytest.raises(InviteGoneError, match="used"):
        there.look("ABCDEFGH")
    there.give_back(used)
    assert there.use("ABCDEFGH", "t1") is used


def test_it_expires() -> None:
    clock = Clock()
    there = kept(clock)
    clock.now = 109.9
    assert there.look("ABCDEFGH")
    clock.now = 110.0
    assert why(there) == "expired"


def test_one_that_nobody_made_is_unknown() -> None:
    assert why(kept(Clock()), "HGFEDCBA") == "unknown"


def test_nobody_replaces_another_ones() -> None:
    there = kept(Clock())
    assert not there.put("ABCDEFGH", "mallory", "elsewhere", "other", HASH, 10.0)
    assert there.look("ABCDEFGH").inviter == "alice"


def test_the_oldest_is_forgotten_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invites, "MOST", 2)
    there = kept(Clock(), "A")
    for lookup in ("B", "C"):
        there.put(lookup, "alice", "room", "sealed", HASH, 10.0)
    assert why(there, "A") == "unknown"
    assert there.look("B")
    assert there.look("C")


def test_whoever_could_not_open_it_cannot_use_it() -> None:
    there = kept(Clock())
    for ticket in ("", "t2", HASH):
        assert why(there, ticket=ticket) == "ticket"
    assert there.use("ABCDEFGH", "t1").used
