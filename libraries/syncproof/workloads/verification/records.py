"""What a device says of a verification."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from syncproof.evidence.records import NEVER, Event, Interval


class Verification(Event, frozen=True, kw_only=True, tag="verification"):
    """Where a device says that its verification of another one is, and the string that it shows.

    id: the same on both devices. peer: as the system calls it.
    """

    id: str
    peer: str
    state: str
    emoji: tuple[str, ...] = ()
    reason: str = ""

    @classmethod
    def outstanding(cls, lines: Sequence[Self]) -> Iterator[Interval]:
        """Each verification until it has ended."""
        begun: dict[str, int] = {}
        for line in lines:
            if line.state in ("verified", "cancelled"):
                yield begun.pop(line.id, line.t_ns), line.t_ns
            else:
                begun.setdefault(line.id, line.t_ns)
        yield from ((since, NEVER) for since in begun.values())
