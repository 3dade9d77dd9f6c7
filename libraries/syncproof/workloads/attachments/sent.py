"""Attachments that a sentence asked for."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import cached_property

from syncproof.kernel.agent import BlobRef


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message: what its author calls it, and random bytes drawn from a seed of its own."""

    name: str
    size: int
    seed: str

    def content(self) -> bytes:
        """Its bytes, drawn again each time."""
        return random.Random(self.seed).randbytes(self.size)

    @cached_property
    def reference(self) -> BlobRef:
        """Its digest, size and name."""
        return BlobRef(hashlib.sha256(self.content()).hexdigest(), self.size, self.name)


@dataclass(frozen=True)
class Sent:
    """An attachment of a message that a sentence asked for.

    entry: whose version the message is, if any. place: which of its attachments it is, from 0.
    """

    op_id: str
    author: str
    file: Attachment
    ref: BlobRef
    entry: str | None
    place: int = 0
