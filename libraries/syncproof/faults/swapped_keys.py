"""Somebody sits between devices and their relay and swaps the keys by which they verify each other."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.faults.network import LinkFault
from syncproof.kernel.link import Link


class SwappedKeys(LinkFault):
    """Everything that these devices tell the relay goes through a man in the middle, which is a program of its own.

    address: where it listens, as the proxies of the links see it. deceived: those that it has given another key so far,
    by what it says itself. discard: ends it. how: what it does, for the record.
    """

    kind = "man_in_the_middle"
    called = "man in the middle"

    def __init__(
        self,
        links: tuple[Link, ...],
        address: str,
        deceived: Callable[[], list[str]],
        discard: Callable[[], None],
        how: str,
    ) -> None:
        super().__init__(links)
        self.engine, self.requested = "man_in_the_middle", how
        self._address, self._deceived, self._discard = address, deceived, discard
        self._upstreams: dict[str, str] = {}

    def begin(self) -> None:
        for link in self.links:
            self._upstreams[link.name] = link.upstream
            link.redirect(self._address)

    def proof(self) -> str | None:
        """It bit when it has given somebody a key that is not the other one's."""
        deceived = self._deceived()
        return f"{' and '.join(deceived)} got a key of the man in the middle" if deceived else None

    def end(self) -> None:
        self.reset_probes()
        for link in self.links:
            link.redirect(self._upstreams[link.name])
        self._discard()
