"""In front of every HTTP request: the rate limit of its client, and the circuit breaker of the server."""

from __future__ import annotations

import math
import time

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from syncproof_products.taskserver.core.limits import Breaker, RateLimit
from syncproof_products.taskserver.core.model import Refusal
from syncproof_products.taskserver.server.settings import Settings

#: What needs Redis says by itself when that is away: tasks need none, and go on.
_BREAKS_NOTHING = "/broadcast"
#: What operators ask, and what is no work.
_FREE = ("/health", "/openapi.json")
#: What comes in here by tools passes once more, as the request that it is.
_TOOLS = "/mcp"


class Guard:
    """ASGI middleware. 429 and 503 say in `Retry-After` when to come again, in seconds, a fraction rounded up to ms."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._rate = RateLimit(settings.rate_limit, settings.rate_window_s)
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_reset_s)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer in its place."""
        if scope["type"] != "http" or scope["path"] in _FREE or scope["path"].startswith(_TOOLS):
            await self._app(scope, receive, send)
            return
        request, now = Request(scope), time.monotonic()
        client = request.headers.get("x-client") or (request.client.host if request.client else "")
        if wait_s := self._rate.take(client, now):
            await _refuse(429, "rate_limited", wait_s)(scope, receive, send)
            return
        breaks = not scope["path"].startswith(_BREAKS_NOTHING)
        if breaks and not self._breaker.admits(now):
            await _refuse(503, "breaker_open", self._breaker.retry_after_s(now))(scope, receive, send)
            return
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if breaks:
                self._breaker.ended(status, time.monotonic())


def _refuse(status: int, code: str, wait_s: float) -> Response:
    wait = math.ceil(wait_s * 1000) / 1000
    content = msgspec.json.encode(Refusal(code, f"Come again in {wait:g} s."))
    return Response(content, status, {"Retry-After": f"{wait:g}"}, "application/json")
