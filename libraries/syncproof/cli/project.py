"""Where the project lies, with its suites and examples: the command works on a checkout, as the suites do."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]
SUITES = ROOT / "suites"
EXAMPLES = ROOT / "docs" / "examples"


class CannotDo(Exception):
    """What was asked for cannot be done; the message says why, and what to do."""


def shown(path: Path) -> str:
    """A path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
