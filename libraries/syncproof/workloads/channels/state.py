"""The channels of one scenario: who is subscribed, what was published, and what servers count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from syncproof.evidence.records import Deliver, Left, Member
from syncproof.kernel.agent import AgentError, Operation
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.channels.records import NO_COUNT, ChannelCount, ChannelState, ChannelSubscription
from syncproof.workloads.channels.surface import CountSubscribers

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often a server is asked at most.
_ASK_NS = 20_000_000
_encode = msgspec.json.Encoder(order="sorted").encode


class Channels(State):
    """What was asked of clients. A channel of a scenario has a name of its own, as its group has."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._known: set[str] = set()
        self._published = False
        #: (client, channel) -> when its server was asked last.
        self._asked_ns: dict[tuple[str, str], int] = {}

    def name(self, channel: str) -> str:
        """What the product calls a channel."""
        return f"{self._world.topology.group}/{channel}"

    def known(self, channel: str) -> str:
        """Like `name`. Raises InvalidScenario for a channel that nobody has had to do with."""
        if channel not in self._known:
            there = ", ".join(f'"{each}"' for each in sorted(self._known)) or "none yet"
            raise InvalidScenario(
                f'There is no channel "{channel}" in this scenario (there are: {there}). Let a client subscribe to it '
                f"first: 'Alice subscribes to channel \"{channel}\"'."
            )
        return self.name(channel)

    def subscribe(self, names: Sequence[str], channel: str) -> None:
        """Subscribe clients, and wait until their servers have confirmed it."""
        world = self._world
        self._known.add(channel)
        world.operations.flush()
        for name in names:
            node = world.node(name)
            node.agent.set_group(self.name(channel), [node.identity])
        world.run_until(
            f'{" and ".join(names)} to be subscribed to channel "{channel}"',
            lambda: all(self.subscription(name, channel) == "confirmed" for name in names),
            PATIENCE_S,
        )
        for name in names:
            world.record(Member(t_ns=world.scheduler.now(), device=name, group=self.name(channel)))

    def unsubscribe(self, name: str, channel: str) -> None:
        """Unsubscribe a client, and wait until its server has confirmed it."""
        self.known(channel)
        self._world.operations.flush()
        self._world.node(name).agent.leave_group(self.name(channel))
        self._world.run_until(
            f'{name} to be subscribed to channel "{channel}" no more',
            lambda: self.subscription(name, channel) == "left",
            PATIENCE_S,
        )
        self._world.record(Left(t_ns=self._world.scheduler.now(), device=name, group=self.name(channel)))

    def connect_elsewhere(self, name: str, server: str) -> None:
        """Let a client use its link to another node in place of its first one, and wait until it is connected."""
        world = self._world
        link = world.node(name).links.get(server)
        if link is None:
            there = ", ".join(world.node(name).links)
            raise InvalidScenario(f"{name} has no link to '{server}'; its links lead to: {there}.")
        if self._published:  # what was meant for it until then and what from then on cannot be told apart
            raise InvalidScenario(f"{name} must connect to the {server} before the first event is published.")
        world.operations.flush()
        before = len(world.history.of(ChannelState, name))
        world.note("connects_to", device=name, node=server)
        world.node(name).agent.set_link("relay", link.address)
        world.run_until(
            f"{name} to be connected to the {server}",
            lambda: (
                "connected" in [line.state for line in world.history.of(ChannelState, name)[before:]]
                and world.history.connection(name) == "live"
            ),
            PATIENCE_S,
        )

    def subscription(self, name: str, channel: str) -> str:
        """The state of a client's subscription; "" for none."""
        lines = self._world.history.of(ChannelSubscription, name)
        wanted = self.name(channel)
        return next((line.state for line in reversed(lines) if line.channel == wanted), "")

    def publish(self, name: str, channel: str, count: int, event: str, over_ns: int = 0) -> None:
        """Enqueue so many events of a client, at once or spread evenly over a time (ns) that starts now."""
        if count < 1:
            raise InvalidScenario(f"{name} cannot publish {count} events: at least 1.")
        self._known.add(channel)
        self._published = True

        def send(number: int, op_id: str) -> None:
            payload = {
                "from": self._world.node(name).identity,
                "op_id": op_id,
                "text": f"{event} {number}",
            }
            body = _encode({"event": event, "op_id": op_id, "payload": payload}).decode()
            operation = Operation(op_id=op_id, group=self.name(channel), kind="append", body=body)
            self._world.operations.submit(name, number, operation)

        start = self._world.scheduler.now()
        for place in range(1, count + 1):
            self._world.operations.enqueue(
                name,
                send,
                lambda number: f"{name} publishes event {number}",
                due_ns=start + over_ns * place // count,
            )

    def told(self, name: str, channel: str) -> list[Deliver]:
        """What a client was told of a channel."""
        wanted = self.name(channel)
        return [line for line in self._world.history.deliveries(name) if line.group == wanted]

    def ask_count(self, name: str, channel: str) -> int:
        """What the server of a client has counted since the sentence began, asked now and then; -1 for no answer."""
        world, wanted = self._world, self.known(channel)
        if world.scheduler.now() - self._asked_ns.get((name, wanted), 0) >= _ASK_NS:
            try:
                counted = world.node(name).agent.ask(CountSubscribers(wanted)).subscribers
            except AgentError as refused:
                if refused.code != "offline":
                    raise
                self._asked_ns[name, wanted] = world.scheduler.now()
                self._note_no_count(name, wanted, refused.message)
            else:
                now = self._asked_ns[name, wanted] = world.scheduler.now()
                world.record(ChannelCount(t_ns=now, device=name, channel=wanted, subscribers=counted))
        lines = [
            line
            for line in world.history.of(ChannelCount, name)
            if line.channel == wanted and line.t_ns >= world.asked_ns
        ]
        return lines[-1].subscribers if lines else -1

    def _note_no_count(self, name: str, channel: str, why: str) -> None:
        """Put on record why a server did not count, once for a sentence and reason."""
        fields = {"channel": channel, "why": why}
        told = self._world.history.notes(NO_COUNT, name)
        if not any(note.t_ns >= self._world.asked_ns and note.fields == fields for note in told):
            self._world.note(NO_COUNT, device=name, **fields)
