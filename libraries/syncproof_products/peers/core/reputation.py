"""How reliable other peers were, and which of them are quarantined for that.

Who was caught at what no peer does by mistake is quarantined at once; who leaves others waiting, slowly: when it has
done so three times more often than it has answered. Each quarantine lasts twice as long as the one before it.
"""

from __future__ import annotations

from dataclasses import dataclass

_PATIENCE = 3


@dataclass
class _Standing:
    """failures: how much more often than not it has left this peer waiting. until: when its quarantine ends."""

    failures: int = 0
    quarantines: int = 0
    until: float = 0.0


class Reputation:
    """lasts_s: of the first quarantine. Times are seconds of a clock that never goes back."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._of: dict[str, _Standing] = {}

    def until(self, peer: str) -> float:
        """When the quarantine of a peer ends; 0 where it never had one."""
        return self._standing(peer).until

    def answered(self, peer: str) -> None:
        """It has answered, for a while."""
        standing = self._standing(peer)
        standing.failures = max(0, standing.failures - 1)

    def kept_waiting(self, peer: str, now: float) -> bool:
        """It has answered nothing for as long. Answers whether it is quarantined for that from now on."""
        standing = self._standing(peer)
        standing.failures += 1
        return standing.failures >= _PATIENCE and self.caught(peer, now)

    def caught(self, peer: str, now: float) -> bool:
        """It did what no peer does by mistake. Answers whether it is quarantined from now on; False: it was before."""
        standing = self._standing(peer)
        if now < standing.until:
            return False
        standing.until = now + self._lasts_s * 2**standing.quarantines
        standing.quarantines += 1
        standing.failures = 0
        return True

    def _standing(self, peer: str) -> _Standing:
        return self._of.setdefault(peer, _Standing())
