"""Waiting by a clock that may jump."""

from __future__ import annotations

import asyncio
import time

import pytest

from syncproof_agentkit.shifted_clock import ShiftedClock
from syncproof_products.matrix.agent.patience import sleep

DAY_S = 86_400.0


@pytest.mark.parametrize(("seconds", "jump_s"), [(0.05, -DAY_S), (DAY_S, 2 * DAY_S)])
def test_a_jump_of_the_clock_ends_a_wait_or_leaves_it_alone(seconds: float, jump_s: float) -> None:
    async def wait() -> None:
        clock = ShiftedClock()
        waiting = asyncio.create_task(sleep(clock, seconds))
        await asyncio.sleep(0)
        clock.set_offset(jump_s)
        async with asyncio.timeout(5):
            await waiting

    began = time.monotonic()
    asyncio.run(wait())
    assert time.monotonic() - began < 5
