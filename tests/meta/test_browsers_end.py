"""A run with browsers that is killed in mid-scenario: none of them goes on, and their files are gone."""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from tests.meta.child_run import GONE_S, NO_LOG, QUICK, suite
from tests.meta.conftest import Start

from syncproof.systems.installing import lacking
from syncproof.systems.products import find

STEPS = (
    "Given Alice and Bob have the order page open\n"
    "When Alice's network is cut\n"
    "And Alice adds 1 order\n"
    "And Alice's network is restored after 10 hours\n"
    'Then Bob\'s page should show order "order 1" within 10 seconds'
)


# Browsers wait for those of other runs on this machine.
@pytest.mark.timeout(400)
def test_kill_9_of_robot_ends_its_browsers(start: Start, tmp_path: Path) -> None:
    if lacks := lacking(find("taskserver-page")):
        pytest.skip(f"needs {lacks}")
    run = start(*QUICK, *NO_LOG, suite(tmp_path, {"Offline": STEPS}))
    history = run.output / "history"
    run.wait_for(
        "order on a page",
        lambda: any('"pending"' in each.read_text() for each in history.glob("*.jsonl")),
        within_s=240,
    )
    # Chromium writes over its environment: its processes are known by whose children they are.
    everything = psutil.Process(run.process.pid).children(recursive=True)
    found = [
        re.search(r"--user-data-dir=(/tmp/browser-\w+)", " ".join(each.cmdline())) for each in everything
    ]
    folders = {Path(each[1]) for each in found if each}
    assert len(folders) == 2
    run.process.kill()
    run.process.wait()
    _, left = psutil.wait_procs(everything, timeout=GONE_S)
    assert left == []
    assert run.gone() == ()
    assert [folder for folder in folders if folder.exists()] == []
