"""Looking for bytes in traffic: as they are, or behind the mask of a WebSocket (RFC 6455, 5.3)."""

from __future__ import annotations

_MASK = 4


def is_in(data: bytes, wanted: bytes) -> bool:
    """Whether bytes stand somewhere in others, as they are or under any mask of four bytes that repeats.

    A mask of four bytes leaves alone what each byte has in common with the one four places on.

    Example: ``is_in(b"xx" + bytes(b ^ 7 for b in b"a long text"), b"a long text")`` is ``True``.
    """
    if len(wanted) < 3 * _MASK:
        raise ValueError(f"{wanted!r} is too short to be told from chance")
    return wanted in data or _unmasked(wanted) in _unmasked(data)


def _unmasked(data: bytes) -> bytes:
    size = len(data) - _MASK
    if size <= 0:
        return b""
    both = int.from_bytes(data[:size], "big") ^ int.from_bytes(data[_MASK:], "big")
    return both.to_bytes(size, "big")
