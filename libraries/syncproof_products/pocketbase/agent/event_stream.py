"""Server-sent events: messages out of the bytes of a connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """One event: its name and its data."""

    name: str
    data: bytes


class EventStream:
    """Takes bytes as they come. Lines end with LF or CRLF, as PocketBase writes them."""

    def __init__(self) -> None:
        self._rest = b""
        self._name, self._data = "", list[bytes]()

    def take(self, chunk: bytes) -> Iterator[Message]:
        """The messages that are whole with these bytes."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            line = line.removesuffix(b"\r")
            field, _, value = line.partition(b":")
            if field == b"event":
                self._name = value.removeprefix(b" ").decode(errors="replace")
            elif field == b"data":
                self._data.append(value.removeprefix(b" "))
            elif not line:
                if self._data:
                    yield Message(self._name, b"\n".join(self._data))
                self._name, self._data = "", []
