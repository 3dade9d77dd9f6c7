"""A transport that passes everything on to another one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol


class Owner(Protocol):
    """Whose connection it is. inner: the protocol that serves it; None where none does yet."""

    inner: Any


class PassingTransport(asyncio.Transport):
    """The transport of a connection as the protocol within it sees it.

    A protocol that takes over, as after an upgrade, becomes the inner one of the owner and not that of the connection.
    """

    def __init__(self, owner: Owner, raw: asyncio.Transport) -> None:
        super().__init__()
        self._owner, self._raw = owner, raw

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Send, or keep until it can be sent."""
        self._raw.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        """Send all of these."""
        self._raw.writelines(list_of_data)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Another one goes on."""
        self._owner.inner = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        """The one that goes on now."""
        inner = self._owner.inner
        assert isinstance(inner, asyncio.BaseProtocol)
        return inner

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Addresses and the like."""
        return self._raw.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._raw.is_closing()

    def close(self) -> None:
        """Close behind what was written."""
        self._raw.close()

    def abort(self) -> None:
        """Close at once."""
        self._raw.abort()

    def is_reading(self) -> bool:
        """Whether data is handed over as it comes."""
        return self._raw.is_reading()

    def pause_reading(self) -> None:
        """Hand over no more data for now."""
        self._raw.pause_reading()

    def resume_reading(self) -> None:
        """Hand over data again."""
        self._raw.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Bytes that are kept before whoever writes is told to pause, and from which it may go on."""
        self._raw.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Bytes that are kept."""
        return self._raw.get_write_buffer_size()
