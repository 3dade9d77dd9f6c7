"""A lean HTTP/1.1 client for GET on one kept connection: all that following an agent needs.

(httpx costs 0.3 s of CPU to import, which is more than the rest of the recorder together.)
One connection always talks to one process: what is learnt on it holds until it breaks.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

#: A reply beyond this is not an agent's.
MAX_BODY = 64 * 1024 * 1024


class MalformedReplyError(Exception):
    """The other side answered, but not with what the protocol says."""


class HttpConnection:
    """GETs one after the other on one connection; `fresh` counts how often it was made anew."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or not parts.port:
            raise ValueError(f"'{url}' is not an agent's address: write it like http://127.0.0.1:8800.")
        self._host, self._port = parts.hostname, parts.port
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
                    self.fresh += 1
                reader, writer = self._streams
                writer.write(
                    f"GET {target} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
                    "Accept: application/json\r\n\r\n".encode("ascii")
                )
                status, body, keep = await _read_reply(reader)
        except BaseException:
            # Half a reply may still be under way: nothing more can be read from this connection.
            self.close()
            raise
        if not keep:
            self.close()
        if status != 200:
            raise MalformedReplyError(f"GET {target}: status {status}: {excerpt(body)}")
        return body

    def close(self) -> None:
        """Drop the connection; the next `get` makes a new one."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def excerpt(body: bytes) -> str:
    """The beginning of a reply, for a message."""
    text = body[:200].decode("utf-8", "replace")
    return text + ("..." if len(body) > 200 else "")


async def _read_reply(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status, body, and whether the connection can be used again."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise MalformedReplyError(
                f"the connection ended within a header: {excerpt(error.partial)}"
            ) from None
        raise ConnectionResetError("the connection was closed before a reply") from None
    except asyncio.LimitOverrunError:
        raise MalformedReplyError("a reply without an end to its header") from None
    status_line, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = status_line.partition(" ")
    if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
        raise MalformedReplyError(f"not an HTTP reply: {excerpt(head)}")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    keep = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    try:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            body = await _read_chunked(reader)
        elif "content-length" in headers:
            body = await reader.readexactly(_length(headers["content-length"], 10))
        else:
            body, keep = await reader.read(MAX_BODY), False
    except asyncio.IncompleteReadError as error:
        # Died in mid-reply: that is a broken connection, not a malformed reply.
        raise ConnectionResetError(
            f"the connection ended after {len(error.partial)} bytes of a reply"
        ) from None
    return int(rest[:3]), body, keep


async def _read_chunked(reader: asyncio.StreamReader) -> bytes:
    parts: list[bytes] = []
    total = 0
    while True:
        size = _length((await reader.readuntil(b"\r\n")).split(b";")[0].strip().decode("latin-1"), 16)
        total += size
        if total > MAX_BODY:
            raise MalformedReplyError(f"a reply of more than {MAX_BODY} bytes")
        chunk = await reader.readexactly(size + 2)
        if chunk[-2:] != b"\r\n":
            raise MalformedReplyError("a chunk that does not end where it says")
        if size == 0:
            return b"".join(parts)
        parts.append(chunk[:-2])


def _length(text: str, base: int) -> int:
    try:
        size = int(text, base)
    except ValueError:
        raise MalformedReplyError(f"'{text}' is not a length") from None
    if not 0 <= size <= MAX_BODY:
        raise MalformedReplyError(f"a reply of {size} bytes (at most {MAX_BODY} are taken)")
    return size
