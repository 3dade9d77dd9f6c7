"""Who is quarantined, for how long; and how fast one is listened to that nobody asked."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from syncproof_products.peers.agent import pace
from syncproof_products.peers.agent.connections import _BLOCKS, _Talk
from syncproof_products.peers.agent.pace import BURST, Pace
from syncproof_products.peers.core.messages import Block
from syncproof_products.peers.core.reputation import Reputation


def test_who_is_caught_is_quarantined_at_once_and_longer_each_time() -> None:
    reputation = Reputation(10.0)
    assert reputation.until("Mallory") == 0.0
    assert reputation.caught("Mallory", 100.0)
    assert reputation.until("Mallory") == 110.0
    assert not reputation.caught("Mallory", 105.0)
    assert reputation.caught("Mallory", 110.0)
    assert reputation.until("Mallory") == 130.0
    assert reputation.until("Alice") == 0.0


def test_who_keeps_others_waiting_is_quarantined_when_it_has_done_so_often() -> None:
    reputation = Reputation(10.0)
    assert [reputation.kept_waiting("Mallory", now) for now in (1.0, 2.0, 3.0, 4.0)] == [
        False,
        False,
        True,
        False,
    ]
    assert reputation.until("Mallory") == 13.0


def test_who_answers_as_often_as_not_is_not() -> None:
    reputation = Reputation(10.0)
    for now in range(20):
        reputation.answered("Bob")
        assert not reputation.kept_waiting("Bob", float(now))


def test_many_at_once_are_taken_in_and_then_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = 1000.0, []

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(pace, "asyncio", SimpleNamespace(sleep=sleep))

    async def takes(count: int, made: Pace) -> None:
        for _ in range(count):
            await made.take()

    made = Pace(0.5)
    asyncio.run(takes(BURST, made))
    assert slept == []
    asyncio.run(takes(3, made))
    assert slept == [0.5, 0.5, 0.5]
    now += 10_000.0
    asyncio.run(takes(BURST + 1, made))
    assert slept == [0.5] * 4


def test_who_asks_for_blocks_and_takes_none_is_not_listened_to() -> None:
    async def test() -> list[bool]:
        gate, seen = asyncio.Event(), []

        async def send(_: bytes) -> None:
            await gate.wait()

        async def nothing() -> bytes:
            return b""

        talk = _Talk(send, nothing, nothing, None)
        for _ in range(_BLOCKS):
            seen.append(talk.has_room.is_set())
            talk.say(Block("a", b"x"))
        seen.append(talk.has_room.is_set())
        gate.set()
        writing = asyncio.create_task(talk.write())
        await talk.has_room.wait()
        writing.cancel()
        return seen

    assert asyncio.run(test()) == [True] * _BLOCKS + [False]
