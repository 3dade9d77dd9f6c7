"""The broadcast over real sockets: bad input, slow readers, and a Redis that is none."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvloop
from starlette.applications import Starlette
from starlette.testclient import TestClient
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError

from syncproof_agentkit.server import HttpServer
from syncproof_products.taskserver.broadcast.messages import Event
from syncproof_products.taskserver.broadcast.redis import RedisBroker
from syncproof_products.taskserver.broadcast.server import Broadcast
from syncproof_products.taskserver.server.app import Api
from syncproof_products.taskserver.server.settings import Settings
from syncproof_products.taskserver.server.store import Store

WITHIN_S = 20.0
NOWHERE = "127.0.0.1:9"


@asynccontextmanager
async def instance(redis: str = "") -> AsyncIterator[str]:
    """One instance, alone unless it is told where its Redis is; answers where it listens."""
    broadcast = Broadcast(redis, "test:", heartbeat_s=5.0)
    await broadcast.start()
    server = HttpServer(Starlette(routes=broadcast.routes), websockets="websockets")
    host, port = await server.listen("127.0.0.1", 0)
    try:
        yield f"{host}:{port}"
    finally:
        await server.close(0.1)
        await broadcast.close()


@asynccontextmanager
async def subscriber(address: str, *channels: str) -> AsyncIterator[ClientConnection]:
    async with connect(
        f"ws://{address}/ws/broadcast", proxy=None, compression=None, close_timeout=0.1
    ) as socket:
        await socket.send(json.dumps({"subscribe": channels}))
        assert json.loads(await socket.recv())["subscribed"] == list(channels)
        yield socket


async def publish(address: str, content: object, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=WITHIN_S) as http:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return await http.post(f"http://{address}/broadcast", content=body, headers=headers)


async def get(address: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.get(f"http://{address}/broadcast/{path}")


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # as the server's program does
        runner.run(asyncio.wait_for(scenario(), WITHIN_S))


def event(channel: str = "orders", payload: object = None) -> dict[str, object]:
    return {"channel": channel, "event": "created", "payload": payload}


def test_an_event_is_told_and_its_subscribers_are_counted() -> None:
    async def scenario() -> None:
        async with instance() as address, subscriber(address, "orders", "a/b ö") as socket:
            assert (await get(address, "channels/a/b%20%C3%B6")).json() == {
                "channel": "a/b ö",
                "subscribers": 1,
            }
            answer = await publish(address, event(payload={"n": [1, "ö"]}), **{"idempotency-key": "k"})
            assert (answer.status_code, answer.json()["channel"]) == (200, "orders")
            told = json.loads(await socket.recv())
            assert {each: told[each] for each in ("channel", "event", "payload", "id")} == {
                "channel": "orders",
                "event": "created",
                "payload": {"n": [1, "ö"]},
                "id": answer.json()["id"],
            }
            assert (await get(address, "health")).json() == {"status": "ok", "reason": "", "clients": 1}

    run(scenario)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"\xff\xfe", 422, "invalid"),
        ({"channel": "orders"}, 422, "invalid"),
        ({**event(), "channel": ""}, 422, "invalid"),
        ({**event(), "channel": "x" * 10_000}, 422, "invalid"),
        ({**event(), "shout": True}, 422, "invalid"),
        (b"[" * 5_000, 422, "invalid"),
        (event(payload="x" * 200_000), 413, "too_large"),
    ],
)
def test_what_cannot_be_published_is_refused_with_a_reason(content: object, status: int, code: str) -> None:
    async def scenario() -> None:
        async with instance() as address:
            answer = await publish(address, content)
            assert (answer.status_code, answer.json()["code"]) == (status, code)

    run(scenario)


@pytest.mark.parametrize(
    ("said", "code"), [("shout", 1007), (b'{"subscribe": 1}', 1007), ("x" * 70_000, 1009)]
)
def test_what_a_client_must_not_say_ends_its_connection_and_no_other(said: str | bytes, code: int) -> None:
    async def scenario() -> None:
        async with instance() as address, subscriber(address, "orders") as other:
            async with subscriber(address, "orders") as socket:
                await socket.send(said)
                with pytest.raises(ConnectionClosedError) as closed:
                    await socket.recv()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == code
            assert (await publish(address, event())).status_code == 200
            assert json.loads(await other.recv())["event"] == "created"

    run(scenario)


def test_who_never_reads_is_dropped_and_slows_nobody() -> None:
    async def scenario() -> None:
        async with (
            instance() as address,
            httpx.AsyncClient(base_url=f"http://{address}", trust_env=False) as http,
            subscriber(address, "orders") as reader,
            subscriber(address, "orders") as stuck,
        ):
            # Nobody takes anything off this one: neither we nor, with its reading paused, its library.
            stuck.transport.pause_reading()
            for number in range(180):
                content = json.dumps(event(payload=[number, secrets.token_hex(45_000)]))
                assert (await http.post("/broadcast", content=content)).status_code == 200
                assert json.loads(await reader.recv())["payload"][0] == number
            # It is dropped although it takes nothing, and counted no more.
            assert (await get(address, "channels/orders")).json()["subscribers"] == 1
            assert (await get(address, "health")).json()["clients"] == 1
            stuck.transport.resume_reading()
            await _read_to_the_end(stuck)
            assert (stuck.close_code, stuck.close_reason) == (1013, "too slow: connect again")

    run(scenario)


def test_a_key_stands_for_one_event_of_one_client_on_one_channel() -> None:
    """Sent again it is told once; another client, or channel, may have the same."""

    async def scenario() -> None:
        async with instance() as address, subscriber(address, "orders", "invoices") as socket:
            for client, channel in (
                ("Alice", "orders"), ("Alice", "orders"), ("Carol", "orders"), ("Alice", "invoices"),
            ):  # fmt: skip
                answer = await publish(
                    address, event(channel, client), **{"idempotency-key": "1", "x-client": client}
                )
                assert answer.status_code == 200
            await publish(address, event(payload="the last"))
            told = [json.loads(await socket.recv()) for _ in range(4)]
            assert [(each["channel"], each["payload"]) for each in told] == [
                ("orders", "Alice"), ("orders", "Carol"), ("invoices", "Alice"), ("orders", "the last"),
            ]  # fmt: skip
            assert len({each["id"] for each in told}) == 4

    run(scenario)


async def _read_to_the_end(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        while True:
            await socket.recv()


async def _is_no_redis(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readline()
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()


def test_a_redis_that_is_none_is_told_of_and_nothing_goes_out() -> None:
    async def scenario() -> None:
        server = await asyncio.start_server(_is_no_redis, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        async with server, instance(f"{host}:{port}") as address, subscriber(address, "orders"):
            health = await get(address, "health")
            assert (health.status_code, health.json()["status"]) == (503, "cut off")
            assert f"Redis at {host}:{port}" in health.json()["reason"]
            answer = await publish(address, event())
            assert (answer.status_code, answer.json()["code"]) == (503, "unpublished")
            assert f"Redis at {host}:{port}" in answer.json()["message"]

    run(scenario)


def test_without_its_redis_an_instance_starts_and_publishes_nothing() -> None:
    async def scenario() -> None:
        async with instance(NOWHERE) as address:
            assert (await publish(address, event())).status_code == 503
            assert NOWHERE in (await get(address, "health")).json()["reason"]

    run(scenario)


class _Redis:
    """One that takes any command, and tells whoever listens of these contents, one at each connection."""

    def __init__(self, *contents: bytes) -> None:
        self._contents = [*contents]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            if line.strip().lower() != b"psubscribe":
                continue
            writer.write(b"*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1\r\n")
            if self._contents:
                content = self._contents.pop(0)
                writer.write(b"*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$11\r\ntest:orders\r\n")
                writer.write(b"$%d\r\n%s\r\n" % (len(content), content))
            await writer.drain()


def _content(payload: bytes) -> bytes:
    return b'{"channel":"orders","event":"created","id":"%s","payload":%s}' % (
        secrets.token_hex(4).encode(),
        payload,
    )


def test_what_somebody_else_publishes_too_deeply_nested_ends_nothing() -> None:
    async def scenario() -> None:
        happened: list[Event] = []
        broker = RedisBroker("", "test:", 5.0, happened.append, lambda: None)
        broker._take(_content(b"[" * 50_000 + b"]" * 50_000))
        broker._take(_content(b"1"))
        assert [bytes(each.payload) for each in happened] == [b"1"]

    run(scenario)


def test_a_listener_that_fails_says_so_and_listens_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        happened: list[Event] = []
        missed = asyncio.Event()

        def take(told: Event) -> None:
            if bytes(told.payload) == b"1":
                raise ValueError("a bug of ours")
            happened.append(told)

        redis = _Redis(_content(b"1"), _content(b"2"))
        server = await asyncio.start_server(redis.serve, "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()
        broker = RedisBroker(f"{host}:{port}", "test:", 5.0, take, missed.set)
        async with server:
            await broker.start()
            await missed.wait()
            while not happened:
                await asyncio.sleep(0.01)
            await broker.close()
        assert [bytes(each.payload) for each in happened] == [b"2"]

    with caplog.at_level(logging.ERROR):
        run(scenario)
    assert [record.message for record in caplog.records] == ["no events come"]


def test_tasks_go_on_without_redis(tmp_path: Path) -> None:
    """However often somebody tries to publish."""
    broadcast = Broadcast(NOWHERE, "test:", heartbeat_s=5.0)
    settings = Settings(breaker_failures=2)
    store = Store(tmp_path)
    with TestClient(Api(store, settings).app(broadcast.routes)) as http:
        assert [http.post("/broadcast", json=event()).status_code for _ in range(5)] == [503] * 5
        assert http.get("/repositories/r/tasks").status_code == 200
    store.close()
