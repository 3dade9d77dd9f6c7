"""Which bits of a stream of bytes become other ones. Pure."""

from __future__ import annotations

from collections.abc import Callable

#: Bytes between one damaged byte and the next; as many pass before the first one, so that connections come about.
EVERY = 200_000


class Bits:
    """One direction of one connection. damaged: called for each byte that becomes another one."""

    def __init__(self, damaged: Callable[[], None]) -> None:
        self._damaged = damaged
        #: Bytes that pass until the next one that is damaged.
        self._until = EVERY

    def feed(self, data: bytes) -> bytes:
        """What goes on instead of it: as many bytes."""
        passed = bytearray(data)
        while self._until < len(passed):
            passed[self._until] ^= 1
            self._damaged()
            self._until += EVERY
        self._until -= len(passed)
        return bytes(passed)
