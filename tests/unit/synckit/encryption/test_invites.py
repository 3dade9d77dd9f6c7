"""Invites: nothing is lost on the way, whatever is wrong with one is told, and nobody sees a key."""

from __future__ import annotations

import contextlib
import os

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncproof_synckit.encryption.invite import (
    Invite,
    InviteRefused,
    ShortCode,
    _checksum,
    from_qr,
    is_qr,
    to_qr,
)
from syncproof_synckit.encryption.invite import _base64 as base64

INVITE = Invite(
    bytes(range(32)), "room-1", "argon2id m=19456 t=2 p=1 00ff", "ABCDEFGH", "t1", 1_705_000_600.0
)
CODE = ShortCode.parse("ABCD-EFGH-IJKL-MNOP")


@given(
    st.binary(min_size=32, max_size=32),
    st.text(min_size=1, max_size=200),
    st.text(max_size=300),
    st.floats(0, 1e11),
)
def test_a_qr_code_round_trips(relay: bytes, group: str, secret: str, expires: float) -> None:
    invite = Invite(relay, group, secret, "ABCDEFGH", "ticket", expires)
    text = to_qr(invite)
    assert from_qr(f" {text}\n") == invite
    assert is_qr(text)


def test_a_short_code_has_four_groups_of_four() -> None:
    codes = {ShortCode.draw(os.urandom).reveal() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        assert len(code) == 19
        assert [code[at] for at in (4, 9, 14)] == ["-"] * 3
        assert ShortCode.parse(code).reveal() == code
        assert not is_qr(code)


def test_its_halves_are_for_looking_up_and_for_opening() -> None:
    assert CODE.lookup == "ABCDEFGH"
    assert CODE.reveal() == "ABCD-EFGH-IJKL-MNOP"
    for text in ("abcdefghijklmnop", " ABCD EFGH ijkl mnop ", "ABCD--EFGHIJKL-MNOP"):
        assert ShortCode.parse(text).reveal() == CODE.reveal()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "16 letters and digits, this one has 0"),
        ("ABCD-EFGH-IJKL-MNO", "this one has 15"),
        ("ABCD-EFGH-IJKL-MNOPQ", "this one has 17"),
        ("ABCD-EFGH-IJKL-MNO1", "letters A to Z and the digits 2 to 7"),
        ("ABCD-EFGH-IJKL-MN\u00d6P", "letters A to Z"),
    ],
)
def test_what_is_no_short_code_is_told(text: str, said: str) -> None:
    with pytest.raises(InviteRefused, match=said):
        ShortCode.parse(text)


def test_what_the_relay_holds_opens_by_the_second_half_alone() -> None:
    sealed = CODE.seal(INVITE, os.urandom)
    assert CODE.open(sealed) == INVITE
    assert CODE.seal(INVITE, os.urandom) != sealed
    for part in (b"room-1", b"argon2id", INVITE.relay):
        assert part not in sealed
    for other in ("ABCD-EFGH-IJKL-MNOQ", "ABCD-EFGI-IJKL-MNOP"):
        with pytest.raises(InviteRefused, match="read it again"):
            ShortCode.parse(other).open(sealed)
    for wrong in (sealed[:-1], sealed[:20], b"", bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(InviteRefused, match="read it again"):
            CODE.open(wrong)


def changed(invite: Invite, **fields: object) -> str:
    """A QR code with what no device would write."""
    content = msgspec.msgpack.encode(
        [{**msgspec.structs.asdict(invite), **fields}[name] for name in invite.__struct_fields__]
    )
    return f"syncproof-invite:1:{base64(content + _checksum(content))}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no invite"),
        ("https://example.org/a", "no invite"),
        (to_qr(INVITE).replace(":1:", ":2:"), "version 2, this device reads 1: update the device"),
        (to_qr(INVITE)[:-1], "cut or changed"),
        (to_qr(INVITE)[:40], "cut or changed"),
        (to_qr(INVITE)[:19], "cut or changed"),
        (to_qr(INVITE) + "!", "cut or changed"),
        (to_qr(INVITE)[:30] + ("A" if to_qr(INVITE)[30] != "A" else "B") + to_qr(INVITE)[31:], "checksum"),
        (changed(INVITE, relay=b"x" * 31), "key in it has 31 bytes, expected 32"),
        (changed(INVITE, group=7), "update the device"),
    ],
)
def test_what_is_no_qr_code_is_told(text: str, said: str) -> None:
    with pytest.raises(InviteRefused, match=said) as refused:
        from_qr(text)
    assert "argon2id" not in str(refused.value)


@settings(max_examples=200)
@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (from_qr, ShortCode.parse, lambda rest: from_qr(f"syncproof-invite:1:{rest}")):
        with contextlib.suppress(InviteRefused):
            read(text)


def test_it_expires() -> None:
    assert not INVITE.is_expired(INVITE.expires - 1)
    assert INVITE.is_expired(INVITE.expires)


def test_no_secret_shows() -> None:
    assert "00ff" not in repr(INVITE)
    assert "MNOP" not in repr(CODE)
