"""Bugs of the client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
import msgspec

from syncproof_agentkit.retries import Retries
from syncproof_agentkit.server import HttpServer
from syncproof_agentkit.workloads.tasks.outbox import Outbox
from syncproof_agentkit.workloads.tasks.store import Operation
from syncproof_defects import breaks
from syncproof_products.taskserver.agent import feed, pushing
from syncproof_products.taskserver.agent.of_command_line import CommandLine
from syncproof_products.taskserver.agent.pushing import Pusher

_BAD_GATEWAY = 502


@breaks(feed, "connect")
def sends_no_pings(original: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Neither side pings: the client waits for whatever comes, and does not notice that nothing can come any more."""
    sends_no_pings.ran()
    return original(*args, **{**more, "ping_interval": None})


@sends_no_pings.breaks(HttpServer, "__init__")
def _nor_does_the_server(original: Callable[..., None], self: HttpServer, *args: Any, **more: Any) -> None:
    original(self, *args, **{**more, "ping_s": None} if "ping_s" in more else more)


@breaks(Pusher, "_exchange")
async def does_not_wait_for_the_answer(
    original: Callable[[Pusher, httpx.AsyncClient, httpx.Request], Awaitable[httpx.Response]],
    self: Pusher,
    http: httpx.AsyncClient,
    request: httpx.Request,
) -> httpx.Response:
    """A request is taken for done as soon as it is sent."""
    does_not_wait_for_the_answer.ran()
    does_not_wait_for_the_answer.state[request] = asyncio.ensure_future(original(self, http, request))
    made = {"id": "", "content": "", "version": 1, "seq": 1, "by": self._device}
    return httpx.Response(201, json=made)


_ONE_WAY = (
    "import sys; from syncproof_products.taskserver.command_line import program, syncing; "
    "syncing._pull = lambda *_: None; sys.exit(program.main())"
)


@breaks(CommandLine, "program")
def syncs_in_one_direction(original: Callable[[CommandLine], list[str]], self: CommandLine) -> list[str]:
    """A sync of the command line sends what waits, and fetches nothing."""
    syncs_in_one_direction.ran()
    return [original(self)[0], "-c", _ONE_WAY]


@breaks(httpx, "Limits")
def opens_a_connection_for_each_request(original: Callable[..., httpx.Limits], **more: Any) -> httpx.Limits:  # noqa: ARG001
    """The pool is as large as one likes, and keeps nothing."""
    opens_a_connection_for_each_request.ran()
    return original(max_connections=None, max_keepalive_connections=0)


@breaks(Outbox, "_next")
def sends_one_after_the_other(
    original: Callable[[Outbox[Any]], list[Operation]], self: Outbox[Any]
) -> list[Operation]:
    """Whatever the number of workers, one request is under way at a time."""
    if self._under_way:
        sends_one_after_the_other.ran()
        return []
    return original(self)


@breaks(pushing, "is_final")
def gives_up_at_the_first_failure(original: Callable[[int], bool], status: int) -> bool:
    """A request that was not answered is taken for one that was refused."""
    if not original(status):
        gives_up_at_the_first_failure.ran()
    return True


@gives_up_at_the_first_failure.breaks(Pusher, "_settle")
def _refused(
    original: Callable[[Pusher, Sequence[Operation], int, bytes], None],
    self: Pusher,
    waiting: Sequence[Operation],
    status: int,
    content: bytes,
) -> None:
    if status:
        original(self, waiting, status, content)
    else:
        self._decided([], [(each, "unreachable", "no answer") for each in waiting])


@breaks(Retries, "back_off")
async def tries_again_at_a_constant_pace(
    original: Callable[..., Awaitable[None]], self: Retries, what: str, reason: str, **more: Any
) -> None:
    """Every pause is as long as the first one."""
    tries_again_at_a_constant_pace.ran()
    settings: Any = self._settings
    self._settings = msgspec.structs.replace(settings, retry_max_s=settings.retry_base_s)
    await original(self, what, reason, **more)


@breaks(Retries, "back_off")
async def sends_again_without_a_pause(
    original: Callable[..., Awaitable[None]], self: Retries, what: str, reason: str, **more: Any
) -> None:
    """What was not answered is sent again at once, and again."""
    sends_again_without_a_pause.ran()
    settings: Any = self._settings
    self._settings = msgspec.structs.replace(settings, retry_base_s=0.001, retry_max_s=0.001)
    await original(self, what, reason, **more)


@breaks(pushing, "is_final")
def takes_a_gateway_for_the_server(original: Callable[[int], bool], status: int) -> bool:
    """Whatever is no answer of 200 is the server's decision, also where a gateway says that it does not reach it."""
    if status == _BAD_GATEWAY:
        takes_a_gateway_for_the_server.ran()
        return True
    return original(status)


@takes_a_gateway_for_the_server.breaks(Pusher, "_settle")
def _drops_it(
    original: Callable[[Pusher, Sequence[Operation], int, bytes], None],
    self: Pusher,
    waiting: Sequence[Operation],
    status: int,
    content: bytes,
) -> None:
    if status == _BAD_GATEWAY:
        self._decided([], [(each, "refused", content.decode()) for each in waiting])
    else:
        original(self, waiting, status, content)
