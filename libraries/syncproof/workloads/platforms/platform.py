"""What a device can run on."""

from __future__ import annotations

from enum import Enum
from typing import Self


class Platform(Enum):
    """An operating system, as agents call it in GET /about."""

    LINUX = "Linux"
    WINDOWS = "Windows"
    MACOS = "macOS"
    ANDROID = "Android"
    IOS = "iOS"

    @classmethod
    def parse(cls, text: str) -> Self:
        """``Linux``, ``Windows``, ``macOS``, ``Android`` or ``iOS``. Fails (ValueError) for another."""
        try:
            return cls(text.strip())
        except ValueError:
            names = ", ".join(each.value for each in cls)
            raise ValueError(f"'{text}' is no platform: write one of {names}.") from None

    def __str__(self) -> str:
        return str(self.value)


#: The platform of whatever the harness starts.
HERE = Platform.LINUX
