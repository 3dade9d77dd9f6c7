"""Parts of the agent protocol that not every product has: what the modules of `workloads` declare."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit import workloads
from syncproof_agentkit.requests import read, read_query

Handler = Callable[[Any, Request, Any], Awaitable[Response]]


@dataclass(frozen=True)
class Answer:
    """A route. handler: gets the adapter, the request, and what was read of it.

    content, query: the shape of its content (JSON), or of its query; that is read first, and a wrong one refused (400).
    """

    method: str
    path: str
    handler: Handler
    content: type | None = None
    query: type | None = None

    async def wanted(self, request: Request) -> object:
        """What a request asks for. Raises AgentError 400."""
        if self.query is not None:
            return read_query(request.query_params, self.query)
        return None if self.content is None else read(await request.body(), self.content)


@dataclass(frozen=True)
class Part:
    """What belongs together. adapter: the protocol of those who have it. lacking: what others say (501)."""

    adapter: type
    lacking: str
    answers: tuple[Answer, ...]


@functools.cache
def parts() -> tuple[Part, ...]:
    """Every part: the `PARTS` of each module of `workloads`."""
    found = pkgutil.iter_modules(workloads.__path__, f"{workloads.__name__}.")
    return tuple(part for each in found for part in importlib.import_module(each.name).PARTS)
