"""How much room blobs may take in all, and how much they do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class QuotaExceededError(Exception):
    """One more blob would take more room than there is; the message has the figures, and what can be done."""


@dataclass(slots=True)
class Room:
    """What one upload needs of the quota until it has ended. size: bytes, 0 for a blob that is here already."""

    quota: Quota
    digest: str
    size: int = 0

    def need(self, size: int) -> None:
        """It takes so many bytes, or more. Raises QuotaExceededError where they do not fit beside what is coming."""
        self.quota.admit(self.digest, size)
        self.size = max(self.size, size)


@dataclass(slots=True)
class Quota:
    """Of all blobs together, in bytes. The operator may change the limit at any time; what is here stays.

    used: by the blobs that are here. Uploads that are coming at the same time are counted with them, so that they
    cannot exceed the limit together.
    """

    limit: int
    used: int = 0
    _coming: list[Room] = field(default_factory=list)

    @contextmanager
    def room(self, digest: str) -> Iterator[Room]:
        """For one upload of a blob, as long as it lasts."""
        room = Room(self, digest)
        self._coming.append(room)
        try:
            yield room
        finally:
            self._coming = [other for other in self._coming if other is not room]

    def admit(self, digest: str, size: int) -> None:
        """Raises QuotaExceededError where a blob of so many bytes does not fit."""
        coming: dict[str, int] = {}
        for room in self._coming:  # several that bring the same blob need its room once
            if room.digest != digest:
                coming[room.digest] = max(room.size, coming.get(room.digest, 0))
        others = sum(coming.values())
        if self.used + others + size > self.limit:
            also = f", others that are coming {others}" if others else ""
            raise QuotaExceededError(
                f"the relay's quota is used up: blobs take {self.used} of {self.limit} bytes{also}, and this one has "
                f"{size} or more; it is kept where it is until the operator has raised the quota or removed blobs"
            )
