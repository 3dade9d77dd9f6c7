"""Rooms and mailboxes over HTTP: calls of devices in, answers of the core out.

Plain ASGI, not Starlette's requests: pushes are the relay's hot path, and what a request object costs is more
than the rest of a push.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from syncproof_products.bundled.core.wire import (
    Answer,
    Call,
    FetchMail,
    GetMarker,
    LeaveRoom,
    Pull,
    Push,
    Refused,
)
from syncproof_products.bundled.relay.blobs import BlobStore, StorageAwayError
from syncproof_products.bundled.relay.incoming import Body, Incoming
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import (
    NOT_OPERATOR,
    UNAUTHORIZED,
    header,
    number,
    raw_start,
    retry_after,
)
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.wire_json import (
    WireError,
    decode_open_room,
    decode_push,
    decode_send_mail,
    decode_set_marker,
    encode_answer,
)

#: When a device whose bodies are too many may come again, seconds.
_BODIES_S = 1.0
_ROOMS, _MAIL, _OWN_MAIL = "/rooms/", "/to-device/", "/to-device"
#: What may be done to a room, by the rest of its path, and (with a space, which no path has) to a mailbox.
_METHODS: dict[str, tuple[str, ...]] = {
    "": ("PUT",),
    "events": ("GET", "POST"),
    "membership": ("DELETE",),
    "marker": ("GET", "PUT"),
    "log": ("GET",),
    "mail to": ("PUT",),
    "own mail": ("GET",),
}


class TooLargeError(Exception):
    """A body is larger than the relay reads."""


class TooManyError(Exception):
    """Too many bodies of one device are being read."""


class DisconnectedError(Exception):
    """The client left before its body was whole."""


class CallsApp:
    """Serves /rooms/... and /to-device, and hands everything else on."""

    def __init__(
        self,
        app: ASGIApp,
        node: Node,
        tokens: Tokens,
        blobs: BlobStore,
        max_request_bytes: int,
        incoming: Incoming,
    ) -> None:
        self._app = app
        self._node = node
        self._tokens = tokens
        self._blobs = blobs
        self._max_request_bytes = max_request_bytes
        self._incoming = incoming

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI request."""
        if scope["type"] != "http" or not (
            scope["path"] == _OWN_MAIL or scope["path"].startswith((_ROOMS, _MAIL))
        ):
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
        name, action = _target(scope)
        methods = _METHODS.get(action)
        if methods is None or not (name or action == "own mail"):
            return Refused(404, "not_found", f"there is nothing at {scope['path']}")
        if scope["method"] not in methods:
            return Refused(405, "method_not_allowed", ", ".join(methods))
        authorization = header(scope, b"authorization")
        if action == "log":
            return await self._export(scope, authorization, name)
        device = self._tokens.device(authorization)
        if device is None:
            return UNAUTHORIZED
        scope["state"]["device"] = device
        # It is in memory until it has been answered.
        with self._incoming.body(device) as body:
            try:
                call = await self._call(scope, receive, name, action, body)
            except (WireError, ValueError) as wrong:
                return Refused(400, "invalid", str(wrong))
            except TooLargeError:
                message = f"the relay reads requests of at most {self._max_request_bytes} bytes"
                return Refused(413, "too_large", message)
            except TooManyError:
                message = "the relay has more of this device in memory than it may send at once"
                return Refused(429, "too_many_bytes", message, _BODIES_S)
            if isinstance(call, Push) and call.brought:
                return await self._push_brought(device, call)
            return await self._node.call(device, call)

    async def _push_brought(self, device: str, push: Push) -> Answer:
        """Take what refers to blobs that are here; they stay until it is on record that something does."""
        digests = {blob.digest for draft in push.drafts for blob in draft.blobs}
        with self._blobs.held(digests):
            try:
                lacking = [digest for digest in digests if self._blobs.size(digest) is None]
            except StorageAwayError as error:
                return Refused(503, "storage_away", f"the relay's storage is away: {error}", 1.0)
            if lacking:
                message = f"{len(lacking)} of {len(digests)} blobs are not here (any more): bring them again"
                return Refused(424, "unknown_blob", message)
            return await self._node.call(device, push)

    async def _export(self, scope: Scope, authorization: bytes | None, room: str) -> Answer:
        if not self._tokens.is_operator(authorization):
            return NOT_OPERATOR
        try:
            after, limit = _page(scope)
        except ValueError as wrong:
            return Refused(400, "invalid", str(wrong))
        return await self._node.export(room, after, limit)

    async def _call(self, scope: Scope, receive: Receive, name: str, action: str, coming: Body) -> Call:
        if action == "membership":
            return LeaveRoom(name)
        if scope["method"] == "GET":
            if action == "marker":
                return GetMarker(name)
            after, limit = _page(scope)
            return FetchMail(after) if action == "own mail" else Pull(name, after, limit)
        body = await self._body(scope, receive, coming)
        if action == "mail to":
            return decode_send_mail(name, body)
        if action == "events":
            return decode_push(name, body)
        if action == "marker":
            return decode_set_marker(name, body)
        return decode_open_room(name, body)

    async def _body(self, scope: Scope, receive: Receive, coming: Body) -> bytes:
        length = header(scope, b"content-length")
        if length is not None and int(length) > self._max_request_bytes:
            raise TooLargeError
        chunks: list[bytes] = []
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise DisconnectedError
            chunks.append(message["body"])
            if coming.grow(len(message["body"])):
                raise TooManyError
            if coming.size > self._max_request_bytes:
                raise TooLargeError
            if not message.get("more_body"):
                return b"".join(chunks)


def _target(scope: Scope) -> tuple[str, str]:
    """Whose and what by the path; the raw path, so that a room's name may have a slash."""
    raw = scope["raw_path"].decode("ascii", "replace").partition("?")[0]
    if scope["path"] == _OWN_MAIL:
        return "", "own mail"
    if raw.startswith(_MAIL):
        return unquote(raw[len(_MAIL) :]), "mail to"
    room, _, action = raw[len(_ROOMS) :].partition("/")
    return unquote(room), action


def _page(scope: Scope) -> tuple[int, int]:
    query = dict(parse_qsl(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True))
    return number(query, "after", 0), number(query, "limit", 1_000_000)
