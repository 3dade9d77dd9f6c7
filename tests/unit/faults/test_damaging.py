"""Which bits of what passes over a damaging link are flipped."""

from __future__ import annotations

import pytest

from syncproof.faults.damaging.bits import EVERY, Bits


@pytest.mark.parametrize("piece", [1, 7, EVERY - 1, EVERY, EVERY + 1, 3 * EVERY + 5])
def test_one_bit_in_so_many_bytes_is_flipped_however_they_are_cut(piece: int) -> None:
    said, times = b"x" * (3 * EVERY + 5), []
    bits = Bits(lambda: times.append(1))
    passed = b"".join(bits.feed(said[start : start + piece]) for start in range(0, len(said), piece))
    assert [n for n, byte in enumerate(passed) if byte != said[n]] == [EVERY, 2 * EVERY, 3 * EVERY]
    assert len(passed) == len(said)
    assert len(times) == 3
    assert passed[EVERY] == said[EVERY] ^ 1


def test_what_is_shorter_passes_as_it_is() -> None:
    bits = Bits(pytest.fail)
    assert bits.feed(b"hello") == b"hello"
