"""What files say: which version it is, and as many bytes as a scenario asks for; and several of them in an archive."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

#: Byte -> a character that is printed.
_PRINTABLE = bytes(33 + byte % 94 for byte in range(256))
_SAID = "what is said again and again takes little room\n"


def new_text(op_id: str, size: int) -> str:
    """What a version says: which it is, and random text up to `size` bytes, which nothing makes much smaller."""
    said = f"{op_id}\n"
    return said + random_text(op_id, size - len(said))


def random_text(seed: str, size: int) -> str:
    """So many bytes that nothing makes much smaller, the same for the same seed."""
    return random.Random(seed).randbytes(max(0, size)).translate(_PRINTABLE).decode()


def few_words(op_id: str, size: int) -> str:
    """The same, and the same few words again and again."""
    said = f"{op_id}\n"
    missing = max(0, size - len(said))
    return said + (_SAID * (missing // len(_SAID) + 1))[:missing]


def archive_of(files: Mapping[str, str]) -> bytes:
    """An archive in the ZIP format of files that lie in one directory. files: what each says, by its path."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path, said in files.items():
            archive.writestr(zipfile.ZipInfo(PurePosixPath(path).name), said)
    return content.getvalue()
