"""The key by which this peer is known on connections, and the one that takes its place."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from syncproof_products.peers.agent.identity import Identity, told
from syncproof_products.peers.agent.store import Store

_log = logging.getLogger(__name__)

#: Between two attempts to store it, and between two looks at the clock, which may be set meanwhile, s.
_AGAIN_S, LOOK_S = 1.0, 60.0
#: In the store: the secret of the key that is shown, of the next one, from when on, and for how long others believe the
#: earlier one after that.
_SECRET, _NEXT_SECRET, _NEXT_AT, _THEN_S = "tls_secret", "next_tls_secret", "next_tls_at", "next_tls_then_s"


class OwnKey:
    """make: an identity of a secret. draw: another secret, in hex. now: the time of day, seconds."""

    def __init__(
        self,
        store: Store,
        make: Callable[[bytes], Identity],
        draw: Callable[[], str],
        now: Callable[[], float],
    ) -> None:
        self._store, self._make, self._draw, self._now = store, make, draw, now
        if not store.get(_SECRET):
            store.put(_SECRET, draw())
        #: As which this peer is known now.
        self.identity = make(bytes.fromhex(store.get(_SECRET)))
        self._changed: Callable[[Identity], None] = lambda _: None
        self._due: asyncio.TimerHandle | None = None

    @property
    def certificate(self) -> str:
        """What users tell other devices: of the next key, where there is one."""
        following = self._store.get(_NEXT_SECRET)
        return told((self._make(bytes.fromhex(following)) if following else self.identity).certificate)

    @property
    def before(self) -> tuple[str, float] | None:
        """Where a next key is on its way: the certificate that is shown until then, and how long it counts still, s."""
        if not self._store.get(_NEXT_SECRET):
            return None
        return told(self.identity.certificate), max(0.0, self._left_s + float(self._store.get(_THEN_S) or 0))

    def watch(self, changed: Callable[[Identity], None]) -> None:
        """Show the next key when it is time, now and later. changed: called then."""
        self._changed = changed
        self._plan()

    def renew(self, overlap_s: float) -> None:
        """Have another key, which is shown when half of the time is over in which others believe either.

        Where one is on its way that one stays: others may have been told it, and believe no third one.
        """
        if not self._store.get(_NEXT_SECRET):
            with self._store.together(durable=True):
                self._store.put(_NEXT_SECRET, self._draw())
                self._store.put(_NEXT_AT, str(self._now() + overlap_s / 2))
                self._store.put(_THEN_S, str(overlap_s / 2))
            self._plan()

    def begin_next(self) -> None:
        """Show it; later where it cannot be stored that it is the one."""
        try:
            with self._store.together(durable=True):
                self._store.put(_SECRET, self._store.get(_NEXT_SECRET))
                self._store.put(_NEXT_SECRET, "")
        except sqlite3.Error as wrong:
            _log.warning("the next key is not shown yet: %s", wrong)
            self._due = asyncio.get_running_loop().call_later(_AGAIN_S, self.begin_next)
            return
        self.identity = self._make(bytes.fromhex(self._store.get(_SECRET)))
        self._changed(self.identity)

    @property
    def _left_s(self) -> float:
        """How long until the next key is shown."""
        return float(self._store.get(_NEXT_AT)) - self._now()

    def _plan(self) -> None:
        if self._due is not None:
            self._due.cancel()
        if self._store.get(_NEXT_SECRET):
            wait_s = min(max(self._left_s, 0.0), LOOK_S)
            self._due = asyncio.get_running_loop().call_later(wait_s, self._look)

    def _look(self) -> None:
        if self._left_s > 0:
            self._plan()
        else:
            self.begin_next()
