"""What a hostile client can do, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from syncproof.faults.hostile_client.attacks import NAMES


@dataclass(frozen=True)
class Attack:
    """What a hostile client does.

    ``malformed messages``, ``operations out of order``, ``oversized payloads``, ``unknown message types``, ``a flood of
    connections``, ``large payloads``, ``unfinished uploads``, ``slow clients``, ``a storm of reconnections``, ``what it
    has recorded``.
    """

    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """One of these. Fails (ValueError) for anything else, and lists them."""
        name = text.strip()
        if name not in NAMES:
            raise ValueError(f"'{text}' is no attack: write one of {', '.join(NAMES)}.")
        return cls(name)

    def __str__(self) -> str:
        return self.name
