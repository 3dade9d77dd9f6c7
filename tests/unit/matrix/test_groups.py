"""A group's members are those who were asked for, whatever was under way when they were."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.unit.matrix.little_homeserver import GROUP, ROOM, USER, LittleHomeserver, Reply, living, until

BOB, CAROL = "@b:test", "@c:test"


def test_who_is_wanted_while_the_room_is_made_is_a_member_and_asked_in(tmp_path: Path) -> None:
    async def story() -> None:
        homeserver, made = LittleHomeserver(), asyncio.Event()

        async def make_room() -> Reply:
            await made.wait()
            return 200, {"room_id": ROOM}

        homeserver.answers["POST /_matrix/client/v3/createRoom"] = make_room
        async with living(homeserver, tmp_path) as alice:
            alice.device.set_group(GROUP, [USER, BOB])
            await until("a room that is being made", lambda: any("createRoom" in a for a in homeserver.asked))
            assert alice.device.set_group(GROUP, [USER, BOB, CAROL]) == [USER, BOB, CAROL]
            made.set()
            await until("the room", lambda: alice.device.store.groups()[GROUP][0])
            assert alice.device.store.groups()[GROUP] == (ROOM, [USER, BOB, CAROL])
            await until("an invitation", lambda: any(a.endswith("/invite") for a in homeserver.asked))

    asyncio.run(story())
