"""An order as its user writes it: what it is, who it is for, and which operation of the agent protocol it is."""

from __future__ import annotations

import re

import msgspec

_SIGNED = re.compile(r"(?P<text>.*), for (?P<author>\S+) \((?P<op_id>\S+)\)", re.DOTALL)
_encode = msgspec.json.Encoder(order="sorted").encode


class Order(msgspec.Struct, frozen=True, rename={"author": "from"}):
    """The body of an operation. op_id, author: "" in one that was not written so, or was changed."""

    text: str
    author: str = ""
    op_id: str = ""

    @classmethod
    def read(cls, written: str) -> Order:
        """From what a page shows."""
        found = _SIGNED.fullmatch(written)
        return cls(**found.groupdict()) if found else cls(written)

    @property
    def written(self) -> str:
        """What the user writes."""
        return f"{self.text}, for {self.author} ({self.op_id})" if self.op_id else self.text

    @property
    def content(self) -> bytes:
        """The body again."""
        return _encode(self)
