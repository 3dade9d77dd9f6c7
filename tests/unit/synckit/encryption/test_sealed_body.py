"""Bodies are opened by members of the group alone, for the operation and the author that they are of."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.envelope import unpack
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.group_key import Cost, GroupKey
from syncproof_synckit.encryption.ids import device_id, group_id
from syncproof_synckit.encryption.sealed_body import BodySealing
from syncproof_synckit.encryption.secret import Secret

BODY = '{"op_id": "g/Alice/1", "text": "hello"}'


def member(device: str = "Alice", group: str = "g", passphrase: bytes = b"p") -> BodySealing:
    key = GroupKey.derive(Secret(passphrase), group_id("g"), Cost(1, 1))
    return BodySealing(key, group, device, random=os.urandom, clock=lambda: 1_705_000_000.9)


ALICE, BOB = member(), member("Bob")


def test_a_member_opens_what_another_sealed() -> None:
    sealed = ALICE.seal("g/Alice/1", BODY, 7)
    assert "hello" not in sealed
    assert BOB.open("g/Alice/1", "Alice", sealed) == BODY
    header = unpack(base64.b64decode(msgspec.json.decode(sealed)["sealed"])).header
    assert (header.sender, header.group) == (device_id("Alice"), group_id("g"))
    assert (header.cursor, header.timestamp) == (7, 1_705_000_000)


@pytest.mark.parametrize(
    ("open_", "says"),
    [
        (lambda sealed: member(passphrase=b"q").open("g/Alice/1", "Alice", sealed), "authentication fails"),
        (lambda sealed: BOB.open("g/Alice/2", "Alice", sealed), "authentication fails"),
        (lambda sealed: BOB.open("g/Alice/1", "Carol", sealed), "sender is not Carol"),
        (lambda sealed: member(group="h").open("g/Alice/1", "Alice", sealed), "another group"),
        (lambda _: BOB.open("g/Alice/1", "Alice", BODY), "not sealed"),
        (lambda _: BOB.open("g/Alice/1", "Alice", ""), "not sealed"),
        (lambda _: BOB.open("g/Alice/1", "Alice", '{"sealed": "%%%"}'), "not sealed"),
        (lambda _: BOB.open("g/Alice/1", "Alice", '{"sealed": ""}'), "no envelope"),
        (lambda _: BOB.open("g/Alice/1", "Alice", "[" * 100_000), "not sealed"),
    ],
)
def test_whoever_is_not_meant_opens_nothing(open_: Callable[[str], str], says: str) -> None:
    with pytest.raises(PayloadRefused, match=says):
        open_(ALICE.seal("g/Alice/1", BODY, 0))


@settings(max_examples=50, deadline=None)
@given(body=st.text(max_size=3000), op_id=st.text(max_size=30))
def test_bodies_round_trip_within_the_size_that_was_announced(body: str, op_id: str) -> None:
    sealed = ALICE.seal(op_id, body, 2**60)
    assert BOB.open(op_id, "Alice", sealed) == body
    assert len(sealed) <= ALICE.size(len(body.encode()))


def test_each_call_seals_otherwise() -> None:
    assert ALICE.seal("1", BODY, 0) != ALICE.seal("1", BODY, 0)
