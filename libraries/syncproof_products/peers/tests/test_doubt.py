"""Who has caught too many of the others takes nothing from anybody until its user says so."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.workloads.files import FileChange
from syncproof_products.peers.agent.connections import Lost
from syncproof_products.peers.core.doubt import is_in_doubt
from syncproof_products.peers.core.messages import Have
from syncproof_products.peers.tests.test_device import Killed, hears, in_a_loop, names, peer


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


@in_a_loop
async def test_what_was_done_before_is_answered_and_what_a_kill_left_undone_waits(tmp_path: Path) -> None:
    adapter = peer(tmp_path)
    done, undone = (FileChange(op_id=name, group="docs", action="write", path=name) for name in "ab")
    answer = await adapter.change_file(done, b"done")
    adapter.device.take_in = _killed  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        await adapter.change_file(undone, b"undone")
    del adapter.device.take_in
    adapter.device._doubt("nobody can be believed")
    with pytest.raises(AgentError, match="read-only"):
        await adapter.change_file(undone, b"undone")
    adapter.device.store.close()
    adapter = peer(tmp_path)
    adapter.device.start()
    assert await adapter.change_file(done, b"done") == answer
    with pytest.raises(AgentError, match="used with other content"):
        await adapter.change_file(done, b"another")
    assert adapter.device.store.own("b") is None
    adapter.go_on()
    assert adapter.device.store.own("b") is not None


def _killed(*_: object) -> None:
    raise Killed


@in_a_loop
async def test_a_device_says_after_a_start_too_that_it_is_read_only(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device._doubt("nobody can be believed")
    device.store.close()
    again, told = peer(tmp_path).device, []
    again._observe = lambda *event: told.append(event)
    again.start()
    assert told == [("mode", {"read_only": True, "reason": "nobody can be believed"})]
    again.go_on()
    assert told[-1] == ("mode", {"read_only": False, "reason": ""})


@in_a_loop
async def test_a_doubt_that_cannot_be_stored_counts_and_is_stored_later(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    put, full = device.store.put, sqlite3.OperationalError("database or disk is full")

    def fails(*_: str) -> None:
        raise full

    device.store.put = fails  # type: ignore[method-assign, assignment]
    device._doubt("nobody can be believed")
    assert device.read_only
    device.store.put = put  # type: ignore[method-assign]
    device._keep_standings()
    device.store.close()
    assert peer(tmp_path).device.read_only
