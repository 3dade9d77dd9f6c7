"""The guard: strangers, devices with too many connections, and requests that come too slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Message, Receive, Scope, Send

from syncproof_products.bundled.relay.guard import Guard
from syncproof_products.bundled.relay.guarded import GUARDED, Guarded
from syncproof_products.bundled.relay.incoming import Incoming
from syncproof_products.bundled.relay.settings import Settings

SETTINGS = Settings(strangers=2, connections_per_device=2, request_s=10.0, slow_rate=100.0)


class Line(asyncio.Transport):
    """A connection of a client."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = False

    def abort(self) -> None:
        self.ended = True


class World:
    """A guard, and connections by number."""

    def __init__(self) -> None:
        self.guard = Guard(SETTINGS)
        self.lines: dict[int, Line] = {}
        self.made: dict[int, Guarded] = {}

    def connect(self, n: int) -> Guarded:
        self.lines[n] = Line()
        self.made[n] = self.guard.protocol(asyncio.Protocol())
        self.made[n].connection_made(self.lines[n])
        return self.made[n]

    async def ask(self, n: int, device: str | None) -> None:
        """A request of this device on a connection, from its beginning to its end."""
        reading = self.made[n].reading
        reading.begun()
        reading.whole()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            del receive
            scope["state"]["device"] = device
            await send({"type": "http.response.start"})

        async def receive() -> Message:
            return {"type": "http.request"}

        async def send(_: Message) -> None:
            pass

        scope = {"type": "http", "state": {GUARDED: self.made[n]}}
        await self.guard.app(app)(scope, receive, send)

    def look(self, times: int) -> None:
        """So many times, each a tenth of the time that a request may take."""
        for _ in range(times):
            self.guard.look()

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
        world.connect(1)
        resting = world.connect(2)
        await world.ask(2, "Alice")
        world.look(10)
        assert world.ended == []
        world.look(1)
        assert world.ended == [1]
        resting.data_received(b"G")
        world.look(10)
        assert world.ended == [1]
        world.look(1)
        assert world.ended == [1, 2]

    told(story)


def test_a_body_has_time_of_its_own_and_more_the_more_of_it_has_come() -> None:
    async def story(world: World) -> None:
        reading = world.connect(1).reading
        reading.begun()
        world.look(10)
        reading.head_whole()
        world.look(10)
        reading.body(500)
        world.look(5)
        assert world.ended == []
        world.look(1)
        assert world.ended == [1]

    told(story)


def test_what_comes_quickly_earns_no_silence() -> None:
    async def story(world: World) -> None:
        reading = world.connect(1).reading
        reading.begun()
        reading.head_whole()
        reading.body(1_000_000)
        world.look(11)
        assert world.ended == []
        world.look(1)
        assert world.ended == [1]

    told(story)


def test_a_stream_that_is_not_answered_is_overdue() -> None:
    async def story(world: World) -> None:
        reading = world.connect(1).reading
        reading.begun()
        reading.whole()
        reading.handed_over()
        world.look(11)
        assert world.ended == [1]

    told(story)


def test_an_answer_may_take_as_long_as_it_likes() -> None:
    async def story(world: World) -> None:
        await asyncio.gather(*[world.ask(n, None) for n in (1, 2) if world.connect(n)])
        world.look(100)
        assert world.ended == []

    told(story)


def test_frames_of_a_stream_are_not_awaited() -> None:
    async def story(world: World) -> None:
        stream = world.connect(1)
        stream.reading.begun()
        stream.reading.whole()
        stream.reading.upgraded()
        stream.data_received(b"\x8a")
        world.look(100)
        assert world.ended == []

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
