"""Bugs that a relay brings out which is there, and says nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import Ran, defect, replace
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.turn import Turn

Pump = Callable[[Connection, Turn], None]
NextDue = Callable[[Connection], float | None]


@defect
def gives_a_silent_relay_up_for_good(ran: Ran) -> None:
    """After a third of the silence that is set a device takes a relay that it has heard news from for switched off."""
    heard: list[bool] = []
    given_up: dict[int, None] = {}

    def due(connection: Connection) -> float:
        return connection._moved_at + connection._settings.idle_timeout_s / 3

    def hearing(original: Any) -> Any:
        def deliver(*arguments: Any, **more: Any) -> None:
            heard.append(True)
            original(*arguments, **more)

        return deliver

    def broken(original: Pump) -> Pump:
        def pump(self: Connection, turn: Turn) -> None:
            if heard and self._stream and turn.now >= due(self):
                ran()
                given_up[id(self)] = None
                self._silent(turn)
            if id(self) not in given_up:
                original(self, turn)

        return pump

    def sooner(original: NextDue) -> NextDue:
        return lambda self: due(self) if heard and self._stream else original(self)

    replace(Delivery, "deliver", hearing)
    replace(Connection, "pump", broken)
    replace(Connection, "next_due", sooner)
