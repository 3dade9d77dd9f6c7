"""Tells subscribers of every instance that a repository has changed: who shows it fetches it again."""

from __future__ import annotations

import asyncio
import secrets

import msgspec

from syncproof_products.taskserver.broadcast.messages import Event
from syncproof_products.taskserver.broadcast.redis import Unpublished
from syncproof_products.taskserver.broadcast.server import Broadcast

#: What has not gone out is tried again after so long.
_PAUSE_S = 0.5


class Invalidating:
    """Changes of one repository that come while an event goes out are told by one more event, not by one each."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._changed: dict[str, None] = {}
        self._something = asyncio.Event()

    def changed(self, repository: str) -> None:
        """A repository has changes that were committed."""
        self._changed[repository] = None
        self._something.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._something.wait()
            self._something.clear()
            while self._changed:
                await self._tell(next(iter(self._changed)))

    async def _tell(self, repository: str) -> None:
        del self._changed[repository]
        payload = msgspec.Raw(msgspec.json.encode({"repository": repository}))
        try:
            await self._broadcast.publish(
                Event(f"tasks/{repository}", "changed", payload, secrets.token_hex(16))
            )
        except Unpublished:
            # Its subscribers here are told to refetch when Redis is back, those of other instances are not.
            self._changed.setdefault(repository)
            await asyncio.sleep(_PAUSE_S)
