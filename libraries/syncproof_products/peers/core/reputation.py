"""How reliable other peers were, and which of them are quarantined for that.

Who was caught at what no peer does by mistake is quarantined at once; who leaves others waiting, slowly: when it has
done so three times more often than it has answered. Each quarantine lasts twice as long as the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

_PATIENCE = 3


class Standing(msgspec.Struct, array_like=True):
    """failures: how much more often than not it has left this peer waiting. until: when its quarantine ends.

    caught: that is for what no peer does by mistake, and no user has let this peer go on since.
    """

    failures: int = 0
    quarantines: int = 0
    until: float = 0.0
    caught: bool = False


class Reputation:
    """lasts_s: of the first quarantine. Times are seconds of a clock that never goes back."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._of: dict[str, Standing] = {}

    def kept(self, now: float) -> dict[str, Standing]:
        """What is to be stored. `until` says there how long a quarantine still lasts, and not when it ends: the clock
        that says when begins anew when the machine does.
        """
        return {
            peer: replace(each, until=max(0.0, each.until - now))
            for peer, each in self._of.items()
            if each != Standing()
        }

    def restore(self, kept: Mapping[str, Standing], now: float) -> list[str]:
        """Be as it was. Answers who is quarantined now, for as long as was left."""
        self._of = {peer: replace(each, until=now + each.until) for peer, each in kept.items()}
        return [peer for peer, each in kept.items() if each.until > 0.0]

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
        return standing.failures >= _PATIENCE and self._begins(standing, now)

    def caught(self, peer: str, now: float) -> bool:
        """It did what no peer does by mistake. Answers whether it is quarantined from now on; False: it was before."""
        standing = self._standing(peer)
        if not self._begins(standing, now):
            return False
        standing.caught = True
        return True

    def count_caught(self, now: float) -> int:
        """How many are quarantined because they were caught."""
        return sum(each.caught and now < each.until for each in self._of.values())

    def forgive(self) -> None:
        """Count nobody of those who were caught until now; their quarantines go on."""
        for standing in self._of.values():
            standing.caught = False

    def _begins(self, standing: Standing, now: float) -> bool:
        if now < standing.until:
            return False
        standing.until = now + self._lasts_s * 2**standing.quarantines
        standing.quarantines += 1
        standing.failures, standing.caught = 0, False
        return True

    def _standing(self, peer: str) -> Standing:
        return self._of.setdefault(peer, Standing())
