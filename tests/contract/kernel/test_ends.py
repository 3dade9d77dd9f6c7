"""However a test ends, nothing of it goes on."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import msgspec
import psutil
import pytest
from tests.contract.kernel.conftest import SETTINGS, Begin, Scenario, histories

from syncproof.evidence import records
from syncproof.faults.toxiproxy.client import ServerUnreachable
from syncproof.systems.test_bed import TestBed as Bed


def running(name: str) -> list[psutil.Process]:
    """Processes of this run that are called so (a device's name goes on with its identity)."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.name().startswith(name) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def test_an_error_that_nobody_foresaw_is_told_and_leaves_no_device(scenario: Scenario) -> None:
    scenario.tell("Alice and Bob are syncing", "Alice sends 1 message")
    with scenario.world.history_path.open("a") as history:
        history.write("a disk's idea of a line\n")
    problem = scenario.end()
    assert problem.startswith("The end of the test went wrong: DecodeError: "), problem
    assert [node for node in scenario.world.topology.nodes.values() if node.process.alive()] == []


def test_a_device_without_a_link_does_not_stay(begin: Begin, tmp_path: Path) -> None:
    others = running("toxiproxy")
    with contextlib.closing(Bed(SETTINGS, histories(tmp_path))) as test_bed:
        scenario = begin(test_bed)
        assert test_bed.server.process.alive()
        (toxiproxy,) = (process for process in running("toxiproxy") if process not in others)
        toxiproxy.kill()
        toxiproxy.wait(10)
        with pytest.raises((AssertionError, ServerUnreachable)):
            scenario.tell("Alice and Bob are syncing")
        assert running("Alice") == []
        scenario.end()


def test_a_system_without_a_read_marker_is_not_judged_by_one(begin: Begin, tmp_path: Path) -> None:
    with contextlib.closing(Bed(SETTINGS, histories(tmp_path))) as test_bed:
        less = msgspec.structs.replace(test_bed.profile.capabilities, marker=False)
        test_bed.profile = dataclasses.replace(test_bed.profile, capabilities=less)
        scenario = begin(test_bed)
        scenario.tell("Alice and Bob are syncing", "Alice sends 5 messages", "nothing should be lost")
        history = scenario.world.history
        assert [line for line in history.of(records.Marker) if line.source == records.HARNESS] == []
        assert scenario.end() == ""
        verdicts = {line.checker: line.message for line in history.of(records.Verdict)}
        assert verdicts["marker_integrity"] == "the system promises no read marker"
