"""Products of a test's own: programs of a few lines and their manifest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.systems.product import Product
from tests.meta.conftest import Start, runs_in

from syncproof.processes import Launcher


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with Launcher.start(tmp_path_factory.mktemp("logs"), warm=()) as started:
        yield started


@pytest.fixture
def product(launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Product]:
    """A product that can be told what to be; whatever it started ends with the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Product.made(launcher, tmp_path) as made:
        yield made


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a `robot` for one test."""
    with runs_in(tmp_path_factory) as starts:
        yield starts
