"""A stranger who connects again and again, says nothing, and stays: so that nobody else finds room."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from syncproof_products.peers.agent.connections import Connections
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.hostile.habit import Habit, program

#: Between two connections to one peer.
_EVERY_S = 0.025


class Crowding(Habit):
    """Each connection is such an attempt."""


class Crowd(Connections):
    """It knows where each peer is, and greets nobody."""

    async def _dial(self, peer: str) -> None:
        kept: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        host, _, port = self._store.links()[peer].rpartition(":")
        try:
            while True:
                await self._may_talk.wait()
                with suppress(OSError):
                    kept.append(await asyncio.open_connection(host, int(port)))
                    self._device.node.harm += 1  # type: ignore[attr-defined]
                for reader, writer in kept:
                    if reader.at_eof():
                        writer.close()
                kept = [each for each in kept if not each[0].at_eof()]
                await asyncio.sleep(_EVERY_S)
        finally:
            for _, writer in kept:
                writer.close()


class Standing(Device):
    """Its shell."""

    connects = Crowd


PROGRAM = program(__name__, "Run a stranger who leaves no room for others.", Crowding, Standing)
run = PROGRAM.run
