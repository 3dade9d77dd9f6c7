"""The files of a program, wherever it runs: what it keeps can be read, damaged and taken away behind its back."""

from __future__ import annotations

from pathlib import Path


class FolderStorage:
    """A folder of this machine. within: what is searched for strays, the folder itself left out."""

    def __init__(self, folder: Path, within: Path) -> None:
        self._folder, self._within = folder, within

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None if there is none."""
        try:
            return (self._folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes) -> None:
        """Make or replace a file, all at once."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f"{target.name}.new")
        beside.write_bytes(content)
        beside.replace(target)

    def remove(self, path: str) -> None:
        """Take a file away."""
        (self._folder / path).unlink()

    def rename(self, path: str, to: str) -> None:
        """Give a file or a folder another name, at once."""
        (self._folder / path).rename(self._folder / to)

    def strays(self, name: str) -> list[str]:
        """Files of this name among those searched that lie outside the folder."""
        return sorted(
            str(path)
            for path in self._within.rglob("*")
            if path.name == name and not path.is_relative_to(self._folder)
        )
