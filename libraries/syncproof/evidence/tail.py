"""Reads a history file while the recorder still writes it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from syncproof.evidence.lines import Line, decode
from syncproof.evidence.records import Header

_header = msgspec.json.Decoder(Header)
CHUNK = 4 * 1024 * 1024


class Tail:
    """Gives the lines that were added since the last look; a half-written last line waits for its other half.

    path: the history file; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        #: The first line, once it was there.
        self.header: Header | None = None
        self._fd = -1
        self._rest = b""

    def read_new(self) -> list[Line]:
        """Every line that is complete by now and was not given before.

        Raises msgspec.DecodeError where a line is not one of a history.
        """
        data = self._read()
        end = data.rfind(b"\n") + 1
        if end == 0:
            self._rest = data
            return []
        self._rest = data[end:]
        start = 0
        if self.header is None:
            start = data.index(b"\n") + 1
            self.header = _header.decode(data[:start])
        return decode(memoryview(data)[start:end])

    def _read(self) -> bytes:
        if self._fd < 0:
            try:
                self._fd = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return b""
        parts = [self._rest]
        while chunk := os.read(self._fd, CHUNK):
            parts.append(chunk)
        return b"".join(parts)

    def close(self) -> None:
        """Read no more."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
