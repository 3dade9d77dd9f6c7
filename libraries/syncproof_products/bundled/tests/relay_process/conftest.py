from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof_products.bundled.tests.relay_process.relay_process import RelayProcess


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay", {"heartbeat_s": 0.2}) as running:
        yield running
