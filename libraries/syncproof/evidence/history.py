"""A history in memory, with the indexes that predicates and checkers ask for. It grows as lines are added."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from syncproof.evidence.lines import Line
from syncproof.evidence.records import (
    HARNESS,
    Accept,
    Blob,
    Connection,
    Deliver,
    Entry,
    Fault,
    Header,
    Held,
    Invoke,
    Left,
    Log,
    Marker,
    Member,
    Note,
    Quarantined,
    Record,
    Result,
    installation,
)
from syncproof.evidence.tail import Tail

R = TypeVar("R", bound=Record)
E = TypeVar("E", bound="Deliver | Log")
_PROGRESS = frozenset({Accept, Blob, Deliver, Held, Marker, Result})


class DeviceLog:
    """One device's delivery logs: one list per incarnation, as read, nothing filtered."""

    def __init__(self) -> None:
        #: Incarnation -> the entries read in it, in the order read.
        self.by_incarnation: dict[int, list[Deliver]] = {0: []}
        #: Incarnation whose log counts: the newest that was met.
        self.incarnation = 0
        #: The log of that incarnation.
        self.latest: list[Deliver] = self.by_incarnation[0]
        #: op_id -> its first entry in the latest log.
        self.first: dict[str, Deliver] = {}
        #: (group, author) -> how many different operations of that author the latest log holds.
        self.counts: dict[tuple[str, str], int] = {}
        #: Incarnation -> its length when it had been read to its end for the first time.
        self.read_to: dict[int, int] = {}
        #: Whether its device did not answer when it was last to be read to its end.
        self.unreachable = False
        #: When its device was met the last time that it had another process than before; when that was killed, and
        #: started again (ns).
        self.met_ns = self.killed_ns = self.again_ns = 0

    @property
    def whole(self) -> bool:
        """Whether the latest log was read to its end: what it lacks the device lacks."""
        return self.incarnation in self.read_to and not self.unreachable and not self.forgotten

    @property
    def forgotten(self) -> bool:
        """Whether its device was killed and started again, and nobody has met it since."""
        return self.met_ns < self.killed_ns < self.again_ns

    def begin(self, incarnation: int) -> None:
        """From here on this incarnation's log is the one that counts."""
        self.incarnation = incarnation
        self.latest = self.by_incarnation.setdefault(incarnation, [])
        self.first = {}
        self.counts = {}

    def of_installation(self, number: int) -> DeviceLog:
        """What this log was when the device, installed anew so often, was given up for the next installation."""
        own = [incarnation for incarnation in self.by_incarnation if installation(incarnation) == number]
        if len(own) == len(self.by_incarnation):
            return self
        log = DeviceLog()
        for incarnation in sorted(own):
            if incarnation:
                log.begin(incarnation)
            for entry in self.by_incarnation[incarnation]:
                log.add(entry)
        log.read_to = {
            incarnation: total for incarnation, total in self.read_to.items() if incarnation in own
        }
        log.unreachable = self.unreachable and installation(self.incarnation) == number
        return log

    def add(self, entry: Deliver) -> None:
        """Take the next entry as read."""
        if entry.incarnation != self.incarnation:
            if entry.incarnation < self.incarnation:
                # The recorder never goes back; a merged file may.
                self.by_incarnation.setdefault(entry.incarnation, []).append(entry)
                return
            self.begin(entry.incarnation)
        self.latest.append(entry)
        if entry.op_id not in self.first:
            self.first[entry.op_id] = entry
            key = (entry.group, entry.author)
            self.counts[key] = self.counts.get(key, 0) + 1


class History:
    """Everything that was recorded so far.

    `lines` holds all of it in order; the other attributes are indexes over it, kept up by `extend`.
    """

    def __init__(self, lines: Iterable[Line] = (), header: Header | None = None) -> None:
        self.header = header
        self.lines: list[Line] = []
        #: op_id -> its (first) invocation.
        self.operations: dict[str, Invoke] = {}
        #: Group -> its invocations in order.
        self.invokes_by_group: dict[str, list[Invoke]] = {}
        #: Device -> how often it was reinstalled.
        self._installations: dict[str, int] = {}
        #: op_id -> which installation of its device was asked for it, where that is not the first.
        self._asked_of: dict[str, int] = {}
        #: op_id -> the device's acceptance.
        self.accepts: dict[str, Accept] = {}
        #: op_id -> the system's (first) acknowledgement.
        self.acks: dict[str, Result] = {}
        self._acknowledged: dict[str, int] = {}
        #: op_id -> its refusal: it did not happen (unless it was asked for again).
        self.refusals: dict[str, Result] = {}
        #: Device -> op_id -> invocations of which nothing final is known yet.
        self.pending: dict[str, dict[str, Invoke]] = {}
        #: Group -> device -> since when it belongs to it. Who has left is in `left` instead.
        self.members: dict[str, dict[str, Member]] = {}
        #: Group -> device -> since when it belongs to it no more.
        self.left: dict[str, dict[str, Left]] = {}
        #: Device -> its delivery logs.
        self.devices: dict[str, DeviceLog] = {}
        self._log_lines: dict[str, list[Log]] = {}
        #: Lines of the log that the server cannot read, and of which no device has told yet what they are.
        self._sealed: list[tuple[str, int]] = []
        self._delivered_when_asked = -1
        #: Groups whose own log was exported (also when the export held nothing).
        self.exported: dict[str, None] = {}
        #: What the system calls clients that do harm: what they say is no operation of the scenario.
        self.outsiders: dict[str, str] = {}
        #: (device, group, scope) -> the moves of that marker.
        self.markers: dict[tuple[str, str, str], list[Marker]] = {}
        #: Device -> its last reported connection state.
        self.connections: dict[str, Connection] = {}
        #: (device, group) that the device reported to have joined.
        self.groups_joined: dict[tuple[str, str], None] = {}
        #: (device, digest) of attachments that the device reported whole.
        self.blobs: dict[tuple[str, str], None] = {}
        #: (group, entry) -> device -> what it answered of the entry, in order.
        self.views: dict[tuple[str, str], dict[str, list[Entry]]] = {}
        #: Device -> op_id -> what it quarantined because it cannot be read.
        self.quarantined: dict[str, dict[str, Quarantined]] = {}
        #: fault_id -> its edges.
        self.faults: dict[str, list[Fault]] = {}
        #: Device -> stamp of the last delivery seen in its log; 0: none.
        self.last_delivery_ns: dict[str, int] = {}
        #: Stamp of the latest line that shows progress of a device (not of attempts and retries, which go on for
        #: ever, nor of what the harness read when it judged: else every judgement would put off the next one).
        self.last_activity_ns = 0
        #: Stamp of the latest line.
        self.last_ns = 0
        self._by_type: dict[type[Record], list[Record]] = {}
        self._take: dict[type[Record], Callable[..., None]] = {
            Member: self._member,
            Left: self._left,
            Invoke: self._invoke,
            Accept: self._accept,
            Result: self._result,
            Deliver: self._deliver,
            Log: self._log,
            Marker: self._marker,
            Connection: self._connection,
            Entry: self._entry,
            Fault: self._fault,
            Blob: self._blob,
            Quarantined: self._quarantined,
            Note: self._note,
        }
        self.extend(lines)

    @classmethod
    def load(cls, path: Path) -> History:
        """The whole file. Raises FileNotFoundError, and msgspec.DecodeError where it is not a history."""
        if not path.exists():
            raise FileNotFoundError(f"There is no history at {path}.")
        tail = Tail(path)
        # Lines refer to nothing that refers back: looking for cycles among a million of them finds none.
        collecting = gc.isenabled()
        gc.disable()
        try:
            lines = tail.read_new()
            return cls(lines, tail.header)
        finally:
            tail.close()
            if collecting:
                gc.enable()

    def extend(self, lines: Iterable[Line]) -> None:
        """Take further lines, in order."""
        by_type, take = self._by_type, self._take
        last, active = self.last_ns, self.last_activity_ns
        append = self.lines.append
        for line in lines:
            append(line)
            kind = type(line)
            if line.t_ns > last:
                last = line.t_ns
            if line.t_ns > active and kind in _PROGRESS and line.source != HARNESS:
                active = line.t_ns
            handler = take.get(kind)
            if handler is not None:
                handler(line)
            if kind is not Deliver:
                same = by_type.get(kind)
                if same is None:
                    same = by_type[kind] = []
                same.append(line)
        self.last_ns, self.last_activity_ns = last, active

    def of(self, kind: type[R], device: str | None = None) -> Sequence[R]:
        """All lines of one type (of one device), in order. Deliveries are in `devices` instead."""
        found: list[R] = self._by_type.get(kind, [])  # type: ignore[assignment]
        return found if device is None else [line for line in found if line.device == device]

    def notes(self, what: str, device: str | None = None) -> list[Note]:
        """The notes of one kind."""
        return [note for note in self.of(Note, device) if note.what == what]

    def came_back(self, device: str) -> int:
        """When the scenario last brought a device back (ns); 0 for never."""
        return max((note.t_ns for note in self.notes("came_back", device)), default=0)

    def killed(self, device: str) -> int:
        """When the scenario last ended the device's process (ns); 0 for never."""
        return max(self.kills(device), default=0)

    def kills(self, device: str) -> list[int]:
        """When the scenario ended the device's process, by a kill or to install it anew (ns)."""
        edges = (edges[0] for edges in self.faults.values())
        kills = (edge.t_ns for edge in edges if edge.kind == "kill" and device in edge.target)
        return [*kills, *(note.t_ns for note in self.notes("reinstalled", device))]

    def invokes(self) -> Iterable[Invoke]:
        """Every operation, in the order of asking."""
        return self.operations.values()

    def inside(self, entries: Iterable[E]) -> Iterable[E]:
        """Those entries of a log that no outsider has said. What the harness asked for no outsider says."""
        if not self.outsiders:
            return entries
        return [
            entry for entry in entries if entry.author not in self.outsiders or entry.op_id in self.operations
        ]

    def installation_of(self, op_id: str) -> int:
        """Which installation of its device was asked for an operation, from 0."""
        return self._asked_of.get(op_id, 0)

    def outcome(self, op_id: str) -> Result | None:
        """The system's final answer to an operation, if there is one."""
        return self.acks.get(op_id) or self.refusals.get(op_id)

    def acknowledged_by(self, device: str) -> int:
        """How many operations that the device was asked for are acknowledged."""
        return self._acknowledged.get(device, 0)

    @property
    def log(self) -> dict[str, list[Log]]:
        """Group -> lines of the system's own log; those that the server cannot read as devices told of them."""
        if self._sealed:
            self._unseal()
        return self._log_lines

    def logged(self, group: str) -> int:
        """How many lines of the group's own log are on record."""
        return len(self._log_lines.get(group, ()))

    def connection(self, device: str) -> str:
        """The connection state that the device reported last ("" for none yet)."""
        reported = self.connections.get(device)
        return reported.state if reported else ""

    def joined(self, device: str, group: str) -> bool:
        """Whether the device reported that it belongs to the group."""
        return (device, group) in self.groups_joined

    def marker(self, device: str, group: str, scope: str) -> Marker | None:
        """Where that marker went last."""
        moves = self.markers.get((device, group, scope))
        return moves[-1] if moves else None

    def view(self, device: str, group: str, entry: str) -> Entry | None:
        """What the device answered last of an entry."""
        answers = self.views.get((group, entry), {}).get(device)
        return answers[-1] if answers else None

    def has_blob(self, device: str, digest: str) -> bool:
        """Whether the device reported that attachment whole."""
        return (device, digest) in self.blobs

    def deliveries(self, device: str) -> list[Deliver]:
        """The device's delivery log as its latest incarnation has it."""
        log = self.devices.get(device)
        return log.latest if log else []

    def delivered(self, device: str) -> dict[str, Deliver]:
        """op_id -> first entry, of the device's latest log."""
        log = self.devices.get(device)
        return log.first if log else {}

    def received(self, device: str, group: str, author: str | None = None, *, below: bool = False) -> int:
        """How many different operations (of one author) of the group the device's latest log holds.

        below: also of groups whose names begin with its name and a slash.
        """
        log = self.devices.get(device)
        if log is None:
            return 0
        if author is not None and not below:
            return log.counts.get((group, author), 0)
        return sum(
            count
            for (of, by), count in log.counts.items()
            if (of == group or (below and of.startswith(f"{group}/"))) and author in (None, by)
        )

    def name(self, op_id: str) -> str:
        """The operation as people know it: `Alice #21`."""
        invoke = self.operations.get(op_id)
        return f"{invoke.author} #{invoke.author_n}" if invoke else f"unknown operation '{op_id}'"

    def _device(self, name: str) -> DeviceLog:
        log = self.devices.get(name)
        if log is None:
            log = self.devices[name] = DeviceLog()
        return log

    def _member(self, line: Member) -> None:
        self.members.setdefault(line.group, {}).setdefault(line.device, line)
        self.left.get(line.group, {}).pop(line.device, None)
        self._device(line.device)

    def _left(self, line: Left) -> None:
        self.members.get(line.group, {}).pop(line.device, None)
        self.left.setdefault(line.group, {})[line.device] = line

    def _invoke(self, line: Invoke) -> None:
        if line.op_id in self.operations:
            # Asked again under the same id: still the same operation, and no longer one that was refused.
            if self.refusals.pop(line.op_id, None):
                self.pending.setdefault(line.device, {})[line.op_id] = line
            return
        self.operations[line.op_id] = line
        if line.device in self._installations:
            self._asked_of[line.op_id] = self._installations[line.device]
        self.invokes_by_group.setdefault(line.group, []).append(line)
        self.pending.setdefault(line.device, {})[line.op_id] = line

    def _accept(self, line: Accept) -> None:
        self.accepts.setdefault(line.op_id, line)
        invoke = self.operations.get(line.op_id)
        if invoke is not None and line.op_id not in self.acks and line.op_id not in self.refusals:
            self.pending.setdefault(invoke.device, {})[line.op_id] = invoke

    def _result(self, line: Result) -> None:
        if line.outcome == "ok":
            if line.op_id not in self.acks:
                self.acks[line.op_id] = line
                self._acknowledged[line.device] = self._acknowledged.get(line.device, 0) + 1
        elif line.outcome == "fail":
            self.refusals.setdefault(line.op_id, line)
        elif line.op_id in self.accepts:
            return  # the device has it: its answer is still to come
        invoke = self.operations.get(line.op_id)
        if invoke is not None:
            self.pending.get(invoke.device, {}).pop(line.op_id, None)

    def _deliver(self, line: Deliver) -> None:
        self._device(line.device).add(line)
        if line.t_ns > self.last_delivery_ns.get(line.device, 0):
            self.last_delivery_ns[line.device] = line.t_ns

    def _log(self, line: Log) -> None:
        lines = self._log_lines.setdefault(line.group, [])
        self.exported[line.group] = None
        if line.sealed:
            self._sealed.append((line.group, len(lines)))
            self._delivered_when_asked = -1
            # Until somebody can say: an operation that nobody knows, and no two the same.
            if not line.op_id:
                line = msgspec.structs.replace(line, op_id=f"sealed {line.version}")
        lines.append(line)

    def _unseal(self) -> None:
        """Find out what encrypted lines of the log are: an event is what devices delivered under its version."""
        delivered = sum(
            len(entries) for log in self.devices.values() for entries in log.by_incarnation.values()
        )
        if delivered == self._delivered_when_asked:
            return
        self._delivered_when_asked = delivered
        told: dict[tuple[str, str], Deliver] = {}
        for log in self.devices.values():
            for entries in log.by_incarnation.values():
                for entry in entries:
                    told.setdefault((entry.group, entry.version), entry)
        still: list[tuple[str, int]] = []
        for group, k in self._sealed:
            line = self._log_lines[group][k]
            known = told.get((group, line.version))
            if known is None:
                still.append((group, k))
            else:
                told_of = msgspec.structs.replace(line, op_id=known.op_id, digest=known.digest)
                self._log_lines[group][k] = told_of
        self._sealed = still

    def _marker(self, line: Marker) -> None:
        self.markers.setdefault((line.device, line.group, line.scope), []).append(line)

    def _connection(self, line: Connection) -> None:
        self.connections[line.device] = line

    def _entry(self, line: Entry) -> None:
        self.views.setdefault((line.group, line.entry), {}).setdefault(line.device, []).append(line)

    def _fault(self, line: Fault) -> None:
        self.faults.setdefault(line.fault_id, []).append(line)
        if line.kind == "kill":
            for log in (self.devices[name] for name in line.target if name in self.devices):
                if line.edge == "start":
                    log.killed_ns = line.t_ns
                elif line.edge == "end":
                    log.again_ns = line.t_ns

    def _blob(self, line: Blob) -> None:
        if line.state in ("complete", "verified", "uploaded"):
            self.blobs[line.device, line.digest] = None

    def _quarantined(self, line: Quarantined) -> None:
        self.quarantined.setdefault(line.device, {})[line.op_id] = line

    def _note(self, line: Note) -> None:
        if line.what == "incarnation" and line.incarnation > (log := self._device(line.device)).incarnation:
            log.begin(line.incarnation)
            log.met_ns = line.t_ns
        elif line.what == "deliveries_read":
            self._device(line.device).read_to[line.incarnation] = int(str(line.fields.get("total", 0)))
        elif line.what in ("evidence_unread", "evidence_read"):
            self._device(line.device).unreachable = line.what == "evidence_unread"
        elif line.what == "group" and line.fields.get("state") == "joined":
            self.groups_joined[line.device, str(line.fields.get("group", ""))] = None
        elif line.what == "reinstalled":
            self._installations[line.device] = self._installations.get(line.device, 0) + 1
        elif line.what == "outsider":
            self.outsiders[str(line.fields.get("identity", ""))] = line.device
        elif line.what == "log_outdated":
            self.exported.pop(str(line.fields.get("group", "")), None)
        elif line.what == "log_read":
            self.exported[str(line.fields.get("group", ""))] = None
