"""Networks of the real kernel to lose packets in; skipped with the reason where this machine gives none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from syncproof.faults.packets.errors import PacketsUnavailable
from syncproof.faults.packets.sandbox import DeviceNamespace, Sandbox
from syncproof.processes import Launcher


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    with Launcher.start(tmp_path / "logs", warm=()) as started:
        yield started


@pytest.fixture
def sandbox(launcher: Launcher) -> Iterator[Sandbox]:
    try:
        sandbox = Sandbox(launcher)
    except PacketsUnavailable as reason:
        pytest.skip(str(reason))
    yield sandbox
    sandbox.close()


@pytest.fixture
def device(sandbox: Sandbox) -> Iterator[DeviceNamespace]:
    device = sandbox.device("Bob")
    yield device
    device.close()
