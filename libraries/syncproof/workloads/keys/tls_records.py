"""How long the pieces are in which TLS carries what nobody can read: that can be seen by whoever listens."""

from __future__ import annotations

#: Content types and version of a record (RFC 8446, 5.1); those of the last type carry what applications say.
_TYPES, _VERSION, _SAID, _HEAD = range(20, 24), 3, 23, 5


def record_lengths(heard: bytes) -> set[int]:
    """Of all records that carry what applications say; one that has not come whole counts. Behind no TLS: none."""
    found: set[int] = set()
    at = 0
    while at + _HEAD <= len(heard) and heard[at] in _TYPES and heard[at + 1] == _VERSION:
        length = int.from_bytes(heard[at + 3 : at + _HEAD])
        if heard[at] == _SAID:
            found.add(length)
        at += _HEAD + length
    return found
