"""What handlers of requests have in common."""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from syncproof_agentkit.errors import invalid

_encoder = msgspec.json.Encoder()


def reply(content: object, status: int = 200) -> Response:
    """JSON."""
    return Response(_encoder.encode(content), status, media_type="application/json")


def query(request: Request, name: str) -> str:
    """A value of the query. Raises AgentError 400 where it is missing."""
    value = request.query_params.get(name)
    if not value:
        raise invalid(f"`{name}` must be in the query.")
    return value
