"""Several files by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_LIST = re.compile(r'"[^"]+"(?:(?:,| and|, and) "[^"]+")+')


@dataclass(frozen=True)
class Paths:
    """Paths in a folder, in the order in which they are meant."""

    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Two or more paths, each in quotation marks: ``"plan.txt" and "list.txt"``, ``"1", "2" and "1"``.

        Fails (ValueError) for a single one, and for one without quotation marks.
        """
        if not _LIST.fullmatch(text.strip()):
            raise ValueError(
                f"'{text}' names no files: write two at least, like '\"plan.txt\" and \"list.txt\"'."
            )
        return cls(tuple(re.findall(r'"([^"]+)"', text)))

    def __str__(self) -> str:
        *first, last = (f'"{name}"' for name in self.names)
        return f"{', '.join(first)} and {last}"
