"""With which key each member of a group signs, as it was when it first signed something."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncproof_products.bundled.core.actions import Observe

#: How the fact is called that holds a member's key.
SIGNER = "signer"


class Signers:
    """Tells where a member signs with another key than before: it was installed anew, or it is somebody else.

    kept: keys (hex) by member. keep: stores one. observer: hears of a change.
    """

    def __init__(
        self, kept: Mapping[str, str], keep: Callable[[str, str], None], observer: Callable[[Observe], None]
    ) -> None:
        self._kept, self._keep, self._observer = dict(kept), keep, observer

    def signed(self, author: str, key: bytes) -> None:
        """A member has signed with this key."""
        known, now = self._kept.get(author), key.hex()
        if known == now:
            return
        self._kept[author] = now
        self._keep(author, now)
        if known is not None:
            self._observer(Observe("signer_changed", {"author": author}))
