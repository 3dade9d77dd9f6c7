"""The gateway as a process: `run(config, ready)`."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping

from syncproof.faults.passing_on import serve
from syncproof.faults.toxiproxy.http_server import Request, Response, serve_client

from . import CLOSED_PATH, STATUS

#: As nginx writes it.
_PAGE = b"""<html>\r
<head><title>502 Bad Gateway</title></head>\r
<body>\r
<center><h1>502 Bad Gateway</h1></center>\r
<hr><center>nginx</center>\r
</body>\r
</html>\r
"""


def run(config: Mapping[str, object], ready: Callable[[Mapping[str, object]], None]) -> None:
    """Answer every request, of any method and length, in the place of a server that is not reached, until SIGTERM.

    config: as for `serve`. ready: called with host and port once it serves. Before it is asked for `CLOSED_PATH` it
    answers 200 with nothing, as whoever starts it may wait for that.
    """
    answers = Response(200)

    async def answer(request: Request) -> Response:
        nonlocal answers
        if request.target == CLOSED_PATH:
            answers = Response(STATUS, _PAGE, {"Content-Type": "text/html"})
            return Response(204)
        return Response(answers.status, b"" if request.method == "HEAD" else answers.body, answers.headers)

    async def hold(reader: StreamReader, writer: StreamWriter) -> None:
        await serve_client(answer, reader, writer)

    asyncio.run(serve(config, ready, hold))
