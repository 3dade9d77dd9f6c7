"""The folder as its user sees it."""

from __future__ import annotations

import glob
import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from syncproof_agentkit.errors import AgentError, unknown
from syncproof_agentkit.without import lacks
from syncproof_agentkit.workloads.files import FileChange

_MODE = 0o644
#: Syncthing's own: its marker, its archive, and files that are still coming.
_ITS_OWN = (".stfolder", ".stversions", ".stignore")
_COMING = (".syncthing.", "~syncthing~")


class Folder:
    """root: where the files lie. aside: a directory on the same disk, for files that are being written."""

    def __init__(self, root: Path, aside: Path) -> None:
        self.root, self._aside = root, aside
        root.mkdir(parents=True, exist_ok=True)
        aside.mkdir(parents=True, exist_ok=True)
        self._seen: dict[Path, tuple[tuple[int, int, int], str]] = {}

    def change(self, wanted: FileChange, content: bytes) -> None:
        """Do what a user does. Raises AgentError."""
        file = self.root / wanted.path
        try:
            match wanted.action:
                case "write":
                    self._write(file, content, wanted.mode)
                case "delete":
                    file.unlink()
                case "rename" if wanted.to is not None:
                    (self.root / wanted.to).parent.mkdir(parents=True, exist_ok=True)
                    file.rename(self.root / wanted.to)
                case "mode" if wanted.mode is not None:
                    file.chmod(wanted.mode)
                case "touch":
                    os.utime(file, ns=(time.time_ns(), time.time_ns()))
                case "undo" | "vote":
                    lacks("votes, or changes that are taken back")
                case _:
                    raise AgentError(400, "invalid", f"`{wanted.action}` needs more than a path.")
        except FileNotFoundError:
            raise unknown(f"There is no file {wanted.path!r} here.") from None
        except OSError as wrong:
            what = f"{wanted.path!r} cannot be changed: {wrong.strerror}."
            raise AgentError(507, "storage", what, "maybe") from None

    def _write(self, file: Path, content: bytes, mode: int | None) -> None:
        there = stat.S_IMODE(file.stat().st_mode) if file.exists() else _MODE
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = self._aside / "draft"
        with draft.open("wb") as opened:
            opened.write(content)
            os.fsync(opened.fileno())
        draft.chmod(there if mode is None else mode)
        draft.replace(file)

    def tree(self) -> dict[str, dict[str, object]]:
        """Every file by its path: sha256 of its bytes, their number, its permissions."""
        found = {}
        for file in self._files():
            with suppress(OSError):
                digest, status = self._digest(file)
                path = file.relative_to(self.root).as_posix()
                found[path] = {"digest": digest, "size": status.st_size, "mode": stat.S_IMODE(status.st_mode)}
        return found

    def content(self, path: str) -> tuple[str, int]:
        """sha256 of a file's bytes, and their number. Raises OSError."""
        digest, status = self._digest(self.root / path)
        return digest, status.st_size

    def lies_beside(self, path: str, digest: str) -> bool:
        """Whether there is a file with that content where Syncthing keeps versions that others are shown instead of."""
        file = self.root / path
        found = file.parent.glob(f"{glob.escape(file.stem)}.sync-conflict-*{glob.escape(file.suffix)}")
        with suppress(OSError):
            return any(self._digest(each)[0] == digest for each in found)
        return False

    def _files(self) -> Iterator[Path]:
        for at, folders, names in os.walk(self.root):
            here = Path(at)
            if here == self.root:
                folders[:] = [name for name in folders if name not in _ITS_OWN]
                names = [name for name in names if name not in _ITS_OWN]
            yield from (here / name for name in names if not name.startswith(_COMING))

    def _digest(self, file: Path) -> tuple[str, os.stat_result]:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            state = (status.st_mtime_ns, status.st_size, status.st_ino)
            known = self._seen.get(file)
            if known is not None and known[0] == state:
                return known[1], status
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        self._seen[file] = (state, digest)
        return digest, status
