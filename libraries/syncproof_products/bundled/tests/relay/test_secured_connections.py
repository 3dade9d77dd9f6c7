"""Secured and plain connections on one port, over real sockets."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from syncproof_agentkit.pause import Pause
from syncproof_agentkit.server import HttpServer
from syncproof_products.bundled.core.actions import Observe
from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.http_client import BytesBody, HttpClient, Patience
from syncproof_products.bundled.device.live_stream import open_stream
from syncproof_products.bundled.device.sessions import Sessions
from syncproof_products.bundled.relay.secured import RelayIdentity, Secured

LARGE = bytes(range(256)) * 2_000


async def _echo(request: Request) -> Response:
    return Response(await request.body())


async def _greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("welcome")
    await socket.close()


APP = Starlette(routes=[Route("/echo", _echo, methods=["POST"]), WebSocketRoute("/live", _greet)])


class Device:
    """A device's sessions, what it kept and what it told."""

    def __init__(self, relay_key: str | None = None, handshake_s: float = 10.0) -> None:
        self.kept: list[str] = []
        self.told: list[Observe] = []
        self.sessions = Sessions(b"\x01" * 32, relay_key, handshake_s, self.kept.append, self.told.append)

    def client(self, port: int) -> HttpClient:
        return HttpClient("127.0.0.1", port, Pause(), Patience(), self.sessions.secured)

    @property
    def states(self) -> list[object]:
        return [seen.fields["state"] for seen in self.told]


def served(path: Path, use: Callable[[int], Awaitable[Any]], handshake_s: float = 10.0) -> Any:
    identity = RelayIdentity(path / "relay.key")

    async def run() -> Any:
        server = HttpServer(
            APP, "websockets-sansio", wrapped=lambda http: Secured(http, identity.channel, handshake_s)
        )
        _, port = await server.listen("127.0.0.1", 0)
        try:
            return await use(port)
        finally:
            await server.close(1.0)

    return asyncio.run(run())


async def echoed(client: HttpClient, content: bytes) -> bytes:
    try:
        return (await client.request("POST", "/echo", body=BytesBody(content))).content
    finally:
        await client.close()


@pytest.mark.parametrize("content", [b"", b"hello", LARGE], ids=len)
def test_requests_pass_secured_and_plain(tmp_path: Path, content: bytes) -> None:
    device = Device()

    async def both(port: int) -> None:
        assert await echoed(device.client(port), content) == content
        assert await echoed(HttpClient("127.0.0.1", port, Pause(), Patience()), content) == content

    served(tmp_path, both)
    assert device.states == ["Connecting", "Handshaking", "Connected", "Disconnected"]
    assert len(device.kept) == 1


def test_a_live_stream_passes_secured(tmp_path: Path) -> None:
    device = Device()

    async def listen(port: int) -> None:
        network, got, down = device.client(port).network, asyncio.Queue[bytes](), asyncio.Queue[LinkError]()
        await open_stream(
            network, "127.0.0.1", port, "/live", {}, patience_s=10.0,
            on_message=got.put_nowait, on_bytes=lambda: None, on_pong=lambda _: None, on_down=down.put_nowait,
        )  # fmt: skip
        assert await asyncio.wait_for(got.get(), 10) == b"welcome"
        assert (await asyncio.wait_for(down.get(), 10)).code == "closed"
        assert device.states[-1] == "Disconnected"

    served(tmp_path, listen)


def test_a_relay_keeps_its_key_and_another_one_is_refused(tmp_path: Path) -> None:
    first = Device()
    served(tmp_path, lambda port: echoed(first.client(port), b"x"))
    again = Device(first.kept[0])
    served(tmp_path, lambda port: echoed(again.client(port), b"x"))
    assert again.kept == []
    (tmp_path / "other").mkdir()
    stranger = Device(first.kept[0])
    with pytest.raises(LinkError, match="identity of the other side") as caught:
        served(tmp_path / "other", lambda port: echoed(stranger.client(port), b"x"))
    assert caught.value.code == "handshake"
    assert stranger.states[-1] == "Reconnecting"
    assert stat.S_IMODE((tmp_path / "relay.key").stat().st_mode) == 0o600


def test_what_never_answers_is_given_up_in_time(tmp_path: Path) -> None:
    device = Device(handshake_s=0.2)

    async def silent(_: int) -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        async with server:
            with pytest.raises(LinkError, match=r"no handshake within 0\.2 s"):
                await echoed(device.client(server.sockets[0].getsockname()[1]), b"x")

    served(tmp_path, silent)
    assert device.states == ["Connecting", "Handshaking", "Reconnecting"]


def test_the_relay_gives_up_a_handshake_that_does_not_go_on(tmp_path: Path) -> None:
    async def begin(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"\0\0\0")
        try:
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    assert served(tmp_path, begin, handshake_s=0.2) == b""
