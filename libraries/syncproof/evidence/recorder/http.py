"""GET on one kept connection: all that following an agent needs.

(httpx costs 0.3 s of CPU to import, which is more than the rest of the recorder together; and here one connection
always talks to one process: what is learnt on it holds until it breaks.)
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import h11

#: A reply beyond this is not an agent's.
MAX_BODY = 64 * 1024 * 1024
_READ_BYTES = 256 * 1024


class MalformedReplyError(Exception):
    """The other side answered, but not with what the protocol says."""


class HttpConnection:
    """GETs one after the other on one connection; `fresh` counts how often it was made anew."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or not parts.port:
            raise ValueError(f"'{url}' is not an agent's address: write it like http://127.0.0.1:8800.")
        self._host, self._port = parts.hostname, parts.port
        self._http = h11.Connection(h11.CLIENT)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        #: Number of connections made so far.
        self.fresh = 0

    async def get(self, target: str, timeout_s: float) -> bytes:
        """The body of a 200 reply.

        A kept connection that turns out to be closed is made anew once (servers close idle ones).
        Raises MalformedReplyError (status other than 200, or not HTTP), OSError (connection refused or
        broken) and TimeoutError.
        """
        kept = self._streams is not None
        try:
            return await self._get(target, timeout_s)
        except ConnectionError:
            if not kept:
                raise
        return await self._get(target, timeout_s)

    async def _get(self, target: str, timeout_s: float) -> bytes:
        try:
            async with asyncio.timeout(timeout_s):
                if self._streams is None:
                    self._streams = await asyncio.open_connection(self._host, self._port)
                    self._http = h11.Connection(h11.CLIENT)
                    self.fresh += 1
                reader, writer = self._streams
                headers = [("Host", f"{self._host}:{self._port}"), ("Accept", "application/json")]
                request = self._http.send(h11.Request(method="GET", target=target, headers=headers))
                writer.write((request or b"") + (self._http.send(h11.EndOfMessage()) or b""))
                status, body = await self._read_reply(reader)
        except h11.RemoteProtocolError as error:
            self.close()
            _, closed = self._http.trailing_data
            if closed:  # it died in mid-reply: a broken connection, not a malformed reply
                raise ConnectionResetError(str(error)) from None
            raise MalformedReplyError(f"not an HTTP reply: {error}") from None
        except BaseException:
            # Half a reply may still be under way: nothing more can be read from this connection.
            self.close()
            raise
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self.close()
        if status != 200:
            raise MalformedReplyError(f"GET {target}: status {status}: {excerpt(body)}")
        return body

    async def _read_reply(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        status, body = 0, bytearray()
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                data = await reader.read(_READ_BYTES)  # b"" at its end, which h11 wants to know
                if not data and self._http.their_state is h11.SEND_RESPONSE:
                    raise ConnectionResetError("the connection was closed before a reply")
                self._http.receive_data(data)
            elif isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
                if len(body) > MAX_BODY:
                    raise MalformedReplyError(f"a reply of more than {MAX_BODY} bytes")
            elif isinstance(event, h11.EndOfMessage):
                return status, bytes(body)

    def close(self) -> None:
        """Drop the connection; the next `get` makes a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def excerpt(body: bytes) -> str:
    """The beginning of a reply, for a message."""
    text = body[:200].decode("utf-8", "replace")
    return text + ("..." if len(body) > 200 else "")
