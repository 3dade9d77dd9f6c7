"""Which blobs go: those whose time is over, and those that nobody needs. All others stay."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from syncproof_products.bundled.relay.blobs import BlobStore, StorageAwayError
from syncproof_products.bundled.relay.settings import Settings

_log = logging.getLogger(__name__)
#: Between two looks at all blobs there is no more than this, s.
_MOST_S = 3600.0


class Retention:
    """Looks at all blobs now and then.

    After `blob_ttl_s` one has expired, since it was last brought. That it was here is remembered. After `orphan_s` it
    goes when no event refers to it: whoever brought it has not told anybody, and would bring it again.
    is_referenced: whether an event does.
    """

    def __init__(self, blobs: BlobStore, settings: Settings, is_referenced: Callable[[str], bool]) -> None:
        self._blobs, self._turn_s = blobs, settings.collect_turn_s
        self._keep_s, self._orphan_s = settings.blob_ttl_s, settings.orphan_s
        self._is_referenced = is_referenced
        self._looking: asyncio.Task[None] | None = None
        self._collecting: asyncio.Task[None] | None = None
        self._asked_s: float | None = None
        self.collected = 0

    def start(self) -> None:
        """Look from now on."""
        self._looking = asyncio.get_running_loop().create_task(self._look())

    def stop(self) -> None:
        """Look no more."""
        for task in (self._looking, self._collecting):
            if task is not None:
                task.cancel()

    def collect(self, untouched_s: float) -> None:
        """Take orphans away that nobody has brought for so long, behind the look at all blobs that goes on by now."""
        self._asked_s = untouched_s if self._asked_s is None else min(self._asked_s, untouched_s)
        if self._collecting is None or self._collecting.done():
            self._collecting = asyncio.get_running_loop().create_task(self._collect_all())

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(min(_MOST_S, self._keep_s / 4, self._orphan_s / 4))
            self.collect(self._orphan_s)

    async def _collect_all(self) -> None:
        while (untouched_s := self._asked_s) is not None:
            self._asked_s = None
            await self._collect(untouched_s)

    async def _collect(self, untouched_s: float) -> None:
        try:
            for digest, age_s in self._blobs.ages():
                if age_s >= self._keep_s and not self._blobs.is_held(digest):
                    self._blobs.expire(digest)
                elif age_s >= untouched_s and self._take(digest, untouched_s):
                    self.collected += 1
                else:
                    continue
                await asyncio.sleep(self._turn_s)
        except (
            OSError,
            StorageAwayError,
            sqlite3.Error,
        ) as error:  # its storage is away, or full: there is another look
            _log.error("cannot look at all blobs: %s", error)

    def _take(self, digest: str, untouched_s: float) -> bool:
        """Take an orphan away; whether it was one. Nothing comes in between: somebody may just have needed it."""
        if self._blobs.age(digest) < untouched_s or self._blobs.is_held(digest):
            return False
        if self._is_referenced(digest):
            return False
        return self._blobs.discard(digest)
