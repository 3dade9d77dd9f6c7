"""CI runs several products side by side; each has its options, and the worst of their statuses counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from syncproof.report import product_pass


def test_each_product_is_run_for_itself_and_the_worst_status_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Mapping[str, Sequence[str]]] = []

    def instead(commands: Mapping[str, Sequence[str]], *_: float) -> dict[str, int]:
        asked.append(commands)
        return {"good": 0, "killed": -9, "red": 1}

    monkeypatch.setattr("syncproof.report.product_pass.side_by_side", instead)
    given = ["--ci", "--results", "x", "--", "--variable", "SEED:1"]
    assert product_pass._side_by_side(["good", "killed", "red"], given) == 9
    assert {name: command[3:] for name, command in asked[0].items()} == {
        name: ["--ci", "--results", "x", name, "--", "--variable", "SEED:1"]
        for name in ("good", "killed", "red")
    }
