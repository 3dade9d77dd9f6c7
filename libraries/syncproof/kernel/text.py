"""What sentences quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Text:
    """What stands between quotation marks: the name of an entry, or what it says."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Any text, the quotation marks around it belong to the sentence: ``"milk and eggs"``.

        Fails (ValueError) where there is nothing between them, or one more of them.
        """
        if not text.strip() or '"' in text:
            raise ValueError(f"'{text}' cannot be quoted: write some text without quotation marks in it.")
        return cls(text)

    def __str__(self) -> str:
        return self.value
