"""What an agent puts around a device: its clock, its pause, its events, its reading of requests."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest

from syncproof_agentkit import requests
from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.event_ring import EventRing
from syncproof_agentkit.pause import Pause
from syncproof_agentkit.shifted_clock import ShiftedClock


def _read(ring: EventRing, *arguments: Any) -> dict[str, Any]:
    async def scenario() -> dict[str, Any]:
        decoded: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(await ring.read(*arguments)))
        return decoded

    return asyncio.run(scenario())


def _ring(count: int, capacity: int = 100) -> EventRing:
    ring = EventRing(3, capacity)
    for number in range(1, count + 1):
        ring.append("deliver", {"n": number}, t_ns=number)
    return ring


def test_events_are_dense_and_read_on_from_where_one_was() -> None:
    ring = _ring(5)
    first = _read(ring, 3, 0, 0, 2)
    assert [event["seq"] for event in first["events"]] == [1, 2]
    assert first["events"][0] == {"seq": 1, "t_ns": 1, "type": "deliver", "n": 1}
    rest = _read(ring, 3, first["next"], 0, 100)
    assert [event["seq"] for event in rest["events"]] == [3, 4, 5]
    assert _read(ring, 3, 5, 0, 100) == {"incarnation": 3, "events": [], "next": 5}


def test_a_reader_of_another_incarnation_starts_again() -> None:
    assert [event["seq"] for event in _read(_ring(3), 2, 3, 0, 100)["events"]] == [1, 2, 3]


def test_a_reader_that_fell_behind_sees_a_gap() -> None:
    read = _read(_ring(250), 3, 10, 0, 1000)
    assert [read["events"][0]["seq"], read["events"][-1]["seq"], read["next"]] == [151, 250, 250]
    assert len(read["events"]) == 100


def test_a_long_poll_ends_with_the_event_with_its_time_or_with_the_process() -> None:
    async def scenario() -> None:
        ring = _ring(1)
        began = time.monotonic()
        assert (await ring.read(3, 1, 0.1, 10))["events"] == []
        assert 0.1 <= time.monotonic() - began < 10
        readers = [asyncio.create_task(ring.read(3, 1, 30, 10)) for _ in range(3)]
        await asyncio.sleep(0)
        ring.append("wake", {"gap_ms": 1.0})
        assert [(await reader)["next"] for reader in readers] == [2, 2, 2]
        reader = asyncio.create_task(ring.read(3, 2, 30, 10))
        await asyncio.sleep(0)
        ring.close()
        assert (await reader)["events"] == []
        assert (await ring.read(3, 2, 30, 10))["events"] == []

    asyncio.run(scenario())


def test_a_shift_rings_what_became_due_and_moves_the_rest() -> None:
    async def scenario() -> list[str]:
        clock = ShiftedClock()
        rung: list[str] = []
        clock.call_at(clock.now() + 10, lambda: rung.append("soon"))
        clock.call_at(clock.now() + 100, lambda: rung.append("late"))
        cancelled = clock.call_at(clock.now() + 10, lambda: rung.append("never"))
        cancelled.cancel()
        clock.set_offset(20.0)
        await asyncio.sleep(0.01)
        assert clock.now() - time.monotonic() == pytest.approx(20.0)
        clock.set_offset(0.0)
        later = clock.call_at(clock.now() + 0.02, lambda: rung.append("by itself"))
        await asyncio.sleep(0.05)
        later.cancel()
        return rung

    assert asyncio.run(scenario()) == ["soon", "by itself"]


def test_a_pause_says_what_changed_and_counts() -> None:
    pause = Pause()
    assert [pause.set_running(running) for running in (True, False, False, True)] == [
        False,
        True,
        False,
        True,
    ]
    assert (pause.open, pause.count) == (True, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "expected `object`"),
        (b"{", "truncated"),
        (b"\xff", "content"),
        (b'{"op_id": "1"}', "`group`"),
        (b'{"op_id": "", "group": "g", "kind": "append", "body": "{}"}', "$.op_id"),
        (b'{"op_id": "1", "group": "g", "kind": "merge", "body": "{}"}', "$.kind"),
        (b'{"op_id": "1", "group": "g", "kind": "put", "body": "{\\"op_id\\": \\"1\\"}"}', "`entry`"),
        (b'{"op_id": "1", "group": "g", "kind": "append", "body": "{\\"op_id\\": \\"2\\"}"}', "`body`"),
        (b'{"op_id": "1", "group": "g", "kind": "append", "body": "hello"}', "`body`"),
        (b'{"op_id": "1", "group": "g", "kind": "append", "body": "{}", "colour": 1}', "colour"),
        (
            b'{"op_id": "1", "group": "g", "kind": "append", "body": "{}", "blobs": [{"digest": "x"}]}',
            "$.blobs[0]",
        ),
    ],
)
def test_an_operation_that_cannot_be_read_is_refused_by_its_field(content: bytes, said: str) -> None:
    with pytest.raises(AgentError) as refusal:
        requests.read_op(content)
    assert (refusal.value.status, refusal.value.happened) == (400, "no")
    assert said.lower() in refusal.value.message.lower()


@pytest.mark.parametrize(
    "address", ["", "host", "host:", ":80", "host:0", "host:65536", "http://host:80", "host:80/"]
)
def test_an_address_is_a_host_and_a_port(address: str) -> None:
    with pytest.raises(AgentError, match="`address`"):
        requests.read_address(address)
    assert requests.read_address("localhost:80") == ("localhost", 80)
    assert requests.read_address("[::1]:80") == ("::1", 80)
