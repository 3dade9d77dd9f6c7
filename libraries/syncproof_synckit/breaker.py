"""The circuit breaker: after too many failures in a row nothing is tried for a while."""

from __future__ import annotations

from typing import Literal

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Closed: everything passes. Open: nothing does, until the cooldown is over. Half-open: one trial passes.

    A trial that succeeds closes it; one that fails opens it again, and that counts as another opening.
    Failures are counted until something succeeds, over openings too.
    """

    def __init__(self, threshold: int, cooldown_s: float) -> None:
        self._threshold = threshold
        self._cooldown_s = cooldown_s
        self._until = 0.0
        self._trial = False
        self.state: State = "closed"
        self.failures = 0
        self.opens = 0

    @property
    def cooled_at(self) -> float | None:
        """When the cooldown ends; None unless it is open."""
        return self._until if self.state == "open" else None

    def look(self, now: float) -> bool:
        """Let the cooldown end if it is over. Returns whether the state changed."""
        if self.state != "open" or now < self._until:
            return False
        self.state = "half_open"
        self._trial = False
        return True

    def passes(self) -> bool:
        """Whether an exchange may begin now."""
        return self.state == "closed" or (self.state == "half_open" and not self._trial)

    def began(self) -> None:
        """An exchange begins."""
        self._trial = True

    def cancelled(self) -> None:
        """The exchange was given up without an outcome: another one may be the trial."""
        self._trial = False

    def succeeded(self) -> bool:
        """An exchange succeeded. Returns whether the state changed."""
        self.failures = 0
        changed = self.state != "closed"
        self.state = "closed"
        self._trial = False
        return changed

    def failed(self, now: float) -> bool:
        """An exchange failed. Returns whether it opened."""
        self.failures += 1
        self._trial = False
        if self.state == "open" or (self.state == "closed" and self.failures < self._threshold):
            return False
        self.state = "open"
        self._until = now + self._cooldown_s
        self.opens += 1
        return True
