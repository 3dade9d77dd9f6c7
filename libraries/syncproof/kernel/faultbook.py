"""The faults of one scenario: which are on, which heal, when the last one was proved to have ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from syncproof.evidence import records
from syncproof.evidence.lines import Line
from syncproof.kernel.fault import Fault
from syncproof.kernel.trouble import DidNotHeal, InvalidScenario

State = Literal["active", "proved", "healing", "ended"]


@dataclass
class Entry:
    """One fault and how far it got."""

    fault: Fault
    fault_id: str
    started_ns: int
    state: State = "active"
    lifted_ns: int = 0
    ended_ns: int = 0
    give_up_ns: int = 0
    #: The scenario has said when it ends.
    ends_by_itself: bool = False


class Faultbook:
    """Begins and ends faults and puts every edge on record. `tick` is called by the scheduler, once a turn.

    devices: of the scenario, all of which a fault concerns that is of none in particular.
    """

    def __init__(
        self,
        now: Callable[[], int],
        record: Callable[[Line], None],
        patience_ns: int,
        devices: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._now, self._record, self._patience_ns, self._devices = now, record, patience_ns, devices
        self.entries: list[Entry] = []

    def begin(self, fault: Fault) -> Entry:
        """Make it happen, now."""
        fault.relevant_to = fault.relevant_to or self._devices()
        entry = Entry(fault, f"fault-{len(self.entries) + 1}", self._now())
        self.entries.append(entry)
        self._edge(entry, "start")
        fault.begin()
        self.tick()
        return entry

    def end(self, entry: Entry) -> None:
        """Take it away, now; it counts as ended when it is proved to have healed."""
        if entry.state in ("healing", "ended"):
            return
        if entry.state == "active":
            self._look_for_proof(entry)
        entry.lifted_ns = self._now()
        entry.fault.end()
        entry.state, entry.give_up_ns = "healing", self._now() + self._patience_ns
        self.tick()

    def is_on(self, kind: type[Fault], target: str) -> bool:
        """Whether a fault of this kind is on that hits this target, alone or with others."""
        return any(type(entry.fault) is kind and target in entry.fault.target for entry in self.on)

    def ended_process(self, target: str, *, now: bool) -> bool:
        """Whether a fault ends the process of this target now, or ever did in this scenario."""
        return any(
            entry.fault.stops is not None and entry.fault.stops.ends and target in entry.fault.target
            for entry in (self.on if now else self.entries)
        )

    def find(self, kinds: Sequence[type[Fault]], *targets: str) -> Entry:
        """The latest fault of one of these kinds on exactly these targets that is still on.

        Raises InvalidScenario that says what is on instead.
        """
        for entry in reversed(self.on):
            if type(entry.fault) in kinds and set(entry.fault.target) == set(targets):
                return entry
        words = dict.fromkeys(kind.called or kind.kind for kind in kinds)
        wanted = f"{' or '.join(words)} of {' and '.join(targets)}"
        there = "; ".join(str(entry.fault) for entry in self.on) or "nothing"
        raise InvalidScenario(
            f"There is no {wanted} that could end here (broken now: {there}). Say first that it begins."
        )

    @property
    def on(self) -> list[Entry]:
        """Faults that are on."""
        return [entry for entry in self.entries if entry.state in ("active", "proved")]

    @property
    def healing(self) -> list[Entry]:
        """Faults that were taken away and are not yet proved to have healed."""
        return [entry for entry in self.entries if entry.state == "healing"]

    @property
    def last_end_ns(self) -> int:
        """When the last fault was proved to have ended; 0 for none."""
        return max((entry.ended_ns for entry in self.entries), default=0)

    def tick(self) -> None:
        """Look for proofs that are still missing. Raises DidNotHeal when one does not come."""
        for entry in self.entries:
            if entry.state == "active":
                self._look_for_proof(entry)
            elif entry.state == "healing":
                healed = entry.fault.healed()
                if healed is not None:
                    entry.state, entry.ended_ns = "ended", self._now()
                    self._edge(entry, "end", proof=healed)
                elif self._nobody_answers(entry.fault):
                    entry.give_up_ns = self._now() + self._patience_ns
                elif self._now() > entry.give_up_ns:
                    raise DidNotHeal(
                        f"The {entry.fault} was taken away {self._patience_ns / 1e9:g} s ago, and a probe still "
                        "finds it: the kit or the server is broken, not the system's recovery."
                    )

    def _nobody_answers(self, fault: Fault) -> bool:
        """Whether a node is stopped, or on its way back, whose answers say whether this fault is on."""
        return any(
            entry.fault.stops is not None and not set(entry.fault.target).isdisjoint(fault.answered_by)
            for entry in (*self.on, *self.healing)
        )

    def _look_for_proof(self, entry: Entry) -> None:
        if entry.fault.proved_by_waiting and self._nobody_answers(entry.fault):
            entry.fault.reset_probes()
            return
        proof = entry.fault.proof()
        if proof is not None:
            entry.state = "proved"
            self._edge(entry, "proved", proof=proof, effective=True)

    def _edge(
        self,
        entry: Entry,
        edge: Literal["start", "proved", "end"],
        *,
        proof: str = "",
        effective: bool = False,
    ) -> None:
        fault = entry.fault
        self._record(
            records.Fault(
                t_ns=self._now(),
                fault_id=entry.fault_id,
                kind=fault.kind,
                slows=fault.slows,
                isolates=fault.isolates,
                silences=fault.silences,
                lifted_ns=entry.lifted_ns,
                edge=edge,
                target=fault.target,
                direction=fault.direction,
                engine=fault.engine,
                requested=fault.requested,
                effective=effective,
                proof=proof,
                hindrance=fault.hindrance,
                relevant_to=fault.relevant_to,
            )
        )
