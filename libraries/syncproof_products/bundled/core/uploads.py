"""Uploads in parts: what to do next for an attachment, by what the relay has said that it holds of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `offset` up to, without, `offset + length` of an attachment. length is 0 where the relay holds all of it
    already and has only to be told that this is the whole.
    """

    offset: int
    length: int


def is_in_parts(size: int, part_bytes: int) -> bool:
    """Whether an attachment of this size goes in parts: what is no larger than one goes in one request."""
    return size > part_bytes


def next_part(size: int, held: int, part_bytes: int) -> Part:
    """What to bring next, of an attachment of which the relay holds the first `held` bytes."""
    return Part(held, min(part_bytes, size - held))


def goes_on(size: int, before: int | None, held: int) -> bool:
    """Whether the relay's word can be gone on with. before: what it held when a part was sent; None: it was asked.

    A relay that holds no more than before, or more than there is, would be sent the same part for ever.
    """
    return 0 <= held <= size and (before is None or held > before)
