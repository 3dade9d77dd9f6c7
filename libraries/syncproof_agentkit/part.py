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

Handler = Callable[[Any, Request], Awaitable[Response]]


@dataclass(frozen=True)
class Part:
    """A part.

    adapter: the protocol of those who have it. lacking: what is said (501) for others. routes: method, path, handler.
    """

    adapter: type
    lacking: str
    routes: tuple[tuple[str, str, Handler], ...]


@functools.cache
def parts() -> tuple[Part, ...]:
    """Every part: the `PARTS` of each module of `workloads`."""
    found = pkgutil.iter_modules(workloads.__path__, f"{workloads.__name__}.")
    return tuple(part for each in found for part in importlib.import_module(each.name).PARTS)
