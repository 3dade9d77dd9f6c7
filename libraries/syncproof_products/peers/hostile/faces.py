"""A peer that shows one face to some of the others, and another one to the rest: two histories under one name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from syncproof_products.peers.core.actions import Action
from syncproof_products.peers.core.messages import Message
from syncproof_products.peers.core.model import Op
from syncproof_products.peers.core.proofs import Proof, author_of
from syncproof_products.peers.hostile.habit import Habit


class Faces(Habit):
    """Whoever it meets second, fourth and so on sees the other face. A subclass fills both.

    All that is in a face is signed. Of what is in none it says nothing, nor of what it has done.
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._met: list[str] = []
        self.faces: tuple[list[Op], list[Op]] = [], []

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

    def _expose(self, proof: Proof) -> list[Action]:
        return [] if author_of(proof) == self.name else super()._expose(proof)

    @contextmanager
    def _face(self, peer: str) -> Iterator[None]:
        mine = self.ops.get(self.name)
        if mine is None:
            yield
            return
        tip, shown = self._tips[self.name], self.faces[self._met.index(peer) % 2]
        self.ops[self.name], self.has[self.name] = shown, len(shown)
        self._tips[self.name] = shown[-1].fingerprint() if shown else ""
        try:
            yield
        finally:
            self.ops[self.name], self.has[self.name], self._tips[self.name] = mine, len(mine), tip
