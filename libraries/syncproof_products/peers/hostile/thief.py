"""A stranger who has a copy of what another peer keeps, its key too, and passes for that one."""

from __future__ import annotations

from typing import Any

from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.hostile.habit import program
from syncproof_products.peers.hostile.impostor import FalseName, Impostor, Passing


class StolenName(FalseName):
    """It is whoever was told the keys of all others, and not its own."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        others = self._store.pins()
        self._name = next((each for each in self._store.members() if each not in others), "")

    def _greeting(self, expected: str) -> Hello:  # noqa: ARG002 - it says the same to everybody
        return Hello(self._name, self._device.shared)


class Stealing(Passing):
    """Its shell."""

    connects = StolenName


PROGRAM = program(__name__, "Run a peer that has stolen the key of another one.", Impostor, Stealing)
run = PROGRAM.run
