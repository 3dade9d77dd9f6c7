"""Verifications of devices by their people: begun, compared, decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from syncproof.kernel.cast import Device
from syncproof.kernel.state import State
from syncproof.kernel.trouble import InvalidScenario
from syncproof.workloads.verification.records import Verification
from syncproof.workloads.verification.surface import Begin, Decide

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
        begun = world.node(name).agent.ask(Begin(world.node(other).identity))
        self._number, self._devices = begun.id, (name, other)

    def of(self, devices: Iterable[Device]) -> dict[str, Any]:
        """Which verification checks are to look at, and on whom. Raises InvalidScenario for who has no part in it."""
        names = [device.name for device in devices]
        self._require_part(names)
        return {"number": self._number, "devices": names}

    def both(self, name: str) -> tuple[str, str]:
        """The devices of the verification. Raises InvalidScenario for who has no part in it."""
        self._require_part([name])
        return self._devices

    def all_show(self, devices: Iterable[Device]) -> bool:
        """Whether each of these devices shows a string of emoji."""
        return all(self._shown(device.name) for device in devices)

    def all_in(self, devices: Iterable[Device], state: str) -> bool:
        """Whether each of these devices says that the verification is in this state."""
        return all(self._state(device.name) == state for device in devices)

    def decide(self, name: str, decision: str) -> None:
        """A person says so, as soon as there is something to compare (or at once, to cancel)."""
        world = self._world
        self._require_part([name])
        if decision != "cancel":
            world.run_until(f"{name} to show emoji", lambda: bool(self._shown(name)), SHOWN_S)
        world.note("sas_decision", device=name, id=self._number, decision=decision)
        world.node(name).agent.ask(Decide(self._number, decision))

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
        return lines[-1].state if lines else ""
