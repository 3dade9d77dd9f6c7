"""What a device runs on, as the agent protocol calls it."""

from __future__ import annotations

import platform


def platform_name() -> str:
    """Linux, Windows, macOS, Android, iOS, or whatever else it calls itself."""
    name = platform.system()
    return "macOS" if name == "Darwin" else name
