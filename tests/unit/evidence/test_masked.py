"""Bytes behind the mask of a WebSocket."""

from __future__ import annotations

import itertools

import pytest

from syncproof.evidence.masked import is_in

WANTED = b"a folder/Alice/1"


@pytest.mark.parametrize("before", [b"", b"x", b"abc"])
@pytest.mark.parametrize("mask", [b"\0\0\0\0", b"\x07\x81\xff\x20"])
def test_what_stands_there_is_found_under_any_mask(before: bytes, mask: bytes) -> None:
    said = bytes(a ^ b for a, b in zip(before + WANTED + b"...", itertools.cycle(mask)))
    assert is_in(b"head" + said + b"tail", WANTED)


def test_what_does_not_is_not() -> None:
    for said in (b"", b"abc", b"a folder/Alice/2" * 9, bytes(1000)):
        assert not is_in(said, WANTED)


def test_a_few_bytes_are_anywhere() -> None:
    with pytest.raises(ValueError, match="too short"):
        is_in(b"x", b"Alice")
