"""Bodies that are being read: how many bytes of each device are in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Incoming:
    """Bounds them. per_device: bytes of all requests of one device that may be in memory at a time."""

    def __init__(self, per_device: int) -> None:
        self._per_device = per_device
        self._bytes: dict[str, int] = {}

    @contextmanager
    def body(self, device: str) -> Iterator[Body]:
        """One more body of a device; it is out of memory in the end."""
        body = Body(self, device)
        try:
            yield body
        finally:
            self.add(device, -body.size)

    def add(self, device: str, size: int) -> bool:
        """Count bytes in, or out. Answers whether there are too many now."""
        total = self._bytes.get(device, 0) + size
        if total:
            self._bytes[device] = total
        else:
            self._bytes.pop(device, None)
        return total > self._per_device


class Body:
    """One of them."""

    def __init__(self, incoming: Incoming, device: str) -> None:
        self._incoming, self._device = incoming, device
        self.size = 0

    def grow(self, size: int) -> bool:
        """So many bytes more have come. Answers whether the device has too many in memory now."""
        self.size += size
        return self._incoming.add(self._device, size)
