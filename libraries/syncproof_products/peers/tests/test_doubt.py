"""Who has caught too many of the others takes nothing from anybody until its user says so."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.files import FileChange
from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.core.doubt import is_in_doubt
from syncproof_products.peers.core.messages import Have
from syncproof_products.peers.tests.test_device import hears, in_a_loop, names, peer


@pytest.mark.parametrize(("members", "most"), [(0, 0), (1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (10, 3)])
def test_how_many_a_group_can_bear(members: int, most: int) -> None:
    assert not is_in_doubt(most, members)
    assert is_in_doubt(most + 1, members)


@in_a_loop
async def test_a_restart_forgets_nobody_who_was_caught(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.reputation.caught("Carol", time.monotonic())
    device._quarantine("Carol", "a forgery")
    device.store.close()
    again = peer(tmp_path).device
    again.start()
    assert again.reputation.count_caught(time.monotonic()) == 1


@in_a_loop
async def test_nothing_is_taken_and_nothing_said_until_a_user_says_so(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    device = adapter.device
    device.connections.connect(wanted=True)
    hears(device, "Alice", "plan.txt", "a plan")
    device.reputation.caught("Carol", time.monotonic())
    device._consider()
    assert device.read_only
    wanted = FileChange(op_id="1", group="docs", action="write", path="new.txt")
    for _ in range(2):
        with pytest.raises(Lost, match="read-only"):
            device.received("Alice", Have({}), 9)
        with pytest.raises(AgentError, match="read-only"):
            await adapter.change_file(wanted, b"new")
        assert names(device.folder) == ["plan.txt"]
        assert (adapter.status()["connection"], device.connections.missing) == ("offline", 0)
        device.store.close()
        adapter = peer(tmp_path)  # which does not forget it
        device = adapter.device
    adapter.go_on()
    assert adapter.status()["connection"] != "offline"
    await adapter.change_file(wanted, b"new")
    assert names(device.folder) == ["new.txt", "plan.txt"]
