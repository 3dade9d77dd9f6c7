"""Real relay and agent processes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.agent.table import Table

from syncproof.processes import Launcher


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with Launcher.start(tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture
def table(launcher: Launcher, tmp_path: Path) -> Iterator[Table]:
    """A relay, to which agents are added as a test needs them."""
    laid = Table(launcher, tmp_path)
    yield laid
    laid.clear()
