"""What a process of its own does for one module (a file of its own: `python bench` itself cannot be imported)."""

from __future__ import annotations

import importlib

from figure import Figure


def measure(name: str) -> list[Figure]:
    """Run one module's measurements."""
    found: list[Figure] = importlib.import_module(name).figures()
    return found
