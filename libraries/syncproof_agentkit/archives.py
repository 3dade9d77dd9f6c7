"""What a user unpacks: an archive in the ZIP format, of files that lie beside each other."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from syncproof_agentkit.errors import invalid


def files_in(archive: bytes) -> dict[str, bytes]:
    """The content of each file by its name, in their order. Raises AgentError (400) where one has no plain name."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            found = {name: opened.read(name) for name in opened.namelist()}
    except (zipfile.BadZipFile, NotImplementedError) as wrong:
        raise invalid(f"The body of `unpack` is no archive in the ZIP format: {wrong}.") from None
    for name in found:
        if name in ("", ".", "..") or PurePosixPath(name).name != name:
            raise invalid(f"{name!r} in the archive is no plain name of a file.")
    return found
