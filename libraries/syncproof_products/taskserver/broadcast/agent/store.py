"""What a client keeps: what it follows, how far it got, and what its application was told."""

from __future__ import annotations

import msgspec

from syncproof_agentkit.workloads.channels.client import ChannelStore, Delivery
from syncproof_products.taskserver.broadcast.messages import Position


class Store(ChannelStore):
    """One client's file. Every method is one transaction."""

    @property
    def position(self) -> Position | None:
        """How far the client has followed the server."""
        kept = self.get("position")
        return msgspec.json.decode(kept, type=Position) if kept else None

    def put_position(self, position: Position | None) -> None:
        """Keep it."""
        self.put("position", msgspec.json.encode(position).decode() if position else "")

    def deliver(self, delivery: Delivery, position: Position | None) -> bool:
        """Append a delivery, and move the position; whether it was a new one."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self.put_position(position)
            return self.append(delivery)
