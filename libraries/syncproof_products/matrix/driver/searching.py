"""Looking through a homeserver for what its operator can read of what devices say.

Every operation carries its op_id inside its body, as JSON: wherever that stands in the clear, however often it was
escaped on the way, the body does too. (The op_id alone says nothing: it is the name under which a send is repeated,
which the homeserver must know.) Attachments are known by their hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from syncproof.evidence.checkers.no_plaintext import EVENTS
from syncproof.kernel.server import Search

_OP_ID = re.compile(rb'op_id\\*"\s*:\s*\\*"([^"\\]+)')
#: Files are read in pieces of so many bytes, each with the end of the one before it.
_PIECE, _OVERLAP = 1 << 20, 1 << 10


def search(
    events: Iterable[dict[str, Any]], folder: Path | None, media: Path | None, digests: Mapping[str, str]
) -> Search:
    """Look through a room's events; and, where they can be reached, the files of the database and of media.

    digests: of attachments, with the op_id that each belongs to.
    """
    readable: dict[str, str] = {}
    count = 0
    for event in events:
        count += 1
        for op_id in op_ids_in([msgspec.json.encode(event)]):
            readable.setdefault(op_id, EVENTS)
    looked = {EVENTS: count}
    if folder is not None:
        database = sorted(folder.glob("homeserver.db*"))
        looked["bytes of the database"] = sum(path.stat().st_size for path in database)
        for path in database:
            for op_id in op_ids_in(_pieces(path)):
                readable.setdefault(op_id, "the database")
    if media is not None:
        files = sorted(path for path in media.rglob("*") if path.is_file())
        if files:
            looked["files"] = len(files)
        for path in files:
            found = digests.get(hashlib.sha256(path.read_bytes()).hexdigest())
            for op_id in [*op_ids_in(_pieces(path)), *([found] if found else [])]:
                readable.setdefault(op_id, "the files")
    return Search(readable, looked)


def op_ids_in(pieces: Iterable[bytes]) -> dict[str, None]:
    """Operations whose bodies stand in the clear in these bytes."""
    return {match[1].decode(errors="replace"): None for piece in pieces for match in _OP_ID.finditer(piece)}


def _pieces(path: Path) -> Iterator[bytes]:
    before = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield before + piece
            before = piece[-_OVERLAP:]
