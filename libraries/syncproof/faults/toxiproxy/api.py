"""The HTTP API of Toxiproxy v2.12: routes, answers and errors."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import posixpath
import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import quote, unquote

from . import metrics, representation
from .collection import Collection
from .failures import ApiError
from .http_server import Request, Response
from .json_body import encode
from .proxy import Proxy
from .toxics import Direction

log = logging.getLogger("toxiproxy")

VERSION = "2.12.0"
"""The version of the API that this server speaks."""
ENGINE = f"toxiproxy-embedded/{VERSION}"
"""The Server header of every answer: the one thing that tells this server from a real one, which sends none.
"""

_JSON = {"Content-Type": "application/json"}
_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"}

_TARGET = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*://[^/?]*)?([^?]*)(.*)")
_WRONG_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")

_Endpoint = Callable[[Request, list[str]], Awaitable[Response]]


def _json(status: int, value: object) -> Response:
    return Response(status, encode(value), dict(_JSON))


def _error(error: ApiError) -> Response:
    return Response(
        error.status, encode({"error": error.message, "status": error.status}) + b"\n", dict(_PLAIN)
    )


class Api:
    """Answers requests about one collection, one change at a time."""

    def __init__(self, collection: Collection, *, with_metrics: bool = False) -> None:
        self._collection = collection
        self._change = asyncio.Lock()
        self._with_metrics = with_metrics
        self._request_ids = (
            f"{os.getpid():x}{time.time_ns():x}{number:06x}"[-20:] for number in itertools.count()
        )

    async def handle(self, request: Request) -> Response:
        """Route and answer."""
        response = await self._route(request)
        response.headers["Server"] = ENGINE
        return response

    async def _route(self, request: Request) -> Response:
        origin, encoded, query = _TARGET.findall(request.target)[0]
        if _WRONG_ESCAPE.search(encoded):
            return Response(400, b"400 Bad Request", {**_PLAIN, "Connection": "close"})
        path = unquote(encoded, errors="surrogateescape")
        clean = posixpath.normpath(f"/{path}").replace("//", "/")
        if path.endswith("/") and clean != "/":
            clean += "/"
        if clean != path:
            encoded = quote(clean, safe="$&+,/:;=@", errors="surrogateescape")
            return Response(301, b"", {"Location": origin + encoded + query})
        methods, names = self._match(path)
        if methods is None:
            return Response(404, b"404 page not found\n", dict(_PLAIN))
        endpoint = methods.get(request.method) or methods.get("*")
        if endpoint is None:
            return Response(405)
        if request.user_agent.startswith("Mozilla/"):
            response = Response(403, b"User agent not allowed\n", dict(_PLAIN))
        else:
            try:
                # Whoever only looks need not wait for a change that waits, say, for a name server.
                async with contextlib.nullcontext() if request.method == "GET" else self._change:
                    response = await endpoint(request, names)
            except ApiError as error:
                response = _error(error)
        response.headers["X-Toxiproxy-Request-Id"] = next(self._request_ids)
        return response

    def _match(self, path: str) -> tuple[dict[str, _Endpoint] | None, list[str]]:
        """Endpoints by method, and the names in the path."""
        parts = path[1:].split("/")
        if "" in parts:
            return None, []
        match parts:
            case ["reset"]:
                return {"POST": self._reset}, []
            case ["populate"]:
                return {"POST": self._populate}, []
            case ["version"]:
                return {"GET": self._version}, []
            case ["metrics"] if self._with_metrics:
                return {"*": self._metrics}, []
            case ["proxies"]:
                return {"GET": self._list, "POST": self._create}, []
            case ["proxies", proxy]:
                changes = {"POST": self._update, "PATCH": self._update}
                return {"GET": self._show, "DELETE": self._delete, **changes}, [proxy]
            case ["proxies", proxy, "toxics"]:
                return {"GET": self._list_toxics, "POST": self._create_toxic}, [proxy]
            case ["proxies", proxy, "traffic"]:
                return {"GET": self._traffic}, [proxy]
            case ["proxies", proxy, "toxics", toxic]:
                changes = {"POST": self._update_toxic, "PATCH": self._update_toxic}
                return {"GET": self._show_toxic, "DELETE": self._delete_toxic, **changes}, [proxy, toxic]
            case _:
                return None, []

    # Proxies

    async def _list(self, _: Request, __: list[str]) -> Response:
        return _json(200, {proxy.name: representation.proxy_output(proxy) for proxy in self._collection})

    async def _create(self, request: Request, _: list[str]) -> Response:
        proxy = await self._collection.create(representation.proxy_input(request.body))
        return _json(201, representation.proxy_output(proxy))

    async def _show(self, _: Request, names: list[str]) -> Response:
        return _json(200, representation.proxy_output(self._collection.get(names[0])))

    async def _update(self, request: Request, names: list[str]) -> Response:
        proxy = self._collection.get(names[0])
        wanted = representation.proxy_input(request.body, proxy.listen, proxy.upstream, proxy.enabled)
        await proxy.update(wanted.listen, wanted.upstream, wanted.enabled)
        return _json(200, representation.proxy_output(proxy))

    async def _delete(self, _: Request, names: list[str]) -> Response:
        self._collection.remove(names[0])
        return Response(204)

    async def _populate(self, request: Request, _: list[str]) -> Response:
        """Its errors are JSON, other than everywhere else, and say what was made before the error."""
        done: list[Proxy] | None = None
        try:
            inputs = representation.populate_input(request.body)
            done = []
            await self._collection.populate(inputs, done)
        except ApiError as error:
            answer = {"error": error.message, "status": error.status, "proxies": self._populated(done)}
            return _json(error.status, answer)
        return _json(201, {"proxies": self._populated(done)})

    @staticmethod
    def _populated(proxies: list[Proxy] | None) -> list[dict[str, object]] | None:
        return [representation.proxy_output(proxy) for proxy in proxies] if proxies else None

    async def _reset(self, _: Request, __: list[str]) -> Response:
        await self._collection.reset()
        return Response(204)

    # Toxics

    async def _list_toxics(self, _: Request, names: list[str]) -> Response:
        proxy = self._collection.get(names[0])
        return _json(200, [representation.toxic_output(toxic) for toxic in proxy.toxics()])

    async def _create_toxic(self, request: Request, names: list[str]) -> Response:
        proxy = self._collection.get(names[0])
        toxic = representation.toxic_input(request.body)
        proxy.add_toxic(toxic)
        return _json(200, representation.toxic_output(toxic))

    async def _show_toxic(self, _: Request, names: list[str]) -> Response:
        return _json(200, representation.toxic_output(self._collection.get(names[0]).toxic(names[1])))

    async def _update_toxic(self, request: Request, names: list[str]) -> Response:
        proxy = self._collection.get(names[0])
        toxic = proxy.toxic(names[1])
        proxy.update_toxic(toxic, *representation.toxic_changes(request.body, toxic))
        return _json(200, representation.toxic_output(toxic))

    async def _delete_toxic(self, _: Request, names: list[str]) -> Response:
        proxy = self._collection.get(names[0])
        proxy.remove_toxic(proxy.toxic(names[1]))
        return Response(204)

    # The server

    async def _version(self, _: Request, __: list[str]) -> Response:
        body = b'{"version": "%s"}\n' % VERSION.encode()
        return Response(200, body, {"Content-Type": "application/json;charset=utf-8"})

    async def _metrics(self, _: Request, __: list[str]) -> Response:
        return Response(200, metrics.exposition(self._collection), {"Content-Type": metrics.CONTENT_TYPE})

    async def _traffic(self, _: Request, names: list[str]) -> Response:
        """Extension: what passed, what is held back now, and on how many connections toxics apply."""
        proxy = self._collection.get(names[0])
        answer: dict[str, object] = {
            "accepted": proxy.tally.accepted,
            "open": proxy.open_connections(),
            "failed": proxy.tally.failed,
            "cut": proxy.tally.cut,
        }
        for way in Direction:
            flow, held = proxy.flow(way)
            answer[way.value] = {"received": flow.received, "sent": flow.sent, "held": held}
        answer["applied"] = {toxic.name: proxy.applied(toxic) for toxic in proxy.toxics()}
        return _json(200, answer)
