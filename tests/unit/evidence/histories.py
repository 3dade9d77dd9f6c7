"""Histories written by hand and by chance: a small model of a correct system that leaves evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from syncproof.evidence.history import History
from syncproof.evidence.lines import Line
from syncproof.evidence.records import (
    INSTALLATION,
    Accept,
    Connection,
    Deliver,
    Fault,
    Invoke,
    Log,
    Marker,
    Member,
    Note,
    Record,
    Result,
    Retry,
    installation,
)

MS = 1_000_000
GROUP = "g"
R = TypeVar("R", bound=Record)


@dataclass
class Story:
    """Writes down what a correct system would leave; every step takes a millisecond."""

    devices: Sequence[str] = ("Alice", "Bob")
    lines: list[Line] = field(default_factory=list)
    now: int = 1000 * MS
    group: str = GROUP

    def __post_init__(self) -> None:
        self._sent: dict[str, int] = {}
        self._order: list[Invoke] = []
        self._logs: dict[str, list[Deliver]] = {device: [] for device in self.devices}
        self._incarnation = dict.fromkeys(self.devices, 1)
        #: op_id -> the clock of the version that it made.
        self._clocks: dict[str, dict[str, int]] = {}
        for device in self.devices:
            self.add(Member, device=device, group=self.group)
            self.note(device, "incarnation", before=0)
            self.note(device, "deliveries_read", total=0)

    def add(self, kind: type[R], /, **fields: Any) -> R:
        """Append a line; a millisecond passes."""
        self.now += MS
        line = kind(i=len(self.lines) + 1, t_ns=self.now, **fields)
        self.lines.append(line)
        return line

    def note(self, device: str, what: str, **fields: object) -> None:
        """Append a note of the recorder."""
        self.add(
            Note,
            device=device,
            source="recorder",
            incarnation=self._incarnation[device],
            what=what,
            fields=fields,
        )

    def wait(self, ms: float) -> None:
        """Let time pass."""
        self.now += round(ms * MS)

    def send(
        self, author: str, *, accept: bool = True, store: bool = True, ack: bool = True, **fields: Any
    ) -> str:
        """An operation: asked for, accepted, stored, acknowledged. fields: of the Invoke."""
        n = self._sent[author] = self._sent.get(author, 0) + 1
        op_id = f"{author[0].lower()}{n}"
        made = {"kind": "append", "digest": "d-" + op_id, "size": 10} | fields
        invoke = self.add(
            Invoke, device=author, op_id=op_id, group=self.group, author=author, author_n=n, **made
        )
        if accept:
            self.add(Accept, device=author, op_id=op_id, seen=len(self._logs[author]))
        if store:
            self.store(invoke)
        if ack and store:
            self.ack(op_id)
        return op_id

    def store(self, invoke: Invoke) -> None:
        """Give the operation its place in the group's log."""
        self._order.append(invoke)

    def ack(self, op_id: str) -> None:
        """Acknowledge a stored operation."""
        order = next(k for k, invoke in enumerate(self._order, 1) if invoke.op_id == op_id)
        author = self._order[order - 1].author
        self.add(
            Result,
            device=author,
            source=author,
            incarnation=self._incarnation[author],
            op_id=op_id,
            outcome="ok",
            server_order=order,
        )

    def deliver(self, device: str, count: int | None = None, path: str = "live") -> None:
        """Deliver what is next in the log (all of it, or so many)."""
        log = self._logs[device]
        for order in range(len(log), len(self._order) if count is None else len(log) + count):
            invoke = self._order[order]
            entry = self.add(
                Deliver,
                device=device,
                source=device,
                incarnation=self._incarnation[device],
                n=len(log) + 1,
                op_id=invoke.op_id,
                group=self.group,
                kind=invoke.kind,
                author=invoke.author,
                version=str(order + 1),
                server_order=order + 1,
                digest=invoke.digest,
                size=invoke.size,
                path=path,
                entry=invoke.entry,
                clock=self._clocks.get(invoke.op_id),
            )
            log.append(entry)

    def mark(self, device: str, scope: str = "local") -> None:
        """Move a marker to the end of what is delivered."""
        n = len(self._logs[device])
        now = installation(self._incarnation[device])
        moves = [
            m
            for m in self.lines
            if isinstance(m, Marker)
            and (m.device, m.scope, installation(m.incarnation)) == (device, scope, now)
        ]
        if n == 0 or (moves and moves[-1].n == n):
            return
        self.add(
            Marker,
            device=device,
            source=device,
            incarnation=self._incarnation[device],
            group=self.group,
            scope=scope,
            old=moves[-1].new if moves else None,
            new=self._logs[device][-1].version,
            n=n,
        )

    def restart(self, device: str, *, keep: int | None = None) -> None:
        """A new incarnation reads its log again (stamps as they were); `keep`: it lost the rest."""
        self._incarnation[device] += 1
        self.note(device, "incarnation", before=self._incarnation[device] - 1)
        if keep is not None:
            del self._logs[device][keep:]
        self._logs[device] = [
            msgspec.structs.replace(entry, incarnation=self._incarnation[device], i=len(self.lines) + 1 + k)
            for k, entry in enumerate(self._logs[device])
        ]
        self.lines += self._logs[device]
        self.note(device, "deliveries_read", total=len(self._logs[device]))

    def install_anew(self, device: str) -> None:
        """All of the device's data is lost; its first incarnation has read an empty log."""
        self.note(device, "reinstalled")
        self._incarnation[device] = (installation(self._incarnation[device]) + 1) * INSTALLATION
        self.restart(device, keep=0)

    def fault(
        self,
        edge: str,
        *,
        on: Sequence[str] = ("Bob",),
        kind: str = "cut",
        fault_id: str = "fault-1",
        effective: bool | None = None,
        **fields: Any,
    ) -> None:
        """An edge of a fault; a proved one was effective."""
        self.add(
            Fault,
            fault_id=fault_id,
            kind=kind,
            slows=kind in ("clock", "latency"),
            silences=kind in ("silence", "one_way_link"),
            edge=edge,
            target=tuple(on),
            relevant_to=tuple(on),
            engine="toxiproxy-embedded",
            effective=edge == "proved" if effective is None else effective,
            proof="refused" if edge != "start" else "",
            **fields,
        )

    def connection(self, device: str, state: str) -> None:
        """A reported state of the link."""
        self.add(Connection, device=device, source=device, state=state)

    def retry(self, device: str, what: str = "pull", attempt: int = 1, delay_ms: float = 500) -> None:
        """A scheduled retry."""
        self.add(
            Retry,
            device=device,
            what=what,
            attempt=attempt,
            delay_ms=delay_ms,
            due_ns=self.now + round(delay_ms * MS),
            reason="refused",
        )

    def export(self) -> None:
        """The group's own log."""
        for order, invoke in enumerate(self._order, 1):
            self.add(
                Log,
                group=self.group,
                op_id=invoke.op_id,
                version=str(order),
                server_order=order,
                author=invoke.author,
                digest=invoke.digest,
            )
        self.add(Note, what="log_read", fields={"group": self.group, "head": len(self._order)})

    @property
    def history(self) -> History:
        """What was written so far."""
        return History(self.lines)


def exchange(messages: int = 5, *, marks: bool = True, export: bool = True) -> Story:
    """Alice sends, all deliver, markers follow."""
    story = Story()
    for _ in range(messages):
        story.send("Alice")
        for device in story.devices:
            story.deliver(device)
            if marks:
                story.mark(device)
                story.mark(device, "remote")
    if export:
        story.export()
    return story


def change(lines: Iterable[Line], chosen: Callable[[Line], bool], **fields: Any) -> list[Line]:
    """The same lines with fields of the chosen ones replaced."""
    return [msgspec.structs.replace(line, **fields) if chosen(line) else line for line in lines]


def drop(lines: Iterable[Line], chosen: Callable[[Line], bool]) -> list[Line]:
    """The same lines without the chosen ones."""
    return [line for line in lines if not chosen(line)]


def delivery(device: str, op_id: str) -> Callable[[Line], bool]:
    """Chooses the delivery of an operation at a device."""
    return lambda line: isinstance(line, Deliver) and (line.device, line.op_id) == (device, op_id)


@st.composite
def good_stories(draw: st.DrawFn) -> Story:
    """Anything that a correct system may do: interleaved senders, late deliveries, restarts, markers, one fault."""
    devices = draw(st.sampled_from([("Alice", "Bob"), ("Alice", "Bob", "Carol")]))
    story = Story(devices)
    acts = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["send", "send", "send", "deliver", "deliver", "mark", "remote", "restart"]),
                st.sampled_from(devices),
            ),
            min_size=3,
            max_size=40,
        )
    )
    story.send(devices[0])
    for act, device in acts:
        if act == "send":
            story.send(device, ack=draw(st.booleans()))
        elif act == "deliver" and len(story._logs[device]) < len(story._order):
            story.deliver(device, 1, draw(st.sampled_from(["live", "catchup"])))
        elif act == "mark":
            story.mark(device)
        elif act == "remote" and any(
            isinstance(m, Marker) and m.device == device and m.n == len(story._logs[device])
            for m in story.lines
        ):
            story.mark(device, "remote")
        elif act == "restart":
            story.restart(device)
    for device in devices:
        story.deliver(device)
        story.mark(device)
        story.mark(device, "remote")
    story.export()
    return story
