"""A network for httpcore that stands still while the device is paused."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from syncproof_agentkit.pause import Pause


class PausableNetwork(httpcore.AsyncNetworkBackend):
    """Connections that read and write nothing while the device is paused; what arrives stays in the network."""

    def __init__(self, pause: Pause) -> None:
        self._inner, self._pause = httpcore.AnyIOBackend(), pause

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect, once the device may. A pause is no silence: it is tried anew behind one."""
        while True:
            await self._pause.passage()
            pauses = self._pause.count
            try:
                stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
            except httpcore.ConnectTimeout:
                if self._pause.count == pauses:
                    raise
                continue
            except Exception:
                await self._pause.passage()
                raise
            await self._pause.passage()
            return _PausableStream(stream, self._pause)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


class _PausableStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream, pause: Pause) -> None:
        self._inner, self._pause = inner, pause

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            await self._pause.passage()
            pauses = self._pause.count
            try:
                found = await self._inner.read(max_bytes, timeout)
            except httpcore.ReadTimeout:
                if self._pause.count == pauses:
                    raise
                continue  # a pause is no silence: it is waited for anew
            except Exception:  # not a CancelledError: who is paused can be ended
                await self._pause.passage()
                raise
            await self._pause.passage()
            return found

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._pause.passage()
        # Patience is counted here: the inner one would end a write of which nobody knows then how much is gone.
        writing = asyncio.ensure_future(self._inner.write(buffer))
        try:
            while True:
                pauses = self._pause.count
                await asyncio.wait({writing}, timeout=timeout)
                if writing.done():
                    break
                if self._pause.count == pauses and self._pause.open:
                    raise httpcore.WriteTimeout(f"nothing was taken for {timeout:g} s")
                await self._pause.passage()
        finally:
            writing.cancel()
        await self._pause.passage()
        writing.result()

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _PausableStream(stream, self._pause)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
