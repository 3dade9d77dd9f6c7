"""Bugs that only a peer or a network which is faulty makes use of."""

from __future__ import annotations

import time
from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.peers.agent.connections import Connections, _Talk
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.contents import Damaged


@breaks(Store, "block")
def trusts_its_disk(original: Callable[[Store, str], bytes], self: Store, digest: str) -> bytes:
    """What is read is taken for what was stored."""
    try:
        return original(self, digest)
    except Damaged:
        trusts_its_disk.ran()
        row = self._db.execute("SELECT data FROM blocks WHERE digest = ?", (digest,)).fetchone()
        return bytes(row[0])


@breaks(Connections, "refuse")
def talks_to_nobody_any_more(
    original: Callable[[Connections, str, str], None], self: Connections, peer: str, reason: str
) -> None:
    """Who hears nonsense of one peer goes offline."""
    original(self, peer, reason)
    if "greeting" in reason:
        talks_to_nobody_any_more.ran()
        self.connect(False)


@breaks(Connections, "_ended")
def takes_damage_for_a_lie(
    original: Callable[[Connections, str, _Talk], None], self: Connections, peer: str, talk: _Talk
) -> None:
    """That its connections break is held against a peer: when two have, it is quarantined."""
    broke = self._talks.get(peer) is talk and self.wanted
    original(self, peer, talk)
    times = takes_damage_for_a_lie.state
    times[peer] = times.get(peer, 0) + broke
    if broke and times[peer] == 2 and self._device.reputation.caught(peer, time.monotonic()):  # type: ignore[attr-defined]
        takes_damage_for_a_lie.ran()
        self._device._quarantine(peer, "its connections break")  # type: ignore[attr-defined]
