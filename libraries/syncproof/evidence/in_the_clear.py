"""Looking for operations that stand in the clear somewhere: in a database, in a log, in traffic, in memory.

Every operation carries its op_id inside its body, as JSON with a blank behind each colon, and every message its number
in words: wherever one of them stands in the clear, however often it was escaped or encoded on the way, the body does
too. (The op_id alone says nothing: it is the name under which a send is repeated, which a server must know, and may
well write down as JSON of its own.)
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote_to_bytes

_OP_ID = re.compile(rb'op_id\\*": \\*"([^"\\]+)')
_WORDS = re.compile(rb"message ([0-9]+) of ([A-Z][a-z]+)")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{32,}")
#: What is hex could be base64 as well, by its letters: it is looked for in such runs alone, which are few.
_HEX = re.compile(rb"[0-9a-fA-F]{48,}")
_QUOTED = b"%22op_id%22"
#: Files are read in pieces of so many bytes, each with the end of the one before it.
_PIECE, _OVERLAP = 1 << 20, 1 << 12


def op_ids_in(group: str, pieces: Iterable[bytes]) -> dict[str, None]:
    """Operations of a group whose bodies stand in these bytes: as they are, or encoded.

    What is encoded as hex, base64 or UTF-16, or quoted for an address, is read too.

    Example: ``op_ids_in("g", [base64.b64encode(b'{"op_id": "g/Alice/1"}')])`` is ``{"g/Alice/1": None}``.
    """
    found: dict[str, None] = {}
    for piece in pieces:
        for shown in _views(piece.strip(b"\0")):  # much of a process's memory is empty
            for match in _OP_ID.finditer(shown):
                found[match[1].decode(errors="replace")] = None
            for match in _WORDS.finditer(shown):
                found[f"{group}/{match[2].decode()}/{match[1].decode()}"] = None
    return found


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file, a piece at a time; what lies across two of them is whole in one."""
    before = b""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield before + piece
            before = piece[-_OVERLAP:]


def memory_of(pid: int) -> Iterator[bytes]:
    """What a process has in memory that it can write to, a piece at a time. Raises OSError where it may not be read.

    Memory that belongs to a device or a file may be left out; what is in a file is found there.
    """
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for begin, end, own in _regions(pid):
            before, at = b"", begin
            while at < end:
                try:
                    memory.seek(at)
                    found = memory.read(min(_PIECE, end - at))
                except OSError:
                    if own and any(first <= at < last for first, last, _ in _regions(pid)):
                        raise
                    break
                if not found:
                    break
                yield before + found
                before, at = found[-_OVERLAP:], at + len(found)


def _regions(pid: int) -> list[tuple[int, int, bool]]:
    """Of a process's memory: where each begins and ends, and whether it belongs to no file and no device."""
    regions = []
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        where, mode, _, _, inode, *_ = line.split(maxsplit=5)
        if mode.startswith("rw"):
            begin, end = (int(part, 16) for part in where.split("-"))
            regions.append((begin, end, inode == "0"))
    return regions


def _views(data: bytes) -> Iterator[bytes]:
    yield data
    if b"o\0p\0_\0i\0d" in data:
        yield data.replace(b"\0", b"")
    if _QUOTED in data:
        yield unquote_to_bytes(data)
    for run in _BASE64.finditer(data):
        for digits in _HEX.findall(run[0]):
            for offset in range(2):  # so may text that is encoded like this
                yield bytes.fromhex(digits[offset : offset + (len(digits) - offset & ~1)].decode())
        text = run[0].translate(_STANDARD)
        for offset in range(4):  # an encoded text may begin within a longer run
            part = text[offset : offset + (len(text) - offset) // 4 * 4]
            try:
                yield base64.b64decode(part)
            except binascii.Error:
                continue


_STANDARD = bytes.maketrans(b"-_", b"+/")
