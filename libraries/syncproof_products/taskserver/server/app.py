"""The server's HTTP API and its WebSocket: paths, content and status codes; what changes is the core's to say."""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from syncproof_products.taskserver.core.deciding import decide
from syncproof_products.taskserver.core.model import (
    MOST_KEY,
    Batch,
    Changes,
    Create,
    Delete,
    Health,
    Name,
    Refusal,
    TaskList,
    Update,
)
from syncproof_products.taskserver.server.guard import Guard
from syncproof_products.taskserver.server.hub import Hub
from syncproof_products.taskserver.server.openapi import DESCRIPTION
from syncproof_products.taskserver.server.settings import Settings
from syncproof_products.taskserver.server.store import Keyed, Store

_MOST_CHANGES = 1_000
log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode

T = TypeVar("T")


class Refused(Exception):
    """A request that cannot be read."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.refusal = status, Refusal(code, message)


class Api:
    """The endpoints of one server."""

    def __init__(
        self, store: Store, settings: Settings, changed: Callable[[str], None] = lambda _: None
    ) -> None:
        """changed: told of each repository that has changed, beside its subscribers here."""
        self._store, self._settings, self._hub = store, settings, Hub(store)
        self._changed = changed

    def app(self, more: Sequence[BaseRoute] = ()) -> Starlette:
        """The application. more: endpoints of other parts."""
        tasks = "/repositories/{repository}/tasks"
        routes = [
            Route("/health", self._health),
            Route("/openapi.json", self._openapi),
            _route(tasks, GET=self._list, POST=self._create),
            _route(tasks + "/{id}", GET=self._get, PATCH=self._update, DELETE=self._delete),
            Route("/repositories/{repository}/batch", self._batch, methods=["POST"]),
            Route("/repositories/{repository}/changes", self._changes, methods=["GET"]),
            WebSocketRoute("/ws", self._hub.serve),
            *more,
        ]
        handlers: Any = {Refused: _refused, HTTPException: _not_there, sqlite3.OperationalError: _not_stored}
        guard = Middleware(Guard, settings=self._settings)
        return Starlette(routes=routes, exception_handlers=handlers, middleware=[guard])

    async def _health(self, _: Request) -> Response:
        return _reply(Health())

    async def _openapi(self, _: Request) -> Response:
        return _reply(DESCRIPTION)

    async def _list(self, request: Request) -> Response:
        repository = _named(request, "repository")
        return _reply(TaskList(self._store.tasks(repository), self._store.head(repository)))

    async def _get(self, request: Request) -> Response:
        task = self._store.task(_named(request, "repository"), _named(request, "id"))
        return _reply(task) if task else _reply(Refusal("unknown", "There is no such task here."), 404)

    async def _changes(self, request: Request) -> Response:
        repository, after = _named(request, "repository"), request.query_params.get("after", "0")
        if not after.isdecimal() or len(after) > 15:
            raise Refused(400, "invalid", "`after` in the query must be the number of a change, 0 for all.")
        changes = self._store.changes(repository, int(after), _MOST_CHANGES)
        return _reply(Changes(changes, self._store.head(repository)))

    async def _create(self, request: Request) -> Response:
        asked = await self._read(request, Create)
        return self._change(request, asked.id, asked)

    async def _update(self, request: Request) -> Response:
        return self._change(request, _named(request, "id"), await self._read(request, Update))

    async def _delete(self, request: Request) -> Response:
        asked = await self._read(request, Delete, b"{}")
        return self._change(request, _named(request, "id"), asked)

    async def _batch(self, request: Request) -> Response:
        return self._change(request, "", await self._read(request, Batch))

    def _change(self, request: Request, name: str, asked: Create | Update | Delete | Batch) -> Response:
        repository, client = _named(request, "repository"), client_of(request)
        key = request.headers.get("idempotency-key", "")
        if len(key) > MOST_KEY:
            raise Refused(422, "invalid", f"An Idempotency-Key has {MOST_KEY} characters at most.")
        asks = f"{request.method} {request.url.path}\n".encode() + _encode(asked)
        names = {item.id for item in asked.items} if isinstance(asked, Batch) else {name}
        reply = self._store.change(
            repository,
            names,
            Keyed(client, key, hashlib.sha256(asks).hexdigest()),
            lambda tasks, head: decide(tasks, head, client, key, name, asked),
        )
        if reply.changed:
            self._hub.changed(repository)
            self._changed(repository)
        return Response(reply.content, reply.status, media_type="application/json")

    async def _read(self, request: Request, shape: type[T], empty: bytes = b"") -> T:
        content = bytearray()
        try:
            async for piece in request.stream():
                content += piece
                if len(content) > self._settings.most_request_bytes:
                    raise Refused(
                        413, "too_large", f"A request may have {self._settings.most_request_bytes} bytes."
                    )
        except (
            ClientDisconnect
        ):  # nobody reads the answer; the breaker must not take it for a failure of ours
            raise Refused(400, "incomplete", "The connection ended before the request did.") from None
        try:
            return msgspec.json.decode(bytes(content) or empty, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
            raise Refused(422, "invalid", f"The content is no {shape.__name__}: {wrong}") from None


def _route(path: str, **by_method: Callable[[Request], Awaitable[Response]]) -> Route:
    """One route for all methods of a path, so that another method is told which there are."""

    async def endpoint(request: Request) -> Response:
        return await by_method["GET" if request.method == "HEAD" else request.method](request)

    return Route(path, endpoint, methods=list(by_method))


def _named(request: Request, what: str) -> str:
    """A name that stands in the path. Raises Refused."""
    try:
        return msgspec.convert(request.path_params[what], Name)
    except msgspec.ValidationError as wrong:
        raise Refused(422, "invalid", f"`{what}` in the path is no name: {wrong}.") from None


def client_of(request: Request) -> str:
    """Who asks: by its header, else by its address."""
    return request.headers.get("x-client") or (request.client.host if request.client else "")


def _reply(content: object, status: int = 200) -> Response:
    return Response(_encode(content), status, media_type="application/json")


async def _refused(_: Request, wrong: Refused) -> Response:
    return _reply(wrong.refusal, wrong.status)


async def _not_stored(request: Request, wrong: sqlite3.OperationalError) -> Response:
    """The disk is full, or cannot be read: nothing was changed, and the breaker counts it."""
    log.error("%s %s: the file cannot be used: %s", request.method, request.url.path, wrong)
    return _reply(Refusal("storage", f"The server cannot store anything: {wrong}."), 507)


async def _not_there(_: Request, wrong: HTTPException) -> Response:
    code = "unknown" if wrong.status_code == 404 else "invalid"
    return Response(
        _encode(Refusal(code, f"{wrong.detail}. See /openapi.json.")),
        wrong.status_code,
        media_type="application/json",
        headers=wrong.headers,
    )
