"""A Socket.IO server: `server.py --port=N --redis=HOST:PORT`. Its rooms are channels, and a Redis joins its instances.

Nothing is added to what Socket.IO does: a publisher is answered once `emit` has returned.
"""

from __future__ import annotations

import argparse
from importlib.metadata import version

import socketio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


def application(chosen: argparse.Namespace) -> socketio.ASGIApp:
    """What clients can ask for: to subscribe, to unsubscribe, to publish, and to count."""
    manager = socketio.AsyncRedisManager(f"redis://{chosen.redis}", channel=chosen.channel)
    server = socketio.AsyncServer(
        async_mode="asgi",
        client_manager=manager,
        ping_interval=chosen.ping_interval,
        ping_timeout=chosen.ping_timeout,
    )

    async def subscribe(sid: str, channel: str) -> bool:
        await server.enter_room(sid, channel)
        return True

    async def unsubscribe(sid: str, channel: str) -> bool:
        await server.leave_room(sid, channel)
        return True

    async def publish(sid: str, event: dict[str, str]) -> bool:  # noqa: ARG001
        await server.emit("event", event, room=event["channel"])
        return True

    async def count(sid: str, channel: str) -> int:  # noqa: ARG001
        return len(list(manager.get_participants("/", channel)))

    for what in (subscribe, unsubscribe, publish, count):
        server.on(what.__name__, what)
    return socketio.ASGIApp(server, other_asgi_app=Starlette(routes=[Route("/health", _health)]))


async def _health(request: Request) -> PlainTextResponse:  # noqa: ARG001
    return PlainTextResponse("well\n")


def main() -> None:
    """Command line: see the module."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument(
        "--version", action="version", version=f"python-socketio {version('python-socketio')}"
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--redis", required=True, help="HOST:PORT")
    parser.add_argument("--channel", default="socketio", help="of Redis: another one is another deployment")
    parser.add_argument("--ping-interval", type=float, default=25.0, help="seconds")
    parser.add_argument("--ping-timeout", type=float, default=20.0, help="seconds")
    chosen = parser.parse_args()
    uvicorn.run(application(chosen), host="127.0.0.1", port=chosen.port, access_log=False)


if __name__ == "__main__":
    main()
