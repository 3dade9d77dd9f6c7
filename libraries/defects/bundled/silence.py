"""Bugs that a relay brings out which is there, and says nothing."""

from __future__ import annotations

from collections.abc import Callable

from defects import Ran, defect, replace
from syncstack.core.connection import Connection
from syncstack.core.turn import Turn

Pump = Callable[[Connection, Turn], None]


@defect
def gives_a_silent_relay_up_for_good(ran: Ran) -> None:
    """After a third of the silence that is set a device takes the relay for switched off, and waits to be told."""
    given_up: dict[int, None] = {}

    def broken(original: Pump) -> Pump:
        def pump(self: Connection, turn: Turn) -> None:
            patience = self._settings.idle_timeout_s / 3
            if self._stream and turn.now >= self._moved_at + patience:
                ran()
                given_up[id(self)] = None
                self._silent(turn)
            if id(self) not in given_up:
                original(self, turn)

        return pump

    replace(Connection, "pump", broken)
