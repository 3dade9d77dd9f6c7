"""Looking through the relay for what its operator can read of what devices say."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from syncproof.evidence.checkers.no_plaintext import EVENTS
from syncproof.evidence.in_the_clear import memory_of, op_ids_in, pieces_of
from syncproof.kernel.server import Search


def search(
    group: str, bodies: Iterable[str], folder: Path, log: Path, pid: int | None, digests: Mapping[str, str]
) -> Search:
    """Look through the events of a room, the relay's files, its log and (where it runs here) its memory.

    digests: of attachments, with the op_id that each belongs to.
    """
    readable: dict[str, str] = {}
    looked: dict[str, int] = {}

    def look(where: str, counted: str, count: int, pieces: Iterable[bytes]) -> None:
        looked[counted] = looked.get(counted, 0) + count
        for op_id in op_ids_in(group, pieces):
            readable.setdefault(op_id, where)

    events = [body.encode() for body in bodies]
    look(EVENTS, EVENTS, len(events), events)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            is_blob = "blobs" in path.relative_to(folder).parts
            where = "the files" if is_blob else "the database"
            look(where, f"bytes of {where}", path.stat().st_size, pieces_of(path))
            whole = hashlib.sha256(path.read_bytes()).hexdigest() if is_blob else ""
            if whole in digests:
                readable.setdefault(digests[whole], where)
    if log.exists():
        look("its log", "bytes of its log", log.stat().st_size, pieces_of(log))
    if pid is not None:
        # Not every machine lets one process look into another: what was looked through stands on record.
        with contextlib.suppress(OSError):
            for piece in memory_of(pid):
                look("its memory", "bytes of its memory", len(piece), (piece,))
    return Search(readable, looked)
