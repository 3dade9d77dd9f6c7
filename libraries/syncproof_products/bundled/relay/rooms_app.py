"""Rooms over HTTP: calls of devices in, answers of the core out.

Plain ASGI, not Starlette's requests: pushes are the relay's hot path, and what a request object costs is more
than the rest of a push.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from syncproof_products.bundled.core.wire import Answer, Call, GetMarker, LeaveRoom, Pull, Refused
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import header, raw_start, retry_after
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.wire_json import (
    WireError,
    decode_open_room,
    decode_push,
    decode_set_marker,
    encode_answer,
)

_PREFIX = "/rooms/"
_METHODS: dict[str, tuple[str, ...]] = {
    "": ("PUT",),
    "events": ("GET", "POST"),
    "membership": ("DELETE",),
    "marker": ("GET", "PUT"),
    "log": ("GET",),
}


class TooLargeError(Exception):
    """A body is larger than the relay reads."""


class DisconnectedError(Exception):
    """The client left before its body was whole."""


class RoomsApp:
    """Serves /rooms/..., and hands everything else on."""

    def __init__(self, app: ASGIApp, node: Node, tokens: Tokens, max_request_bytes: int) -> None:
        self._app = app
        self._node = node
        self._tokens = tokens
        self._max_request_bytes = max_request_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI request."""
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await self._app(scope, receive, send)
            return
        try:
            answer = await self._answer(scope, receive)
        except DisconnectedError:
            return
        status, headers = 200, []
        if isinstance(answer, Refused):
            status = answer.status
            if answer.retry_after_s is not None:
                headers.append((b"retry-after", retry_after(answer.retry_after_s).encode()))
            if status == 401:
                headers.append((b"www-authenticate", b"Bearer"))
            if status == 405:
                headers.append((b"allow", answer.message.encode()))
        body = encode_answer(answer)
        await send(raw_start(status, len(body), headers))
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        room, action = _target(scope)
        methods = _METHODS.get(action)
        if methods is None or not room:
            return Refused(404, "not_found", f"there is nothing at {scope['path']}")
        if scope["method"] not in methods:
            return Refused(405, "method_not_allowed", ", ".join(methods))
        authorization = header(scope, b"authorization")
        if action == "log":
            return await self._export(scope, authorization, room)
        device = self._tokens.device(authorization)
        if device is None:
            return Refused(
                401,
                "unauthorized",
                "expected 'Authorization: Bearer TOKEN' with a token of this relay; POST /devices gives one",
            )
        scope["state"]["device"] = device
        try:
            call = await self._call(scope, receive, room, action)
        except (WireError, ValueError) as wrong:
            return Refused(400, "invalid", str(wrong))
        except TooLargeError:
            return Refused(
                413, "too_large", f"the relay reads requests of at most {self._max_request_bytes} bytes"
            )
        return await self._node.call(device, call)

    async def _export(self, scope: Scope, authorization: bytes | None, room: str) -> Answer:
        if not self._tokens.is_operator(authorization):
            return Refused(401, "unauthorized", "expected 'Authorization: Bearer SECRET'")
        try:
            after, limit = _page(scope)
        except ValueError as wrong:
            return Refused(400, "invalid", str(wrong))
        return await self._node.export(room, after, limit)

    async def _call(self, scope: Scope, receive: Receive, room: str, action: str) -> Call:
        if action == "membership":
            return LeaveRoom(room)
        if scope["method"] == "GET":
            return GetMarker(room) if action == "marker" else Pull(room, *_page(scope))
        body = await self._body(scope, receive)
        if action == "events":
            return decode_push(room, body)
        if action == "marker":
            return decode_set_marker(room, body)
        return decode_open_room(room, body)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        length = header(scope, b"content-length")
        if length is not None and int(length) > self._max_request_bytes:
            raise TooLargeError
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise DisconnectedError
            chunks.append(message["body"])
            size += len(message["body"])
            if size > self._max_request_bytes:
                raise TooLargeError
            if not message.get("more_body"):
                return b"".join(chunks)


def _target(scope: Scope) -> tuple[str, str]:
    """Room and action in the path; the raw path, so that a room's name may have a slash."""
    raw = scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    room, _, action = raw[len(_PREFIX) :].partition("/")
    return unquote(room), action


def _page(scope: Scope) -> tuple[int, int]:
    query = dict(parse_qsl(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True))
    numbers = []
    for name, default in (("after", "0"), ("limit", "1000000")):
        text = query.get(name, default)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise ValueError(f"expected {name} to be a whole number, seen {text[:80]!r}")
        numbers.append(int(text))
    return numbers[0], numbers[1]
