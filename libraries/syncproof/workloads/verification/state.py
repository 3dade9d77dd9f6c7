"""Verifications of devices by their people: begun, compared, decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from syncproof.kernel.quantities import Duration
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.verification.records import Verification

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long a string may take until it is there, at scale 1.
SHOWN_S = 60.0


class Verifications(State):
    """One verification at a time, which is what people do."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._number = ""
        self._devices: tuple[str, str] = ("", "")

    def begin(self, name: str, other: str) -> None:
        """One device asks, the other is asked."""
        world = self._world
        if name == other:
            raise InvalidScenario(f"{name} cannot verify itself.")
        world.operations.flush()
        begun = world.node(name).agent.verify(world.node(other).identity)
        self._number, self._devices = begun.id, (name, other)

    def shown(self, names: Sequence[str], within: Duration) -> dict[str, tuple[str, ...]]:
        """Wait until each of these devices shows a string of emoji, and answer them by device.

        Raises InvalidScenario for a device that takes no part in the verification, AssertionError where the deadline
        passes.
        """
        self._require_part(names)
        if not self._world.wait_for(lambda: all(self._shown(name) for name in names), within.seconds):
            raise self._unmet(f"{' and '.join(names)} to show emoji", names, within)
        return {name: self._shown(name) for name in names}

    def decide(self, name: str, decision: str) -> None:
        """A person says so, as soon as there is something to compare (or at once, to cancel)."""
        world = self._world
        self._require_part([name])
        if decision != "cancel":
            world.run_until(f"{name} to show emoji", lambda: bool(self._shown(name)), SHOWN_S)
        world.note("sas_decision", device=name, id=self._number, decision=decision)
        world.node(name).agent.decide(self._number, decision)

    def all_in(self, names: Sequence[str], state: str, within: Duration) -> None:
        """Every device says that the verification is in this state."""
        self._require_part(names)
        reached: Callable[[], bool] = lambda: all(self._state(name) == state for name in names)  # noqa: E731
        if not self._world.wait_for(reached, within.seconds):
            raise self._unmet(f"the verification to be {state} on {' and '.join(names)}", names, within)

    def _require_part(self, names: Sequence[str]) -> None:
        if not self._number:
            raise InvalidScenario("Nobody verifies anybody in this scenario: say first who does.")
        for name in names:
            if name not in self._devices:
                raise InvalidScenario(
                    f"{name} has no part in the verification of {' and '.join(self._devices)}."
                )

    def _lines(self, name: str) -> list[Verification]:
        return [v for v in self._world.history.of(Verification, name) if v.id == self._number]

    def _shown(self, name: str) -> tuple[str, ...]:
        return next((line.emoji for line in reversed(self._lines(name)) if line.emoji), ())

    def _state(self, name: str) -> str:
        lines = self._lines(name)
        return lines[-1].state if lines else "unknown"

    def _unmet(self, what: str, names: Sequence[str], within: Duration) -> AssertionError:
        seen = "; ".join(f"{name}: {self._state(name)}" for name in names)
        return self._world.verdicts.failed("verified", f"expected {what} within {within}; seen {seen}")
