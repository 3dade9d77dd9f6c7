"""Events that nobody can read, from another client of a device's user."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.server import RawEvent
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How deep: far beyond where a recursive reader ends.
DEPTH = 100_000


def _half(op_id: str, identity: str) -> RawEvent:
    """A body that ends in the middle."""
    del identity
    return RawEvent(op_id, json.dumps({"op_id": op_id, "text": "half"})[:-5])


def _too_deep(op_id: str, identity: str) -> RawEvent:
    """A change of an entry, nested deeper than most readers go."""
    del identity
    body = f'{{"op_id": {json.dumps(op_id)}, "deep": {"[" * DEPTH}{"]" * DEPTH}}}'
    return RawEvent(op_id, body, kind="put", entry="unreadable")


def _impossible_clock(op_id: str, identity: str) -> RawEvent:
    """A change of an entry that claims as many changes of its author before it as a number can say."""
    body = json.dumps({"op_id": op_id, "text": "from the far future"})
    return RawEvent(op_id, body, kind="put", entry="unreadable", clock={identity: 2**63 - 1})


UNREADABLE = (_half, _too_deep, _impossible_clock)


class UnreadableEvents(State):
    """What is sent of them in one scenario."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.op_ids: list[str] = []

    def send(self, name: str, count: int) -> None:
        """Enqueue events that nobody can read, each for another reason, in turn."""
        world = self._world
        identity = world.node(name).identity
        if count < 1:
            raise InvalidScenario(f"{name}'s other client cannot send {count} events.")
        for _ in range(count):
            number = len(self.op_ids)
            op_id = f"{world.topology.group}/{name}/unreadable-{number + 1}"
            event = UNREADABLE[number % len(UNREADABLE)](op_id, identity)
            self.op_ids.append(op_id)
            world.scheduler.at(
                world.scheduler.now(),
                lambda event=event: self._push(name, event),  # type: ignore[misc]
                f"{name}'s other client sends {op_id}",
            )

    def _push(self, name: str, event: RawEvent) -> None:
        """Not acknowledged on record: nobody has to deliver it."""
        number = self.op_ids.index(event.op_id) + 1
        places = self._world.of(OtherClients).push(name, f"{name}'s other client", [(number, event)])
        self._world.note("unreadable", device=name, op_id=event.op_id, server_order=places[event.op_id])
