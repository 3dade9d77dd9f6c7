"""What a scenario asks devices to do, and how far it got: operations are enqueued, numbered, held back, submitted.

A limit can hold them back: that is how a fault comes exactly behind the 20th message, and the 21st behind the fault.
What workloads add to an operation (an entry, an attachment) is theirs; a plain message is here, because all of them
need something that is under way.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.evidence.checkers.verdict import count as counted
from syncproof.kernel.agent import Operation
from syncproof.kernel.server import RawEvent, log_of
from syncproof.kernel.trouble import InvalidScenario

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long a sentence such as "... after he has received 20 messages" may take to come true, at scale 1 and below.
PATIENCE_S = 60.0


@dataclass
class Sent:
    """How far one author got: enqueued, handed to its device, answered by the system without a gap."""

    enqueued: int = 0
    released: int = 0
    answered: int = 0


class Operations:
    """The operations of one scenario, by author, numbered from 1. Each counts as one of its author's messages."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._authors: dict[str, Sent] = {}
        self._held: Callable[[str], bool] | None = None
        self._last_due = 0

    def author(self, name: str) -> Sent:
        """How far an author got."""
        return self._authors.setdefault(name, Sent())

    def enqueue(
        self,
        name: str,
        do: Callable[[int, str], None],
        what: Callable[[int], str],
        *,
        due_ns: int | None = None,
    ) -> str:
        """Enqueue an operation of a device, for now or for later (ns); it gets the next number. Answers its op_id.

        do: submits it; gets its number and op_id. what: from its number, for people: `Alice sends message 3`.
        """
        self._world.node(name)
        number, op_id = self.next(name)
        due = self._world.scheduler.now() if due_ns is None else due_ns
        self._last_due = max(self._last_due, due)

        def hand_over() -> None:
            self._world.topology.can_take_a_message(name)
            do(number, op_id)

        self._world.scheduler.at(
            due, hand_over, what(number), held=lambda: self._held is not None and self._held(name)
        )
        return op_id

    def next(self, name: str) -> tuple[int, str]:
        """The number and op_id of an author's next operation, which counts as enqueued from here on."""
        sent = self.author(name)
        sent.enqueued += 1
        return sent.enqueued, self.op_id(name, sent.enqueued)

    def enqueue_messages(self, name: str, count: int, *, over_ns: int = 0, size: int = 0) -> None:
        """Enqueue `count` plain messages, at once or spread evenly over a time (ns) that starts now.

        size: bytes of each, filled up with random text.
        """
        self._world.node(name)
        if count < 1:
            raise InvalidScenario(f"{name} cannot send {count} messages: at least 1.")
        start = self._world.scheduler.now()

        def send(number: int, op_id: str) -> None:
            body = _body(op_id, name, number, size)
            self.submit(
                name,
                number,
                Operation(op_id=op_id, group=self._world.topology.group, kind="append", body=body),
            )

        for i in range(1, count + 1):
            due = start + over_ns * i // count
            self.enqueue(name, send, lambda number: f"{name} sends message {number}", due_ns=due)

    def enqueue_range(self, name: str, first: int, last: int) -> None:
        """Enqueue messages by number. Raises InvalidScenario unless `first` is the author's next one."""
        following = self.author(name).enqueued + 1
        if first != following or last < first:
            raise InvalidScenario(
                f"{name} cannot send messages {first} to {last}: the next one is number {following} "
                f"({following - 1} were sent before)."
            )
        self.enqueue_messages(name, last - first + 1)

    @property
    def sending_ends_ns(self) -> int:
        """When the last enqueued message is due."""
        return self._last_due

    def flush(self) -> None:
        """Let everything go that is due by now, before what the next sentence does."""
        self._world.run_until("the messages before this to be handed over", self._nothing_due, PATIENCE_S)

    def _nothing_due(self) -> bool:
        due = self._world.scheduler.next_due
        return due is None or due > self._world.scheduler.now()

    def settle(self) -> None:
        """Like `flush`, and let the system take what was handed over, where nothing disturbs its author.

        Who was away comes back to all that was said before, however long the system takes for that. Raises
        AssertionError when no answer comes any more.
        """
        self.flush()
        world = self._world
        patience_ns = round(world.patience_s(PATIENCE_S) * 1e9) + world.slack_ns
        left, since = -1, world.scheduler.now()

        def settled() -> bool:
            nonlocal left, since
            unanswered = sum(self._unanswered(name) for name in self._authors if self._undisturbed(name))
            if unanswered != left:
                left, since = unanswered, world.scheduler.now()
            return left == 0

        if not world.scheduler.run_until(settled, lambda: since + patience_ns):
            raise AssertionError(
                world.verdicts.describe(
                    f"expected the system to take what was sent before; {left} messages are not acknowledged, and "
                    f"none was for {patience_ns / 1e9:g} s"
                )
            )

    def _undisturbed(self, name: str) -> bool:
        world = self._world
        faults = [*world.faults.on, *world.faults.healing]
        hit = {device for entry in faults for device in (*entry.fault.target, *entry.fault.relevant_to)}
        return name not in hit and world.node(name).presence == "online"

    def _unanswered(self, name: str) -> int:
        sent, outcome = self.author(name), self._world.history.outcome
        while sent.answered < sent.released and outcome(self.op_id(name, sent.answered + 1)) is not None:
            sent.answered += 1
        return sent.released - sent.answered

    def to(self, name: str) -> int:
        """How many messages the others have enqueued for a device."""
        return sum(sent.enqueued for author, sent in self._authors.items() if author != name)

    def received(self, name: str) -> int:
        """How many messages of others a device has delivered to its application."""
        history, group = self._world.history, self._world.topology.group
        return history.received(name, group, below=True) - history.received(name, group, name, below=True)

    def authors(self) -> list[str]:
        """Who sends in this scenario."""
        return list(self._authors)

    def number(self, op_id: str) -> int:
        """The number of a message among its author's."""
        return int(op_id.rpartition("/")[2])

    def of_others(self, name: str, number: int) -> str:
        """The op_id of that message of the one other device that sends. Raises InvalidScenario where there is none."""
        authors = [
            author for author in self.authors() if author != name and self.author(author).enqueued >= number
        ]
        if number < 1 or not authors:
            raise InvalidScenario(
                f"Nobody sends {name} a message {number} in this scenario: say first who does."
            )
        if len(authors) > 1:
            raise InvalidScenario(
                f"Message {number} could be one of {' or '.join(authors)}: let only one of them send."
            )
        return self.op_id(authors[0], number)

    def missing(self, name: str, *, own: bool = False) -> list[str]:
        """op_ids enqueued by the others (and itself) that the device has not delivered, in the order of sending."""
        delivered = self._world.history.delivered(name)
        return [
            op_id
            for author, sent in self._authors.items()
            if own or author != name
            for op_id in (self.op_id(author, n + 1) for n in range(sent.enqueued))
            if op_id not in delivered
        ]

    def op_id(self, author: str, number: int) -> str:
        """What a message is called: the same for the harness and inside the system."""
        return f"{self._world.topology.group}/{author}/{number}"

    def run_until_received(self, name: str, count: int) -> None:
        """Let messages go until the device has received exactly `count`, and no further one was sent."""
        self._needs(name, count, self.to(name), "receive")
        self._run_held(
            f"{name} to have received {counted(count, 'message')}",
            lambda author: author != name and self._released_to(name) >= count,
            lambda: self.received(name) >= count,
        )
        if self.received(name) != count:
            raise InvalidScenario(
                f"{name} has already received {counted(self.received(name), 'message')}: a fault after {count} comes "
                f"too late. Let only {count} be sent before this sentence, and the others behind it."
            )

    def run_sending_nothing(self, what: str, predicate: Callable[[], bool]) -> None:
        """Let the world move until the predicate holds, and send nothing meanwhile."""
        self._run_held(what, lambda _: True, predicate)

    def run_until_sent(self, name: str, count: int) -> None:
        """Let messages go until `count` of the device are acknowledged, and no further one of it was sent."""
        self._needs(name, count, self.author(name).enqueued, "send")
        if self.author(name).released > count:
            raise InvalidScenario(
                f"{name} has already sent {counted(self.author(name).released, 'message')}, more than {count}."
            )
        self._run_held(
            f"{counted(count, 'message')} of {name} to be acknowledged",
            lambda author: author == name and self.author(name).released >= count,
            lambda: self._world.history.acknowledged_by(name) >= count,
        )

    def run_until_quiet(self, name: str) -> None:
        """Send nothing until the device is live and has nothing to do."""
        node = self._world.node(name)
        self.run_sending_nothing(
            f"{name} to be live with nothing to do",
            lambda: self._world.history.connection(name) == "live" and not node.agent.status().pending.left,
        )

    def run_until_stored_unacknowledged(self, name: str) -> None:
        """Let messages go until the server's log has one of the device that the device knows nothing of."""
        world = self._world

        def stored() -> bool:
            log = log_of(world.test_bed.server, world.topology.group)
            own = [line for line in log if world.topology.name_of(line.author) == name]
            if any(line.sealed for line in own):  # which they are nobody can see, but how many
                return len(own) > world.history.acknowledged_by(name)
            return any(world.history.outcome(line.op_id) is None for line in own)

        world.run_until(
            f"the relay to have stored a message of {name} without {name} knowing", stored, PATIENCE_S
        )

    def _needs(self, name: str, count: int, enqueued: int, verb: str) -> None:
        if count < 0:
            raise InvalidScenario(f"{name} cannot {verb} {counted(count, 'message')}.")
        if enqueued < count:
            raise InvalidScenario(
                f"{name} cannot {verb} {counted(count, 'message')}: only {enqueued} are sent before this sentence. "
                "Put the sending sentence first."
            )

    def _released_to(self, name: str) -> int:
        return sum(sent.released for author, sent in self._authors.items() if author != name)

    def _run_held(self, what: str, held: Callable[[str], bool], predicate: Callable[[], bool]) -> None:
        self._held = held
        try:
            self._world.run_until(what, predicate, PATIENCE_S)
        finally:
            self._held = None

    def submit(self, name: str, number: int, operation: Operation, content: str = "", text: str = "") -> None:
        """Hand an operation to its device; what is asked, and that it was taken, goes on record.

        text, content: of an entry, what it says and the hash of that.
        """
        world = self._world
        self.invoke(
            name, name, number, operation.group, operation, base=operation.base, content=content, text=text
        )
        self.author(name).released += 1
        accepted = world.node(name).agent.submit(operation)
        world.record(
            records.Accept(
                t_ns=world.scheduler.now(),
                device=name,
                op_id=operation.op_id,
                seen=accepted.seen,
                version=accepted.version,
            )
        )

    def invoke(
        self,
        name: str,
        author: str,
        number: int,
        group: str,
        asked: Operation | RawEvent,
        *,
        base: tuple[str, ...] = (),
        content: str = "",
        text: str = "",
    ) -> None:
        """Put on record what is about to be asked for, as operation `number` of its author."""
        body = asked.body.encode()
        self._world.record(
            records.Invoke(
                t_ns=self._world.scheduler.now(),
                device=name,
                op_id=asked.op_id,
                group=group,
                kind=asked.kind,
                author=author,
                author_n=number,
                digest=hashlib.sha256(body).hexdigest(),
                size=len(body),
                entry=asked.entry,
                base=base,
                blobs=tuple(blob.digest for blob in asked.blobs),
                names=tuple(blob.name for blob in asked.blobs),
                sizes=tuple(blob.size for blob in asked.blobs),
                content=content,
                text=text,
            )
        )


def _body(op_id: str, author: str, number: int, size: int) -> str:
    """The payload: who, which, and random text up to `size` bytes (random, so that nothing compresses it away)."""
    content = {"op_id": op_id, "from": author, "n": number, "text": f"message {number} of {author}"}
    missing = size - len(json.dumps(content | {"pad": ""}))
    if missing > 0:
        content["pad"] = random.Random(op_id).randbytes(missing // 2 + 1).hex()[:missing]
    return json.dumps(content)
