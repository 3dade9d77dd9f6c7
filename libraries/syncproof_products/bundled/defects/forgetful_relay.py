"""Bugs of a relay's memory: what it had promised to keep is gone after a while, or after its next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from syncproof_defects import breaks
from syncproof_products.bundled.relay.blobs import BlobStore


@breaks(BlobStore, "__init__")
def clears_attachments_at_its_start(
    original: Callable[..., None], self: BlobStore, directory: Path, *limits: int
) -> None:
    """A relay that starts throws away every attachment, whole or half."""
    original(self, directory, *limits)
    for kept in directory.rglob("*"):
        if kept.is_file():
            clears_attachments_at_its_start.ran()
            kept.unlink()
