from __future__ import annotations

import asyncio

import pytest

from syncproof_agentkit.first_to_end import first_to_end


async def _for_ever() -> None:
    await asyncio.Event().wait()


def test_the_others_end_with_the_first_before_it_answers() -> None:
    ended = []

    async def until_the_end() -> None:
        try:
            await _for_ever()
        finally:
            ended.append(True)

    asyncio.run(first_to_end(until_the_end(), asyncio.sleep(0)))
    assert ended


def test_what_one_raises_is_raised() -> None:
    async def fails() -> None:
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        asyncio.run(first_to_end(_for_ever(), fails()))


def test_what_one_raises_at_its_end_is_raised_too() -> None:
    async def fails_at_its_end() -> None:
        try:
            await _for_ever()
        finally:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        asyncio.run(first_to_end(fails_at_its_end(), asyncio.sleep(0)))
