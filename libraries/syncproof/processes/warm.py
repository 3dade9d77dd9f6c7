"""What the launcher imports before it forks, so that a program pays for no import of its own.

Names and not imports: this floor does not know the programs, it only expects that they will be asked for. A
module that cannot be imported is left out here, because the spawn that asks for it reports why, with the
log at hand.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable

#: The programs of the harness, and what uvicorn, httpx and httpcore only import when they
#: first serve or connect. A product's own come from its manifest.
MODULES = (
    "syncproof.faults.toxiproxy.main",
    "syncproof.evidence.recorder.main",
    "anyio._backends._asyncio",
    "sqlite3",
    "httptools",
    "httpx",
    "starlette.applications",
    "starlette.responses",
    "starlette.routing",
    "uvicorn",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "uvloop",
    "websockets",
    "websockets.asyncio.client",
)


def warm(modules: Iterable[str]) -> None:
    """Import each of these; one that cannot be is said on stderr and left to the program that needs it."""
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - whatever it raises, the spawn of it raises again
            print(f"not warmed: {name}: {type(error).__name__}: {error}", file=sys.stderr)
