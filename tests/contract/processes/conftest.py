from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.processes import Launcher


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    with Launcher.start(tmp_path / "logs", warm=()) as started:
        yield started
