"""Nobody is taken for dead who is held back, or who holds the other side back."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from syncproof_agentkit.server import HttpServer
from syncproof_products.peers.agent.connections import Lost, _Talk
from syncproof_products.peers.agent.pulse import Accepted, Dialled, Pulse
from syncproof_products.peers.core.messages import Here


def test_what_waits_unread_is_no_silence() -> None:
    waits = [True, True, True]
    pulse = Pulse(lambda: bool(waits and waits.pop()))
    asyncio.run(pulse.stops(0.01))
    assert not waits


def test_what_comes_or_is_taken_in_is_no_silence() -> None:
    comes = [1, 2, 3]

    def excused() -> bool:
        if comes:
            comes.pop()
            pulse.beat()
        return False

    pulse = Pulse(excused)
    asyncio.run(pulse.stops(0.01))
    assert not comes


def test_nothing_at_all_for_so_long_ends_a_connection() -> None:
    async def nothing(*_: object) -> bytes:
        return b""

    with pytest.raises(Lost, match=r"nothing comes, .* for 0\.01 seconds"):
        asyncio.run(_Talk(nothing, nothing, nothing, None, Pulse(lambda: False)).ends(0.01))


def test_who_takes_nothing_for_so_long_is_talked_to_no_more() -> None:
    async def test() -> None:
        async def takes_none(_: bytes) -> None:
            await asyncio.Event().wait()

        async def nothing() -> bytes:
            return b""

        talk = _Talk(takes_none, nothing, nothing, None, Pulse(lambda: True))
        talk.say(Here())
        writing = asyncio.create_task(talk.write())
        try:
            await talk.ends(0.01)
        finally:
            writing.cancel()

    with pytest.raises(Lost, match=r"nothing is taken, for 0\.01 seconds"):
        asyncio.run(test())


def test_who_does_not_listen_is_heard_and_takes_nobody_for_dead() -> None:
    async def test() -> None:
        held_back = asyncio.Event()
        pulses: list[Pulse] = []

        async def accepted(socket: WebSocket) -> None:
            await socket.accept()
            pulses.append(socket.scope["state"]["pulse"])
            await held_back.wait()

        server = HttpServer(Starlette(routes=[WebSocketRoute("/", accepted)]), Accepted, 0.01)
        host, port = await server.listen("127.0.0.1", 0)
        async with connect(
            f"ws://{host}:{port}/",
            create_connection=Dialled,
            ping_interval=0.01,
            ping_timeout=None,
            proxy=None,
            close_timeout=0.1,
        ) as socket:
            assert isinstance(socket, Dialled)
            for _ in range(100):
                await socket.send(b"something")
            for _ in range(3):
                before = socket.pulse._last
                while socket.pulse._last == before:  # until it pings
                    await asyncio.sleep(0.001)
            assert pulses[0]._excused()
            held_back.set()
        with suppress(TimeoutError):
            await server.close(1.0)

    asyncio.run(asyncio.wait_for(test(), 30))
