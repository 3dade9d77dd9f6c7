"""The recorder as a process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

from syncproof.evidence.recorder.session import Session
from syncproof.evidence.recorder.socket_path import short

LONGEST_LINE = 16 * 1024 * 1024


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Serve harnesses until SIGTERM.

    config: {"directory": where the socket is made}. ready gets {"socket": its path}.
    """
    directory = Path(str(config["directory"]))
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "recorder.sock"
    path.unlink(missing_ok=True)
    asyncio.run(_serve(path, ready))


async def _serve(path: Path, ready: Callable[[Mapping[str, object]], None]) -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    sessions: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        sessions.add(task)
        try:
            await Session().serve(reader, writer)
        except asyncio.CancelledError:
            pass  # SIGTERM: the session has ended its history in its own `finally`
        finally:
            sessions.discard(task)

    with short(path) as name:
        server = await asyncio.start_unix_server(serve, name, limit=LONGEST_LINE)
    ready({"socket": str(path)})
    await ended.wait()
    server.close()
    for task in list(sessions):
        task.cancel()
    await asyncio.gather(*sessions, return_exceptions=True)
    path.unlink(missing_ok=True)
