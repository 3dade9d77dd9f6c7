"""What a device shows its user of its syncing: one of five states, with an emoji and a sentence.

    from         what happens                          to
    any          the connection is lost                Offline
    Offline      the connection stands                 SyncFailed where a change was refused and the user has not come
                                                       back since, PendingSync where a push had failed before, Synced
                                                       where all has been acknowledged meanwhile, else Connected
    any other    the relay refuses a change for good   SyncFailed
    SyncFailed   the user comes back to the            what it would be without the refusal
                 application
    SyncFailed   anything else                         SyncFailed
    any other    a push fails, to be tried again       PendingSync
    any other    a push is acknowledged, none waits    Synced
    any other    a push is acknowledged, some wait     PendingSync where one of them failed before, else as it was

While there is no connection nothing but its return changes what is shown; what happened meanwhile counts then. Nothing
of it outlasts the process.
"""

from __future__ import annotations

from enum import Enum


class SyncStatus(Enum):
    """What is shown: name, emoji, sentence."""

    OFFLINE = ("Offline", "📴", "Offline. Changes are saved on this device.")
    CONNECTED = ("Connected", "☁️", "Connected.")
    SYNCED = ("Synced", "☁️✓", "All changes are synced.")
    PENDING = ("PendingSync", "☁️⏳", "Changes saved locally. Will sync when connection restored.")
    FAILED = ("SyncFailed", "☁️✗", "A change could not be synced: the relay refuses it.")

    @property
    def shown(self) -> dict[str, str]:
        """As an application gets it."""
        status, emoji, message = self.value
        return {"status": status, "emoji": emoji, "message": message}


class StatusTracker:
    """Told what happens to pushes and to the connection, it says what to show."""

    def __init__(self) -> None:
        self._connected = False
        self._failed: set[str] = set()
        self._refused = False
        self._synced = False

    @property
    def status(self) -> SyncStatus:
        """What to show now."""
        if not self._connected:
            return SyncStatus.OFFLINE
        if self._refused:
            return SyncStatus.FAILED
        if self._failed:
            return SyncStatus.PENDING
        return SyncStatus.SYNCED if self._synced else SyncStatus.CONNECTED

    def connection(self, stands: bool) -> None:
        """The connection stands, or does not."""
        if self._connected and not stands:
            self._synced = False
        self._connected = stands

    def push_failed(self, op_ids: list[str]) -> None:
        """These changes could not be pushed; they will be tried again."""
        self._failed.update(op_ids)

    def push_refused(self, op_id: str) -> None:
        """The relay will never take this change: shown until the user has come back to the application."""
        self._failed.discard(op_id)
        self._refused = True

    def push_acked(self, op_id: str, waiting: int) -> None:
        """The relay has this change. waiting: how many others it has not."""
        self._failed.discard(op_id)
        if not waiting:
            self._synced = True

    def user_came_back(self) -> None:
        """The user looks at the application, and has seen what failed."""
        self._refused = False
