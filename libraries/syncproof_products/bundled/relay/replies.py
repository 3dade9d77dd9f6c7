"""Replies in JSON, and the errors that every part of the relay answers alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response
from starlette.types import Message

from syncproof_products.bundled.core.wire import Refused

JSON = "application/json"


def json_reply(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A reply with this as JSON."""
    return Response(msgspec.json.encode(content), status, headers, JSON)


def error_reply(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error as the protocol has it: a code for programs, a message for people."""
    return json_reply({"code": code, "message": message}, status, headers)


def refusal(refused: Refused) -> Response:
    """A refusal of the core, or like one of the core's."""
    headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else {}
    if refused.retry_after_s is not None:
        headers["Retry-After"] = retry_after(refused.retry_after_s)
    return error_reply(refused.status, refused.code, refused.message, headers)


#: No valid token came with the request.
UNAUTHORIZED = Refused(
    401,
    "unauthorized",
    "expected 'Authorization: Bearer TOKEN' with a token of this relay; POST /devices gives one",
)
#: The operator's secret did not come with the request.
NOT_OPERATOR = Refused(401, "unauthorized", "expected 'Authorization: Bearer SECRET'")


def retry_after(seconds: float) -> str:
    """The value of a Retry-After header: whole seconds, rounded up (RFC 9110, 10.2.3)."""
    return str(max(1, math.ceil(seconds)))


def number(query: Mapping[str, str], name: str, default: int) -> int:
    """A whole number from the query. Raises ValueError with a message for people."""
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError(f"expected {name} to be a whole number, seen {text[:80]!r}")
    return int(text)


def raw_start(status: int, size: int, headers: list[tuple[bytes, bytes]]) -> Message:
    """The first ASGI message of a JSON reply of that size."""
    content: list[tuple[bytes, bytes]] = [
        (b"content-type", b"application/json"),
        (b"content-length", str(size).encode()),
    ]
    return {"type": "http.response.start", "status": status, "headers": content + headers}


def header(scope: Any, name: bytes) -> bytes | None:
    """A header of an ASGI scope, its name in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return None
