"""Unfinished uploads: how much is here of each, who may go on with it, and which are kept no longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from syncproof_products.bundled.core.relay.limits import Limits
from syncproof_products.bundled.core.wire import Refused

#: Whose upload it is, and the digest of the attachment. Each device has its own: nobody spoils another one's.
Key = tuple[str, str]


@dataclass(slots=True)
class _Unfinished:
    held: int
    touched: float
    writer: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A part may be appended. writer: who writes it. dropped: uploads that made room for it; their bytes can go."""

    writer: int
    dropped: tuple[Key, ...]


class Uploads:
    """All unfinished uploads of a relay. Deterministic; the bytes themselves are the edge's.

    held: bytes that are here of each, and for how many seconds nobody has touched it, when the relay starts.
    """

    def __init__(self, limits: Limits, held: Mapping[Key, tuple[int, float]], now: float) -> None:
        self._limits = limits
        self._all = {key: _Unfinished(count, now - age) for key, (count, age) in held.items()}
        self._writers = 0

    def __len__(self) -> int:
        return len(self._all)

    def ask(self, now: float, key: Key) -> int:
        """How many bytes are here. It ends the writer of an earlier connection: whoever asks goes on from there."""
        found = self._all.get(key)
        if found is None:
            return 0
        found.touched, found.writer = now, 0
        return found.held

    def held(self, key: Key) -> int:
        """How many bytes are here. Unlike `ask`, it ends no writer: it tells why a part is refused."""
        found = self._all.get(key)
        return 0 if found is None else found.held

    def begin(self, now: float, key: Key, offset: int, size: int) -> Begun | Refused:
        """A part comes that begins at `offset`, of an attachment of `size` bytes."""
        if size > self._limits.max_blob_bytes:
            return Refused(
                413, "too_large", f"the relay takes blobs of at most {self._limits.max_blob_bytes} bytes"
            )
        found, held = self._all.get(key), self.held(key)
        if offset != held or offset > size:
            message = (
                f"expected a part that begins at byte {held}, which is next here, seen one at byte {offset}"
            )
            return Refused(409, "offset_mismatch", message)
        dropped: tuple[Key, ...] = ()
        if found is None:
            dropped = self._make_room(key[0])
            found = self._all[key] = _Unfinished(0, now)
        self._writers += 1
        found.touched, found.writer = now, self._writers
        return Begun(self._writers, dropped)

    def writes(self, key: Key, writer: int) -> bool:
        """Whether this writer may still append."""
        found = self._all.get(key)
        return found is not None and found.writer == writer

    def wrote(self, now: float, key: Key, count: int) -> int:
        """Bytes were appended by the one who may. Returns how many are here now."""
        found = self._all[key]
        found.held += count
        found.touched = now
        return found.held

    def forget(self, key: Key) -> None:
        """It is finished, or was not what its digest says."""
        self._all.pop(key, None)

    def collect(self, now: float) -> list[Key]:
        """Forget the uploads that nobody has touched for `upload_idle_s`. Returns them: their bytes can go."""
        since = now - self._limits.upload_idle_s
        abandoned = [key for key, each in self._all.items() if each.touched <= since]
        for key in abandoned:
            del self._all[key]
        return abandoned

    def _make_room(self, owner: str) -> tuple[Key, ...]:
        """Forget those of this device that were not touched for longest, so that there is room for one more."""
        own = sorted((each.touched, key) for key, each in self._all.items() if key[0] == owner)
        dropped = tuple(key for _, key in own[: max(0, len(own) - self._limits.uploads_per_device + 1)])
        for key in dropped:
            del self._all[key]
        return dropped
