"""Nothing happens."""

from __future__ import annotations

from dataclasses import dataclass

from .toxic import ToxicType


@dataclass(frozen=True)
class Noop(ToxicType):
    """Let everything pass at once."""

    type = "noop"
