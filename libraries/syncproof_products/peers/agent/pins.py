"""By which certificates another peer is known, while one of them takes the place of another."""

from __future__ import annotations

import msgspec


class Pin(msgspec.Struct, frozen=True):
    """As users have told them. before: the one before it, "" for none; until: so long it is believed, seconds."""

    now: str
    before: str = ""
    until: float = 0.0

    def believed(self, at: float) -> list[str]:
        """All by which it is known at a time."""
        return [self.now, *([self.before] if self.before and at < self.until else [])]


def pinned(known: Pin | None, certificate: str, until: float) -> Pin:
    """What is known once users have told a certificate. until: so long the one before it is believed; 0 for not."""
    if known is not None and known.now == certificate:
        return known
    if known is None or not until:
        return Pin(certificate)
    return Pin(certificate, known.now, until)
