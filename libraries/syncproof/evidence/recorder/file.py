"""The history file under the recorder's pen."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from syncproof.evidence.records import Header, Record


class HistoryFile:
    """Appends lines, numbers them, and hands them to the kernel at once (the harness reads along).

    Raises FileExistsError for a path that has a history already: no evidence is overwritten.
    """

    def __init__(self, path: Path, header: Header) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        #: Number of the last line; the header is line 0.
        self.last = 0
        self._encoder = msgspec.json.Encoder()
        self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        if os.fstat(self._fd).st_size:
            self.close()
            raise FileExistsError(errno.EEXIST, "it is another test's history", str(path))
        self._write(self._encoder.encode(header) + b"\n")

    def append(self, records: Iterable[Record]) -> None:
        """Write records as they come, numbered."""
        buffer = bytearray()
        for record in records:
            self.last += 1
            buffer += self._encoder.encode(msgspec.structs.replace(record, i=self.last))
            buffer += b"\n"
        if buffer:
            self._write(bytes(buffer))

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def close(self) -> None:
        """End the file. Nothing can be appended any more."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1
