"""Somebody sits between devices and their relay and swaps the keys by which they verify each other."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.faults.led_elsewhere import LedElsewhere
from syncproof.faults.man_in_the_middle.program import ManInTheMiddle
from syncproof.kernel.link import Link


class SwappedKeys(LedElsewhere):
    """Everything that these devices tell the relay goes through a man in the middle, which is a program of its own.

    name_of: what the scenario calls the device that the relay calls so. how: what it does, for the record.
    """

    kind = "man_in_the_middle"
    called = "man in the middle"

    def __init__(
        self, links: tuple[Link, ...], program: ManInTheMiddle, name_of: Callable[[str], str], how: str
    ) -> None:
        super().__init__(links, program)
        self.engine, self.requested = "man_in_the_middle", how
        self._man_in_the_middle, self._name_of = program, name_of

    def proof(self) -> str | None:
        """It bit when it has given somebody a key that is not the other one's."""
        deceived = [self._name_of(each) for each in self._man_in_the_middle.deceived()]
        return f"{' and '.join(deceived)} got a key of the man in the middle" if deceived else None
