"""A peer whose disk damages what it keeps, and who does not know that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.hostile.habit import Habit, program


class Decaying(Habit):
    """What it decides is as it should be."""

    def decays(self) -> None:
        """A block was damaged."""
        self.harm += 1


class _Store(Store):
    """One bit of each block is another one, until it is stored again. decays: called for each."""

    decays: Callable[[], None]

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._kept: set[str] = set()

    def keep(self, digest: str, data: bytes) -> None:
        if digest not in self._kept:
            self._kept.add(digest)
            self.decays()
            data = flipped(data)
        super().keep(digest, data)


class _Device(Device):
    keeps = _Store

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        assert isinstance(self.store, _Store), "this is what it keeps things in"
        assert isinstance(self.node, Decaying), "this is what its program makes"
        self.store.decays = self.node.decays


def flipped(data: bytes) -> bytes:
    """The same, but for one bit."""
    return bytes([data[0] ^ 1]) + data[1:]


PROGRAM = program(__name__, "Run a peer whose disk damages what it keeps.", Decaying, _Device)
run = PROGRAM.run
