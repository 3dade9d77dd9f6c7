"""The client as its control port shows it: what each request of the agent protocol means for it."""

from __future__ import annotations

import hashlib

import msgspec

from syncproof_agentkit import requests
from syncproof_agentkit.client_adapter import ClientAdapter
from syncproof_agentkit.errors import AgentError, unknown
from syncproof_agentkit.without import WithoutAttachments, WithoutMarkers, WithoutPause, lacks
from syncproof_products.socketio.agent.config import Config
from syncproof_products.socketio.agent.device import Device, Outgoing
from syncproof_products.socketio.agent.store import Delivery

PRODUCT = "socketio-client/0.1.0"
CAPABILITIES = {
    "workloads": ["channels"],
    "order": "sender",
    "outbox": "memory",
    "conflicts": "none",
    "versions": "all",
    "blobs": "none",
    "range": False,
    "marker": False,
    "clock": False,
    "pause": False,
    "p2p": False,
    "history": False,
    "leave": True,
    "delivery": "refetch",
}


class SocketIoAdapter(WithoutMarkers, WithoutAttachments, WithoutPause, ClientAdapter):
    """One client and its events. Must be made on the event loop."""

    product, capabilities = PRODUCT, CAPABILITIES
    device: Device

    def __init__(self, config: Config) -> None:
        """Open the client's storage. Raises StoreError."""
        super().__init__()
        self.device = Device(config, self._ring.append)
        self._ring.incarnation = self.device.store.incarnation
        self._taken: dict[str, str] = {}

    # -- what can be asked at any time

    def metrics(self) -> dict[str, float]:
        """GET /metrics."""
        device = self.device
        counted = {
            "reconnects": device.reconnects,
            "retriesScheduled": device.retries.scheduled,
            "duplicatesIgnored": device.duplicates,
        }
        return {**dict.fromkeys(("catchupBatches", "circuitOpens", "conflictsCreated"), 0), **counted}

    def op_state(self, op_id: str) -> dict[str, object]:
        """GET /ops/{op_id}: an outbox in memory knows what it has taken."""
        state = "accepted" if op_id in self._taken else "unknown"
        return {"op_id": op_id, "state": state, "server_order": None}

    async def deliveries(self, after: int, limit: int) -> dict[str, object]:
        """GET /deliveries."""
        found = [_delivery(delivery) for delivery in self.device.store.deliveries(after, limit)]
        return {"deliveries": found, "total": self.device.store.count()}

    def entry(self, group: str, entry: str) -> dict[str, object]:  # noqa: ARG002
        """GET /entries/{entry}."""
        lacks("entries")

    async def subscribers(self, channel: str) -> dict[str, object]:
        """GET /channels/{channel}: what its server instance counts."""
        counted = await self.device.count(channel)
        if counted is None:
            raise AgentError(503, "offline", "Its server does not count.", "no")
        return {"channel": channel, "subscribers": counted}

    # -- what changes something

    async def set_link(self, peer: str, address: str | None) -> None:
        """PUT and DELETE /links/{peer}. Of deployments it is connected to the one that is its `relay`."""
        if peer == "relay":
            await super().set_link(peer, address)

    async def submit(self, wanted: requests.NewOp) -> dict[str, object]:
        """POST /ops: an event is published on the channel that the operation's group is."""
        if wanted.kind != "append" or wanted.blobs:
            lacks("entries and attachments")
        fingerprint = hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()
        known = self._taken.get(wanted.op_id)
        if known not in (None, fingerprint):
            raise AgentError(409, "op_conflict", f"op_id {wanted.op_id!r} was used with other content.")
        if known is None:
            self._taken[wanted.op_id] = fingerprint
            self.device.submit(Outgoing(wanted.op_id, wanted.group, wanted.body))
        return {"op_id": wanted.op_id, "seen": self.device.store.count(), "version": None}

    async def set_group(self, group: str, members: tuple[str, ...]) -> dict[str, object]:
        """PUT /groups/{group}: subscribe to a channel."""
        self.device.subscribe(group)
        return {"group": group, "members": list(members)}

    async def leave_group(self, group: str) -> None:
        """DELETE /groups/{group}: subscribe no more."""
        if not self.device.follows(group):
            raise unknown(f"No channel {group!r} is subscribed here.", "unknown_group")
        self.device.unsubscribe(group)


def _delivery(told: Delivery) -> dict[str, object]:
    return {
        "n": told.n,
        "t_ns": told.t_ns,
        "op_id": told.op_id,
        "group": told.channel,
        "kind": "append",
        "entry": None,
        "author": told.author,
        "version": told.op_id,
        "server_order": None,
        "clock": None,
        "digest": told.digest,
        "size": told.size,
        "path": "live",
        "blobs": [],
    }
