"""CI runs several products side by side, and tells them one after the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from syncproof.report import product_pass


def test_products_run_side_by_side_and_are_told_in_their_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []
    run = subprocess.run
    statuses = {"slow": 0, "red": 1, "quick": 0}

    def instead(command: Sequence[str], **more: Any) -> subprocess.CompletedProcess[str]:
        asked.append(list(command))
        name = command[command.index("--") - 1]
        waits = 0.3 if name == "slow" else 0
        program = f"import time; time.sleep({waits}); print('{name} ran'); exit({statuses[name]})"
        return run([sys.executable, "-c", program], **more)

    monkeypatch.setattr("syncproof.report.product_pass.subprocess.run", instead)
    assert (
        product_pass._side_by_side([*statuses], ["--ci", "--results", "x", "--", "--variable", "SEED:1"]) == 1
    )
    assert capsys.readouterr().out.split("\n") == ["slow ran", "red ran", "quick ran", ""]
    assert sorted(command[3:] for command in asked) == [
        ["--ci", "--results", "x", name, "--", "--variable", "SEED:1"] for name in sorted(statuses)
    ]
