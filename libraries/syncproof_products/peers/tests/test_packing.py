"""Blocks travel compressed, come out as they were, and are compressed once."""

from __future__ import annotations

import hashlib
import os
import zlib

import pytest

from syncproof_products.peers.agent.packing import Packing, Unpackable, unpacked
from syncproof_products.peers.core.messages import Block, decode, encode

WORDS = b"one and two and three " * 2000
MOST = 1 << 20


def packing(*blocks: bytes) -> tuple[Packing, list[str], list[str]]:
    stored = {hashlib.sha256(data).hexdigest(): data for data in blocks}
    asked: list[str] = []

    def read(digest: str) -> bytes:
        asked.append(digest)
        return stored[digest]

    return Packing(read), list(stored), asked


@pytest.mark.parametrize("data", [WORDS, b"", b"x", os.urandom(5000)], ids=["words", "none", "one", "random"])
def test_a_block_comes_out_as_it_was(data: bytes) -> None:
    one, (digest,), _ = packing(data)
    sent = decode(encode(one.block(digest)))
    assert isinstance(sent, Block)
    assert unpacked(sent, MOST) == Block(digest, data)


def test_words_take_less_and_what_is_random_no_more() -> None:
    one, (words, random), _ = packing(WORDS, os.urandom(5000))
    assert len(encode(one.block(words))) < len(WORDS) / 10
    assert not one.block(random).packed


def test_a_block_is_read_and_compressed_once_however_many_ask_for_it() -> None:
    one, (digest,), asked = packing(WORDS)
    assert len({id(one.block(digest)) for _ in range(20)}) == 1
    assert (one.packed, asked) == (1, [digest])


def test_few_blocks_are_kept() -> None:
    one, digests, asked = packing(*(b"%d" % each for each in range(200)))
    for digest in digests:
        one.block(digest)
    one.block(digests[0])
    assert len(one._kept) <= 64
    assert asked.count(digests[0]) == 2


def test_what_is_not_stored_is_not_sent() -> None:
    with pytest.raises(KeyError):
        packing()[0].block("x")


@pytest.mark.parametrize(
    "data",
    [b"no zlib", zlib.compress(WORDS)[:-3], zlib.compress(WORDS) + b"more", zlib.compress(bytes(MOST + 1))],
    ids=["something else", "cut off", "more behind it", "too large"],
)
def test_what_is_no_compressed_block_is_refused(data: bytes) -> None:
    with pytest.raises(Unpackable):
        unpacked(Block("x", data, packed=True), MOST)
