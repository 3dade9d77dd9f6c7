"""Connections of encrypted groups: secured below HTTP, on the same port as all others.

The first byte tells them apart: a frame begins with 0, and HTTP with a letter.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from syncproof_products.bundled.relay.passing_transport import PassingTransport
from syncproof_synckit.encryption.errors import EncryptionError

if TYPE_CHECKING:
    from syncproof_synckit.encryption.channel import Channel

_log = logging.getLogger(__name__)
_KEY_BYTES = 32
_FRAME = 0


class RelayIdentity:
    """The keys by which devices know the relay again: made at its first start, in a file of its own.

    Raises OSError where the file cannot be read or made, and ValueError where there is no key in it.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            # Not readable for others at any moment, and whole or not there.
            made = path.with_suffix(".new")
            with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(os.urandom(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            made.rename(path)
        self._key = path.read_bytes()
        if len(self._key) != _KEY_BYTES:
            raise ValueError(f"it has {len(self._key)} bytes, expected {_KEY_BYTES}: restore it from a copy")

    def channel(self) -> Channel:
        """For one connection. The libraries are imported with the first."""
        from syncproof_synckit.encryption.channel import Channel
        from syncproof_synckit.encryption.noise.dh import DhKeys
        from syncproof_synckit.encryption.noise.handshake import Role

        return Channel(Role.RESPONDER, DhKeys(self._key), random=os.urandom)


class Secured(asyncio.Protocol):
    """One connection: HTTP as it comes, or within a channel.

    http: makes the protocol of HTTP. channel: makes the relay's end of a channel. handshake_s: how long a handshake may
    take, in seconds.
    """

    def __init__(
        self, http: Callable[[], asyncio.Protocol], channel: Callable[[], Channel], handshake_s: float
    ) -> None:
        self._http, self._make_channel, self._handshake_s = http, channel, handshake_s
        self._channel: Channel | None = None
        self._late: asyncio.TimerHandle | None = None
        self.inner: asyncio.Protocol | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first byte."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Look at the first byte; from then on one way or the other."""
        if self._transport.is_closing():
            return
        if self._channel is None:
            if data[0] != _FRAME:
                inner = self._http()
                self._transport.set_protocol(inner)
                inner.connection_made(self._transport)
                inner.data_received(data)
                return
            self._channel = self._make_channel()
            self._late = asyncio.get_running_loop().call_later(self._handshake_s, self._too_late)
        self._take(self._channel, data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self.inner.eof_received() if self.inner is not None else None

    def connection_lost(self, error: Exception | None) -> None:
        """Pass it on."""
        self._on_time()
        if self.inner is not None:
            self.inner.connection_lost(error)

    def pause_writing(self) -> None:
        """Pass it on."""
        if self.inner is not None:
            self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        if self.inner is not None:
            self.inner.resume_writing()

    def _take(self, channel: Channel, data: bytes) -> None:
        try:
            plaintext = channel.received(data)
        except EncryptionError as error:
            _log.warning("a secured connection ends: %s", error)
            self._transport.write(channel.to_send())
            self._transport.close()
            return
        self._transport.write(channel.to_send())
        if channel.ready and self.inner is None:
            self._on_time()
            self.inner = self._http()
            self.inner.connection_made(_Protected(self, self._transport, channel))
        if plaintext and self.inner is not None:
            self.inner.data_received(plaintext)

    def _too_late(self) -> None:
        _log.warning("a secured connection ends: no handshake within %g s", self._handshake_s)
        self._transport.abort()

    def _on_time(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Protected(PassingTransport):
    """What HTTP writes to: everything leaves through the channel."""

    def __init__(self, owner: Secured, raw: asyncio.Transport, channel: Channel) -> None:
        super().__init__(owner, raw)
        self._channel = channel

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Protect and send."""
        self._channel.send(bytes(data))
        self._raw.write(self._channel.to_send())

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        """Protect and send."""
        self.write(b"".join(list_of_data))
