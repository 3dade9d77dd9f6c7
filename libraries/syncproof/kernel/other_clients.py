"""Another client of a device's user, at the server's public interface: it may send what no device of ours would."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.trouble import InvalidScenario
from syncproof.systems.agent import BlobRef
from syncproof.systems.server import RawEvent, ServerClient, opened

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Events in one push; far below what the bundled relay takes.
BATCH = 50


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


#: How deep: far beyond where a recursive reader ends.
DEPTH = 100_000
UNREADABLE = (_half, _too_deep, _impossible_clock)


@dataclass
class Late:
    """An attachment that comes after the message that names it. Stamps: ns, 0 for not yet."""

    name: str
    digest: str
    content: bytes
    announced_ns: int = 0
    uploaded_ns: int = 0


class OtherClients:
    """Everything that other clients send in one scenario, as messages of the user whose clients they are."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients: dict[str, ServerClient] = {}
        self._following = 0
        #: Attachments that come late, in the order of their messages.
        self.late: list[Late] = []
        #: op_ids of events that nobody can read.
        self.unreadable: list[str] = []

    def announce(self, name: str, count: int, size: int) -> None:
        """Enqueue messages whose attachments (bytes each) are not there yet."""
        self._world.node(name)
        if count < 1 or size < 1:
            raise InvalidScenario(
                f"{name}'s other client cannot send {count} messages with {size} bytes each."
            )
        for first in range(0, count, BATCH):
            batch = [self._announced(name, size) for _ in range(min(BATCH, count - first))]
            self._at_once(lambda batch=batch: self._push(name, batch), f"{name}'s other client sends")  # type: ignore[misc]

    def upload_over(self, duration_ns: int) -> None:
        """Enqueue the attachments that were announced, the last first, evenly over a time (ns) that starts now.

        So those that a device asks for first are those that it has to wait for the longest.
        """
        waiting = self.late[self._following :]
        if not waiting:
            raise InvalidScenario(
                "No attachment is still to come: say first who sends messages before theirs."
            )
        self._following = len(self.late)
        scheduler = self._world.scheduler
        start = scheduler.now()
        for i, late in enumerate(reversed(waiting), 1):
            scheduler.at(
                start + duration_ns * i // len(waiting),
                lambda late=late: self._upload(late),  # type: ignore[misc]
                f"attachment {i} of {late.name}'s other client follows",
            )

    def send_unreadable(self, name: str, count: int) -> None:
        """Enqueue events that nobody can read, each for another reason, in turn."""
        self._world.node(name)
        if count < 1:
            raise InvalidScenario(f"{name}'s other client cannot send {count} events.")
        for _ in range(count):
            number = len(self.unreadable)
            op_id = f"{self._world.topology.group}/{name}/unreadable-{number + 1}"
            event = UNREADABLE[number % len(UNREADABLE)](op_id, self._world.node(name).identity)
            self.unreadable.append(op_id)
            self._at_once(
                lambda event=event: self._push_unreadable(name, event),  # type: ignore[misc]
                f"{name}'s other client sends {op_id}",
            )

    def mark(self, name: str, number: int) -> None:
        """Tell the server that this user has read a message of the one other who sends; the server has it by then."""
        world = self._world
        op_id = world.operations.of_others(name, number)
        world.run_until(
            f"message {number} to be acknowledged", lambda: op_id in world.history.acks, PATIENCE_S
        )
        place = world.history.acks[op_id].server_order
        assert place is not None
        self._client(name).set_marker(world.topology.group, place)
        world.note("marked_elsewhere", device=name, op_id=op_id, server_order=place)

    def _announced(self, name: str, size: int) -> tuple[RawEvent, Late, int]:
        messages = self._world.operations
        sent = messages.author(name)
        sent.enqueued += 1
        self._world.attachments.enqueued += 1
        op_id = messages.op_id(name, sent.enqueued)
        content = random.Random(op_id).randbytes(size)
        ref = BlobRef(hashlib.sha256(content).hexdigest(), size, f"{name.lower()}-{sent.enqueued}.bin")
        late = Late(name, ref.digest, content)
        self.late.append(late)
        self._world.attachments.released[ref.digest] = ref
        body = json.dumps({"op_id": op_id, "from": name, "n": sent.enqueued})
        return RawEvent(op_id, body, blobs=(ref,)), late, sent.enqueued

    def _push(self, name: str, batch: list[tuple[RawEvent, Late, int]]) -> None:
        world = self._world
        for event, late, number in batch:
            late.announced_ns = world.scheduler.now()
            self._invoke(name, name, number, event)
            world.operations.author(name).released += 1
        places = self._client(name).push(world.topology.group, [event for event, _, _ in batch])
        for op_id, place in places.items():
            now = world.scheduler.now()
            world.record(records.Result(t_ns=now, device=name, op_id=op_id, outcome="ok", server_order=place))

    def _push_unreadable(self, name: str, event: RawEvent) -> None:
        """Not acknowledged on record: nobody has to deliver it."""
        number = self.unreadable.index(event.op_id) + 1
        self._invoke(name, f"{name}'s other client", number, event)
        place = self._client(name).push(self._world.topology.group, [event])[event.op_id]
        self._world.note("unreadable", device=name, op_id=event.op_id, server_order=place)

    def _invoke(self, name: str, author: str, number: int, event: RawEvent) -> None:
        body = event.body.encode()
        self._world.record(
            records.Invoke(
                t_ns=self._world.scheduler.now(),
                device=name,
                op_id=event.op_id,
                group=self._world.topology.group,
                kind=event.kind,
                author=author,
                author_n=number,
                digest=hashlib.sha256(body).hexdigest(),
                size=len(body),
                entry=event.entry,
                blobs=tuple(blob.digest for blob in event.blobs),
            )
        )

    def _upload(self, late: Late) -> None:
        self._client(late.name).put_blob(late.digest, late.content)
        late.uploaded_ns = self._world.scheduler.now()
        self._world.note("attachment_follows", device=late.name, digest=late.digest)

    def _client(self, name: str) -> ServerClient:
        if name not in self._clients:
            identity = self._world.node(name).identity
            self._clients[name] = opened(self._world.test_bed.server).client(identity)
        return self._clients[name]

    def _at_once(self, do: Callable[[], None], label: str) -> None:
        self._world.scheduler.at(self._world.scheduler.now(), do, label)
