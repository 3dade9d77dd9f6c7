"""Bodies of events that are contents of their own: those that have come, until they are delivered."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable

from syncproof_products.bundled.core.stored_blob import StoredBlob
from syncproof_synckit.encryption.errors import PayloadRefused

#: A body that was put out of memory is fetched again. A group waits for one at a time.
_MOST = 16


class Bodies:
    """By what was sealed, not by address alone: who names the address of another body gets nothing of it.

    own: the body that this device itself handed in under an op_id, or None.
    """

    def __init__(self, own: Callable[[str], str | None]) -> None:
        self._own = own
        self._came: OrderedDict[tuple[str, str, str], str | PayloadRefused] = OrderedDict()

    def put(self, blob: StoredBlob, body: str | PayloadRefused) -> None:
        """A body is here; or why it can never be."""
        self._came[_key(blob)] = body
        while len(self._came) > _MOST:
            self._came.popitem(last=False)

    def get(self, blob: StoredBlob, op_id: str) -> str | None:
        """The body, or None while it is not here. Raises PayloadRefused."""
        came = self._came.get(_key(blob))
        if isinstance(came, PayloadRefused):
            raise PayloadRefused(str(came))
        if came is None:
            own = self._own(op_id)
            if own is not None and hashlib.sha256(own.encode()).hexdigest() == blob.digest:
                return own
        return came


def _key(blob: StoredBlob) -> tuple[str, str, str]:
    return blob.address, blob.digest, blob.reference
