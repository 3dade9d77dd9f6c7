from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from syncproof_products.nats.tests.running import SETTINGS, Device, Server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path / "streams")
    running.start()
    yield running
    running.kill()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Callable[..., Device]]:
    with contextlib.ExitStack() as started:

        def start(name: str, **settings: float) -> Device:
            new = Device(tmp_path / name, name, SETTINGS | settings)
            new.start()
            started.callback(lambda: new.kill())
            return new

        yield start
