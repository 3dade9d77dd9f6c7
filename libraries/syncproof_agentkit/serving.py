"""A device and its agent in one process: from the first answer until a signal ends both."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Protocol

from syncproof_agentkit.app import make_app
from syncproof_agentkit.server import HttpServer
from syncproof_agentkit.surface import Surface

Ready = Callable[[Mapping[str, object]], None]

_DRAIN_S = 1.0


class Lives(Protocol):
    """A device: it lives until it is cancelled."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Live."""


class Agent(Surface, Protocol):
    """An adapter and its device."""

    @property
    def device(self) -> Lives:
        """What it speaks for."""

    def close_events(self) -> None:
        """Answer readers that wait for events: the process is about to end."""


async def serve(agent: Agent, host: str, port: int, ready: Ready) -> None:
    """Run the device and answer for it until SIGTERM or SIGINT, or until the device ends.

    port: 0 for a free one. ready: called with host and port once the agent answers. Raises PortError, and what the
    device ended with.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    living = loop.create_task(agent.device.run())
    living.add_done_callback(lambda _: stopping.set())
    server = HttpServer(make_app(agent))
    bound_host, bound_port = await server.listen(host, port)
    ready({"host": bound_host, "port": bound_port})
    await stopping.wait()
    agent.close_events()
    await server.close(_DRAIN_S)
    if not living.cancel():
        living.result()
    await asyncio.wait([living])
