"""A read marker never goes back and never passes an undelivered event, across restarts (plan L-2.3).

Where the system promises to have one (capability `marker`); where not, nobody is judged by it.
Per device and group: each scope's marker only moves forward (also where its `old` shows a move that nobody
saw); its number never exceeds the delivery log of that moment; every event of the group's log up to the
marked version is delivered under a number up to the marker's; the remote marker never passes the local one.
A device that was reinstalled begins anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from syncproof.evidence.checkers.verdict import Verdict, count, judge, named, nothing_to_judge, unread
from syncproof.evidence.history import DeviceLog, History
from syncproof.evidence.records import INSTALLATION, Marker, Quarantined, installation


def check(history: History, *, device: str | None = None, marker: bool = True) -> Verdict:
    """device: judge only this one. marker: whether the system promises to have one; where not, all is well."""
    if not history.lines:
        return nothing_to_judge("marker_integrity", "the history is empty")
    if not marker:
        return Verdict("marker_integrity", "pass", "the system promises no read marker")
    moves = history.of(Marker, device)
    if not moves:
        return nothing_to_judge("marker_integrity", "no marker moved")
    judges: dict[tuple[str, str, int], _Judge] = {}
    orders: dict[str, _GroupOrder] = {}
    faults: list[str] = []
    witness: list[str] = []
    for move in moves:
        key = (move.device, move.group, installation(move.incarnation))
        found = judges.get(key)
        if found is None:
            order = orders.get(move.group)
            if order is None:
                order = orders[move.group] = _GroupOrder.of(history, move.group)
            log = (history.devices.get(move.device) or DeviceLog()).of_installation(key[2])
            aside = history.quarantined.get(move.device, {})
            found = judges[key] = _Judge(history, order, log, aside)
        for text, op_ids in found.take(move):
            witness += op_ids
            faults.append(f"{move.device}'s {move.scope} marker {text}")
    if len(faults) > 3:
        faults = [*faults[:3], f"and {len(faults) - 3} more"]
    passed = f"{count(len(moves), 'move')}, none back or ahead"
    partly = filter(None, (unread(history, name) for name in {move.device: None for move in moves}))
    return judge("marker_integrity", faults, witness, passed, [*partly])


@dataclass(frozen=True)
class _GroupOrder:
    """The group's log in order: places of versions, and the operations by place."""

    place: dict[str, int]
    places: list[int]
    op_ids: list[str]

    @classmethod
    def of(cls, history: History, group: str) -> _GroupOrder:
        by_place: dict[int, str] = {}
        place: dict[str, int] = {}
        for line in history.log.get(group, ()):
            by_place[line.server_order] = line.op_id
            place[line.version] = line.server_order
        for log in history.devices.values():
            for entry in log.latest:
                if entry.group == group and entry.server_order is not None and entry.version not in place:
                    by_place.setdefault(entry.server_order, entry.op_id)
                    place[entry.version] = entry.server_order
        places = sorted(by_place)
        return cls(place, places, [by_place[k] for k in places])


@dataclass
class _Judge:
    """Follows the markers of one device in one group."""

    history: History
    order: _GroupOrder
    log: DeviceLog
    #: What the device reported to have quarantined: a marker may pass it. That it had reason to is not judged here.
    aside: Mapping[str, Quarantined]
    last: dict[str, tuple[int, Marker]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        place = dict(self.order.place)
        for entry in self.log.latest:
            # A system without an order of its own: the device's own is all there is.
            place.setdefault(entry.version, entry.n)
        self._place = place
        #: Highest delivery number among the first k events of the group's log.
        self._needed: list[float] = [0]
        for op_id in self.order.op_ids:
            entry_of = self.log.first.get(op_id)
            if entry_of is None and op_id in self.aside:
                self._needed.append(self._needed[-1])
                continue
            self._needed.append(max(self._needed[-1], entry_of.n if entry_of else float("inf")))
        #: When entry n+1 was first seen delivered, by whichever incarnation.
        self._stamps: list[int] = []
        for incarnation in sorted(self.log.by_incarnation):
            entries = self.log.by_incarnation[incarnation]
            self._stamps += [entry.t_ns for entry in entries[len(self._stamps) :]]

    def take(self, move: Marker) -> list[tuple[str, list[str]]]:
        """What is wrong with one move, each with the operations concerned."""
        place = self._place.get(move.new)
        if place is None:
            if not self.log.whole:
                return []
            return [(f"stands at version {move.new}, which nobody has", [])]
        found = [
            *self._back(move, place),
            *self._beyond_log(move),
            *self._past_undelivered(move, place),
            *self._past_local(move, place),
        ]
        before = self.last.get(move.scope)
        if before is None or place >= before[0]:
            self.last[move.scope] = (place, move)
        return found

    def _back(self, move: Marker, place: int) -> list[tuple[str, list[str]]]:
        before = self.last.get(move.scope)
        if before is None:
            return []
        if place < before[0] or move.n < before[1].n:
            return [
                (f"went back from {before[1].new} (number {before[1].n}) to {move.new} (number {move.n})", [])
            ]
        if move.scope == "local":
            old = self._place.get(move.old, 0) if move.old is not None else 0
            if old < before[0]:
                return [(f"had been at {before[1].new}, and then moved on from {move.old or 'nothing'}", [])]
        return []

    def _beyond_log(self, move: Marker) -> list[tuple[str, list[str]]]:
        if move.n > len(self._stamps):
            if not self.log.whole:
                return []
            return [(f"stands at number {move.n} of a delivery log of {len(self._stamps)}", [])]
        if move.n > 0 and self._stamps[move.n - 1] > move.t_ns:
            op_id = self.log.latest[move.n - 1].op_id if move.n <= len(self.log.latest) else ""
            return [
                (f"stood at number {move.n} before that was delivered ({self.history.name(op_id)})", [op_id])
            ]
        return []

    def _past_undelivered(self, move: Marker, place: int) -> list[tuple[str, list[str]]]:
        before = bisect_right(self.order.places, place)
        if self._needed[before] <= move.n:
            return []
        first = self.log.first
        skipped = [
            op_id
            for op_id in self.order.op_ids[:before]
            if op_id not in self.aside and (first[op_id].n > move.n if op_id in first else self.log.whole)
        ]
        if not skipped:
            return []
        return [
            (
                f"at {move.new} (number {move.n}) passed {named(self.history, skipped)}, not delivered then",
                skipped,
            )
        ]

    def _past_local(self, move: Marker, place: int) -> list[tuple[str, list[str]]]:
        if move.scope != "remote":
            return []
        local = self.last.get("local")
        if local is not None and place <= local[0]:
            return []
        if move.incarnation % INSTALLATION > 1 and (local is None or local[1].incarnation < move.incarnation):
            # Local moves shortly before the restart may have died unseen with the process.
            return []
        where = f"the local one at {local[1].new}" if local is not None else "a local one that never moved"
        return [(f"at {move.new} is past {where}", [])]


SAFETY = {"marker_integrity": check}
