"""What the harness asks of a homeserver, whoever has started it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from syncproof.kernel.link import Exchange
from syncproof.kernel.server import LogLine, Search
from syncproof_products.matrix.driver import searching
from syncproof_products.matrix.driver.operator import Operator


class Homeserver:
    """A homeserver at `address`. folder: where its files can be read (with `media` inside), or None."""

    folder: Path | None = None
    operator: Operator

    @property
    def address(self) -> str:
        """Where it listens, `host:port`."""
        raise NotImplementedError

    def log(self, group: str, after: int = 0) -> list[LogLine]:
        """The operations in the group's room behind position `after`."""
        return self.operator.log(group)[after:]

    def search(self, group: str, digests: Mapping[str, str]) -> Search:
        """Look for what can be read: in the room; in the database and among the files, where they are within reach."""
        media = self.folder / "media" if self.folder else None
        return searching.search(self.operator.events(group), self.folder, media, digests)

    def probe_request(self, reply_bytes: int) -> Exchange:
        """A harmless request whose reply has `reply_bytes` (0: the smallest there is)."""
        return Exchange(self.operator.probe_request(reply_bytes, self.address))
