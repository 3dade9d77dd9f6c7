"""Invites at the relay: used by one device, for their time, durable before anybody is told, and bounded."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

import pytest

from syncproof_products.bundled.core.wire import Refused
from syncproof_products.bundled.relay import invites
from syncproof_products.bundled.relay.invite import Invite
from syncproof_products.bundled.relay.invites import (
    EXPIRED,
    TAKEN,
    TOO_MANY,
    UNKNOWN,
    USED,
    Invites,
)
from syncproof_products.bundled.relay.writer import StoreInvite

T = TypeVar("T")

LOOKUP = "ABCDEFGH"


def hashed(shown: str) -> str:
    return hashlib.sha256(shown.encode()).hexdigest()


INVITE = Invite(LOOKUP, "alice", "room", "sealed", hashed("code"), hashed("t1"), 110.0)


class Relay:
    """Its clock, and what of its invites is on its disk."""

    def __init__(self, *kept: Invite) -> None:
        self.now = 100.0
        self.disk = {invite.lookup: invite for invite in kept}
        self.trouble: str | None = None
        self.start()

    def start(self) -> None:
        self.invites = Invites(lambda: self.now, self.disk.values(), self.store)

    async def store(self, job: StoreInvite) -> str | None:
        await asyncio.sleep(0)
        if self.trouble is None:
            for lookup in job.forgotten:
                del self.disk[lookup]
            self.disk[job.invite.lookup] = job.invite
        return self.trouble

    def put(self, invite: Invite) -> Refused | None:
        return done(self.invites.put(invite))

    def use(
        self, device: str = "bob", ticket: str = "t1", lookup: str = LOOKUP, key: str = ""
    ) -> Invite | Refused:
        return done(self.invites.use(lookup, ticket, device, key or f"key of {device}"))

    def look(self, device: str = "bob", token: str = "code", lookup: str = LOOKUP) -> Invite | Refused:
        return self.invites.look(lookup, token, device)


def used(device: str) -> Invite:
    return replace(INVITE, used_by=device, proof_hash=hashed(f"key of {device}"))


def done(asked: Awaitable[T]) -> T:
    async def ask() -> T:
        return await asked

    return asyncio.run(ask())


def test_it_is_looked_at_as_often_as_anybody_likes_and_used_by_one() -> None:
    relay = Relay()
    assert relay.put(INVITE) is None
    for device in ("bob", "carol"):
        assert relay.look(device) == INVITE
    assert relay.use("bob") == used("bob")
    assert relay.use("carol") is USED
    assert relay.look("carol") is USED


def test_whoever_did_not_hear_that_he_has_used_it_asks_again() -> None:
    relay = Relay(INVITE)
    assert relay.use("bob") == used("bob")
    relay.now = 1000.0
    assert relay.look() == used("bob")
    assert relay.use("bob") == used("bob")
    assert relay.use("bob", ticket="t2") is UNKNOWN
    assert relay.use("bob", key="key of somebody who calls himself bob") is USED


def test_of_two_at_the_same_time_one_uses_it() -> None:
    relay = Relay(INVITE)

    async def both() -> list[Invite | Refused]:
        return await asyncio.gather(
            *(relay.invites.use(LOOKUP, "t1", name, f"key of {name}") for name in ("bob", "carol"))
        )

    assert done(both()) == [used("bob"), USED]


def test_it_expires() -> None:
    relay = Relay(INVITE)
    relay.now = 109.9
    assert relay.look() == INVITE
    relay.now = 110.0
    assert relay.use() is EXPIRED
    assert relay.invites.until(5.0) == 115.0


def test_one_of_a_time_that_is_not_yet_is_not_believed() -> None:
    """The relay's clock was set back: for how long the invite can be used nobody knows any more."""
    relay = Relay(INVITE)
    relay.now = INVITE.until - invites.MOST_S - 1
    assert relay.use() is EXPIRED


@pytest.mark.parametrize("becomes", [lambda _: None, Relay.use, lambda relay: setattr(relay, "now", 1e6)])
def test_whoever_guesses_does_not_learn_whether_there_is_one(becomes: Callable[[Relay], object]) -> None:
    relay = Relay(INVITE)
    becomes(relay)
    assert relay.use("carol", lookup="HGFEDCBA") is relay.look("carol", lookup="HGFEDCBA") is UNKNOWN
    assert relay.use("carol", ticket="t2") is relay.look("carol", token="cod") is UNKNOWN


def test_nobody_replaces_another_ones() -> None:
    relay = Relay(INVITE)
    assert relay.put(replace(INVITE, inviter="mallory", room="elsewhere")) is TAKEN
    assert relay.look() == INVITE


def test_whoever_could_not_open_it_cannot_use_it() -> None:
    relay = Relay(INVITE)
    for ticket in ("", "t2", INVITE.ticket_hash):
        assert relay.use(ticket=ticket) is UNKNOWN
    assert isinstance(relay.use(), Invite)


def test_what_anybody_was_told_holds_when_the_relay_is_started_again() -> None:
    relay = Relay()
    relay.put(INVITE)
    relay.start()
    assert relay.use("bob") == used("bob")
    relay.start()
    assert relay.use("carol") is USED


def test_what_cannot_be_stored_is_not_so() -> None:
    relay = Relay()
    relay.trouble = "the disk is full"
    for refused in (relay.put(INVITE), relay.use()):
        assert isinstance(refused, Refused)
    assert relay.look() is UNKNOWN
    relay.trouble = None
    relay.put(INVITE)
    relay.trouble = "the disk is full"
    refused = relay.use("bob")
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (503, "storage_failed")
    relay.trouble = None
    assert isinstance(relay.use("carol"), Invite)


def test_one_device_cannot_have_any_number_and_takes_no_room_from_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(invites, "MOST_OF_ONE", 2)
    relay = Relay()
    results = [relay.put(replace(INVITE, lookup=lookup)) for lookup in "ABC"]
    assert results == [None, None, TOO_MANY]
    assert relay.put(replace(INVITE, lookup="D", inviter="bob")) is None
    relay.use(lookup="A")
    assert relay.put(replace(INVITE, lookup="C")) is None


def test_those_that_nobody_can_use_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invites, "MOST", 3)
    relay = Relay()
    for lookup, until in (("A", 110.0), ("B", 105.0), ("C", 110.0)):
        relay.put(replace(INVITE, lookup=lookup, until=until))
    assert relay.put(replace(INVITE, lookup="D")) is TOO_MANY
    relay.use(lookup="C")
    relay.now = 106.0
    assert relay.put(replace(INVITE, lookup="D")) is None
    assert set(relay.disk) == {"A", "D"}
    assert relay.look(lookup="B") is UNKNOWN
