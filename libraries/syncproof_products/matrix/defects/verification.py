"""Bugs of how a Matrix device verifies another one."""

from __future__ import annotations

from collections.abc import Callable

from syncproof_defects import breaks
from syncproof_products.matrix.agent.e2ee.sas import Sas


@breaks(Sas, "_finish")
def verified_by_one_person(original: Callable[..., None], self: Sas) -> None:
    """A device counts as verified as soon as one of the two people has said so."""
    if self.state == "confirmed" and not self._peer_proved:
        verified_by_one_person.ran()
        self._peer_proved = True
    original(self)


@breaks(Sas, "_sas_info")
def names_itself_first(original: Callable[..., str], self: Sas, key: str) -> str:
    """The emoji are derived with one's own side first on both devices, instead of the side that has asked."""
    asks, self.asks = self.asks, True
    try:
        if not asks:
            names_itself_first.ran()
        return original(self, key)
    finally:
        self.asks = asks
