"""Connections to the relay that are secured below HTTP: a handshake first, then nothing leaves in the clear."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from syncproof_products.bundled.device.connection import LinkError
from syncproof_products.bundled.device.session_state import SessionState
from syncproof_synckit.encryption.channel import Channel
from syncproof_synckit.encryption.errors import EncryptionError, HandshakeFailed

_READ_BYTES = 64 * 1024
#: What is left at least of a deadline that is over, s: no timeout of 0 is told from none.
_SOON_S = 0.001


class SecureNetwork(httpcore.AsyncNetworkBackend):
    """Makes connections by `inner` and secures each.

    channel: makes the device's end, with fresh ephemeral keys. handshake_s: how long a handshake may take, in seconds.
    known: hears of the relay's key when a handshake has succeeded. There is no way back to a connection without.
    """

    def __init__(
        self,
        inner: httpcore.AsyncNetworkBackend,
        channel: Callable[[], Channel],
        handshake_s: float,
        state: SessionState,
        known: Callable[[bytes], None],
    ) -> None:
        self._inner, self._channel, self._handshake_s = inner, channel, handshake_s
        self._state, self._known = state, known

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect and shake hands. Raises LinkError where the handshake fails, and what `inner` raises."""
        self._state.connecting()
        within = self._handshake_s if timeout is None else min(timeout, self._handshake_s)
        try:
            stream = await self._inner.connect_tcp(host, port, within, local_address, socket_options)
        except Exception as error:
            self._state.failed(str(error) or type(error).__name__)
            raise
        channel = self._channel()
        secured = _SecureStream(stream, channel, self._state)
        try:
            channel.begin()
            self._state.handshaking(hashlib.sha256(channel.ephemeral).hexdigest()[:16])
            await secured.shake(self._handshake_s)
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                self._state.dropped()
            else:
                self._state.failed(str(error) or type(error).__name__)
            await stream.aclose()
            raise
        self._known(channel.remote_static)
        secured.begins()
        return secured

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._inner.sleep(seconds)


class _SecureStream(httpcore.AsyncNetworkStream):
    def __init__(self, inner: httpcore.AsyncNetworkStream, channel: Channel, state: SessionState) -> None:
        self._inner, self._channel, self._state = inner, channel, state
        self._plaintext = bytearray()
        self._is_session = False

    def begins(self) -> None:
        """There is a session."""
        self._is_session = True
        self._state.connected()

    async def shake(self, within_s: float) -> None:
        """The handshake. Raises LinkError."""
        clock = asyncio.get_running_loop().time
        until = clock() + within_s
        try:
            while not self._channel.ready:
                await self._inner.write(self._channel.to_send(), max(_SOON_S, until - clock()))
                data = await self._inner.read(_READ_BYTES, max(_SOON_S, until - clock()))
                if not data:
                    raise LinkError(
                        "closed", "the relay closed the connection in the middle of the handshake"
                    )
                self._plaintext += self._channel.received(data)
            await self._inner.write(self._channel.to_send(), max(_SOON_S, until - clock()))
        except httpcore.TimeoutException:
            raise LinkError("timeout", f"no handshake within {within_s:g} s") from None
        except EncryptionError as error:
            await self._tell(max(_SOON_S, until - clock()))
            raise LinkError("handshake", str(error).removeprefix("handshake: ")) from None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Plaintext; empty at the end. Raises LinkError where the session ends for what came."""
        while not self._plaintext:
            try:
                data = await self._inner.read(_READ_BYTES, timeout)
            except httpcore.NetworkError:
                self._ends()
                raise
            if not data:
                self._ends()
                return b""
            try:
                self._plaintext += self._channel.received(data)
            except HandshakeFailed as error:
                refused = LinkError("handshake", str(error).removeprefix("handshake: "))
                self._state.failed(str(refused))
                raise refused from None
            except EncryptionError as error:
                raise LinkError("malformed", str(error)) from None
        taken = bytes(self._plaintext[:max_bytes])
        del self._plaintext[:max_bytes]
        return taken

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Protect and send."""
        if not buffer:
            return
        try:
            self._channel.send(buffer)
        except EncryptionError as error:
            raise LinkError("closed", str(error)) from None
        await self._inner.write(self._channel.to_send(), timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        self._ends()
        await self._inner.aclose()

    def _ends(self) -> None:
        if self._is_session:
            self._is_session = False
            self._state.ended()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """It is secured already."""
        del ssl_context, server_hostname, timeout
        raise LinkError("malformed", "a secured connection takes no TLS within it")

    def get_extra_info(self, info: str) -> Any:
        """Of the connection below; what is decrypted and not read yet counts as readable."""
        if info == "is_readable" and self._plaintext:
            return True
        return self._inner.get_extra_info(info)

    async def _tell(self, within_s: float) -> None:
        """Let the other side know why, if it can still be reached."""
        try:
            await self._inner.write(self._channel.to_send(), within_s)
        except (httpcore.NetworkError, httpcore.TimeoutException):
            return
