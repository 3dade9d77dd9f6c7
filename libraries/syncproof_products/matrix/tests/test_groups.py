"""A group's members are those who were asked for, whatever was under way when they were."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from urllib.parse import quote

from syncproof_products.matrix.agent.sending import Operation
from syncproof_products.matrix.tests.little_homeserver import (
    GROUP,
    ROOM,
    USER,
    LittleHomeserver,
    Living,
    Reply,
    living,
    until,
)

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


def acknowledged(device: Living, count: int) -> bool:
    return len(device.heard("ack")) >= count


def test_whom_this_device_asks_in_is_thought_of_by_its_next_encrypted_message(tmp_path: Path) -> None:
    async def story() -> None:
        homeserver, answered = LittleHomeserver(), list[list[str]]()

        async def members() -> Reply:
            invited = any(asked.endswith("/invite") for asked in homeserver.asked)
            answered.append([USER, BOB, CAROL] if invited else [USER, BOB])
            chunk = [{"state_key": user, "content": {"membership": "join"}} for user in answered[-1]]
            return 200, {"chunk": chunk}

        async def sent() -> Reply:
            return 200, {"event_id": f"${len(homeserver.asked)}"}

        async def found() -> Reply:
            return 200, {}

        homeserver.answers |= {
            f"GET /_matrix/client/v3/rooms/{quote(ROOM)}/members": members,
            f"PUT /_matrix/client/v3/rooms/{quote(ROOM)}/send": sent,
            "POST /_matrix/client/v3/keys/query": found,
        }
        async with living(homeserver, tmp_path, encrypt=True) as alice:
            alice.device.set_group(GROUP, [USER, BOB])
            store = alice.device.store
            for number, wanted in ((1, []), (2, []), (3, [CAROL])):
                if wanted:
                    alice.device.set_group(GROUP, wanted)
                    await until("an invitation", lambda: CAROL in store.get(f"invited {GROUP}"))
                alice.device.submit(Operation(str(number), GROUP, "append", None, "{}", (), "", 0))
                await until("acknowledgements", partial(acknowledged, alice, number))
            assert answered == [[USER, BOB], [USER, BOB, CAROL]]

    asyncio.run(story())
