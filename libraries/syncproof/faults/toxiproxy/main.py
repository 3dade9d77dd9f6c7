"""The embedded server as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
import logging
import random
import resource
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import uvloop

from .address import AddressError, listening_socket, resolve
from .api import VERSION, Api
from .collection import Collection
from .failures import ApiError
from .http_server import serve_client
from .link import Plumbing
from .representation import populate_input

log = logging.getLogger("toxiproxy")


class StartError(Exception):
    """The server cannot start; the message says why and what to do."""


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        config: `host` (127.0.0.1), `port` (0: any free one), `seed` (an integer; absent: a new one each
        time),
            `config` (path of a JSON list of proxies to begin with), `metrics` (false).
        ready: Called with {host, port, seed} once the API answers.

    Raises:
        StartError: The address is taken, or the file of proxies cannot be used.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    _allow_many_connections()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config, ready))


def _allow_many_connections() -> None:
    """Each connection takes two descriptors; the soft limit is often 1024. The real server raises it as well."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def _serve(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    loop = asyncio.get_running_loop()
    host = str(config.get("host", "127.0.0.1"))
    port = int(str(config.get("port") or 0))
    given = config.get("seed")
    seed = random.SystemRandom().getrandbits(63) if given is None else int(str(given))
    collection = Collection(Plumbing(loop), seed)
    clients: set[asyncio.StreamWriter] = set()
    api = Api(collection, with_metrics=bool(config.get("metrics")))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clients.add(writer)
        try:
            await serve_client(api.handle, reader, writer)
        finally:
            clients.discard(writer)

    try:
        listener = listening_socket(await resolve(f"[{host}]:{port}" if ":" in host else f"{host}:{port}"))
    except AddressError as error:
        raise StartError(
            f"cannot listen on {host}:{port}: {str(error).rpartition(': ')[2]}. "
            f"Is another server running there? Name another port, or port 0 for any free one."
        ) from None
    server = await asyncio.start_server(serve, sock=listener)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        if config.get("config"):
            await _populate(collection, Path(str(config["config"])))
        bound_host, bound_port = server.sockets[0].getsockname()[:2]
        log.info("toxiproxy-embedded %s on %s:%s, seed %d", VERSION, bound_host, bound_port, seed)
        ready({"host": bound_host, "port": bound_port, "seed": seed})
        await stopping.wait()
    finally:
        server.close()
        collection.close()
        for client in list(clients):
            client.transport.abort()
        await server.wait_closed()


async def _populate(collection: Collection, path: Path) -> None:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise StartError(f"cannot read the proxies of {path}: {error.strerror or error}.") from None
    try:
        await collection.populate(populate_input(body), [])
    except ApiError as error:
        raise StartError(
            f"cannot use the proxies of {path}: {error.message}. "
            'Expected a JSON list like [{"name": "db", "listen": "127.0.0.1:6000", "upstream": "db:5432"}].'
        ) from None
