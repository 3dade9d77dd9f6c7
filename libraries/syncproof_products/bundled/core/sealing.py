"""Groups whose bodies are sealed: what the core needs of whoever knows their keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from syncproof_products.bundled.core.stored_blob import StoredBlob


@dataclass(frozen=True, slots=True)
class Opened:
    """What an author sealed: the body, and what the relay has of it and of the attachments.

    body: None where it is still to be fetched from there.
    """

    body: str | None
    blobs: tuple[StoredBlob, ...] = ()

    @property
    def attachments(self) -> tuple[StoredBlob, ...]:
        """Without the body."""
        return tuple([blob for blob in self.blobs if not blob.is_body])


class Sealing(Protocol):
    """Of one group."""

    def size(self, body_bytes: int, blobs: int) -> int:
        """How long a body of so many bytes becomes, at most. blobs: attachments; their names count as body."""

    def seal(self, op_id: str, body: str, cursor: int, blobs: tuple[StoredBlob, ...]) -> str:
        """The body as the relay gets it; another one with each call, so that one is kept to be pushed again.

        blobs: what the edge has made of the attachments, and of the body where it is too large.
        """

    def open(self, op_id: str, author: str, body: str) -> Opened:
        """What it holds. Raises `PayloadRefused` where it is not what the author sealed for this operation."""


#: How every sealed body begins.
SEALED = '{"sealed":'
#: By group: those that are encrypted. The edge adds to it before the core hears of the group.
Sealings = Mapping[str, Sealing]
