"""A group's read marker: moved here with the commit of what was delivered, told to the relay now and then."""

from __future__ import annotations

from dataclasses import dataclass

from syncproof_products.bundled.core.records import GroupState, MarkerMoved
from syncproof_products.bundled.core.settings import Settings
from syncproof_synckit.debounce import Debounce


@dataclass(slots=True)
class Position:
    """A place in the group's log and the delivery that it stands for here."""

    seq: int = 0
    n: int = 0


class Marker:
    """Never goes back, never passes what was delivered; the relay's copy never passes what is committed here.

    While it is blocked (after standby, until catch-up has ended) the local marker stays where it is.
    """

    def __init__(self, settings: Settings, state: GroupState) -> None:
        self._group = state.group
        self._debounce = Debounce(settings.marker_debounce_s, settings.marker_max_wait_s)
        self.local = Position(state.local_seq, state.local_n)
        self.committed = self.local
        self.remote = Position(state.remote_seq, state.remote_n)
        self.blocked = False

    @property
    def lags(self) -> bool:
        """The relay does not know of the committed marker yet."""
        return self.remote.seq < self.committed.seq

    @property
    def due(self) -> float | None:
        """When the relay is to be told; None while there is nothing to tell."""
        return self._debounce.due if self.lags else None

    def advance(self, seq: int, n: int) -> MarkerMoved | None:
        """Move the local marker on to `seq`, delivered as number n at the latest. The change to commit, if any."""
        if self.blocked or seq <= self.local.seq:
            return None
        self.local = Position(seq, n)
        return MarkerMoved(self._group, "local", seq, n)

    def local_committed(self, moved: MarkerMoved, now: float) -> Position:
        """The move is durable here: the relay may hear of it, once it is quiet. Returns the position before."""
        before, self.committed = self.committed, Position(moved.seq, moved.n)
        self._debounce.touch(now)
        return before

    def resume(self, now: float) -> None:
        """Tell the relay before long if it does not know: after a restart, or a failed attempt."""
        if self.lags:
            self._debounce.touch(now)

    def telling(self) -> Position:
        """What to tell the relay now; moves from here on are told later."""
        self._debounce.clear()
        return self.committed

    def told(self, position: Position) -> MarkerMoved | None:
        """The relay confirmed a position. The change to commit, if it is news."""
        if position.seq <= self.remote.seq:
            return None
        self.remote = position
        return MarkerMoved(self._group, "remote", position.seq, position.n)
