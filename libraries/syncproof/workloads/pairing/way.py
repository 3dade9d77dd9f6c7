"""How an invite comes from one device to another."""

from __future__ import annotations

from enum import Enum
from typing import Self

from syncproof.workloads.pairing.surface import Invited


class Way(Enum):
    """By a short code that somebody reads out, by a QR code that somebody scans, or by what was made before."""

    CODE = "a short code"
    QR = "a QR code"
    LAST = "the last invite"

    @classmethod
    def parse(cls, text: str) -> Self:
        """``a short code``, ``a QR code``, or ``the last invite``: the short code of the one that was made last.

        Fails (ValueError) for anything else.
        """
        try:
            return cls(text.strip())
        except ValueError:
            ways = " or ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no way to join: write {ways}.") from None

    def __str__(self) -> str:
        return str(self.value)

    def of(self, invited: Invited) -> str:
        """What the other device is told."""
        return invited.qr if self is Way.QR else invited.code
