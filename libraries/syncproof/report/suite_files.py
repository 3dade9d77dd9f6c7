"""The suite files of a folder."""

from __future__ import annotations

from pathlib import Path


def suite_files(folder: Path) -> list[Path]:
    """All of them, in its folders however deep, in their order."""
    return sorted(path for path in folder.glob("**/*.robot") if path.name != "__init__.robot")
