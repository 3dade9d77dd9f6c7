"""Which blocks of many somebody has, in few bytes: a Bloom filter.

A digest that was put in is always found. Of others about one in a hundred is found, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

#: Bits for each digest, and how many bits a digest sets: with these about a hundredth of all others are found, too.
_BITS, _SET = 10, 7
#: Letters of a digest that say where one of these bits is. A digest is as good as chance already.
_LETTERS = 8


class Filter:
    """bits: as `of` made them, here or elsewhere. Any other bytes do as well: what is found in them is chance."""

    def __init__(self, bits: bytes) -> None:
        self.bits = bits

    @classmethod
    def of(cls, digests: Collection[str]) -> Filter:
        """One of these digests: sha256 in hex."""
        bits = bytearray((len(digests) * _BITS + 7) // 8)
        for digest in digests:
            for place in _places(digest, len(bits)):
                bits[place // 8] |= 1 << place % 8
        return cls(bytes(bits))

    def __contains__(self, digest: str) -> bool:
        """Whether it was put in; of those that were not about one in a hundred is found, too."""
        return bool(self.bits) and all(
            self.bits[place // 8] & 1 << place % 8 for place in _places(digest, len(self.bits))
        )


def _places(digest: str, size: int) -> Iterator[int]:
    """The bits that one sets in so many bytes."""
    for start in range(0, _SET * _LETTERS, _LETTERS):
        yield int(digest[start : start + _LETTERS], 16) % (8 * size)
