"""A peer that floods the others on one connection after the other, so that none of them carries very much."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from websockets.exceptions import WebSocketException

from syncproof_products.peers.agent.connections import Connections, Lost
from syncproof_products.peers.agent.device import Device
from syncproof_products.peers.core.actions import Action, Refuse, Send
from syncproof_products.peers.core.messages import Here, Message, Still
from syncproof_products.peers.core.model import Change, Vote
from syncproof_products.peers.hostile.habit import Habit, program

#: Messages on one connection, and connections to one peer.
_AT_ONCE, _CONNECTIONS = 190, 3
_AGAIN_S = 0.01


class Hopping(Habit):
    """From its first change on: what it says on one connection it says again on the next."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self._floods = False
        self._begun: Counter[str] = Counter()

    def change(
        self, changes: Sequence[Change], key: str, written: float, votes: Sequence[Vote] = ()
    ) -> list[Action]:
        """As a peer does; and then it begins."""
        actions = super().change(changes, key, written, votes)
        self._floods = True
        return [*actions, *(each for peer in self.others for each in self._flood(peer))]

    def connected(self, peer: str) -> list[Action]:
        """As a peer greets; and then it goes on."""
        return [*super().connected(peer), *self._flood(peer)]

    def received(self, peer: str, message: Message) -> list[Action]:
        """Who has taken in all of it is left, for another connection."""
        actions = super().received(peer, message)
        if isinstance(message, Here) and self._floods:
            actions.append(Refuse(peer, "on to the next connection"))
        return actions

    def _flood(self, peer: str) -> list[Action]:
        if not self._floods or self._begun[peer] == _CONNECTIONS:
            return []
        self._begun[peer] += 1
        self.harm += _AT_ONCE
        said = [Send(peer, have) for have in self.have()] * _AT_ONCE
        return [*said[:_AT_ONCE], Send(peer, Still())]


class Restless(Connections):
    """It connects again at once."""

    async def _dial(self, peer: str) -> None:
        while True:
            await self._may_talk.wait()
            with suppress(Lost, OSError, WebSocketException, TimeoutError, ssl.SSLError):
                await self._session(peer)
            await asyncio.sleep(_AGAIN_S)


class Hopper(Device):
    """Its shell."""

    connects = Restless


PROGRAM = program(__name__, "Run a peer that floods on one connection after the other.", Hopping, Hopper)
run = PROGRAM.run
