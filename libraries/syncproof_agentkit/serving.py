"""A device and its agent in one process: from the first answer until a signal ends both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from syncproof_agentkit.app import make_app
from syncproof_agentkit.config import AgentConfig
from syncproof_agentkit.program import Program, Ready, until_told_to_stop
from syncproof_agentkit.server import HttpServer
from syncproof_agentkit.surface import Surface

C = TypeVar("C", bound=AgentConfig)

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


def agent_program(
    name: str, about: str, config: type[C], make: Callable[[C], Agent], cannot: tuple[type[Exception], ...]
) -> Program[C]:
    """The program of an agent, see `Program`; make: the agent, made on the event loop."""

    async def run(values: C, ready: Ready) -> None:
        await serve(make(values), values.host, values.port, ready)

    return Program(name, about, config, run, cannot)


async def serve(agent: Agent, host: str, port: int, ready: Ready) -> None:
    """Run the device and answer for it until SIGTERM or SIGINT, or until the device ends.

    port: 0 for a free one. ready: called with host and port once the agent answers. Raises PortError, and what the
    device ended with.
    """
    stopping = until_told_to_stop()
    living = asyncio.get_running_loop().create_task(agent.device.run())
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
