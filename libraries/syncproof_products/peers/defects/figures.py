"""Bugs by which a peer takes more of a machine, or of its users' time, than a plan allows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from syncproof_defects import breaks
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.bounds import MOST_MESSAGE

_MESSAGES = 8


@breaks(Device, "_announce")
def gathers_changes_for_long(original: Callable[[Device], None], self: Device) -> None:
    """Others are told of changes as seldom as the folder is looked at, and not at once."""
    gathers_changes_for_long.ran()
    asyncio.get_running_loop().call_later(self.settings.scan_s, original, self)


@breaks(Device, "_look_on")
async def looks_without_a_pause(original: Callable[[Device], Awaitable[None]], self: Device) -> None:
    """The folder is looked at again as soon as it was looked at."""
    del original
    looks_without_a_pause.ran()
    while True:
        if self.shared and not self.read_only:
            self.look_again()
        await asyncio.sleep(0)


@breaks(Device, "connected")
def keeps_room_for_each_peer(original: Callable[[Device, str], None], self: Device, peer: str) -> None:
    """For each peer there is room in memory for several of the largest messages, used or not."""
    keeps_room_for_each_peer.ran()
    keeps_room_for_each_peer.state[peer] = bytearray(b"\1") * (_MESSAGES * MOST_MESSAGE)
    original(self, peer)


@breaks(Device, "_serve")
def gives_each_part_twice(
    original: Callable[[Device, str, str], None], self: Device, to: str, digest: str
) -> None:
    """Whoever asks for a part of a file gets it twice."""
    gives_each_part_twice.ran()
    original(self, to, digest)
    original(self, to, digest)
