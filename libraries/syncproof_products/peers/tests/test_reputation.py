"""Who is quarantined, for how long; and how fast one is listened to that nobody asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from syncproof_products.peers.agent import pace
from syncproof_products.peers.agent.connections import _BLOCKS, Lost, _Talk
from syncproof_products.peers.agent.pace import BURST, Pace
from syncproof_products.peers.agent.pulse import Pulse
from syncproof_products.peers.core.actions import Refuse
from syncproof_products.peers.core.messages import Block, Hello
from syncproof_products.peers.core.reputation import Reputation, Standing
from syncproof_products.peers.tests.test_device import in_a_loop, peer


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

        talk = _Talk(send, nothing, nothing, None, Pulse(lambda: False))
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


def test_who_counts_as_caught_is_quarantined_for_that_and_not_forgiven() -> None:
    reputation = Reputation(10.0)
    reputation.caught("Mallory", 100.0)
    for _ in range(3):
        reputation.kept_waiting("Bob", 100.0)
    assert (reputation.count_caught(109.0), reputation.count_caught(110.0)) == (1, 0)
    reputation.forgive()
    assert reputation.count_caught(109.0) == 0
    assert not reputation.caught("Mallory", 109.0)
    assert reputation.count_caught(109.0) == 0
    assert reputation.caught("Mallory", 110.0)
    assert reputation.count_caught(111.0) == 1
    for _ in range(3):
        reputation.kept_waiting("Mallory", 130.0)
    assert (reputation.until("Mallory"), reputation.count_caught(131.0)) == (170.0, 0)


def test_what_is_kept_of_others_goes_on_where_it_was() -> None:
    before = Reputation(10.0)
    before.caught("Mallory", 100.0)
    before.kept_waiting("Bob", 100.0)
    before.answered("Alice")
    kept = before.kept(104.0)
    assert kept == {"Mallory": Standing(0, 1, 6.0, caught=True), "Bob": Standing(1, 0, 0.0)}
    after = Reputation(10.0)
    assert after.restore(kept, 5000.0) == ["Mallory"]
    assert after.until("Mallory") == 5006.0
    assert not after.caught("Mallory", 5005.0)
    assert after.caught("Mallory", 5006.0)
    assert after.until("Mallory") == 5026.0
    assert [after.kept_waiting("Bob", 5000.0) for _ in range(2)] == [False, True]


def test_whose_quarantine_is_over_is_not_quarantined_after_a_start() -> None:
    before, after = Reputation(10.0), Reputation(10.0)
    before.caught("Mallory", 100.0)
    kept = before.kept(200.0)
    assert kept == {"Mallory": Standing(0, 1, 0.0, caught=True)}
    assert after.restore(kept, 0.0) == []
    assert after.caught("Mallory", 0.0)
    assert after.until("Mallory") == 20.0


@in_a_loop
async def test_who_was_caught_is_quarantined_after_a_kill(tmp_path: Path) -> None:
    device = peer(tmp_path).device
    device.start()
    device._tell([Refuse("Carol", "she forges", caught=True)])
    await asyncio.sleep(0)
    device.store.close()
    again, told = peer(tmp_path).device, []
    again._observe = lambda what, fields: told.append((what, fields.get("peer")))
    again.start()
    assert told == [("mode", None), ("peer_quarantined", "Carol")]
    again.connections._is = lambda *_: True  # type: ignore[method-assign]
    with pytest.raises(Lost, match="is quarantined"):
        again.connections._check(Hello("Carol", "docs"), "", None)
