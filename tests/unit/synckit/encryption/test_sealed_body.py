"""Bodies are opened by members of the group alone, for the operation and the author that they are of."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.content import ContentRef
from syncproof_synckit.encryption.envelope import unpack
from syncproof_synckit.encryption.errors import PayloadRefused
from syncproof_synckit.encryption.group_key import Cost, GroupKey
from syncproof_synckit.encryption.ids import device_id, group_id
from syncproof_synckit.encryption.manifest import BodyWithContents, Item, Place, checked, signed
from syncproof_synckit.encryption.sealed_body import BodySealing
from syncproof_synckit.encryption.secret import Secret
from syncproof_synckit.encryption.signature import SigningKey, is_signed

BODY = '{"op_id": "g/Alice/1", "text": "hello"}'


def member(device: str = "Alice", group: str = "g", passphrase: bytes = b"p") -> BodySealing:
    key = GroupKey.derive(Secret(passphrase), group_id("g"), Cost(1, 1))
    signing = SigningKey(Secret(f"{device:32}".encode()))
    return BodySealing(key, group, device, signing, random=os.urandom, clock=lambda: 1_705_000_000.9)


ALICE, BOB = member(), member("Bob")


def test_a_member_opens_what_another_sealed() -> None:
    sealed = ALICE.seal("g/Alice/1", BODY, 7)
    assert "hello" not in sealed
    assert BOB.open("g/Alice/1", "Alice", sealed) == BodyWithContents(BODY, ())
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
    assert BOB.open(op_id, "Alice", sealed).body == body
    assert len(sealed) <= ALICE.size(len(body.encode()))


def test_each_call_seals_otherwise() -> None:
    assert ALICE.seal("1", BODY, 0) != ALICE.seal("1", BODY, 0)


CONTENT = ContentRef(b"i" * 16, b"h" * 32, b"n" * 24, 100, 116)
ITEM = Item("picture.png", b"d" * 32, b"a" * 32, CONTENT)


@settings(max_examples=30, deadline=None)
@given(name=st.text(max_size=60), count=st.integers(1, 6), size=st.integers(0, 2**40))
def test_what_is_said_of_contents_round_trips_within_the_size_that_was_announced(
    name: str, count: int, size: int
) -> None:
    content = msgspec.structs.replace(CONTENT, content_size=size, encrypted_size=size + 16)
    items = tuple(
        msgspec.structs.replace(ITEM, name=name, content=content, address=bytes([number]) * 32)
        for number in range(count)
    )
    sealed = ALICE.seal("g/Alice/1", BODY, 2**60, items)
    opened = BOB.open("g/Alice/1", "Alice", sealed)
    assert (opened.body, opened.items) == (BODY, items)
    assert len(sealed) <= ALICE.size(len(BODY.encode()) + count * len(name.encode()), count)


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (msgspec.structs.replace(ITEM, address=b"a" * 31), "the address of a content has 31 bytes"),
        (msgspec.structs.replace(ITEM, digest=b""), "the digest of a content has 0 bytes"),
        (msgspec.structs.replace(ITEM, content=msgspec.structs.replace(CONTENT, nonce=b"")), "the nonce"),
        (msgspec.structs.replace(ITEM, content=msgspec.structs.replace(CONTENT, hash=b"")), "the hash"),
        (msgspec.structs.replace(ITEM, content=msgspec.structs.replace(CONTENT, blob_id=b"")), "the blob id"),
        (
            msgspec.structs.replace(ITEM, content=msgspec.structs.replace(CONTENT, encrypted_size=115)),
            "a content of 100 bytes is said to have 115",
        ),
        (
            msgspec.structs.replace(
                ITEM, content=msgspec.structs.replace(CONTENT, content_size=-1, encrypted_size=15)
            ),
            "a content of -1 bytes",
        ),
        (msgspec.structs.replace(ITEM, digest=b"e" * 32), "one address for several contents"),
    ],
)
def test_what_can_be_said_of_no_content_is_refused(item: Item, says: str) -> None:
    with pytest.raises(PayloadRefused, match=says):
        BOB.open("g/Alice/1", "Alice", ALICE.seal("g/Alice/1", BODY, 0, (ITEM, item)))


PLACE = Place(group_id("g"), device_id("Alice"), "g/Alice/1")
ALICES = SigningKey(Secret(b"alice" * 6))
SECOND = msgspec.structs.replace(ITEM, address=b"b" * 32)
SIGNED = signed(BODY, (ITEM, SECOND), PLACE, ALICES)
OTHER_ITEM = msgspec.structs.replace(ITEM, address=b"c" * 32)


def test_a_manifest_is_what_its_author_signed_and_for_this_place_alone() -> None:
    assert checked(SIGNED, PLACE) == SIGNED
    assert SIGNED.signer == ALICES.public


@pytest.mark.parametrize(
    "said",
    [
        msgspec.structs.replace(SIGNED, items=(ITEM, OTHER_ITEM)),
        msgspec.structs.replace(SIGNED, items=(ITEM,)),
        msgspec.structs.replace(SIGNED, items=(ITEM, SECOND, OTHER_ITEM)),
        msgspec.structs.replace(SIGNED, body="{}"),
        msgspec.structs.replace(SIGNED, signer=SigningKey(Secret(b"eve" * 11)).public),
        msgspec.structs.replace(SIGNED, signer=b""),
        msgspec.structs.replace(SIGNED, signature=b""),
        msgspec.structs.replace(SIGNED, signature=bytes(64)),
    ],
)
def test_a_manifest_that_nobody_signed_so_is_refused(said: BodyWithContents) -> None:
    with pytest.raises(PayloadRefused, match="manifest is not what its author has signed"):
        checked(said, PLACE)


@pytest.mark.parametrize(
    "place",
    [
        Place(group_id("h"), PLACE.author, PLACE.op_id),
        Place(PLACE.group, device_id("Bob"), PLACE.op_id),
        Place(PLACE.group, PLACE.author, "g/Alice/2"),
    ],
)
def test_a_manifest_holds_at_no_other_place(place: Place) -> None:
    with pytest.raises(PayloadRefused, match="manifest"):
        checked(SIGNED, place)


def test_a_signature_is_the_published_one() -> None:
    """RFC 8032, 7.1, test 2: what verifies is Ed25519 as others have it."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert is_signed(public, signature, b"\x72")
    assert not is_signed(public, signature, b"\x73")
    assert not is_signed(b"short", signature, b"\x72")
