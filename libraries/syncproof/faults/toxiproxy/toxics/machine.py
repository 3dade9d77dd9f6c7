"""The behaviour of a toxic on one link: a state machine `(now, chunk | mark) -> [(due, chunk | mark)]`."""

from __future__ import annotations

import enum
from typing import ClassVar, Final

MS: Final = 1_000_000
"""Nanoseconds per millisecond: attributes are in ms, as in the HTTP API; time is in ns."""

READ_SIZE: Final = 32 * 1024
"""A chunk is what one read of a socket gave, at most this many bytes (as Go's io.Copy reads)."""

NEVER: Final = 1 << 62
"""A due time that never comes: the item stays until the toxic is changed or removed."""


class Mark(enum.Enum):
    """What can pass along a link besides bytes."""

    EOF = "eof"
    """The sender has shut down its side; the other direction lives on."""
    CLOSE = "close"
    """The connection ends, both ways, once what is ahead of this mark has passed."""
    RESET = "reset"
    """As CLOSE, but abruptly (RST)."""
    TICK = "tick"
    """To the toxic itself: `step` wants to be called at that time. A later TICK replaces it."""


Item = bytes | Mark
Emission = tuple[int, Item]


class Machine:
    """One toxic on one link. `now` never goes back between calls, and dues of one machine never go back
    either.

    The driver gives a machine its next item only when everything it emitted for the one before is gone, so
    that an interrupt (the toxic is changed, or removed) can hand on at once what is in hand and decide anew
    on the rest.
    """

    ahead_chunks: int = 4
    """How many chunks may wait in front of this machine before its source is no longer read."""
    ahead_bytes: int = 2 * READ_SIZE
    """The same in bytes."""
    spacing: int = 0
    """So many ns at least lie between two items that leave the chain."""
    counts_from_read: ClassVar[bool] = False
    """Whether `now` is the time at which the chunk was read from its socket, not that at which it got here.
    """

    def start(self, now: int) -> list[Emission]:  # noqa: ARG002
        """The link begins, or the toxic was changed: what is to happen without any data."""
        return []

    def step(self, now: int, item: Item) -> list[Emission]:
        """Take the next chunk or mark; say what leaves, and when. The marks EOF, CLOSE and RESET end the
        link. Everything passes at once here: the toxic `noop`, and any other where toxicity decided against it.
        """
        return [(now, item)]
