"""Containers of the real engine to do things to. Where there is none, every test here is skipped with the reason."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from syncproof.faults.containers import ownership
from syncproof.faults.containers.container import Container
from syncproof.faults.containers.engine import Engine
from syncproof.faults.containers.errors import ImageMissing, NoEngine

IMAGE = "python:3.11.13-slim-bookworm"
#: A web server that ends on SIGTERM as a good one does: Python as the first process would not by itself.
SERVE = [
    "python",
    "-c",
    "import http.server, signal, sys\n"
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    "print('serving', flush=True)\n"
    "http.server.ThreadingHTTPServer(('', 8000), http.server.SimpleHTTPRequestHandler).serve_forever()",
]
HEALTHY = {
    "test": ["CMD", "python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000')"],
    "interval": 300_000_000,
    "timeout": 5_000_000_000,
    "retries": 50,
}

Make = Callable[..., Container]
_COUNT = itertools.count(1)


def unique(kind: str) -> str:
    return f"syncproof-test-{kind}-{os.getpid()}-{next(_COUNT)}"


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    try:
        engine = Engine.connect()
        engine.require_image(IMAGE, f"Get it: docker pull {IMAGE}")
    except (NoEngine, ImageMissing) as reason:
        pytest.skip(str(reason))
    with engine:
        ownership.sweep(engine)
        yield engine


@pytest.fixture
def make(engine: Engine) -> Iterator[Make]:
    """Make containers that are gone after the test."""
    made: list[Container] = []

    def create(command: list[str] | None = None, **options: Any) -> Container:
        options = {"labels": ownership.labels(), "working_dir": "/tmp", **options}
        container = engine.create(
            options.pop("name", None) or unique("c"), IMAGE, command or SERVE, **options
        )
        made.append(container)
        return container

    yield create
    for container in made:
        container.remove()


@pytest.fixture
def served(make: Make) -> Container:
    """One that serves."""
    container = make()
    container.start()
    return container


@pytest.fixture
def network(engine: Engine) -> Iterator[str]:
    """A network whose subnet the engine chose."""
    name = unique("n")
    engine.client.networks.create(name, labels=ownership.labels())
    yield name
    ownership.remove_network(engine, name)


@pytest.fixture
def netadmin(engine: Engine) -> None:
    with contextlib.suppress(ImageMissing):
        engine.require_image("syncproof/netadmin:local", "")
        return
    pytest.skip("no image syncproof/netadmin:local: docker compose -f compose/compose.yaml build netadmin")
