"""A peer that tells some of the others its changes in one order, and the rest in another one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from syncproof_agentkit.client import StoreError
from syncproof_agentkit.serving import agent_program
from syncproof_products.peers.agent.adapter import PeerAdapter
from syncproof_products.peers.agent.config import Config
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.messages import Message
from syncproof_products.peers.core.model import Change, Op, Vote
from syncproof_products.peers.core.node import Node


class TwoFaced(Node):
    """Whoever it meets second, fourth and so on hears of each two of its changes in the other order.

    Both orders are signed. It says nothing of a change that is not one of two yet, and nothing of what it has done.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._met: list[str] = []
        self._otherwise: list[Op] = []

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; and every second one in the other order, too."""
        actions = super().change(changes, key, written, votes)
        mine = self.ops[self.name]
        if len(mine) % 2 == 0:
            self._swap(*mine[-2:])
        return actions

    def _swap(self, one: Op, other: Op) -> None:
        before = self._otherwise[-1].fingerprint() if self._otherwise else ""
        first = self._sign(replace(one, before=before, changes=_as(other, one), key=other.key))
        last = replace(other, before=first.fingerprint(), changes=_as(one, other), key=one.key)
        self._otherwise += [first, self._sign(last)]

    def connected(self, peer: str) -> list[Action]:
        """Which face it shows is decided when it is met first."""
        if peer not in self._met:
            self._met.append(peer)
        with self._face(peer):
            return super().connected(peer)

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer answers, with that face."""
        with self._face(peer):
            return super().received(peer, message)

    def announce(self) -> list[Action]:
        """To each with its face."""
        if not self._grown:
            return []
        others, found = dict(self.others), []
        for peer, other in others.items():
            with self._face(peer):
                self.others, self._grown = {peer: other}, True
                found += super().announce()
        self.others, self._grown = others, False
        return found

    def _expose(self, one: Op, other: Op) -> list[Action]:
        del one, other
        return []

    @contextmanager
    def _face(self, peer: str) -> Iterator[None]:
        mine = self.ops.get(self.name)
        if mine is None:
            yield
            return
        tip = self._tips[self.name]
        shown = self._otherwise if self._met.index(peer) % 2 else mine[: len(self._otherwise)]
        self.ops[self.name], self.has[self.name] = shown, len(shown)
        self._tips[self.name] = shown[-1].fingerprint() if shown else ""
        try:
            yield
        finally:
            self.ops[self.name], self.has[self.name], self._tips[self.name] = mine, len(mine), tip


def _as(said: Op, place: Op) -> tuple[Change, ...]:
    """What one operation says, in the place of another one."""
    return tuple(
        Change(change.path, there.parents, change.content)
        for change, there in zip(said.changes, place.changes, strict=True)
    )


class _Device(Device):
    makes = TwoFaced


class _Adapter(PeerAdapter):
    makes = _Device


PROGRAM = agent_program(__name__, "Run a peer with two faces.", Config, _Adapter, (StoreError,))
run = PROGRAM.run
