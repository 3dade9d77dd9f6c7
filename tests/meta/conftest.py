from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.meta.child_run import ChildRun

Start = Callable[..., ChildRun]


@contextmanager
def runs_in(factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts runs, each in a folder of its own, and clears away what they leave."""
    started: list[ChildRun] = []

    def start(*options: str | Path, folder: Path | None = None, **more: object) -> ChildRun:
        run = ChildRun(folder or factory.mktemp("run"), *options, **more)  # type: ignore[arg-type]
        started.append(run)
        return run

    try:
        yield start
    finally:
        for run in started:
            run.clear()
            shutil.rmtree(run.temporary, ignore_errors=True)


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start a run for one test: `start(*options, suite)`."""
    with runs_in(tmp_path_factory) as starts:
        yield starts


@pytest.fixture(scope="module")
def start_shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start runs that all tests of a file look at; they wait beside each other."""
    with runs_in(tmp_path_factory) as starts:
        yield starts
