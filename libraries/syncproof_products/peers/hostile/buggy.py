"""A peer whose program has bugs: it says what no peer says at that point, or ever."""

from __future__ import annotations

from typing import cast

import msgspec

from syncproof_products.peers.core.actions import Action, Send
from syncproof_products.peers.core.messages import Block, Grant, Hello, Message, Ops, Pull
from syncproof_products.peers.core.model import MOST
from syncproof_products.peers.hostile.habit import Habit, program


class _Unknown(msgspec.Struct, tag="unknown"):
    """No peer knows this message."""


_NONSENSE = (
    Hello("nobody", "nothing"),
    Block("0" * 64, b"nobody has asked for this"),
    Pull({}, {"nobody": MOST}),
    Grant("plan.txt", MOST, 0.0),
    cast(Message, _Unknown()),
)


class Buggy(Habit):
    """Whenever it is told of changes it says something of that, one after the other."""

    def received(self, peer: str, message: Message) -> list[Action]:
        """As a peer does; and then it says more."""
        actions = super().received(peer, message)
        if isinstance(message, Ops):
            actions.append(Send(peer, _NONSENSE[self.harm % len(_NONSENSE)]))
            self.harm += 1
        return actions


PROGRAM = program(__name__, "Run a peer whose program has bugs.", Buggy)
run = PROGRAM.run
