"""Extension: connections that fail, and then none that does."""

from __future__ import annotations

from dataclasses import dataclass

from .toxic import ToxicType, Unit, attribute


@dataclass(frozen=True)
class FailFirst(ToxicType):
    """Reset the next `connections` connections as soon as they are accepted, then let all through.

    An update counts anew. What passes is left alone: the proxy does this as it accepts.
    """

    type = "fail_first"
    extension = True
    keyword = "Fail First Connections"
    example = "3"
    directed = False

    connections: int = attribute(Unit.CONNECTIONS, 1, required=True, argument="count")

    def problem(self) -> str | None:
        """Fewer than none cannot fail."""
        if self.connections < 0:
            return f"fail_first: connections must be 0 or more, got {self.connections}"
        return None
