"""The states of syncing that an application shows, as the plan has them."""

from __future__ import annotations

from enum import Enum
from typing import Self

#: State -> emoji. Of `Connected` the plan says none.
EMOJI = {"Synced": "☁️✓", "PendingSync": "☁️⏳", "SyncFailed": "☁️✗", "Offline": "📴"}
#: State -> what it says in words, where the plan has them.
MESSAGES = {"PendingSync": "Changes saved locally. Will sync when connection restored."}


class Status(Enum):
    """What is shown of the syncing."""

    OFFLINE = "Offline"
    CONNECTED = "Connected"
    SYNCED = "Synced"
    PENDING = "PendingSync"
    FAILED = "SyncFailed"

    @classmethod
    def parse(cls, text: str) -> Self:
        """``Offline``, ``Connected``, ``Synced``, ``PendingSync`` or ``SyncFailed``. Fails (ValueError) for another."""
        try:
            return cls(text.strip())
        except ValueError:
            names = ", ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no state of syncing: write one of {names}.") from None

    def __str__(self) -> str:
        return str(self.value)
