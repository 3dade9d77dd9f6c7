"""The attachments of one scenario: what was asked for, and a watch on what devices hand out of them meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from syncproof.evidence import records
from syncproof.kernel.agent import BlobRef, BlobSeen, EntryState, Operation
from syncproof.kernel.entry_view import entry_view
from syncproof.kernel.host import Storage
from syncproof.kernel.node import DeviceNode
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.state import State
from syncproof.kernel.trouble import Inconclusive, InvalidScenario
from syncproof.workloads.attachments.sent import Attachment, Sent

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often devices are asked for attachments that are on their way; not scaled, because files are written no slower.
LOOK_NS = 50_000_000
#: Requests of one look: as many as two devices have downloads under way.
MOST_LOOKS = 4
_ON_ITS_WAY = frozenset({"downloading", "interrupted", "missing", "corrupt", "complete"})


class Attachments(State):
    """Asks for attachments, and looks at each device all the time while one is on its way to it."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.sent: list[Sent] = []
        #: digest -> reference, of every attachment that was handed to its device or to the server.
        self.released: dict[str, BlobRef] = {}
        #: Device, or the relay -> its memory (bytes) when everybody's was measured.
        self.memory_before: dict[str, int] = {}
        #: How many different ones the scenario sends.
        self.enqueued = 0
        self._taken = 0
        self._looked_ns = 0
        #: (device, attachment) on its way -> whether the device has told anything of it since the last look on record.
        self._open: dict[tuple[str, str], bool] = {}
        #: (device, attachment, its process) that was read -> what came: nobody needs to look again.
        self._read: dict[tuple[str, str, int], BlobSeen] = {}
        #: (device, entry) that was seen shown.
        self._shown: set[tuple[str, str]] = set()

    # what sentences ask for

    def send(self, author: str, size: int, *, called: str = "", as_entry: bool = False) -> None:
        """Enqueue a message, or a new entry, with a file of this many bytes."""
        number = self._world.operations.author(author).enqueued + 1
        seed = f"{self._world.topology.group}/{author}/{number}"
        file = Attachment(called or f"{author.lower()}-{number}.bin", size, seed)
        self._enqueue(author, [file], as_entry=as_entry)

    def send_together(self, author: str, count: int, size: int) -> None:
        """Enqueue a new entry with several files of this many bytes. Raises InvalidScenario for less than two."""
        if count < 2:
            raise InvalidScenario(f"{author} cannot write an entry with {count} attachments: at least 2.")
        number = self._world.operations.author(author).enqueued + 1
        seed = f"{self._world.topology.group}/{author}/{number}"
        files = [
            Attachment(f"{author.lower()}-{number}-{n}.bin", size, f"{seed}/{n}") for n in range(1, count + 1)
        ]
        self._enqueue(author, files, as_entry=True)

    def send_several(self, author: str, count: int, size: int) -> None:
        """Enqueue messages with a file of this many bytes each. Raises InvalidScenario for less than one."""
        if count < 1:
            raise InvalidScenario(f"{author} cannot send {count} messages: at least 1.")
        for _ in range(count):
            self.send(author, size)

    def send_again(self, author: str) -> None:
        """Enqueue a new entry with the file that the author's last message had. Raises InvalidScenario without one."""
        self._enqueue(author, [self.last_of(author).file], as_entry=True)

    def last_of(self, author: str) -> Sent:
        """The author's last message with an attachment. Raises InvalidScenario where it sends none."""
        for sent in reversed(self.sent):
            if sent.author == author:
                return sent
        raise InvalidScenario(
            f"{author} sends no message with an attachment of its own before this sentence."
        )

    def last_entry_of(self, author: str) -> Sent:
        """The author's last entry with an attachment. Raises InvalidScenario where it writes none."""
        sent = self.last_of(author)
        if sent.entry is None:
            raise InvalidScenario(
                f"What {author} sent last is a message and no entry: say first that it writes one."
            )
        return sent

    def together_with(self, sent: Sent) -> list[Sent]:
        """All attachments of the same message, in their order."""
        return [each for each in self.sent if each.op_id == sent.op_id]

    def last_to(self, device: str) -> Sent:
        """The last attachment that another one sends. Raises InvalidScenario where nobody does."""
        for sent in reversed(self.sent):
            if sent.author != device:
                return sent
        raise InvalidScenario(f"Nobody sends {device} an attachment before this sentence.")

    def run_until_partly_there(
        self, device: str, sent: Sent, how: Literal["downloading", "uploading"]
    ) -> None:
        """Wait until a device has a part of an attachment, or has sent one. Raises Inconclusive where it is whole."""
        transfer, whole = how.removesuffix("ing"), "uploaded" if how == "uploading" else "complete"

        def reported() -> list[records.Blob]:
            return [
                line
                for line in self._world.history.of(records.Blob, device)
                if line.source == device
                and line.digest == sent.ref.digest
                and (line.state == whole or (line.state == how and 0 < line.offset < sent.ref.size))
            ]

        self._world.run_until(
            f"{device} to be in the middle of the {transfer} of {sent.author}'s attachment",
            lambda: bool(reported()),
            PATIENCE_S,
        )
        if any(line.state == whole for line in reported()):
            raise Inconclusive(
                f"Inconclusive: {device}'s {transfer} was to be interrupted, and all of {sent.author}'s attachment was "
                f"there before anybody saw a part. Make {device}'s link slower, or the attachment larger."
            )

    def storage(self, node: DeviceNode) -> Storage:
        """A device's files."""
        return self._world.test_bed.stack.storage(node.process, node.directory)

    def whole_there(self, name: str, author: str) -> tuple[list[str], list[str]]:
        """Of the attachments of the author's last message those that a device hands out, and those it calls missing."""
        node, history = self._world.node(name), self._world.history
        digests = [sent.ref.digest for sent in self.together_with(self.last_of(author))]
        whole = [digest for digest in digests if self.read(node, digest) is not None]
        told = {line.digest for line in history.of(records.Blob, name) if line.state == "missing"}
        return whole, [digest for digest in digests if digest in told and digest not in whole]

    def look_at(self, name: str, digest: str) -> None:
        """Put on record what a device hands out for an attachment now, if that is only nothing."""
        self._look(self._world.node(name), digest, otherwise="absent")

    def entry(self, node: DeviceNode, sent: Sent) -> EntryState | None:
        """What a device answers of the entry, if it holds the version that was sent, and can be asked at all."""
        assert sent.entry is not None
        if node.presence == "silent":
            return None
        state = node.agent.entry(self._world.topology.group, sent.entry)
        invoke = self._world.history.operations.get(sent.op_id)
        if state is None or invoke is None:
            return None
        return state if any(sibling.digest == invoke.digest for sibling in state.siblings) else None

    # what sentences wait for

    def any_sent(self) -> int:
        """How many different attachments the scenario sends. Raises InvalidScenario where there are none."""
        if not self.enqueued:
            raise InvalidScenario("No attachment is sent in this scenario.")
        return self.enqueued

    def all_read(self, name: str) -> bool:
        """Whether a device has handed out every attachment that was sent, in whatever state it came."""
        node, history = self._world.node(name), self._world.history
        return len(self.released) >= self.enqueued and all(
            history.has_blob(name, digest) and self.read(node, digest) is not None for digest in self.released
        )

    def shows(self, name: str, sent: Sent) -> bool:
        """Whether a device shows an entry as it was written; what it answers then goes on record."""
        world, node = self._world, self._world.node(name)
        asked_ns, read = world.scheduler.now(), len(world.history.deliveries(name))
        state = self.entry(node, sent)
        written = world.history.operations.get(sent.op_id)
        if state is None or written is None:
            return False
        winners = [each for each in state.siblings if each.version == state.winner]
        if not any(each.digest == written.digest for each in winners):
            return False
        world.record(entry_view(world, name, str(sent.entry), state, asked_ns, read))
        return True

    # the watch

    def on_tick(self) -> None:
        """Look once at everything that is on its way, if it is time to; every look that tells something is recorded."""
        lines = self._world.history.of(records.Blob)
        for line in lines[self._taken :]:
            if line.source == line.device and line.state in _ON_ITS_WAY:
                self._open[line.device, line.digest] = True
        self._taken = len(lines)
        now = self._world.scheduler.now()
        if now - self._looked_ns < LOOK_NS:
            return
        self._looked_ns = now
        for device, digest in self._next_looks():
            self._watch_one(device, digest)
        for sent in self.sent:
            if sent.entry is not None and sent.op_id in self._world.history.operations:
                self._watch_entry(sent)

    def read(self, node: DeviceNode, digest: str) -> BlobSeen | None:
        """What the device has handed out for an attachment since its process began; asked for it now if not yet."""
        return self._read.get((node.name, digest, node.process.pid)) or self._look(node, digest, otherwise="")

    def on_end(self) -> None:
        """At rest: read everything that the devices have delivered and nobody has read yet.

        What its author had damaged before it was hashed (`damaged_content`) can be whole nowhere, nor what the server
        keeps no longer (`attachment_expired`).
        """
        history = self._world.history
        notes = [*history.notes("damaged_content"), *history.notes("attachment_expired")]
        lost = {note.fields["digest"] for note in notes}
        for node in self._reachable():
            for delivery in self._world.history.deliveries(node.name):
                for digest in delivery.blobs:
                    if (node.name, digest, node.process.pid) not in self._read:
                        self._look(node, digest, otherwise="absent" if digest in lost else "lost")
        self._world.read_evidence()

    def _next_looks(self) -> list[tuple[str, str]]:
        """Which to look at now: a few, those of which something new was told first, and the longest unseen of the rest.

        A device fetches a few at a time, and hundreds may wait: to ask for all would leave no time for anything else.
        """
        told = [where for where, news in self._open.items() if news]
        chosen = told[:MOST_LOOKS] or list(self._open)[:1]
        for where in chosen:  # to the end of the queue
            self._open[where] = self._open.pop(where)
        return chosen

    def _watch_one(self, device: str, digest: str) -> None:
        node = self._world.topology.nodes.get(device)
        if node is None or node.presence == "silent":
            return
        if (device, digest, node.process.pid) in self._read:
            del self._open[device, digest]
        elif self._look(node, digest, otherwise="absent" if self._open[device, digest] else "") is None:
            self._open[device, digest] = False
        else:
            del self._open[device, digest]

    def _watch_entry(self, sent: Sent) -> None:
        assert sent.entry is not None
        for node in self._reachable():
            if node.name == sent.author or (node.name, sent.entry) in self._shown:
                continue
            asked_ns = self._world.scheduler.now()
            read = len(self._world.history.deliveries(node.name))
            state = self.entry(node, sent)
            if state is not None:
                self._shown.add((node.name, sent.entry))
                self._world.record(entry_view(self._world, node.name, sent.entry, state, asked_ns, read))
                if (node.name, sent.ref.digest, node.process.pid) not in self._read:
                    self._look(node, sent.ref.digest, otherwise="absent")

    def _look(self, node: DeviceNode, digest: str, *, otherwise: str) -> BlobSeen | None:
        """Ask a device for an attachment. otherwise: the state to record when it has none ("" for nothing)."""
        asked_ns = self._world.scheduler.now()
        seen = node.agent.read_blob(digest)
        if seen is not None:
            self._read[node.name, digest, node.process.pid] = seen
            line = records.Blob(
                t_ns=asked_ns,
                device=node.name,
                digest=digest,
                state="read",
                size=seen.size,
                content=seen.content,
            )
            self._world.record(line)
        elif otherwise:
            self._world.record(records.Blob(t_ns=asked_ns, device=node.name, digest=digest, state=otherwise))
        return seen

    def _reachable(self) -> Iterator[DeviceNode]:
        return (node for node in self._world.topology.nodes.values() if node.presence != "silent")

    # inside

    def _enqueue(self, author: str, files: Sequence[Attachment], *, as_entry: bool) -> None:
        entry = f"{author}-entry-{len(self.sent) + 1}" if as_entry else None
        # The same bytes once more are the same attachment.
        known = {sent.ref.digest for sent in self.sent}
        self.enqueued += len({file.reference.digest for file in files} - known)
        names = " and ".join(file.name for file in files)
        op_id = self._world.operations.enqueue(
            author,
            lambda number, op_id: self._send(author, number, op_id, files, entry),
            lambda _: f"{author} sends {names}",
        )
        for place, file in enumerate(files):
            self.sent.append(Sent(op_id, author, file, file.reference, entry, place))

    def _send(
        self, author: str, number: int, op_id: str, files: Sequence[Attachment], entry: str | None
    ) -> None:
        refs = tuple(file.reference for file in files)
        for file, ref in zip(files, refs, strict=True):
            self.released[ref.digest] = ref
            self._world.node(author).agent.put_blob(ref.digest, file.content())
        names = " and ".join(ref.name for ref in refs)
        text = f"{author}'s {'entry' if entry else 'message'} with {names}"
        operation = Operation(
            op_id=op_id,
            group=self._world.topology.group,
            kind="put" if entry else "append",
            body=json.dumps({"op_id": op_id, "from": author, "n": number, "text": text}),
            entry=entry,
            blobs=refs,
        )
        self._world.operations.submit(author, number, operation)
