"""Messages come as they were said, and have few lengths on their way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncproof_products.peers.agent.folder import BLOCK_BYTES
from syncproof_products.peers.agent.padding import Unpadded, bare, length, padded
from syncproof_products.peers.core.bounds import MOST_MESSAGE
from syncproof_products.peers.core.messages import Block, encode


@given(st.binary(max_size=3000) | st.binary(max_size=100).map(lambda data: data + b"\x80\0\0"))
def test_what_was_said_comes(message: bytes) -> None:
    assert bare(padded(message)) == message
    assert len(padded(message)) == length(len(message)) > len(message)


def test_there_are_few_lengths() -> None:
    assert len({length(size) for size in range(0, MOST_MESSAGE, 97)}) <= 24
    assert {length(size) for size in range(400)} == {512}


def test_a_whole_block_costs_no_more_than_it_did() -> None:
    message = encode(Block("0" * 64, b"x" * BLOCK_BYTES))
    assert length(len(message)) == BLOCK_BYTES + 512


@pytest.mark.parametrize("came", [b"", b"\0" * 9, b"a message"])
def test_what_has_no_end_is_no_message(came: bytes) -> None:
    with pytest.raises(Unpadded):
        bare(came)
