"""The relay's HTTP interface, put together."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from syncproof_products.bundled.core.relay.admission import MAX_NAME, is_name
from syncproof_products.bundled.core.relay.rate import Buckets
from syncproof_products.bundled.relay.blobs import BlobStore, StorageAwayError
from syncproof_products.bundled.relay.blobs_app import BlobsApp, authorization
from syncproof_products.bundled.relay.calls_app import CallsApp
from syncproof_products.bundled.relay.incoming import Incoming
from syncproof_products.bundled.relay.invites import Invites
from syncproof_products.bundled.relay.invites_app import InvitesApp
from syncproof_products.bundled.relay.live_app import LiveApp
from syncproof_products.bundled.relay.node import Node
from syncproof_products.bundled.relay.replies import NOT_OPERATOR, error_reply, json_reply, number, refusal
from syncproof_products.bundled.relay.request_log import Logged, RequestLog
from syncproof_products.bundled.relay.retention import Retention
from syncproof_products.bundled.relay.settings import Settings
from syncproof_products.bundled.relay.tokens import Tokens
from syncproof_products.bundled.relay.uploads import UploadStore
from syncproof_products.bundled.relay.uploads_app import UploadsApp
from syncproof_products.bundled.relay.writer import Probe

_MAX_REGISTRATION = 64 * 1024


class _Registration(msgspec.Struct, frozen=True):
    device: str
    secret: str


class _Quota(msgspec.Struct, frozen=True):
    bytes: Annotated[int, msgspec.Meta(ge=0)]


class _Collect(msgspec.Struct, frozen=True):
    untouched_s: Annotated[float, msgspec.Meta(ge=0)]


class Operations:
    """What is not about rooms, blobs or live streams: registration, health, figures, the request log."""

    def __init__(
        self, node: Node, tokens: Tokens, blobs: BlobStore, retention: Retention, requests: RequestLog
    ) -> None:
        self._node = node
        self._tokens = tokens
        self._blobs = blobs
        self._retention = retention
        self._requests = requests

    async def register(self, request: Request) -> Response:
        """POST /devices."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_REGISTRATION:
                return error_reply(413, "too_large", f"expected at most {_MAX_REGISTRATION} bytes")
        try:
            wanted = msgspec.json.decode(body, type=_Registration)
        except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
            return error_reply(400, "invalid", f"expected {{device, secret}}: {wrong}")
        if not self._tokens.is_secret(wanted.secret):
            return error_reply(
                403, "wrong_secret", "the secret is not the one that this relay registers with"
            )
        if not is_name(wanted.device):
            message = f"expected a device name of 1 to {MAX_NAME} printable characters"
            return error_reply(400, "invalid", message)
        request.state.device = wanted.device
        token, error = await self._tokens.issue(wanted.device)
        if error is not None:
            return _storage_failed(error)
        return json_reply({"device": wanted.device, "token": token}, 201)

    async def health(self, _: Request) -> Response:
        """GET /health: whether the relay can do its work, which is to store."""
        if self._node.storage_error is not None:
            error = await self._node.store(Probe())
            if error is not None:
                return _storage_failed(error)
        return json_reply({"status": "ok"})

    async def metrics(self, _: Request) -> Response:
        """GET /metrics."""
        figures = self._node.metrics()
        figures["blob_bytes_stored"] = self._blobs.quota.used
        figures["blob_quota_bytes"] = self._blobs.quota.limit
        figures["blobs_collected"] = self._retention.collected
        figures["requests"] = self._requests.total
        figures["tasks"] = len(asyncio.all_tasks())
        return json_reply(figures)

    async def set_quota(self, request: Request) -> Response:
        """PUT /quota, for the operator: how many bytes all blobs may take together, until the relay starts again."""
        if not self._tokens.is_operator(authorization(request)):
            return refusal(NOT_OPERATOR)
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Quota)
        except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
            return error_reply(400, "invalid", f"expected {{bytes}}: {wrong}")
        self._blobs.quota.limit = wanted.bytes
        return json_reply({"bytes": wanted.bytes, "used": self._blobs.quota.used})

    async def collect(self, request: Request) -> Response:
        """POST /collect, for the operator: take orphans away now that nobody has brought for so many seconds."""
        if not self._tokens.is_operator(authorization(request)):
            return refusal(NOT_OPERATOR)
        try:
            wanted = msgspec.json.decode(await request.body(), type=_Collect)
        except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
            return error_reply(400, "invalid", f"expected {{untouched_s}}: {wrong}")
        self._retention.collect(wanted.untouched_s)
        return json_reply({"collecting": True}, 202)

    async def requests(self, request: Request) -> Response:
        """GET /requests?after=N&limit=L, for the operator."""
        if not self._tokens.is_operator(authorization(request)):
            return refusal(NOT_OPERATOR)
        query = request.query_params
        try:
            after, limit = number(query, "after", 0), number(query, "limit", 1000)
        except ValueError as wrong:
            return error_reply(400, "invalid", str(wrong))
        entries = [asdict(entry) for entry in self._requests.after(after, limit)]
        return json_reply({"requests": entries, "total": self._requests.total})


def relay_app(
    node: Node,
    tokens: Tokens,
    blobs: BlobStore,
    uploads: UploadStore,
    retention: Retention,
    requests: RequestLog,
    invites: Invites,
    settings: Settings,
) -> ASGIApp:
    """The whole interface as one ASGI application."""
    operations = Operations(node, tokens, blobs, retention, requests)
    blobs_app = BlobsApp(blobs, tokens)
    uploads_app = UploadsApp(uploads, tokens)
    guesses = Buckets(settings.guess_rate, settings.guess_burst)
    invites_app = InvitesApp(invites, node, tokens, guesses)
    opened = Buckets(settings.stream_rate, settings.stream_burst)
    routes = [
        Route("/devices", operations.register, methods=["POST"]),
        Route("/health", operations.health, methods=["GET"]),
        Route("/metrics", operations.metrics, methods=["GET"]),
        Route("/requests", operations.requests, methods=["GET"]),
        Route("/collect", operations.collect, methods=["POST"]),
        Route("/quota", operations.set_quota, methods=["PUT"]),
        Route("/blobs/{digest}", blobs_app.put, methods=["PUT"]),
        Route("/blobs/{digest}", blobs_app.get, methods=["GET"]),
        Route("/blobs/{digest}", blobs_app.delete, methods=["DELETE"]),
        Route("/uploads/{digest}", uploads_app.ask, methods=["HEAD"]),
        Route("/uploads/{digest}", uploads_app.append, methods=["PATCH"]),
        Route("/invites/{lookup}", invites_app.put, methods=["PUT"]),
        Route("/invites/{lookup}", invites_app.use, methods=["POST"]),
        Route("/invites/{lookup}/open", invites_app.open, methods=["POST"]),
        WebSocketRoute("/live", LiveApp(node, tokens, opened).serve),
    ]
    rest = Starlette(
        routes=routes,
        exception_handlers={
            HTTPException: _http_error,
            ClientDisconnect: _incomplete,
            StorageAwayError: _storage_away,
            Exception: _failed,
        },
    )
    incoming = Incoming(settings.device_body_bytes)
    return Logged(CallsApp(rest, node, tokens, blobs, settings.max_request_bytes, incoming), requests)


def _storage_failed(error: str) -> Response:
    return error_reply(
        503, "storage_failed", f"the relay could not store this: {error}", {"Retry-After": "1"}
    )


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    message = f"{request.method} {request.url.path}: {error.detail}"
    headers = dict(error.headers) if error.headers else None
    return error_reply(error.status_code, codes.get(error.status_code, "invalid"), message, headers)


async def _incomplete(_: Request, __: Exception) -> Response:
    return error_reply(400, "incomplete", "the body ended early")


async def _storage_away(_: Request, error: Exception) -> Response:
    message = f"the relay cannot reach what it stores blobs in just now, nor say what is there: {error}"
    return error_reply(503, "storage_away", message, {"Retry-After": "1"})


async def _failed(_: Request, error: Exception) -> Response:
    return error_reply(
        500, "internal", f"the relay failed at this: {type(error).__name__}; its log says more"
    )
