"""A tiny real HTTP server that speaks the part of the agent protocol that the recorder reads, as told."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

T = TypeVar("T")


class ScriptedAgent:
    """Serves /events and /deliveries from lists that the test fills. Replies can be made malformed or slow.

    style: `length` (Content-Length, kept alive), `chunked`, or `closing` (HTTP/1.0, a connection per
    request).
    """

    def __init__(
        self, device: str = "Bob", style: str = "length", port: int = 0, incarnation: int = 1
    ) -> None:
        self.device, self.style, self.port, self.incarnation = device, style, port, incarnation
        self.events: list[dict[str, Any]] = []
        self.deliveries: list[dict[str, Any]] = []
        #: Target prefix -> the raw body to answer instead, once each.
        self.raw: dict[str, list[bytes]] = {}
        self.hanging = False
        self.requests: list[str] = []
        self._loop = asyncio.new_event_loop()
        self._changed = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._run(self._listen())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def event(self, type_: str, **fields: Any) -> None:
        """Report one event."""
        self.change(lambda: self._event(type_, fields))

    def deliver(self, *op_ids: str, author: str = "Alice", group: str = "g") -> None:
        """Commit deliveries, and report each."""

        def commit() -> None:
            for op_id in op_ids:
                n = len(self.deliveries) + 1
                self.deliveries.append(
                    {
                        "n": n,
                        "t_ns": time.monotonic_ns(),
                        "op_id": op_id,
                        "group": group,
                        "kind": "append",
                        "entry": None,
                        "author": author,
                        "version": str(n),
                        "server_order": n,
                        "clock": None,
                        "digest": "d-" + op_id,
                        "size": 10,
                        "path": "live",
                        "blobs": [],
                    }
                )
                self._event("deliver", {"n": n})

        self.change(commit)

    def restart(self, *, keep: int | None = None) -> None:
        """Be a new process at the same address; `keep` entries of the delivery log survive (None: all)."""

        def again() -> None:
            self.incarnation += 1
            self.events = []
            if keep is not None:
                del self.deliveries[keep:]
            for writer in self._writers:
                writer.transport.abort()

        self.change(again)

    def change(self, action: Callable[[], T]) -> T:
        """Run `action` in the server's thread and wake those who wait."""

        async def act() -> T:
            result = action()
            self._changed.set()
            self._changed = asyncio.Event()
            return result

        return self._run(act())

    def close(self) -> None:
        """Die: the listener and every connection."""
        if not self._thread.is_alive():
            return

        async def end() -> None:
            self._server.close()
            for writer in self._writers:
                writer.transport.abort()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._run(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _event(self, type_: str, fields: dict[str, Any]) -> None:
        self.events.append(
            {"seq": len(self.events) + 1, "t_ns": time.monotonic_ns(), "type": type_, **fields}
        )

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                target = head.split(b" ")[1].decode()
                self.requests.append(target)
                body = await self._reply(target)
                while self.hanging:
                    await self._changed.wait()
                if self.style == "chunked":
                    half = len(body) // 2
                    parts = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in (body[:half], body[half:]) if p)
                    writer.write(
                        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + parts + b"0\r\n\r\n"
                    )
                elif self.style == "closing":
                    writer.write(b"HTTP/1.0 200 OK\r\n\r\n" + body)
                    return
                else:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _reply(self, target: str) -> bytes:
        parts = urlsplit(target)
        query = {name: int(values[0]) for name, values in parse_qs(parts.query).items()}
        for prefix, bodies in self.raw.items():
            if target.startswith(prefix) and bodies:
                return bodies.pop(0)
        after, limit = query["after"], query["limit"]
        if parts.path == "/deliveries":
            page = self.deliveries[after : after + limit]
            return json.dumps({"deliveries": page, "total": len(self.deliveries)}).encode()
        deadline = time.monotonic() + query["wait"]
        while True:
            current = query["incarnation"] == self.incarnation
            # Read the time first: an event that comes between this look and the wait must wake it.
            changed = self._changed
            page = (self.events[after:] if current else self.events)[:limit]
            left = deadline - time.monotonic()
            if page or not current or left <= 0:
                reply = {"incarnation": self.incarnation, "events": page, "next": after + len(page)}
                return json.dumps(reply).encode()
            try:
                await asyncio.wait_for(changed.wait(), left)
            except TimeoutError:
                continue
