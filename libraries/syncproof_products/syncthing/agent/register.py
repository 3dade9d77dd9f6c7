"""Which version of a file is of which operation: what the devices of one group write down for each other.

Syncthing says of each file which versions it builds on, and carries no word of an application beside that. So who
makes an operation writes here which version Syncthing has made of it, and the others look whether they have that one.
Nothing else is said here: whether and when a version comes is Syncthing's alone.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from syncproof_synckit.vector_clock import Clock


class Written(msgspec.Struct, frozen=True):
    """An operation. author: its device. holds: the version that it made of each path.

    digest, size: what the file is then; kind: `put` or `delete`.
    """

    op_id: str
    author: str
    kind: str
    digest: str
    size: int
    holds: dict[str, Clock]

    @property
    def version(self) -> str:
        """The same on all devices, and of no other operation."""
        return " ".join(
            f"{path}@{','.join(f'{device}:{count}' for device, count in sorted(clock.items()))}"
            for path, clock in self.holds.items()
        )


_decode = msgspec.json.Decoder(Written).decode


class Register:
    """directory: of all groups. device: writes into a file of its own, to whose end others read."""

    def __init__(self, directory: Path, group: str, device: str) -> None:
        self._directory = directory / _name(group)
        self._own = self._directory / f"{_name(device)}.jsonl"
        self._read: dict[Path, int] = {}
        self._directory.mkdir(parents=True, exist_ok=True)

    def write(self, made: Written) -> None:
        """Write down an operation of this device; one that is there already may stand there twice."""
        line = msgspec.json.encode(made) + b"\n"
        file = os.open(self._own, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, line)
        finally:
            os.close(file)

    def new(self) -> Iterator[Written]:
        """What was written down since the last look, of all devices, this one too."""
        for file in sorted(self._directory.glob("*.jsonl")):
            begin = self._read.get(file, 0)
            if file.stat().st_size == begin:
                continue
            with file.open("rb") as lines:
                lines.seek(begin)
                said = lines.read()
            whole = said[: said.rfind(b"\n") + 1]
            self._read[file] = begin + len(whole)
            yield from map(_decode, whole.splitlines())


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
