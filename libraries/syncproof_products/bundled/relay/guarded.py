"""One connection that is watched: whose it is, and how far the request has come that it is sending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from syncproof_products.bundled.relay.passing_transport import PassingTransport
from syncproof_products.bundled.relay.reading import Reading

#: By this name its transport knows a guarded connection, and so does the state of its requests.
GUARDED = "guarded"


class Guarded(asyncio.Protocol):
    """Around the protocol that serves a connection. joined, left: are told of it."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        reading: Reading,
        joined: Callable[[Guarded], None],
        left: Callable[[Guarded], None],
    ) -> None:
        self.inner, self.reading = inner, reading
        self._joined, self._left = joined, left
        #: Whose it is; "" for a stranger's.
        self.device = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it in."""
        self._transport = cast(asyncio.Transport, transport)
        self._joined(self)
        self.inner.connection_made(_Watched(self, self._transport))

    def data_received(self, data: bytes) -> None:
        """Pass it on."""
        self.reading.heard()
        self.inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass it on."""
        return self.inner.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Count it out."""
        self._left(self)
        # Nothing of it may wait for the collector of cycles: what a flood leaves would pile up until then.
        inner, self.inner = self.inner, asyncio.Protocol()
        inner.connection_lost(error)

    def pause_writing(self) -> None:
        """Pass it on."""
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass it on."""
        self.inner.resume_writing()

    def abort(self) -> None:
        """End it."""
        self._transport.abort()


class _Watched(PassingTransport):
    """The transport as what serves the connection sees it: a protocol that takes over does so behind the guard."""

    def __init__(self, owner: Guarded, raw: asyncio.Transport) -> None:
        super().__init__(owner, raw)
        # They are called for every message, and do nothing here.
        self.write = raw.write  # type: ignore[method-assign]
        self.writelines = raw.writelines  # type: ignore[method-assign]

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Of the connection; `GUARDED`: the connection itself."""
        return self._owner if name == GUARDED else super().get_extra_info(name, default)
