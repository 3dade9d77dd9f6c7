"""Serves the files of the page."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

_SITE = Path(__file__).parent / "site"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}


class Pages:
    """Files that are there, and nothing else: names come from the folder, never from a path that was asked for."""

    def __init__(self) -> None:
        self._files = {path.name: path for path in _SITE.iterdir() if path.suffix in _TYPES}

    @property
    def routes(self) -> tuple[BaseRoute, ...]:
        """Its endpoints."""
        return Route("/orders", _with_slash), Route("/orders/{name:path}", self._file)

    def source(self, name: str) -> bytes:
        """What a file says."""
        return self._files[name].read_bytes()

    async def _file(self, request: Request) -> Response:
        name = request.path_params["name"] or "index.html"
        if name not in self._files:
            return Response("There is no such file.", 404, media_type="text/plain")
        # Asked for anew whenever a page is opened: the modules of one page must belong together.
        headers = {"Cache-Control": "no-cache"}
        return Response(self.source(name), headers=headers, media_type=_TYPES[self._files[name].suffix])


async def _with_slash(request: Request) -> Response:
    return RedirectResponse(request.url.replace(path="/orders/"))
