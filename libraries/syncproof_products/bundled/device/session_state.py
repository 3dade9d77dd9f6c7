"""Where the secured connections of a device stand, for people and for who watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

State = Literal["Disconnected", "Connecting", "Handshaking", "Connected", "Reconnecting"]
#: Hears of each change: the state, the number of the attempt, and what more there is to say.
Told = Callable[[State, int, dict[str, object]], None]


class SessionState:
    """One for a device; a connection after a failure is an attempt to reconnect, and counts.

    There is a session as long as one of its connections has one. attempt: how many attempts have failed since the last
    success; it begins anew after one.
    """

    def __init__(self, told: Told) -> None:
        self._told = told
        self.state: State = "Disconnected"
        self.attempt = 0
        self._sessions = 0

    def __str__(self) -> str:
        return f"Reconnecting({self.attempt})" if self.state == "Reconnecting" else self.state

    def connecting(self) -> None:
        """A connection is being made."""
        if self.attempt == 0:
            self._set("Connecting")

    def handshaking(self, ephemeral: str) -> None:
        """The TCP connection stands, and the handshake begins with this ephemeral key (its hash)."""
        self._set("Handshaking", ephemeral=ephemeral)

    def connected(self) -> None:
        """The handshake has succeeded."""
        self.attempt = 0
        self._sessions += 1
        self._set("Connected")

    def ended(self) -> None:
        """A session has ended, on whichever side."""
        self._sessions -= 1
        if not self._sessions and self.state == "Connected":
            self._set("Disconnected")

    def dropped(self) -> None:
        """The device itself gave a connection up before there was a session on it."""
        self._set("Connected" if self._sessions else "Disconnected")

    def failed(self, reason: str) -> None:
        """There is no session: the next attempt is one to reconnect."""
        self.attempt += 1
        self._set("Reconnecting", reason=reason)

    def _set(self, state: State, **more: object) -> None:
        self.state = state
        self._told(state, self.attempt, more)
