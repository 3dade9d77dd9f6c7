"""A pair of agents whose system cannot be had: that is said, and nothing is left behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from syncproof.systems.errors import SystemNotThere
from syncproof.systems.pair import Pairs
from syncproof.systems.products import known


def test_a_system_that_nobody_knows_is_named_and_leaves_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(SystemNotThere, match=rf"SYSTEM is 'nonsense'\. Known here: {', '.join(known())}; or"):
        Pairs("nonsense")
    assert list(tmp_path.iterdir()) == []
