"""What a device says of its secured connections."""

from __future__ import annotations

from syncproof.evidence.records import Event


class Session(Event, frozen=True, kw_only=True, tag="session"):
    """Where they stand.

    state: Disconnected, Connecting, Handshaking, Connected or Reconnecting. attempt: attempts that have failed since
    the last success. ephemeral: names the ephemeral key of a handshake that begins, and does not tell it. reason: why
    there is no session.
    """

    state: str
    attempt: int = 0
    ephemeral: str = ""
    reason: str = ""
