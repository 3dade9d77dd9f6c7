"""The guard: strangers, devices with too many connections, heads and bodies that are too long or too slow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from syncproof_products.bundled.relay.guard import Guard
from syncproof_products.bundled.relay.guarded import Guarded
from syncproof_products.bundled.relay.incoming import Incoming
from syncproof_products.bundled.relay.settings import Settings

SETTINGS = Settings(
    strangers=2, connections_per_device=2, request_s=10.0, slow_bytes_s=100.0, max_head_bytes=50
)


class Line(asyncio.Transport):
    """A connection of a client. n: which."""

    def __init__(self, n: int) -> None:
        super().__init__({"peername": ("10.0.0.1", n)})
        self.said, self.ended = b"", False

    def write(self, data: Any) -> None:
        self.said += bytes(data)

    def is_closing(self) -> bool:
        return self.ended

    def abort(self) -> None:
        self.ended = True


class World:
    """A guard, its clock, and connections by number."""

    def __init__(self) -> None:
        self.now = 0.0
        self.guard = Guard(SETTINGS, lambda: self.now)
        self.lines: dict[int, Line] = {}
        self.made: dict[int, Guarded] = {}

    def connect(self, n: int) -> Guarded:
        self.lines[n] = Line(n)
        self.made[n] = self.guard.protocol(asyncio.Protocol())
        self.made[n].connection_made(self.lines[n])
        return self.made[n]

    async def ask(
        self,
        n: int,
        device: str | None,
        *,
        body: bytes | None = None,
        during: Callable[[], None] | None = None,
    ) -> None:
        """A request of this device on a connection. during: happens while it is under way."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["state"]["device"] = device
            if during is not None:
                during()
            if body is not None:
                await receive()
            await send({"type": "http.response.start"})

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(_: Message) -> None:
            pass

        headers = [(b"content-length", b"%d" % len(body))] if body is not None else []
        scope = {"type": "http", "client": ("10.0.0.1", n), "headers": headers}
        await self.guard.app(app)(scope, receive, send)

    @property
    def ended(self) -> list[int]:
        return [n for n, line in self.lines.items() if line.ended]


def told(story: Callable[[World], Awaitable[None]]) -> None:
    async def tell() -> None:
        await story(World())

    asyncio.run(tell())


def test_the_oldest_stranger_makes_room_and_no_device() -> None:
    async def story(world: World) -> None:
        for n in (1, 2):
            world.connect(n)
        await world.ask(1, "Alice")
        for n in (3, 4):
            world.connect(n)
        assert world.ended == [2]

    told(story)


def test_the_oldest_connection_of_a_device_makes_room_and_no_other() -> None:
    async def story(world: World) -> None:
        for n, device in enumerate(("Bob", "Alice", "Alice", "Alice")):
            world.connect(n)
            await world.ask(n, device)
        assert world.ended == [1]

    told(story)


def test_a_connection_that_is_gone_counts_no_more() -> None:
    async def story(world: World) -> None:
        for n in (1, 2):
            world.connect(n).connection_lost(None)
        for n in (3, 4):
            world.connect(n)
        assert world.ended == []
        assert len(world.guard) == 2

    told(story)


def test_silence_is_overdue_and_rest_between_requests_is_not() -> None:
    async def story(world: World) -> None:
        silent, resting = world.connect(1), world.connect(2)
        await world.ask(2, "Alice")
        world.now = 11.0
        assert silent.overdue(10.0, 100.0)
        assert not resting.overdue(10.0, 100.0)
        resting.data_received(b"G")
        world.now = 22.0
        assert resting.overdue(10.0, 100.0)

    told(story)


def test_a_body_may_take_longer_the_more_of_it_has_come() -> None:
    async def story(world: World) -> None:
        connection = world.connect(1)
        seen: list[bool] = []

        def during() -> None:
            world.now = 11.0
            seen.append(connection.overdue(10.0, 100.0))
            connection.data_received(b"a" * 200)
            seen.append(connection.overdue(10.0, 100.0))
            world.now = 13.0
            seen.append(connection.overdue(10.0, 100.0))

        await world.ask(1, "Alice", body=b"a" * 1000, during=during)
        assert seen == [True, False, True]

    told(story)


def test_an_answer_may_take_as_long_as_it_likes() -> None:
    async def story(world: World) -> None:
        connection = world.connect(1)
        seen: list[bool] = []

        def during() -> None:
            world.now = 1000.0
            seen.append(connection.overdue(10.0, 100.0))

        await world.ask(1, "Alice", during=during)
        assert seen == [False]

    told(story)


def test_what_is_too_long_for_a_head_is_refused() -> None:
    async def story(world: World) -> None:
        connection = world.connect(1)
        connection.data_received(b"a" * 50)
        await asyncio.sleep(0)
        assert world.ended == []
        connection.data_received(b"a")
        await asyncio.sleep(0)
        assert world.ended == [1]
        assert world.lines[1].said.startswith(b"HTTP/1.1 431 ")

    told(story)


def test_a_head_that_came_with_its_body_is_not_too_long() -> None:
    async def story(world: World) -> None:
        world.connect(1).data_received(b"a" * 200)
        asking = asyncio.ensure_future(world.ask(1, "Alice", body=b"a" * 100, during=lambda: None))
        world.made[1].asked(has_body=True)
        await asyncio.sleep(0)
        assert world.ended == []
        await asking

    told(story)


def test_the_rest_of_a_body_that_was_refused_is_no_head() -> None:
    async def story(world: World) -> None:
        connection = world.connect(1)
        connection.asked(has_body=True)
        connection.answered()
        connection.data_received(b"a" * 500)
        await asyncio.sleep(0)
        assert world.ended == []
        connection.data_received(b"a" * SETTINGS.max_request_bytes)
        await asyncio.sleep(0)
        assert world.ended == [1]
        assert world.lines[1].said == b""

    told(story)


def test_bodies_of_one_device_are_counted_while_they_are_read() -> None:
    incoming = Incoming(10)
    with incoming.body("Alice") as first:
        assert not first.grow(10)
        with incoming.body("Bob") as other, incoming.body("Alice") as second:
            assert not other.grow(10)
            assert second.grow(1)
        assert not first.grow(0)
    with incoming.body("Alice") as again:
        assert not again.grow(10)
