"""Bugs that a relay brings out which is there, and says nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syncproof_defects import breaks
from syncproof_products.bundled.core.connection import Connection
from syncproof_products.bundled.core.delivery import Delivery
from syncproof_products.bundled.core.turn import Turn


@breaks(Connection, "pump")
def gives_a_silent_relay_up_for_good(original: Callable[..., None], self: Connection, turn: Turn) -> None:
    """After a third of the silence that is set a device takes a relay that it has heard news from for switched off."""
    state = gives_a_silent_relay_up_for_good.state
    if "heard" in state and self._stream and turn.now >= _due(self):
        gives_a_silent_relay_up_for_good.ran()
        state[id(self)] = "given up"
        self._silent(turn)
    if id(self) not in state:
        original(self, turn)


@gives_a_silent_relay_up_for_good.breaks(Connection, "next_due")
def _sooner(original: Callable[..., float | None], self: Connection) -> float | None:
    heard = "heard" in gives_a_silent_relay_up_for_good.state
    return _due(self) if heard and self._stream else original(self)


@gives_a_silent_relay_up_for_good.breaks(Delivery, "deliver")
def _hearing(original: Callable[..., None], *arguments: Any, **more: Any) -> None:
    gives_a_silent_relay_up_for_good.state["heard"] = True
    original(*arguments, **more)


def _due(connection: Connection) -> float:
    return connection._moved_at + connection._settings.idle_timeout_s / 3
