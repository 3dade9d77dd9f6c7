"""Networks of the real kernel to lose packets in; skipped with the reason where this machine gives none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.faults.packets.ground import Ground, Place
from syncproof.processes import Launcher


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    with Launcher.start(tmp_path / "logs", warm=()) as started:
        yield started


@pytest.fixture
def ground(launcher: Launcher) -> Iterator[Ground]:
    try:
        ground = Ground(launcher)
    except PacketsUnavailable as reason:
        pytest.skip(str(reason))
    yield ground
    ground.close()


@pytest.fixture
def place(ground: Ground) -> Iterator[Place]:
    place = ground.place("Bob")
    yield place
    place.close()
