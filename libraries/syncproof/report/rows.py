"""A line of a product's table that speaks of tests."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True)
class Row:
    """What a product says of a test, like that it may skip it. variant, stack: "" for any.

    test: as `identity_of`, or a pattern of those. A variant `-` is the product as it is without one.
    """

    variant: str
    stack: str
    test: str
    why: str

    def applies_to(self, test: str, variant: str, stack: str) -> bool:
        """Whether it speaks of this test there."""
        return self.variant in ("", variant or "-") and self.stack in ("", stack) and self.speaks_of(test)

    def speaks_of(self, test: str) -> bool:
        """Whether it names this test."""
        return self.test == test or fnmatchcase(test, self.test)
