"""Worlds without Robot Framework: real devices, relay and proxies, told what to do in sentences."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from syncproof.evidence.folder import EvidenceFolder
from syncproof.kernel.sentence import parse
from syncproof.kernel.setting import Settings
from syncproof.kernel.world import World
from syncproof.systems.declared import SLACK, TIME_SCALE
from syncproof.systems.test_bed import TestBed as Bed

Begin = Callable[[Bed], "Scenario"]
#: A tenth of the time, with slack for a busy machine.
SETTINGS = Settings({TIME_SCALE: 0.1, SLACK: 15.0})


@dataclass
class Scenario:
    """One test's world, and what becomes of it."""

    world: World
    problem: str | None = field(default=None, init=False)

    def tell(self, *sentences: str) -> None:
        """Perform sentences."""
        for sentence in sentences:
            self.world.perform(parse(sentence))

    def end(self) -> str:
        """What is wrong at its end; "" for nothing."""
        self.problem = self.world.finish(failed=False)
        return self.problem


def histories(folder: Path) -> EvidenceFolder:
    """A folder for evidence that nobody links to."""
    return EvidenceFolder(folder, "run", 0, folder)


@pytest.fixture(scope="module")
def test_bed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bed]:
    """A place for the scenarios of one file."""
    with contextlib.closing(Bed(SETTINGS, histories(tmp_path_factory.mktemp("history")))) as opened:
        yield opened


@pytest.fixture
def begin(request: pytest.FixtureRequest) -> Iterator[Begin]:
    """Opens a world on a test_bed; none is left open."""
    begun: list[Scenario] = []

    def open_world(test_bed: Bed) -> Scenario:
        begun.append(Scenario(World(test_bed, str(request.node.name))))
        return begun[-1]

    yield open_world
    for scenario in begun:
        if scenario.problem is None:
            scenario.world.finish(failed=True)


@pytest.fixture
def scenario(begin: Begin, test_bed: Bed) -> Scenario:
    """A world on the test_bed of this file."""
    return begin(test_bed)
