"""The fault of a storage that fails half way: it takes the first bytes of a file, and no more."""

from __future__ import annotations

from collections.abc import Callable

from syncproof.kernel.fault import Fault
from syncproof.kernel.host import FileLimit


class FailsHalfWay(Fault):
    """No file that a server writes grows beyond so many bytes: the write that crosses them is cut there.

    refusal: what the server says to an attachment of one byte more, by which the harness sees for itself that the fault
    bit and that it healed (None: it took all of it).
    """

    kind = "storage_failing"
    called = "storage that fails half way"

    def __init__(
        self, server: str, limit: FileLimit, most: int, refusal: Callable[[int], str | None]
    ) -> None:
        super().__init__((server,), ())
        self._limit, self._most, self._refusal = limit, most, refusal
        self.engine, self.requested = limit.engine, f"behind {most} bytes"

    def begin(self) -> None:
        self._limit.set(self._most)

    def proof(self) -> str | None:
        refused = self._refusal(self._most + 1) if self._limit.seen() == self._most else None
        return None if refused is None else f"{self._most + 1} bytes were refused: {refused}"

    def end(self) -> None:
        self._limit.lift()

    def healed(self) -> str | None:
        return f"{self._most + 1} bytes were taken" if self._refusal(self._most + 1) is None else None
