"""What an application tells of itself."""

from __future__ import annotations

from syncproof.evidence.records import Event


class SyncStatus(Event, frozen=True, kw_only=True, tag="sync_status"):
    """The device shows its user another state of its syncing."""

    status: str
    emoji: str
    message: str


class Focus(Event, frozen=True, kw_only=True, tag="focus"):
    """The application came to the foreground, or left it."""

    focused: bool
