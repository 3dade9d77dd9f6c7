"""Locks of files: leases of their paths, shown in the folder as lock files beside them.

A lock file is for people and their programs: it says who has the lock, and decides nothing. One that is damaged is
written anew, one that is left over is taken away; where that cannot be done now, it is tried again.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence

from syncproof_agentkit.client import Observe
from syncproof_products.peers.agent.folder import Folder
from syncproof_products.peers.agent.store import Store
from syncproof_products.peers.core.actions import Leased, OfLeases, Promise, Send
from syncproof_products.peers.core.leases import Leases
from syncproof_products.peers.core.messages import Message, OfLease

#: Called so, it is the lock of no file.
_LEADERSHIP = ""
_SAID = re.compile(r"\d+ (.+)\n")


def _now_s() -> float:
    """Seconds of a clock that goes on while the machine sleeps: a lock of a laptop that is closed runs out."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _said(owner: str, epoch: int) -> str:
    """What a lock file says."""
    return f"{epoch} {owner}\n"


def owner_of(said: str) -> str:
    """Who has the lock, by what a lock file says; "" where it is damaged."""
    found = _SAID.fullmatch(said)
    return found[1] if found else ""


class Locks:
    """name: of this peer. lasts_s: how long a lock lasts that nobody asks for again. send: a message to a peer."""

    def __init__(
        self,
        name: str,
        lasts_s: float,
        store: Store,
        folder: Folder,
        send: Callable[[str, Message], None],
        observe: Observe,
    ) -> None:
        self._store, self._folder, self._send, self._observe = store, folder, send, observe
        self._lasts_s = lasts_s
        self._leases = Leases(name, store.members, lasts_s)
        self._leases.restore(store.promises(), _now_s())
        #: Promises that could not be stored yet: owner and epoch by lease.
        self._unstored: dict[str, tuple[str, int]] = {}

    # -- what is wanted

    def lock(self, path: str) -> None:
        """Have the lock of a file as soon as it can be had."""
        self._do(self._leases.want(path, _now_s()))

    def unlock(self, path: str) -> None:
        """Need it no more."""
        self._do(self._leases.give_back(path, _now_s()))

    def stand(self, wanted: bool) -> None:
        """Want to lead all who share the folder, or not any more: that is a lease like any other, of no path."""
        (self.lock if wanted else self.unlock)(_LEADERSHIP)

    # -- what happens

    async def run(self) -> None:
        """Keep what is held, and let go of what is not, until cancelled."""
        while True:
            self._do(self._leases.pass_time(_now_s()))
            await asyncio.sleep(self._lasts_s / 20)

    def connected(self, peer: str) -> None:
        """A peer has greeted."""
        self._do(self._leases.connected(peer, _now_s()))

    def disconnected(self, peer: str) -> None:
        """A connection has ended."""
        self._leases.disconnected(peer)

    def received(self, peer: str, message: OfLease) -> None:
        """A message of a peer that has greeted."""
        self._do(self._leases.received(peer, message, _now_s()))

    def show(self) -> None:
        """Let the folder show who has which lock, as far as that is known here."""
        known = self._leases.known(_now_s())
        self._folder.show_locks({path: _said(owner, epoch) for path, (owner, epoch) in known.items() if path})

    def _do(self, actions: Sequence[OfLeases]) -> None:
        """What is promised is on disk before anybody is told."""
        for action in actions:
            if isinstance(action, Promise):
                self._unstored[action.lease] = action.owner, action.epoch
        for lease, promised in list(self._unstored.items()):
            self._store.put_promise(lease, *promised)
            del self._unstored[lease]
        for action in actions:
            match action:
                case Send(to, message):
                    self._send(to, message)
                case Leased(path, state, epoch, until):
                    until_ns = time.monotonic_ns() + round((until - _now_s()) * 1e9) if until else 0
                    told = {"path": path, "state": state, "epoch": epoch, "until_ns": until_ns}
                    self._observe("lock", told)
                case _:
                    pass
        if actions:
            self.show()
