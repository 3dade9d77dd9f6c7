"""Looking through an Atuin server for what its operator can read of what devices say."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from syncproof.evidence.checkers.no_plaintext import EVENTS
from syncproof.evidence.in_the_clear import memory_of, op_ids_in, pieces_of
from syncproof.kernel.server import Search
from syncproof_products.atuin.agent.account import username

_DATABASE, _MEMORY = "the database", "its memory"
#: What the server has of one account, as it stores it.
_RECORDS = "SELECT data, cek, tag FROM store JOIN users ON users.id = store.user_id WHERE username = ?"


def search(group: str, folder: Path, log: Path, pid: int | None) -> Search:
    """Look through the records of a group, the server's files, its log and (where it runs here) its memory."""
    readable: dict[str, str] = {}
    looked = {EVENTS: 0, f"bytes of {_DATABASE}": 0}
    if pid is not None:
        looked[f"bytes of {_MEMORY}"] = 0

    def look(where: str, counted: str, count: int, pieces: Iterable[bytes]) -> None:
        looked[counted] = looked.get(counted, 0) + count
        for op_id in op_ids_in(group, pieces):
            readable.setdefault(op_id, where)

    records = _records(group, folder / "server.db")
    look(EVENTS, EVENTS, len(records), records)
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size:
            look(_DATABASE, f"bytes of {_DATABASE}", path.stat().st_size, pieces_of(path))
    if log.exists() and log.stat().st_size:
        look("its log", "bytes of its log", log.stat().st_size, pieces_of(log))
    if pid is not None:
        try:
            for piece in memory_of(pid):
                look(_MEMORY, f"bytes of {_MEMORY}", len(piece), (piece,))
        except OSError:  # not every machine lets one process look into another, and a part is not all
            looked[f"bytes of {_MEMORY}"] = 0
    return Search(readable, looked)


def _records(group: str, database: Path) -> list[bytes]:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as opened:
        return [" ".join(map(str, row)).encode() for row in opened.execute(_RECORDS, (username(group),))]
