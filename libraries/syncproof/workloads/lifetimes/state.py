"""The peers of a scenario that live in virtual time: a program of the product runs them, and says what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from syncproof.kernel.state import State
from syncproof.workloads.lifetimes.records import Lived

if TYPE_CHECKING:
    from syncproof.kernel.world import World

#: How long that may take, seconds, whatever TIME_SCALE is: weeks are less than a minute of one processor.
_PATIENCE_S = 600.0
DAY_S = 86_400.0


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the program."""

    at: float
    what: str
    peer: str
    other: str = ""
    op: str = ""
    reason: str = ""
    amount: int = 0


class SimulationFailed(AssertionError):
    """The program that runs a product's nodes in virtual time could not do that."""


class Lifetimes(State):
    """One program for each time that peers are to live."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._lives = 0

    def live(self, count: int, days: float) -> None:
        """Let so many peers live for so many days, and put on record what happens. Raises SimulationFailed."""
        world = self._world
        seed = world.test_bed.seed + self._lives
        self._lives += 1
        wanted = {"--peers": str(count), "--days": f"{days:g}", "--seed": str(seed)}
        argv = (*world.profile.simulation, *(word for pair in wanted.items() for word in pair))
        program = world.test_bed.run_command("simulation", argv, {})
        what = f"{count} peers to have lived for {days:g} days in virtual time (seed {seed})"
        try:
            world.run_until(what, lambda: not program.alive(), _PATIENCE_S)
        finally:
            program.kill()
        said = program.log.read_text(errors="replace").splitlines()
        if program.exit_status():
            raise SimulationFailed(
                f"The simulation with the seed {seed} ended with exit status {program.exit_status()}: "
                f"{' '.join(said[-8:])}"
            )
        now = world.scheduler.now()
        world.record(Lived(t_ns=now, at_s=days * DAY_S, what="wanted", peer="", amount=count))
        for line in said:
            if line.startswith("{"):  # what stands between is for people
                event = msgspec.json.decode(line, type=_Said)
                fields = msgspec.structs.asdict(event)
                world.record(Lived(t_ns=now, at_s=fields.pop("at"), **fields))
