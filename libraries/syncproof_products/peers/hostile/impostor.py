"""A peer that passes for another one: it knows that one's name, and does not have its key."""

from __future__ import annotations

from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.messages import Hello
from syncproof_products.peers.hostile.habit import Habit, program


class Impostor(Habit):
    """Each time that it dials somebody is such an attempt."""


class Attempts(Connections):
    """It counts them."""

    async def _session(self, peer: str) -> None:
        self._device.node.harm += 1  # type: ignore[attr-defined]
        await super()._session(peer)


class FalseName(Attempts):
    """It greets each peer under the name of another one."""

    def _greeting(self, expected: str) -> Hello:
        others = [name for name in self._store.members() if name not in (expected, self._device.name)]
        return Hello(others[0], self._device.shared)


class Passing(Device):
    """Its shell."""

    connects: type[Connections] = FalseName


PROGRAM = program(__name__, "Run a peer that passes for another one.", Impostor, Passing)
run = PROGRAM.run
