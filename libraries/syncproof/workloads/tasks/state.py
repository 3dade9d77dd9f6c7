"""The tasks of one scenario: who asked for what, and which versions clients were notified of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from syncproof.evidence.records import Accept, Deliver
from syncproof.kernel.agent import Operation
from syncproof.kernel.entry_view import entry_view
from syncproof.kernel.faultbook import Entry
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.tasks.records import TaskRequest
from syncproof.workloads.tasks.surface import Batch

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: Tasks of which every client is asked in the end: what it was notified of is judged for all of them.
_ASKED_AFTER = 20


@dataclass(frozen=True)
class Asked:
    """One change that a client was asked for. text: what the task says then; "" for a deletion."""

    op_id: str
    author: str
    kind: str
    text: str


class Tasks(State):
    """What was asked of each task, in that order; each change counts as one of its client's messages."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._asked: dict[str, list[Asked]] = {}
        self._made = 0
        self._batches = 0
        #: Faults that end when a request of a client has failed by them.
        self._until_failed: list[tuple[str, Entry]] = []

    def end_at_failure(self, name: str, entry: Entry) -> None:
        """A fault that has begun ends as soon as a request of this client has failed by it, and it is proved."""
        entry.ends_by_itself = True
        self._until_failed.append((name, entry))

    def on_tick(self) -> None:
        """End the faults that have done what they were there for."""
        for name, entry in list(self._until_failed):
            if entry.state == "proved" and self._failed_since(name, entry.started_ns):
                self._until_failed.remove((name, entry))
                self._world.topology.end_fault(entry)

    def _failed_since(self, name: str, began_ns: int) -> bool:
        latest = reversed(self._world.history.of(TaskRequest, name))
        return any(line.status == 0 for line in takewhile(lambda line: line.t_ns > began_ns, latest))

    def create(self, name: str, task: str, size: int = 0, due_ns: int | None = None) -> None:
        """Enqueue a new task, for now or for later. size: bytes that it has at least.

        Raises InvalidScenario for one that there is.
        """
        if task in self._asked:
            raise InvalidScenario(
                f'There is a task "{task}" in this scenario already: give the new one another name.'
            )
        self._enqueue(name, task, "create", f"{task}, by {name}".ljust(size, "x"), due_ns)

    def create_many(self, name: str, count: int, over_ns: int = 0) -> None:
        """Enqueue so many new tasks, each a request of its own, at once or spread evenly over a time from now."""
        start = self._world.scheduler.now()
        for number in range(1, count + 1):
            self._made += 1
            self.create(name, f"task {self._made}", due_ns=start + over_ns * number // count)

    def update(self, name: str, task: str, text: str) -> None:
        """Enqueue what a task is to say from then on, whatever its version is."""
        self.asked(task)
        self._enqueue(name, task, "update", text)

    def delete(self, name: str, task: str) -> None:
        """Enqueue its deletion."""
        self.asked(task)
        self._enqueue(name, task, "delete", "")

    def send_batch(self, name: str, changes: Sequence[tuple[str, str, str, int]], strategy: str) -> None:
        """Hand a batch to a client, behind what is due: (kind, task, text, version that it was made on) each."""
        self._hand_over(name, changes, strategy, together=True)

    def create_at_once(self, name: str, count: int) -> None:
        """Ask a client for so many new tasks at one moment, each a request of its own."""
        self._hand_over(name, self._new(name, count), "server_wins", together=False)

    def _new(self, name: str, count: int) -> list[tuple[str, str, str, int]]:
        first = self._made + 1
        self._made += count
        return [("create", f"task {number}", f"new, by {name}", 0) for number in range(first, self._made + 1)]

    def _hand_over(
        self, name: str, changes: Sequence[tuple[str, str, str, int]], strategy: str, *, together: bool
    ) -> None:
        world = self._world
        world.operations.flush()
        world.topology.can_take_a_message(name)
        self._batches += 1
        batch = f"{world.topology.group}/batch/{self._batches}"
        operations, texts = [], []
        for kind, task, text, version in changes:
            number, op_id = world.operations.next(name)
            self._asked.setdefault(task, []).append(Asked(op_id, name, kind, text))
            operations.append((number, self._operation(op_id, task, kind, text, version)))
            texts.append(text)
        ids = [operation.op_id for _, operation in operations]
        if together:
            world.note("task_batch_asked", device=name, batch=batch, op_ids=ids)
        for (number, operation), text in zip(operations, texts, strict=True):
            world.operations.invoke(
                name, name, number, operation.group, operation, base=operation.base, content=_hash(text)
            )
        world.operations.author(name).released += len(operations)
        asked = tuple(operation for _, operation in operations)
        accepted = world.node(name).agent.ask(Batch(batch, asked, strategy, together))
        for op_id in ids:
            world.record(
                Accept(t_ns=world.scheduler.now(), device=name, op_id=op_id, seen=accepted.seen, version=None)
            )

    def mixed_batch(self, name: str, count: int) -> None:
        """A batch of so many changes: a quarter each new, changed, deleted, and changed on a version that is none.

        Raises InvalidScenario unless there are enough tasks, which this client knows.
        """
        quarter = count // 4
        known = [task for task, asked in self._asked.items() if asked[-1].kind != "delete"]
        if quarter < 1 or len(known) < 3 * quarter:
            raise InvalidScenario(
                f"A batch of {count} changes needs {max(3, 3 * quarter)} tasks, and there are {len(known)}: say first "
                f"'{name} creates {max(3, 3 * quarter)} tasks'."
            )
        changes: list[tuple[str, str, str, int]] = []
        for place in range(count - 3 * quarter):
            self._made += 1
            changes.append(("create", f"task {self._made}", f"new {place} of {name}", 0))
        for place, task in enumerate(known[: 3 * quarter]):
            kind, version = ("update", "delete", "update")[place // quarter], self.version(name, task)
            text = "" if kind == "delete" else f"changed {place} by {name}"
            changes.append((kind, task, text, version + (place >= 2 * quarter)))
        self.send_batch(name, changes, "server_wins")

    def new_batch(self, name: str, count: int) -> None:
        """A batch that creates so many tasks."""
        self.send_batch(name, self._new(name, count), "server_wins")

    def passing_batch(self, name: str, count: int) -> None:
        """A batch that creates so many tasks, and deletes each behind its creation."""
        created = self._new(name, count)
        changes = [each for new in created for each in (new, ("delete", new[1], "", 1))]
        self.send_batch(name, changes, "server_wins")

    @property
    def changes(self) -> int:
        """How many were asked for, of all tasks."""
        return sum(len(each) for each in self._asked.values())

    def changes_of(self, name: str) -> int:
        """How many one client was asked for."""
        return sum(each.author == name for asked in self._asked.values() for each in asked)

    @property
    def left(self) -> int:
        """How many tasks there are once all that was asked for is done: those that are not deleted."""
        return sum(asked[-1].kind != "delete" for asked in self._asked.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Of all tasks that were asked for."""
        return tuple(self._asked)

    def asked(self, task: str) -> list[Asked]:
        """All changes of a task. Raises InvalidScenario for an unknown one."""
        try:
            return self._asked[task]
        except KeyError:
            known = ", ".join(f'"{name}"' for name in list(self._asked)[:6]) or "none yet"
            raise InvalidScenario(
                f'There is no task "{task}" in this scenario (there are: {known}). Let a client create it first: '
                f"'When Alice creates task \"{task}\"'."
            ) from None

    def told(self, name: str, task: str) -> Deliver | None:
        """What a client was notified of a task last."""
        lines = self._world.history.deliveries(name)
        return next((line for line in reversed(lines) if line.entry == task), None)

    def version(self, name: str, task: str) -> int:
        """The version of a task that a client has, 0 for none."""
        told = self.told(name, task)
        return int(told.version) if told else 0

    def says(self, name: str, task: str, text: str) -> bool:
        """Whether a client has the task, and it says that."""
        told = self.told(name, task)
        return (
            told is not None
            and told.kind != "delete"
            and told.op_id in {each.op_id for each in self.asked(task) if each.text == text}
        )

    def knows_every_task(self, name: str) -> bool:
        """Whether a client was told of each task of which the server has not refused everything."""
        history = self._world.history
        known = {line.entry for line in history.deliveries(name)}
        return all(
            task in known or all(each.op_id in history.refusals for each in asked)
            for task, asked in self._asked.items()
        )

    def living(self, name: str) -> int:
        """How many tasks a client has."""
        latest = {line.entry: line.kind for line in self._world.history.deliveries(name)}
        return sum(kind != "delete" for kind in latest.values())

    def on_rest(self) -> None:
        """Put on record what every client that can be asked answers of the tasks that came last."""
        world = self._world
        for node in world.topology.nodes.values():
            if node.presence == "online":
                for task in list(self._asked)[-_ASKED_AFTER:]:
                    read = len(world.history.deliveries(node.name))
                    answer = node.agent.entry(world.topology.group, task)
                    world.record(entry_view(world, node.name, task, answer, world.scheduler.now(), read))

    def _enqueue(self, name: str, task: str, kind: str, text: str, due_ns: int | None = None) -> None:
        def send(number: int, op_id: str) -> None:
            version = 0 if kind == "create" else max(1, self.version(name, task))
            operation = self._operation(op_id, task, kind, text, version)
            world.operations.submit(name, number, operation, _hash(text))

        world = self._world
        op_id = world.operations.enqueue(
            name, send, lambda _: f'{name} asks to {kind} task "{task}"', due_ns=due_ns
        )
        self._asked.setdefault(task, []).append(Asked(op_id, name, kind, text))

    def _operation(self, op_id: str, task: str, kind: str, text: str, version: int) -> Operation:
        return Operation(
            op_id=op_id,
            group=self._world.topology.group,
            kind="delete" if kind == "delete" else "put",
            body=json.dumps({"op_id": op_id, "text": text}),
            entry=task,
            base=(str(version),) if version else (),
        )

    def wait_until_told(self, name: str, task: str) -> None:
        """Let the world move until a client was notified of all that was asked of a task before."""
        self._world.run_until(
            f'{name} to know of task "{task}"',
            lambda: (told := self.told(name, task)) is not None and told.op_id == self.asked(task)[-1].op_id,
            PATIENCE_S,
        )


def _hash(text: str) -> str:
    """Of what a task says, as the history has it; "" for a deletion."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
