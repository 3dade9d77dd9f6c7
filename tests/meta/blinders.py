"""Ways in which the kit could be blind, put into the process that runs the scenarios: `Go Blind    NAME`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from robot.api.deco import keyword, library

from syncproof.evidence.recorder.client import RecorderClient
from syncproof.evidence.records import Marker
from syncproof.evidence.tail import Tail
from syncproof.faults.network import Cut
from syncproof.kernel.topology import Topology
from syncproof.kernel.verdicts import Verdicts
from syncproof.kernel.world import World


def _drops_a_line(self: Tail) -> list[Any]:
    """One of Bob's read markers, for which no sentence waits."""
    return [
        line for line in READ(self) if not (isinstance(line, Marker) and line.device == "Bob" and line.n == 3)
    ]


def _does_nothing(self: Cut) -> None:
    """Nothing is cut."""


def _takes_rest_for_granted(self: Verdicts) -> None:
    self.gather()


def _lets_inconclusive_pass(self: Verdicts, checker: str, name: str | None, **limits: Any) -> None:
    self._world.read_own()
    self.ask(checker, name, **limits)


def _starts_deadline_anew(self: World, predicate: Callable[[], bool], within_s: float) -> bool:
    within_ns = round(within_s * self.scale * 1e9) + self.slack_ns
    began = self.scheduler.now()
    return self.scheduler.run_until(predicate, lambda: max(began, self.history.last_activity_ns) + within_ns)


def _forgets_who_is_back(self: Topology, fault: Any, since_ns: int) -> None:
    """Who was stopped stays silent for the harness: nobody asks it what is pending."""


def _attaches_once(self: RecorderClient, device: str, *more: Any, **named: Any) -> None:
    """The process that was started again is not followed, and nobody misses the one before."""
    if device not in FOLLOWED.setdefault(self, set()):
        FOLLOWED[self].add(device)
        ATTACH(self, device, *more, **named)


READ, ATTACH = Tail.read_new, RecorderClient.attach
FOLLOWED: dict[RecorderClient, set[str]] = {}
WAYS: dict[str, tuple[type, str, Callable[..., Any]]] = {
    "a recorder that drops a line": (Tail, "read_new", _drops_a_line),
    "a cut that does not cut": (Cut, "begin", _does_nothing),
    "rest taken for granted": (Verdicts, "at_rest", _takes_rest_for_granted),
    "an inconclusive verdict that passes": (Verdicts, "require", _lets_inconclusive_pass),
    "a deadline that starts anew with every delivery": (World, "wait_for", _starts_deadline_anew),
    "a restarted device that nobody judges": (RecorderClient, "attach", _attaches_once),
    "presence forgotten": (Topology, "_came_back", _forgets_who_is_back),
}


@library(scope="GLOBAL", listener="SELF")
class blinders:  # noqa: N801  named like its file, so that a suite can import it by its path
    """Undone at the end of each test."""

    ROBOT_LISTENER_API_VERSION = 3
    #: Behind the library that judges when a test ends.
    ROBOT_LISTENER_PRIORITY = -1

    def __init__(self) -> None:
        self._undo: list[tuple[type, str, Any]] = []

    @keyword
    def go_blind(self, way: str) -> None:
        """Put one of the ways in."""
        owner, name, blind = WAYS[way]
        self._undo.append((owner, name, vars(owner)[name]))
        setattr(owner, name, blind)

    def end_test(self, data: object, result: object) -> None:
        """See what there is again."""
        del data, result
        while self._undo:
            setattr(*self._undo.pop())
