"""Groups whose bodies are sealed: what the core needs of whoever knows their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Sealing(Protocol):
    """Of one group."""

    def size(self, body_bytes: int) -> int:
        """How long a body of so many bytes becomes, at most."""

    def seal(self, op_id: str, body: str, cursor: int) -> str:
        """The body as the relay gets it; another one with each call, so that one is kept to be pushed again."""

    def open(self, op_id: str, author: str, body: str) -> str:
        """The body. Raises `PayloadRefused` where it is not what the author sealed for this operation."""


#: How every sealed body begins.
SEALED = '{"sealed":'
#: By group: those that are encrypted. The edge adds to it before the core hears of the group.
Sealings = Mapping[str, Sealing]
