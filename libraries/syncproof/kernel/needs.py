"""What a scenario needs of where it runs, by its tags."""

from __future__ import annotations

from collections.abc import Collection


def lacking(tags: Collection[str], stack: str) -> str:
    """Why a scenario with these tags cannot run on this stack; "" if it can."""
    if "docker" in tags and stack != "compose":
        return f"It needs containers, and STACK is '{stack}': run it with STACK:compose."
    return ""
