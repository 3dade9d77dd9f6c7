"""Whose a container is: those of the dead are swept, those of the living never."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from tests.contract.containers.conftest import Make, unique

from syncproof.faults.containers import ownership
from syncproof.faults.containers.engine import Engine

OF_ANOTHER_PROCESS = """
import sys
from syncproof.faults.containers import ownership
from syncproof.faults.containers.engine import Engine
with Engine.connect() as engine:
    engine.client.networks.create(sys.argv[1], labels=ownership.labels())
    engine.create(sys.argv[1], "python:3.11.13-slim-bookworm", ["sleep", "600"], labels=ownership.labels(),
                  network=sys.argv[1]).start()
print("made", flush=True)
sys.stdin.read()
"""


def until(gone: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not gone():
        assert time.monotonic() < deadline, "what the killed run left is still there"
        time.sleep(0.02)


def test_what_a_killed_run_left_is_swept_and_of_a_living_one_nothing(engine: Engine) -> None:
    name = unique("run")
    run = subprocess.Popen(
        [sys.executable, "-c", OF_ANOTHER_PROCESS, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert run.stdout is not None
        assert run.stdout.readline() == "made\n"
        assert name not in ownership.sweep(engine)
        assert engine.container(name).state() == "running"
    finally:
        run.kill()
        run.communicate()
    ownership.sweep(engine)
    # Any other test's sweep may have been first, with a part of it or with all.
    until(lambda: not engine.client.containers.list(all=True, filters={"name": name}, ignore_removed=True))
    until(lambda: not engine.client.networks.list(names=[name]))


def test_our_own_are_ours(engine: Engine, make: Make) -> None:
    container = make()
    assert container.id in [each.id for each in ownership.owned(engine)]
    assert not ownership.is_abandoned(engine, container.labels())


@pytest.mark.parametrize(
    ("change", "abandoned"),
    [
        ({}, False),
        ({ownership.START: "1"}, True),
        ({ownership.BOOT: "of another start"}, True),
        ({ownership.START: "1", ownership.NAMESPACE: "1"}, False),
        ({ownership.PID: "nonsense"}, False),
    ],
)
def test_who_counts_as_dead(engine: Engine, change: dict[str, str], abandoned: bool) -> None:
    assert ownership.is_abandoned(engine, {**ownership.labels(), **change}) is abandoned


def test_containers_of_anybody_else_are_never_touched(engine: Engine) -> None:
    assert not ownership.is_abandoned(engine, {"com.example": "1"})
