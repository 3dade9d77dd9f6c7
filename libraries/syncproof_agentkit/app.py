"""The agent protocol over HTTP: paths, content and status codes; what they mean is the adapter's."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from syncproof_agentkit import requests
from syncproof_agentkit.answering import query, reply
from syncproof_agentkit.errors import AgentError
from syncproof_agentkit.part import Answer, Part, parts
from syncproof_agentkit.surface import (
    Encrypts,
    Leaves,
    Surface,
)

_log = logging.getLogger(__name__)
_PAGE = 10_000

Handler = Callable[[Surface, Request], Awaitable[Response]]


def _page(request: Request) -> tuple[int, int]:
    query = dict(request.query_params)
    after = requests.read_number(query, "after", 0, 0, 2**53)
    return int(after), int(requests.read_number(query, "limit", 1000, 1, _PAGE))


async def _about(agent: Surface, _: Request) -> Response:
    return reply(agent.about())


async def _status(agent: Surface, _: Request) -> Response:
    return reply(agent.status())


async def _identity(agent: Surface, _: Request) -> Response:
    return reply(agent.identity())


async def _metrics(agent: Surface, _: Request) -> Response:
    return reply(agent.metrics())


async def _set_group(agent: Surface, request: Request) -> Response:
    wanted = requests.read(await request.body(), requests.Group)
    group = request.path_params["group"]
    if wanted.passphrase is None:
        return reply(await agent.set_group(group, wanted.members), 202)
    if not isinstance(agent, Encrypts):
        raise AgentError(501, "unsupported", "A device of this product does not encrypt a group.")
    secret = (wanted.passphrase, wanted.derivation)
    return reply(await agent.set_encrypted_group(group, wanted.members, *secret), 202)


async def _leave_group(agent: Surface, request: Request) -> Response:
    if not isinstance(agent, Leaves):
        raise AgentError(501, "unsupported", "A device of this product does not leave a group.")
    await agent.leave_group(request.path_params["group"])
    return Response(status_code=204)


async def _set_link(agent: Surface, request: Request) -> Response:
    wanted = requests.read(await request.body(), requests.Link)
    peer = request.path_params["peer"]
    await agent.set_link(peer, wanted.address)
    return reply({"peer": peer, "address": wanted.address})


async def _remove_link(agent: Surface, request: Request) -> Response:
    await agent.set_link(request.path_params["peer"], None)
    return Response(status_code=204)


async def _connect(agent: Surface, _: Request) -> Response:
    agent.connect(True)
    return reply({}, 202)


async def _disconnect(agent: Surface, _: Request) -> Response:
    agent.connect(False)
    return reply({}, 202)


async def _submit(agent: Surface, request: Request) -> Response:
    return reply(await agent.submit(requests.read_op(await request.body())), 202)


async def _op_state(agent: Surface, request: Request) -> Response:
    return reply(agent.op_state(request.path_params["op_id"]))


async def _deliveries(agent: Surface, request: Request) -> Response:
    after, limit = _page(request)
    return reply(await agent.deliveries(after, limit))


async def _entry(agent: Surface, request: Request) -> Response:
    return reply(agent.entry(query(request, "group"), request.path_params["entry"]))


async def _keep_blob(agent: Surface, request: Request) -> Response:
    digest = requests.read_digest(request.path_params["digest"])
    is_new, kept = await agent.keep_blob(digest, request.stream())
    return reply(kept, 201 if is_new else 200)


async def _blob(agent: Surface, request: Request) -> Response:
    digest = requests.read_digest(request.path_params["digest"])
    return FileResponse(agent.blob(digest), media_type="application/octet-stream")


async def _marker(agent: Surface, request: Request) -> Response:
    return reply(agent.marker(query(request, "group")))


async def _set_marker(agent: Surface, request: Request) -> Response:
    return reply(await agent.set_marker(requests.read(await request.body(), requests.Marker)))


async def _pipeline(agent: Surface, request: Request) -> Response:
    return reply(agent.set_pipeline(requests.read(await request.body(), requests.Pipeline).state))


async def _clock(agent: Surface, request: Request) -> Response:
    return reply(agent.set_clock(requests.read(await request.body(), requests.ClockChange)))


async def _events(agent: Surface, request: Request) -> Response:
    after, limit = _page(request)
    query = dict(request.query_params)
    incarnation = int(requests.read_number(query, "incarnation", 0, 0, 2**53))
    wait_s = requests.read_number(query, "wait", 0, 0, 60)
    return reply(await agent.events(incarnation, after, wait_s, limit))


_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/about", _about),
    ("GET", "/status", _status),
    ("GET", "/identity", _identity),
    ("GET", "/metrics", _metrics),
    ("PUT", "/groups/{group:path}", _set_group),
    ("DELETE", "/groups/{group:path}", _leave_group),
    ("PUT", "/links/{peer}", _set_link),
    ("DELETE", "/links/{peer}", _remove_link),
    ("POST", "/connect", _connect),
    ("POST", "/disconnect", _disconnect),
    ("POST", "/ops", _submit),
    ("GET", "/ops/{op_id:path}", _op_state),
    ("GET", "/deliveries", _deliveries),
    ("GET", "/entries/{entry:path}", _entry),
    ("PUT", "/blobs/{digest}", _keep_blob),
    ("GET", "/blobs/{digest}", _blob),
    ("GET", "/marker", _marker),
    ("PUT", "/marker", _set_marker),
    ("POST", "/pipeline", _pipeline),
    ("POST", "/clock", _clock),
    ("GET", "/events", _events),
)


def make_app(agent: Surface) -> Starlette:
    """The application that serves one device's agent."""

    def bound(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(agent, request)
            except AgentError as error:
                return _refusal(error)

        return endpoint

    def answered(part: Part, answer: Answer) -> Handler:
        async def handle(agent: Surface, request: Request) -> Response:
            wanted = await answer.wanted(request)
            if not isinstance(agent, part.adapter):
                raise AgentError(501, "unsupported", part.lacking)
            return await answer.handler(agent, request, wanted)

        return handle

    of_parts = [(each.method, each.path, answered(part, each)) for part in parts() for each in part.answers]
    table = (*_ROUTES, *of_parts)
    routes = [Route(path, bound(handler), methods=[method]) for method, path, handler in table]
    return Starlette(routes=routes, exception_handlers={HTTPException: _http_error, Exception: _failure})


def _refusal(error: AgentError) -> Response:
    content = {"code": error.code, "message": error.message, "happened": error.happened}
    return reply(content, error.status)


async def _http_error(request: Request, error: Any) -> Response:
    message = f"{request.method} {request.url.path}: {error.detail}. See docs/agent-protocol.yaml."
    code = "unknown" if error.status_code == 404 else "invalid"
    return _refusal(AgentError(error.status_code, code, message))


async def _failure(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return _refusal(AgentError(500, "internal", f"{type(error).__name__}: {error}", "maybe"))
