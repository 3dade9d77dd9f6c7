"""By which certificates another peer is known, while one of them takes the place of another."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace


class Pin(msgspec.Struct, frozen=True):
    """As users have told them. before: the one before it, "" for none; until: so long it is believed, seconds."""

    now: str
    before: str = ""
    until: float = 0.0

    def believed(self, at: float) -> list[str]:
        """All by which it is known at a time."""
        return [self.now, *([self.before] if self.before and at < self.until else [])]


def pinned(known: Pin | None, certificate: str, until: float | None) -> Pin:
    """What is known once users have told a certificate.

    until: so long the one before it is believed, 0 for no time, None where they do not say. Who tells the same
    certificate again may end the time of the one before it, and cannot make it longer: told twice is told once.
    """
    if known is None or known.now != certificate:
        return Pin(certificate, known.now, until) if known is not None and until else Pin(certificate)
    return known if until is None else replace(known, until=min(known.until, until))
