"""A device can be ended whatever it is doing, and what takes long before its session is no sleep."""

from __future__ import annotations

import asyncio
from pathlib import Path

from syncproof_products.matrix.tests.little_homeserver import LittleHomeserver, Reply, living, until


def test_a_paused_device_can_be_ended(tmp_path: Path) -> None:
    async def story() -> None:
        homeserver = LittleHomeserver()

        async def never() -> Reply:
            await asyncio.Event().wait()
            raise AssertionError

        homeserver.answers["GET /_matrix/client/v3/sync"] = never
        async with living(homeserver, tmp_path) as alice:
            await until("a sync under way", lambda: any("/sync" in asked for asked in homeserver.asked))
            alice.pause.set_running(False)
            alice.task.cancel()
            ended, _ = await asyncio.wait([alice.task], timeout=20.0)
            assert ended, "it waits to be resumed before it ends"

    asyncio.run(story())


def test_what_fails_while_a_device_is_paused_is_noticed_when_it_goes_on(tmp_path: Path) -> None:
    async def story() -> None:
        homeserver, slept = LittleHomeserver(), asyncio.Event()

        async def breaks_off() -> Reply:
            await slept.wait()
            raise ConnectionError

        homeserver.answers["GET /_matrix/client/v3/sync"] = breaks_off
        async with living(homeserver, tmp_path) as alice:
            await until("a sync under way", lambda: any("/sync" in asked for asked in homeserver.asked))
            alice.pause.set_running(False)
            slept.set()
            await asyncio.sleep(0.2)
            assert alice.heard("retry") == []
            alice.pause.set_running(True)
            await until("a retry", lambda: alice.heard("retry"))

    asyncio.run(story())


def test_a_login_that_takes_long_is_no_sleep(tmp_path: Path) -> None:
    async def story() -> None:
        homeserver, in_time = LittleHomeserver(), asyncio.Event()

        async def log_in() -> Reply:
            await in_time.wait()
            return 200, {"access_token": "t"}

        homeserver.answers["POST /_matrix/client/v3/login"] = log_in
        async with living(homeserver, tmp_path, standby_threshold_s=30.0) as alice:
            await until("a login", lambda: any("/login" in asked for asked in homeserver.asked))
            alice.clock.set_offset(60.0)
            in_time.set()
            await until("the stream", lambda: alice.device.connection == "live")
            assert alice.device.counted["wakeCatchUps"] == 0
            alice.clock.set_offset(120.0)
            await until("a wake", lambda: alice.device.counted["wakeCatchUps"] == 1)

    asyncio.run(story())
