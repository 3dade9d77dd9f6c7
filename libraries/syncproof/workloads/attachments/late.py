"""Attachments that come after the messages that name them, from other clients of the devices' users."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.agent import BlobRef
from syncproof.kernel.other_client import OtherClients
from syncproof.kernel.server import RawEvent
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.attachments.state import Attachments

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Events in one push; far below what the bundled relay takes.
BATCH = 50


@dataclass
class Late:
    """An attachment that comes after the message that names it."""

    name: str
    digest: str
    content: bytes


class LateAttachments(State):
    """What other clients announce and upload in one scenario, as messages of the user whose clients they are."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._following = 0
        #: In the order of their messages.
        self.all: list[Late] = []

    def announce(self, name: str, count: int, size: int) -> None:
        """Enqueue messages whose attachments (bytes each) are not there yet."""
        self._world.node(name)
        if count < 1 or size < 1:
            raise InvalidScenario(
                f"{name}'s other client cannot send {count} messages with {size} bytes each."
            )
        scheduler = self._world.scheduler
        for first in range(0, count, BATCH):
            batch = [self._announced(name, size) for _ in range(min(BATCH, count - first))]
            scheduler.at(
                scheduler.now(),
                lambda batch=batch: self._push(name, batch),  # type: ignore[misc]
                f"{name}'s other client sends",
            )

    def upload_over(self, duration_ns: int) -> None:
        """Enqueue the attachments that were announced, the last first, evenly over a time (ns) that starts now.

        So those that a device asks for first are those that it has to wait for the longest.
        """
        waiting = self.all[self._following :]
        if not waiting:
            raise InvalidScenario(
                "No attachment is still to come: say first who sends messages before theirs."
            )
        self._following = len(self.all)
        scheduler = self._world.scheduler
        start = scheduler.now()
        for i, late in enumerate(reversed(waiting), 1):
            scheduler.at(
                start + duration_ns * i // len(waiting),
                lambda late=late: self._upload(late),  # type: ignore[misc]
                f"attachment {i} of {late.name}'s other client follows",
            )

    def _announced(self, name: str, size: int) -> tuple[RawEvent, Late, int]:
        number, op_id = self._world.operations.next(name)
        content = random.Random(op_id).randbytes(size)
        ref = BlobRef(hashlib.sha256(content).hexdigest(), size, f"{name.lower()}-{number}.bin")
        late = Late(name, ref.digest, content)
        self.all.append(late)
        attachments = self._world.of(Attachments)
        attachments.enqueued += 1
        attachments.released[ref.digest] = ref
        body = json.dumps({"op_id": op_id, "from": name, "n": number})
        return RawEvent(op_id, body, blobs=(ref,)), late, number

    def _push(self, name: str, batch: list[tuple[RawEvent, Late, int]]) -> None:
        world = self._world
        world.operations.author(name).released += len(batch)
        places = world.of(OtherClients).push(name, name, [(number, event) for event, _, number in batch])
        for op_id, place in places.items():
            now = world.scheduler.now()
            world.record(records.Result(t_ns=now, device=name, op_id=op_id, outcome="ok", server_order=place))

    def _upload(self, late: Late) -> None:
        self._world.of(OtherClients).of(late.name).put_blob(late.digest, late.content)
        self._world.note("attachment_follows", device=late.name, digest=late.digest)
