"""How much room blobs may take in all, and how much they do."""

from __future__ import annotations

from dataclasses import dataclass


class QuotaExceededError(Exception):
    """One more blob would take more room than there is; the message has the figures, and what can be done."""


@dataclass(slots=True)
class Quota:
    """Of all blobs together, in bytes. The operator may change the limit at any time; what is here stays."""

    limit: int
    used: int = 0

    def admit(self, size: int) -> None:
        """Raises QuotaExceededError where a blob of so many bytes does not fit."""
        if self.used + size > self.limit:
            raise QuotaExceededError(
                f"the relay's quota is used up: blobs take {self.used} of {self.limit} bytes, and this one has {size} "
                "or more; it is kept where it is until the operator has raised the quota or removed blobs"
            )
