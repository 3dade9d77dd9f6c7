"""Commits, one at a time: what comes up while one is under way goes into the next (group commit).

Whatever depends on a change being durable is said to `then`, and happens once it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syncproof_products.bundled.core.actions import Commit
from syncproof_products.bundled.core.records import Change
from syncproof_products.bundled.core.settings import Settings
from syncproof_products.bundled.core.turn import Turn
from syncproof_synckit.retry import RetryTracker

Then = Callable[[Turn], None]
OrElse = Callable[[Turn, str], bool]
_KEY = "commit"


@dataclass(slots=True)
class _Unit:
    """Changes that belong together. or_else: told why a commit failed; True to keep the unit for another try."""

    changes: tuple[Change, ...]
    then: Then | None
    or_else: OrElse | None


class Journal:
    """What is on its way to the storage."""

    def __init__(self, settings: Settings) -> None:
        self._retries = RetryTracker(settings)
        self._staged: list[_Unit] = []
        self._committing: list[_Unit] = []
        self._batch = 0
        self._under_way = False
        self.failures = 0

    def stage(
        self, changes: tuple[Change, ...], then: Then | None = None, or_else: OrElse | None = None
    ) -> None:
        """Commit these changes together, behind all that was staged before. reason of `or_else`: for people."""
        self._staged.append(_Unit(changes, then, or_else))

    def then(self, turn: Turn, then: Then) -> None:
        """Do this once all that was staged before is durable: now, if nothing was."""
        if self._staged or self._under_way:
            self._staged.append(_Unit((), then, None))
        else:
            then(turn)

    def flush(self, turn: Turn) -> None:
        """Begin a commit if there is something to commit and none is under way."""
        while self._staged and not self._under_way and self._retries.ready(_KEY, turn.now):
            units, self._staged = self._staged, []
            changes = tuple([change for unit in units for change in unit.changes])
            if not changes:
                _run(turn, units)
                continue
            self._committing = units
            self._under_way = True
            self._batch += 1
            turn.do(Commit(self._batch, changes))

    def committed(self, turn: Turn, batch: int) -> None:
        """The batch is durable."""
        if not self._under_way or batch != self._batch:
            return
        self._under_way = False
        units, self._committing = self._committing, []
        self._retries.succeeded(_KEY)
        _run(turn, units)

    def failed(self, turn: Turn, batch: int, reason: str) -> None:
        """Nothing of the batch is stored: refuse what can be refused, and try the rest again before long."""
        if not self._under_way or batch != self._batch:
            return
        self._under_way = False
        self.failures += 1
        retry = self._retries.failed(_KEY, turn.now, turn.rng, by_link=False)
        turn.observe(
            "retry",
            what=_KEY,
            about=None,
            attempt=retry.attempt,
            delay_ms=retry.delay * 1000,
            due_ns=round((retry.due + turn.ahead) * 1e9),
            reason=reason,
        )
        units, self._committing = [*self._committing, *self._staged], []
        self._staged = []
        self._staged = [unit for unit in units if unit.or_else is None or unit.or_else(turn, reason)]

    def next_due(self, now: float) -> float | None:
        """When a commit that failed is tried again."""
        return self._retries.next_due(now)


def _run(turn: Turn, units: list[_Unit]) -> None:
    for unit in units:
        if unit.then is not None:
            unit.then(turn)
