"""A pair of agents whose system cannot be had: that is said, and nothing is left behind."""

from __future__ import annotations

import tempfile
from pathlib import Path

import httpx
import pytest
from tests.contract.agent.table import until

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


def test_a_pair_of_a_product_with_several_nodes_has_all_of_them() -> None:
    pairs = Pairs("taskserver-broadcast")
    try:
        pair = pairs.start()
        health = f"http://{pair.relay_address}/broadcast/health"
        until(lambda: httpx.get(health, trust_env=False).json()["status"], lambda status: status == "ok")
        pair.stop()
    finally:
        pairs.close()
