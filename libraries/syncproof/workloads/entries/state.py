"""The entries of one scenario: who writes what into them, and what devices answer of them.

An edit builds on what its device shows at that moment, as that of a person does; it counts as one of the device's
messages. The device is asked like a user looks: what it answers goes on record whenever it is something new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syncproof.evidence import records
from syncproof.kernel.agent import Operation
from syncproof.kernel.entry_view import entry_view
from syncproof.kernel.operations import PATIENCE_S
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.entries.clock import Clock

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How often a device is asked for an entry while something is waited for.
LOOK_NS = 50_000_000


@dataclass(frozen=True)
class Write:
    """One operation on an entry. text: what the entry says then; "" for a deletion."""

    op_id: str
    author: str
    kind: str
    text: str


class Entries(State):
    """What was written into each entry, and the devices' answers."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._writes: dict[str, list[Write]] = {}
        #: (device, entry) -> when it was asked last, and what it answered.
        self._answers: dict[tuple[str, str], tuple[int, records.Entry]] = {}

    def write(self, name: str, entry: str, text: str) -> Write:
        """Enqueue a new version on top of what the device shows by then."""
        return self._enqueue(name, entry, "put", text, f'{name} writes "{text}" into entry "{entry}"')

    def write_versions(self, name: str, entry: str, first: int, last: int) -> None:
        """Enqueue versions by number. Raises InvalidScenario unless `first` is the entry's next one."""
        following = len(self._writes.get(entry, ())) + 1
        if first != following or last < first:
            raise InvalidScenario(
                f'{name} cannot write versions {first} to {last} of entry "{entry}": the next one is number '
                f"{following}."
            )
        for number in range(first, last + 1):
            self.write(name, entry, f"v{number}")

    def delete(self, name: str, entry: str) -> None:
        """Enqueue its deletion. Raises InvalidScenario for an entry that nobody has written."""
        self.writes(entry)
        self._enqueue(name, entry, "delete", "", f'{name} deletes entry "{entry}"')

    def resolve(self, name: str, entry: str, text: str) -> None:
        """Enqueue a version that replaces all that the device holds by then."""
        self.writes(entry)
        self._enqueue(name, entry, "resolve", text, f'{name} resolves entry "{entry}" to "{text}"')

    def establish(self, names: Sequence[str], entry: str, clock: Clock) -> None:
        """Let the devices of the clock write in turn, each on top of the last, until the entry has that clock."""
        counts = clock.clock
        for turn in range(max(counts.values())):
            for name in [name for name, count in counts.items() if count > turn]:
                written = self.write(name, entry, f"{entry}, by {name}, {turn + 1}")
                self._world.run_until(
                    f'{" and ".join(names)} to have "{written.text}" in entry "{entry}"',
                    lambda written=written: all(  # type: ignore[misc]
                        self.shown(name, entry) == written for name in names
                    ),
                    PATIENCE_S,
                )
        self._world.verdicts.require("entry_clock", None, entry=entry, devices=list(names), clock=counts)

    def writes(self, entry: str) -> list[Write]:
        """All operations on an entry, as they were asked for. Raises InvalidScenario for an unknown one."""
        try:
            return self._writes[entry]
        except KeyError:
            known = ", ".join(f'"{name}"' for name in self._writes) or "none yet"
            raise InvalidScenario(
                f'Nobody has written into entry "{entry}" (entries of this scenario: {known}). Let a device write '
                f'first: \'When Alice writes "something" into entry "{entry}"\'.'
            ) from None

    def saying(self, entry: str, text: str) -> list[Write]:
        """The writes by which the entry says that. Raises InvalidScenario where there is none."""
        found = [write for write in self.writes(entry) if write.kind != "delete" and write.text == text]
        if not found:
            said = ", ".join(f'"{write.text}"' for write in self.writes(entry) if write.text)
            raise InvalidScenario(f'Nobody has written "{text}" into entry "{entry}"; written were {said}.')
        return found

    def look(self, name: str, entry: str, *, again: bool = False) -> records.Entry | None:
        """What the device answers of the entry now, at most 50 ms old; again: not from before this call."""
        world, group = self._world, self._world.topology.group
        node, now = world.node(name), world.scheduler.now()
        looked, known = self._answers.get((name, entry), (-LOOK_NS, None))
        if node.presence == "silent" or (now - looked < LOOK_NS and not again):
            return known
        read = len(world.history.deliveries(name))
        answer = node.agent.entry(group, entry)
        seen = entry_view(world, name, entry, answer, now, read)
        if again or known is None or (seen.siblings, seen.winner) != (known.siblings, known.winner):
            world.record(seen)
        self._answers[name, entry] = now, seen
        return seen

    def on_rest(self) -> None:
        """Put on record what every device that can be asked answers of every entry."""
        for node in self._world.topology.nodes.values():
            if node.presence == "online":
                for entry in self._writes:
                    self.look(node.name, entry, again=True)

    def shown(self, name: str, entry: str) -> Write | None:
        """Whose version the device shows; None where it shows none, or one that nobody wrote."""
        view = self.look(name, entry)
        return None if view is None or view.winner is None else self.write_of(name, entry, view.winner)

    def held(self, name: str, entry: str) -> list[Write]:
        """Whose versions the device holds beside each other, deletions left out."""
        view = self.look(name, entry)
        siblings = view.siblings if view else ()
        found = [self.write_of(name, entry, sibling.version) for sibling in siblings if not sibling.deleted]
        return [write for write in found if write is not None]

    def write_of(self, name: str, entry: str, version: str) -> Write | None:
        """The write that a version of the entry is, by the device's delivery log."""
        delivered = self._world.history.delivered(name)
        return next(
            (
                write
                for write in self.writes(entry)
                if write.op_id in delivered and delivered[write.op_id].version == version
            ),
            None,
        )

    def _enqueue(self, name: str, entry: str, kind: str, text: str, what: str) -> Write:
        def send(number: int, op_id: str) -> None:
            world = self._world
            said = {} if kind == "delete" else {"entry": entry, "text": text}
            content = json.dumps(said, sort_keys=True)
            operation = Operation(
                op_id=op_id,
                group=world.topology.group,
                kind=kind,
                body=json.dumps({"op_id": op_id, **said}),
                entry=entry,
                base=self._base(name, entry, everything=kind == "resolve"),
            )
            world.operations.submit(
                name, number, operation, hashlib.sha256(content.encode()).hexdigest(), text
            )

        op_id = self._world.operations.enqueue(name, send, lambda _: what)
        written = Write(op_id, name, kind, text)
        self._writes.setdefault(entry, []).append(written)
        return written

    def _base(self, name: str, entry: str, *, everything: bool) -> tuple[str, ...]:
        """What the device's user sees: the version shown; all of them where they are resolved, or none is shown."""
        view = self._world.node(name).agent.entry(self._world.topology.group, entry)
        if view is None:
            return ()
        if view.winner is None or everything:
            return tuple(sibling.version for sibling in view.siblings)
        return (view.winner,)
