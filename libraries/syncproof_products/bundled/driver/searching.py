"""Looking through the relay for what its operator can read of what devices say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from syncproof.evidence.checkers.no_plaintext import EVENTS
from syncproof.evidence.in_the_clear import memory_of, op_ids_in, pieces_of
from syncproof.kernel.server import Search

_DATABASE, _MEMORY = "the database", "its memory"


def search(
    group: str, bodies: Iterable[str], folder: Path, log: Path, pid: int | None, digests: Mapping[str, str]
) -> Search:
    """Look through the events of a room, the relay's files, its log and (where it runs here) its memory.

    digests: of attachments, with the op_id that each belongs to.
    """
    readable: dict[str, str] = {}
    looked = {EVENTS: 0}
    if pid is not None:  # it runs here, and has these at least
        looked |= {f"bytes of {_DATABASE}": 0, f"bytes of {_MEMORY}": 0}

    def look(where: str, counted: str, count: int, pieces: Iterable[bytes]) -> None:
        looked[counted] = looked.get(counted, 0) + count
        for op_id in op_ids_in(group, pieces):
            readable.setdefault(op_id, where)

    events = [body.encode() for body in bodies]
    look(EVENTS, EVENTS, len(events), events)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size:
            is_blob = "blobs" in path.relative_to(folder).parts
            where = "the files" if is_blob else _DATABASE
            look(where, f"bytes of {where}", path.stat().st_size, pieces_of(path))
            whole = hashlib.sha256(path.read_bytes()).hexdigest() if is_blob else ""
            if whole in digests:
                readable.setdefault(digests[whole], where)
    if log.exists() and log.stat().st_size:
        look("its log", "bytes of its log", log.stat().st_size, pieces_of(log))
    if pid is not None:
        try:
            for piece in memory_of(pid):
                look(_MEMORY, f"bytes of {_MEMORY}", len(piece), (piece,))
        except OSError:  # not every machine lets one process look into another, and a part is not all
            looked[f"bytes of {_MEMORY}"] = 0
    return Search(readable, looked)
