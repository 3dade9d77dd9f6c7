"""How an invite comes from one device to another."""

from __future__ import annotations

from enum import Enum
from typing import Self

from syncproof.workloads.pairing.surface import Invited


class Way(Enum):
    """By a short code that somebody reads out, or by a QR code that somebody scans."""

    CODE = "a short code"
    QR = "a QR code"

    @classmethod
    def parse(cls, text: str) -> Self:
        """``a short code`` or ``a QR code``. Fails (ValueError) for anything else."""
        try:
            return cls(text.strip())
        except ValueError:
            ways = " or ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no way to join: write {ways}.") from None

    def __str__(self) -> str:
        return str(self.value)

    def of(self, invited: Invited) -> str:
        """What the other device is told."""
        return invited.code if self is Way.CODE else invited.qr
